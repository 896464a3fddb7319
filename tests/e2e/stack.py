"""Web server and worker as real processes against a database of their own, for browsers to use."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from reviews.core.embedded import programs
from tests import databases

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Stack:
    """``url`` answers; ``worker`` can be killed and started again."""

    url: str
    environment: dict[str, str]
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start_web(self) -> None:
        address = urlsplit(self.url)
        assert address.hostname
        assert address.port
        self._start("web", programs.web_command(address.hostname, address.port))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/account/login/", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        raise AssertionError(f"the web server does not answer: {self.log('web')}")

    def start_worker(self) -> None:
        self._start("worker", programs.worker_command(self.folder / "schedule"))

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """SIGKILL to the process and its children, as when a machine loses power."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for name in list(self.processes):
            try:
                self.processes[name].wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill(name)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]


def sibling_database(name: str) -> dict[str, str]:
    """An empty database on the server of DATABASE_URL, whatever was there before, and the variables that name it."""
    databases.drop(name)
    with databases.server() as opened:
        databases.create(opened, name)
    urls = {key: os.environ[key] for key in ("DATABASE_URL", "MIGRATE_DATABASE_URL") if os.environ.get(key)}
    return {key: urlunsplit(urlsplit(url)._replace(path=f"/{name}")) for key, url in urls.items()}
