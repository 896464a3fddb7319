"""The application's own processes and the commands that prepare them.

`docker-compose.yml` runs the same commands in containers; a test compares the two.
"""

import os
import pathlib
import sys

from reviews.core.embedded import accounts, children, environment, places

APPLICATION = "reviews.config.wsgi:application"


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def web_command(host: str, port: int) -> list[str]:
    """Granian serving the WSGI application; it replaces workers that die."""
    workers = os.environ.get("TANDEM_WEB_WORKERS") or "2"
    threads = os.environ.get("TANDEM_WEB_THREADS") or "4"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    return [
        *command,
        *("--workers", workers, "--blocking-threads", threads, "--no-ws", "--respawn-failed-workers"),
        # A worker asked to stop while it loads the application can miss the request: it is not waited for forever.
        *("--workers-kill-timeout", "5"),
        APPLICATION,
    ]


def worker_command(schedule: pathlib.Path) -> list[str]:
    """A Celery worker with the scheduler inside: one machine needs no third process."""
    processes = os.environ.get("TANDEM_WORKER_PROCESSES") or "2"
    command = [sys.executable, "-m", "celery", "--app", "reviews.config", "worker", "--loglevel", "INFO"]
    return [
        *command,
        *("--concurrency", processes, "--without-gossip", "--without-mingle"),
        *("--beat", "--schedule", str(schedule)),
    ]


def web(where: places.Places, variables: dict[str, str]) -> children.Program:
    return _program("web", web_command(environment.host(), environment.port()), where, variables)


def worker(where: places.Places, variables: dict[str, str]) -> children.Program:
    return _program("worker", worker_command(where.var / "celerybeat-schedule"), where, variables)


def setup(arguments: list[str], where: places.Places, variables: dict[str, str]) -> children.Program:
    """One run of manage.py; its output goes to `setup.log`."""
    return _program("setup", manage(*arguments), where, variables)


def _program(name: str, command: list[str], where: places.Places, variables: dict[str, str]) -> children.Program:
    return children.Program(
        name=name,
        command=command,
        log=where.logs / f"{name}.log",
        account=accounts.myself(),
        environment=variables,
        folder=places.REPOSITORY,
    )
