"""What stands in the way of a start is said in one sentence, before anything runs."""

import json
import os
import shutil
import socket
from pathlib import Path

import pytest

from tests.runtime import installation

pytestmark = [pytest.mark.runtime, pytest.mark.enable_socket]


def refusal(var: Path, **variables: str) -> str:
    """The one sentence with which `run` refuses."""
    answer = installation.run(installation.embedded("run"), TANDEM_VAR=str(var), **variables)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1, answer.stderr
    return answer.stderr


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        sentence = refusal(tmp_path, TANDEM_PORT=str(port))
    assert f"Port {port} on 127.0.0.1 is taken by another program" in sentence
    assert f"TANDEM_PORT={port + 1} make run" in sentence


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    assert f"TANDEM_PORT is '{port}': it has to be a number from 1 to 65535" in refusal(tmp_path, TANDEM_PORT=port)


def test_a_host_that_is_not_this_machine(tmp_path: Path) -> None:
    assert "correct TANDEM_HOST or TANDEM_PORT" in refusal(tmp_path, TANDEM_HOST="192.0.2.1")


@pytest.mark.skipif(
    os.geteuid() == 0 and not shutil.which("setpriv"), reason="as root, this needs setpriv to become an ordinary user"
)
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    command = installation.as_nobody(installation.embedded("run"))
    answer = installation.run(command, TANDEM_VAR=str(closed / "var"))
    assert answer.returncode == 1
    assert f"The folder {closed}/var cannot be written by" in answer.stderr
    assert "TANDEM_VAR=/some/folder make run" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_stale_lock_is_taken_over(tmp_path: Path) -> None:
    """A lock file of a dead process does not stop the start, which then meets the taken port."""
    (tmp_path / "run.lock").write_text(json.dumps({"pid": 1, "address": "http://127.0.0.1:8000"}))
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert "is taken by another program" in refusal(tmp_path, TANDEM_PORT=str(other.getsockname()[1]))


def test_a_damaged_record_of_processes_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"web": {"pid": ')
    sentence = refusal(
        tmp_path, DATABASE_URL="postgresql://tandem@127.0.0.1:9/tandem", TANDEM_PORT=str(installation.free_port())
    )
    assert "cannot be reached" in sentence


def test_a_named_database_that_does_not_answer(tmp_path: Path) -> None:
    url = "postgresql://tandem:correct-horse@127.0.0.1:9/tandem"
    sentence = refusal(tmp_path, DATABASE_URL=url, TANDEM_PORT=str(installation.free_port()))
    assert "The database of DATABASE_URL (postgresql://tandem:…@127.0.0.1:9/tandem) cannot be reached" in sentence
    assert "correct-horse" not in sentence
    assert not (tmp_path / "postgres").exists()
