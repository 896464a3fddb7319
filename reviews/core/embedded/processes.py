"""Processes the runtime started: who they are, whether they live, and how they are stopped."""

import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import time

POLL = 0.05


@dataclasses.dataclass(frozen=True)
class Identity:
    """A process that cannot be mistaken for a later one with the same number."""

    pid: int
    started: str

    @property
    def is_alive(self) -> bool:
        return self.started != "" and _start_of(self.pid) == self.started


def identity(pid: int) -> Identity:
    return Identity(pid, _start_of(pid))


def _start_of(pid: int) -> str:
    """When the process was started, in the system's own words; "" for one that is gone or a zombie."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return "" if pathlib.Path("/proc/self/stat").exists() else _ps(pid, "lstart")
    except ProcessLookupError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def command_of(pid: int) -> str:
    """The command line of a process; "" when it is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return "" if pathlib.Path("/proc/self/stat").exists() else _ps(pid, "command")


def _ps(pid: int, column: str) -> str:
    """What `ps` says, for systems without /proc."""
    answer = subprocess.run(
        ["ps", "-o", f"stat=,{column}=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, rest = answer.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else rest.strip()


def send(pid: int, number: signal.Signals, *, to_group: bool = False) -> None:
    """Send a signal; a process that is already gone is no error (macOS forbids signals to a dead group)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number) if to_group else os.kill(pid, number)


def wait_gone(known: Identity, seconds: float) -> bool:
    """Wait for a process to end, also one that is not our child."""
    deadline = time.monotonic() + seconds
    while known.is_alive:
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True


def record(path: pathlib.Path, children: dict[str, int]) -> None:
    """Write down which processes run, so that a later start can end those that a killed supervisor left."""
    rows = {name: dataclasses.asdict(identity(pid)) for name, pid in children.items()}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(rows))
    fresh.replace(path)


def recorded(path: pathlib.Path) -> dict[str, Identity]:
    try:
        rows = json.loads(path.read_text())
        return {str(name): Identity(int(row["pid"]), str(row["started"])) for name, row in rows.items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def end_leftovers(path: pathlib.Path, signals: dict[str, signal.Signals], patience: float = 30) -> list[str]:
    """End what an earlier, killed supervisor left running; returns the names of what was still alive.

    Everything is asked first (`signals`, TERM by default) and, when it does not go, killed with its group.
    """
    alive = {name: known for name, known in recorded(path).items() if known.is_alive}
    for name, known in alive.items():
        send(known.pid, signals.get(name, signal.SIGTERM))
    for known in alive.values():
        if not wait_gone(known, patience):
            send(known.pid, signal.SIGKILL, to_group=True)
            wait_gone(known, 5)
    path.unlink(missing_ok=True)
    return list(alive)
