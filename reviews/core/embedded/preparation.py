"""What has to happen between the database's start and the first page: migrations, static files, the example."""

import hashlib
import os
import pathlib
import subprocess
import time

from reviews.core.embedded import children, places, processes, programs, refusals, stopping, terminal

SECONDS_BEFORE_A_LINE = 3.0


def prepare(where: places.Places, variables: dict[str, str], owner: dict[str, str], stop: stopping.StopRequest) -> None:
    """Bring the database (as its ``owner``) and the static files up to date and load the example review once.

    Raises Refusal with the end of the output when a step fails, Stopped when somebody asked for the end.
    """
    _manage(["migrate", "--noinput"], "bringing the database up to date", where, owner, stop)
    _collect_static(where, variables, stop)
    _manage(["load_example"], "loading the example review", where, variables, stop)


def ask_for_accounts(variables: dict[str, str]) -> "subprocess.Popen[str]":
    """Begin to look up the example's people; it takes as long as Django takes to start."""
    return subprocess.Popen(
        programs.manage("example_accounts"),
        env=variables,
        cwd=places.REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def accounts(asked: "subprocess.Popen[str]") -> list[list[str]]:
    """Role, e-mail address and password of each person of the example; none when it was removed."""
    try:
        output, _ = asked.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        return []
    return [line.split("\t") for line in output.splitlines() if line.count("\t") == 2]


def _manage(
    arguments: list[str],
    doing: str,
    where: places.Places,
    variables: dict[str, str],
    stop: stopping.StopRequest,
) -> None:
    """Run one command to its end; it gets a line on the terminal only when it takes noticeable time."""
    stop.check()
    child = children.start(programs.setup(arguments, where, variables))
    began = time.monotonic()
    is_announced = False
    try:
        while child.is_alive:
            stop.check()
            if not is_announced and time.monotonic() - began > SECONDS_BEFORE_A_LINE:
                terminal.step(doing)
                is_announced = True
            time.sleep(processes.POLL)
    finally:
        child.stop()
    if child.process.returncode != 0:
        log = child.program.log
        raise refusals.Refusal(
            f"`manage.py {' '.join(arguments)}` failed ({child.ending}); the end of {log} says:\n"
            f"{children.last_lines(log)}"
        )


def _collect_static(where: places.Places, variables: dict[str, str], stop: stopping.StopRequest) -> None:
    target = pathlib.Path(variables.get("TANDEM_STATIC_ROOT") or where.var / "static")
    identity = _static_identity(target)
    if target.is_dir() and where.static_stamp.exists() and where.static_stamp.read_text() == identity:
        return
    where.static_stamp.unlink(missing_ok=True)
    _manage(["collectstatic", "--noinput"], "preparing the static files", where, variables, stop)
    where.static_stamp.write_text(identity)


def _static_identity(target: pathlib.Path) -> str:
    """Changes when a static file or the installed packages change."""
    lines = [os.fspath(target), (places.REPOSITORY / "requirements" / "base.txt").read_text()]
    for path in sorted((places.REPOSITORY / "static").rglob("*")):
        status = path.stat()
        lines.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
