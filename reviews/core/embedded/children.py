"""One child process of the supervisor, with its log."""

import contextlib
import dataclasses
import pathlib
import signal
import subprocess

from reviews.core.embedded import accounts, processes, refusals

LARGEST_LOG = 10_000_000


@dataclasses.dataclass(frozen=True)
class Program:
    """What is run: a name for the terminal and the log, the command, and how it is asked to stop."""

    name: str
    command: list[str]
    log: pathlib.Path
    account: accounts.Account
    environment: dict[str, str]
    folder: pathlib.Path
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 15.0


@dataclasses.dataclass
class Child:
    """A running program. Its process leads a session, so that its own children can be ended with it."""

    program: Program
    process: "subprocess.Popen[bytes]"

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.is_alive:
            processes.send(self.pid, self.program.stop_signal)

    def stop(self, patience: float | None = None) -> bool:
        """Stop it and whatever it started; returns False when it had to be killed."""
        self.ask_to_stop()
        is_clean = True
        try:
            self.process.wait(self.program.patience if patience is None else patience)
        except subprocess.TimeoutExpired:
            is_clean = False
        self.sweep()
        return is_clean

    def start_again(self) -> None:
        """Start the same program anew, after ending what the dead process left behind."""
        self.sweep()
        self.process = _launch(self.program)

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self.process.returncode
        return f"killed by signal {-code}" if code is not None and code < 0 else f"exit code {code}"

    def sweep(self) -> None:
        """Kill what is left of the process and its group."""
        processes.send(self.pid, signal.SIGKILL, to_group=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)


def start(program: Program) -> Child:
    """Start a program with its output appended to its log; raises Refusal when it cannot be started."""
    return Child(program, _launch(program))


def _launch(program: Program) -> "subprocess.Popen[bytes]":
    try:
        if program.log.exists() and program.log.stat().st_size > LARGEST_LOG:
            program.log.replace(older(program.log))
        with program.log.open("ab") as log:
            return program.account.start(
                program.command,
                death_signal=program.stop_signal.name.removeprefix("SIG"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=program.environment,
                cwd=program.folder,
            )
    except OSError as problem:
        reason = f"{problem.strerror} ({problem.filename})"
        raise refusals.Refusal(f"{program.name} cannot be started: {reason}.") from problem


def older(log: pathlib.Path) -> pathlib.Path:
    """The one older log that is kept beside the current one, so that logs do not fill the disk."""
    return log.with_suffix(".old.log")


def last_lines(log: pathlib.Path, count: int = 12) -> str:
    """The end of a log, indented, for a message that names it."""
    with contextlib.suppress(FileNotFoundError):
        lines = log.read_text(errors="replace").splitlines()[-count:]
        return "\n".join(f"    {line}" for line in lines)
    return ""
