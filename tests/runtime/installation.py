"""A Tandem installation in a folder of its own, started and stopped as a person would."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
# What the tests' own surroundings say must not leak into the installations they start.
INHERITED = {
    "DATABASE_URL",
    "MIGRATE_DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "DJANGO_SETTINGS_MODULE",
}
NOBODY = 65534


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without the addresses of the servers the tests themselves use."""
    own = {name for name in os.environ if name in INHERITED or name.startswith("TANDEM_")}
    return {name: value for name, value in os.environ.items() if name not in own} | changes


def embedded(*arguments: str) -> list[str]:
    """As the Makefile starts it."""
    return [PYTHON, "-X", "utf8", "-m", "reviews.core.embedded", *arguments]


def as_nobody(command: list[str]) -> list[str]:
    """The command as an ordinary user, who may read everything (the interpreter may be in root's home)."""
    if os.geteuid() != 0:
        return command
    capability = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--securebits=+no_setuid_fixup"]
    user = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return [shutil.which("setpriv") or "setpriv", *user, *capability, "--", *command]


def run(command: list[str], *, seconds: float = 60, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run to the end and return what it said."""
    return subprocess.run(
        command,
        cwd=REPOSITORY,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
        start_new_session=True,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_with(text: str) -> dict[int, str]:
    """Living processes whose command line or environment holds the text, by number."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.name == str(os.getpid()) or re.search(r"^State:\s+[ZX]", (folder / "status").read_text(), re.M):
                continue
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if text in command or text.encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = command
    return found


def wait_until_gone(text: str, seconds: float = 20) -> dict[int, str]:
    """What is still there after waiting; empty when everything went."""
    deadline = time.monotonic() + seconds
    while (left := processes_with(text)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


@dataclass
class Installation:
    """`var` and a port; `start` may be called again after the process has ended."""

    var: Path
    port: int = field(default_factory=free_port)
    variables: dict[str, str] = field(default_factory=dict)
    is_ordinary: bool = False
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def terminal(self) -> str:
        """Everything that was printed since the last start."""
        return (self.var.parent / "terminal.txt").read_text()

    def launch(self) -> None:
        """Start without waiting."""
        variables = environment(TANDEM_VAR=str(self.var), TANDEM_PORT=str(self.port), **self.variables)
        with (self.var.parent / "terminal.txt").open("wb") as output:
            self.process = subprocess.Popen(
                as_nobody(embedded("run")) if self.is_ordinary else embedded("run"),
                cwd=REPOSITORY,
                env=variables,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self) -> None:
        """Start and wait until the address and the people are printed."""
        self.launch()
        self.wait_for(lambda: "the logs are in" in self.terminal, 300)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            ended = self.process is not None and self.process.poll() is not None
            assert not ended, f"it ended:\n{self.terminal}"
            assert time.monotonic() < deadline, f"it takes longer than {seconds} s:\n{self.terminal}"
            time.sleep(0.1)

    def health(self) -> tuple[int, str]:
        """Status and text of /healthz; 0 when there is no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError as problem:
            return 0, str(problem)
        finally:
            connection.close()

    def pid_of(self, name: str) -> int:
        return int(json.loads((self.var / "run.json").read_text())[name]["pid"])

    def end(self, number: signal.Signals = signal.SIGINT, seconds: float = 60) -> int:
        """Send a signal to the supervisor and return its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(seconds)
