"""`make run`: one installation through a newcomer's first day, with everything that can be killed killed."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime import installation
from tests.runtime.installation import Installation

pytestmark = [
    pytest.mark.runtime,
    pytest.mark.enable_socket,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for left processes in /proc, which only Linux has"),
]


@pytest.fixture(scope="module")
def tandem(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation, as root in a folder that is closed to everybody else."""
    folder = tmp_path_factory.mktemp("installation")
    folder.chmod(0o700)
    running = Installation(folder / "var")
    running.start()
    yield running
    if running.process and running.process.poll() is None:
        running.end()
    assert not installation.wait_until_gone(str(folder))
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_first_start_prints_the_address_and_the_people(tandem: Installation) -> None:
    assert tandem.health()[0] == 200
    assert f"http://127.0.0.1:{tandem.port}" in tandem.terminal
    for name in ("ada", "bo", "cy", "dee"):
        assert f"{name}@example.org" in tandem.terminal


def test_a_second_run_names_the_first(tandem: Installation) -> None:
    second = installation.run(
        installation.embedded("run"), TANDEM_VAR=str(tandem.var), TANDEM_PORT=str(installation.free_port())
    )
    assert second.returncode == 1
    assert f"process {tandem.process.pid}: open http://127.0.0.1:{tandem.port}" in second.stderr
    assert second.stderr.count("\n") == 1


def test_what_is_private_is_closed_to_other_users(tandem: Installation) -> None:
    modes = {name: (tandem.var / name).stat().st_mode & 0o777 for name in ("secret_key", "logs", "files", "postgres")}
    assert modes == {"secret_key": 0o600, "logs": 0o700, "files": 0o700, "postgres": 0o700}
    sockets = {path.name: path.stat().st_mode & 0o777 for path in (tandem.var / "sockets").iterdir()}
    assert set(sockets.values()) <= {0o700}


def test_a_command_can_use_the_running_servers(tandem: Installation) -> None:
    question = (
        "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT 6 * 7').fetchone())"
    )
    answer = installation.run(
        installation.embedded("services", "--live", "--", sys.executable, "-c", question), TANDEM_VAR=str(tandem.var)
    )
    assert answer.stdout == "(42,)\n"


@pytest.mark.parametrize("name", ["worker", "web"])
def test_a_killed_process_is_started_again(tandem: Installation, name: str) -> None:
    before = tandem.pid_of(name)
    os.kill(before, signal.SIGKILL)
    tandem.wait_for(lambda: f"{name} ended unexpectedly (killed by signal 9)" in tandem.terminal)
    tandem.wait_for(lambda: tandem.pid_of(name) != before)
    tandem.wait_for(lambda: tandem.health()[0] == 200)


def test_a_start_after_a_killed_supervisor_finds_everything_in_order(tandem: Installation) -> None:
    key = (tandem.var / "secret_key").read_text()
    tandem.end(signal.SIGKILL)
    tandem.start()
    assert tandem.health()[0] == 200
    assert (tandem.var / "secret_key").read_text() == key
    web = [line for line in installation.processes_with(str(tandem.var)).values() if "granian" in line]
    assert len(web) == 3, "the web server and its two workers, and none of an earlier start"


def test_ctrl_c_leaves_nothing_behind(tandem: Installation) -> None:
    assert tandem.end(signal.SIGINT) == 0
    assert installation.processes_with(str(tandem.var)) == {}
    assert "was killed" not in tandem.terminal, "everything stopped when it was asked to"
    assert "database system is shut down" in (tandem.var / "logs" / "postgres.log").read_text().splitlines()[-1]
    assert not (tandem.var / "run.json").exists()


def test_a_dead_database_stops_everything_with_a_sentence(tandem: Installation) -> None:
    tandem.start()
    os.kill(tandem.pid_of("postgres"), signal.SIGKILL)
    assert tandem.process.wait(60) == 1
    assert "The database ended, so everything is stopped (killed by signal 9)" in tandem.terminal
    assert installation.wait_until_gone(str(tandem.var)) == {}


def test_hanging_up_during_the_start_leaves_nothing_behind(tmp_path: Path) -> None:
    early = Installation(tmp_path / "var")
    early.launch()
    early.wait_for(lambda: "database:" in early.terminal)
    assert early.end(signal.SIGHUP) == 0
    assert "Tandem runs at" not in early.terminal
    assert installation.processes_with(str(early.var)) == {}
