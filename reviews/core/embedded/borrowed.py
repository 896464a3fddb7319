"""Database and broker for the length of one command: tests, a shell, a benchmark."""

import contextlib
import pathlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator

from reviews.core.embedded import environment, lock, places, servers


def run_scratch(command: list[str], folder: pathlib.Path | None) -> int:
    """Run a command beside new, careless servers; returns its exit code.

    Their data go to `folder`, which is kept, or to a temporary folder, which is not.
    """
    with scratch(folder) as variables:
        return run(command, variables)


def run_live(command: list[str]) -> int:
    """Run a command on the installation's own data, beside a running `make run` or on its own."""
    where = places.chosen()
    places.prepare(where)
    holder = lock.holder(where)
    if holder and holder.database_url:
        variables = environment.for_django(where, holder.database_url, holder.redis_url)
        return run(command, environment.for_owner(variables, holder.owner_url))
    with lock.held(where, environment.address()), _started(where, is_scratch=False) as variables:
        return run(command, variables)


@contextlib.contextmanager
def scratch(folder: pathlib.Path | None = None) -> Iterator[dict[str, str]]:
    """Servers on throw-away data; gives the environment for Django's processes."""
    root = folder or pathlib.Path(tempfile.mkdtemp(prefix="tandem-"))
    try:
        root.mkdir(parents=True, exist_ok=True)
        # As root, the servers run as another user, who must be able to pass through.
        root.chmod(0o711)
        where = places.Places(root.resolve())
        places.prepare(where)
        with _started(where, is_scratch=True) as variables:
            yield variables
    finally:
        if folder is None:
            shutil.rmtree(root, ignore_errors=True)


@contextlib.contextmanager
def _started(where: places.Places, *, is_scratch: bool) -> Iterator[dict[str, str]]:
    running = servers.Servers()
    with _termination_as_exit():
        try:
            servers.end_leftovers(where)
            servers.start(running, where, is_scratch=is_scratch)
            variables = environment.for_django(where, running.database_url, running.redis_url)
            yield environment.for_owner(variables, running.owner_url)
        finally:
            running.stop()


@contextlib.contextmanager
def _termination_as_exit() -> Iterator[None]:
    """Let TERM and HUP unwind the stack, so that the servers are stopped and the folder removed."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(command: list[str], variables: dict[str, str]) -> int:
    """Run in the foreground: Ctrl-C belongs to the command, which may be a shell that lives on."""
    process = subprocess.Popen(command, env=variables)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = process.wait()
    except SystemExit:
        process.terminate()
        process.wait()
        raise
    finally:
        signal.signal(signal.SIGINT, interrupt)
    return code if code >= 0 else 128 - code
