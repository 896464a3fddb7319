"""The embedded PostgreSQL and Valkey by themselves: `services -- COMMAND`."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime import installation

pytestmark = [
    pytest.mark.runtime,
    pytest.mark.enable_socket,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc, which only Linux has"),
]
as_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="changes users, which takes root and setpriv"
)

USE_BOTH = """
import os, kombu, psycopg, redis
from reviews.config import environment
with psycopg.connect(os.environ["DATABASE_URL"]) as database:
    print(*database.execute("SELECT datcollate, datlocale, pg_encoding_to_char(encoding) FROM pg_database "
                            "WHERE datname = current_database()").fetchone())
    print(database.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0])
print(redis.Redis.from_url(os.environ["REDIS_URL"]).config_get("maxmemory-policy")["maxmemory-policy"])
with kombu.Connection(environment.celery_broker(os.environ["REDIS_URL"])) as broker:
    print(broker.ensure_connection(max_retries=1).connected)
"""
BOTH_ANSWER = ["C C.UTF-8 UTF8", "False", "noeviction", "True"]


def services(*command: str, folder: Path | None = None) -> list[str]:
    options = ["--dir", str(folder)] if folder else []
    return installation.embedded("services", *options, "--", *command)


def test_the_command_finds_both_and_its_exit_code_comes_back(tmp_path: Path) -> None:
    answer = installation.run(services(sys.executable, "-c", f"{USE_BOTH}\nraise SystemExit(7)"), TMPDIR=str(tmp_path))
    assert answer.stdout.splitlines() == BOTH_ANSWER, answer.stderr
    assert answer.returncode == 7
    assert list(tmp_path.iterdir()) == [], "the scratch folder is removed"


@pytest.mark.parametrize("name", ["a folder with spaces & more", "long-" + "x" * 90])
def test_awkward_folders(tmp_path: Path, name: str) -> None:
    """Spaces end up percent-encoded in both addresses; a path too long for a socket is left for a short one."""
    folder = tmp_path / name
    folder.mkdir()
    answer = installation.run(services(sys.executable, "-c", USE_BOTH, folder=folder))
    assert answer.stdout.splitlines() == BOTH_ANSWER, answer.stderr


@as_root
def test_root_in_a_closed_folder_widens_no_permission(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    show = f"cat /proc/$(head -1 {closed}/data/postgres/postmaster.pid)/status"
    answer = installation.run(services("sh", "-c", show, folder=closed / "data"))
    status = dict(line.split(":\t", 1) for line in answer.stdout.splitlines())
    assert "0" not in status["Uid"].split()
    assert int(status["CapEff"], 16) in (1 << 2, 1 << 1), "CAP_DAC_READ_SEARCH and nothing else"
    assert closed.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_uid == 0


@as_root
def test_data_of_another_user_are_served_as_that_user(tmp_path: Path) -> None:
    """An installation that a person made and root starts stays that person's."""
    tmp_path.chmod(0o755)
    data = tmp_path / "data" / "postgres"
    data.mkdir(parents=True)
    os.chown(data, installation.NOBODY, installation.NOBODY)
    show = f"grep Uid /proc/$(head -1 {data}/postmaster.pid)/status"
    answer = installation.run(services("sh", "-c", show, folder=tmp_path / "data"))
    assert answer.stdout.split() == ["Uid:", *[str(installation.NOBODY)] * 4], answer.stderr


@as_root
def test_an_ordinary_user(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    os.chown(folder, installation.NOBODY, installation.NOBODY)
    command = installation.as_nobody(services(sys.executable, "-c", USE_BOTH, folder=folder))
    answer = installation.run(command, HOME="/nonexistent")
    assert answer.stdout.splitlines() == BOTH_ANSWER, answer.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_it(tmp_path: Path, number: signal.Signals) -> None:
    if number is signal.SIGKILL and not shutil.which("setpriv"):
        pytest.skip("without setpriv the servers of a killed parent are ended by the next start")
    folder = tmp_path / "data"
    process = subprocess.Popen(
        services("sleep", "60", folder=folder),
        cwd=installation.REPOSITORY,
        env=installation.environment(),
        start_new_session=True,
    )
    while "sleep 60 " not in installation.processes_with(str(folder)).values():
        time.sleep(0.1)
        assert process.poll() is None
    process.send_signal(number)
    process.wait(60)
    if number is signal.SIGKILL:
        os.killpg(process.pid, signal.SIGKILL)
    assert installation.wait_until_gone(str(folder)) == {}
    assert "shut down" in (folder / "logs" / "postgres.log").read_text().splitlines()[-1]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter; pytest's own belong to one user only."""
    folder = Path(tempfile.mkdtemp(prefix="tandem-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_without_setpriv_the_next_start_ends_what_was_left(open_folder: Path) -> None:
    """As on macOS, where the servers cannot be told that their parent died."""
    tools = open_folder / "bin"
    tools.mkdir()
    for name in ("sh", "sleep", "test", "useradd"):
        (tools / name).symlink_to(shutil.which(name) or f"/usr/sbin/{name}")
    data = open_folder / "data"
    process = subprocess.Popen(
        services("sleep", "60", folder=data),
        cwd=installation.REPOSITORY,
        env=installation.environment(PATH=str(tools)),
        start_new_session=True,
    )
    while "sleep 60 " not in installation.processes_with(str(data)).values():
        time.sleep(0.1)
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(60)
    servers = [command for command in installation.processes_with(str(data)).values() if " -D " in command]
    assert servers, "the database survived its parent"
    answer = installation.run(services(sys.executable, "-c", USE_BOTH, folder=data), PATH=str(tools))
    assert answer.stderr == "tandem: ended what a killed Tandem had left running: postgres, valkey\n"
    assert answer.stdout.splitlines() == BOTH_ANSWER
    assert installation.wait_until_gone(str(data)) == {}


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's; pytest's own may be too long for one."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)


def test_named_servers_keep_the_embedded_ones_off(short_path: Path) -> None:
    inner = services("sh", "-c", f"echo $DATABASE_URL; ls {short_path}/inner", folder=short_path / "inner")
    answer = installation.run(services(*inner, folder=short_path / "outer"))
    url, *entries = answer.stdout.split()
    assert url == f"postgresql://tandem_app@/tandem?host={short_path}/outer/sockets/postgres"
    assert "postgres" not in entries
    assert "valkey" not in entries
