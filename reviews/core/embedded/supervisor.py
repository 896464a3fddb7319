"""`make run`: starts everything, watches it, and stops it so that nothing is left."""

import dataclasses
import errno
import socket
import time
from typing import IO

from reviews.core.embedded import (
    children,
    environment,
    health,
    lock,
    places,
    preparation,
    processes,
    programs,
    refusals,
    relay,
    servers,
    stopping,
    terminal,
)

TICK = 0.2
SECONDS_TO_HEALTH = 120
SECONDS_OF_GOOD_LIFE = 60
LONGEST_PAUSE = 30.0
# How long an ending worker may go on with its job.
PATIENCE = 10.0
SECONDS_BEFORE_A_LINE = 3.0
DEATHS_WHILE_STARTING = 3


@dataclasses.dataclass
class Watched:
    """A child that is started again when it dies, after a pause that doubles from death to death."""

    child: children.Child
    deaths: int = 0
    started_at: float = dataclasses.field(default_factory=time.monotonic)
    restart_at: float | None = None

    def tend(self, now: float) -> bool:
        """Notice a death, or end the pause after one; True when the process was started again."""
        if self.restart_at is None:
            if not self.child.is_alive:
                self._mourn(now)
            return False
        if now < self.restart_at:
            return False
        self.child.start_again()
        self.started_at, self.restart_at = now, None
        return True

    def _mourn(self, now: float) -> None:
        self.deaths = 0 if now - self.started_at > SECONDS_OF_GOOD_LIFE else self.deaths
        pause = min(LONGEST_PAUSE, 0.5 * 2**self.deaths)
        self.deaths += 1
        self.restart_at = now + pause
        # At once: what it left behind may hold the port or go on with a job.
        self.child.sweep()
        name = self.child.program.name
        terminal.step(f"{name} ended unexpectedly ({self.child.ending}): starting it again in {pause:g} s")


@dataclasses.dataclass
class Supervisor:
    where: places.Places
    lock_file: IO[str]
    stop_request: stopping.StopRequest
    running: servers.Servers = dataclasses.field(default_factory=servers.Servers)
    watched: list[Watched] = dataclasses.field(default_factory=list)
    followers: list[relay.Follower] = dataclasses.field(default_factory=list)

    def work(self) -> None:
        """Start, then watch until somebody asks for the end; raises Refusal when it cannot go on."""
        try:
            self._start()
            while not self.stop_request.times:
                self._look_after_children()
                time.sleep(TICK)
        except stopping.Stopped:
            pass
        finally:
            self._stop()

    def _start(self) -> None:
        servers.start(self.running, self.where)
        self._note_processes()
        terminal.step(f"database: {self._description(self.running.database, self.running.database_url)}")
        terminal.step(f"broker:   {self._description(self.running.broker, self.running.redis_url)}")
        variables = environment.for_django(self.where, self.running.database_url, self.running.redis_url)
        owner = environment.for_owner(variables, self.running.owner_url)
        preparation.prepare(self.where, variables, owner, self.stop_request)
        self.stop_request.check()
        if self.running.broker:
            self.watched.append(Watched(self.running.broker.child))
        for program in (programs.web(self.where, variables), programs.worker(self.where, variables)):
            self.followers.append(relay.Follower(program.name, program.log))
            self.watched.append(Watched(children.start(program)))
            self._note_processes()
        asked = preparation.ask_for_accounts(variables)
        try:
            self._wait_for_health()
            self._greet(preparation.accounts(asked))
        finally:
            asked.kill()
            asked.communicate()

    def _description(self, embedded: object | None, url: str) -> str:
        return f"embedded, data in {self.where.var}" if embedded else servers.without_password(url)

    def _note_processes(self) -> None:
        """For the next start, should this process be killed, and for `services --live`."""
        servers.record(self.running.embedded + [watched.child for watched in self.watched], self.where)
        lock.write(
            self.lock_file,
            dataclasses.replace(
                lock.mine(environment.address()),
                database_url=self.running.database_url,
                redis_url=self.running.redis_url,
                owner_url=self.running.owner_url,
            ),
        )

    def _wait_for_health(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_HEALTH
        while not (answer := health.ask(timeout=5)).is_healthy:
            self.stop_request.check()
            self._look_after_children()
            for watched in self.watched:
                if watched.deaths >= DEATHS_WHILE_STARTING:
                    name = watched.child.program.name
                    raise refusals.Refusal(_ended(watched.child, f"The {name} process does not start"))
            if time.monotonic() > deadline:
                raise refusals.Refusal(
                    f"Tandem is not healthy after {SECONDS_TO_HEALTH} s: /healthz says {answer.text}. "
                    f"The logs are in {self.where.logs}."
                )
            time.sleep(TICK)

    def _greet(self, people: list[list[str]]) -> None:
        terminal.say(f"\n  Tandem runs at {environment.address()}  (Ctrl-C stops it)\n")
        if people:
            terminal.say("  People of the example review (role, e-mail, password):")
        for role, email, password in people:
            terminal.say(f"    {role:<18} {email:<20} {password}")
        terminal.say(f"\n  E-mails and errors appear below; the logs are in {self.where.logs}\n")

    def _look_after_children(self) -> None:
        now = time.monotonic()
        if [watched for watched in self.watched if watched.tend(now)]:
            self._note_processes()
        self._relay()
        database = self.running.database
        if database and not database.child.is_alive:
            raise refusals.Refusal(_ended(database.child, "The database ended, so everything is stopped"))

    def _stop(self) -> None:
        """Worker and web first, then broker, then the database."""
        if not self.running.embedded and not self.watched:
            return
        terminal.step("stopping …")
        broker = self.running.broker.child if self.running.broker else None
        self._stop_application([watched.child for watched in self.watched if watched.child is not broker])
        self._relay()
        if not self.running.stop():
            terminal.step(f"a server had to be killed; its log is in {self.where.logs}")
        self.where.processes.unlink(missing_ok=True)
        terminal.step("stopped")

    def _stop_application(self, mine: list[children.Child]) -> None:
        """Ask, wait, kill; a second Ctrl-C ends the waiting."""
        for child in mine:
            child.ask_to_stop()
        began = time.monotonic()
        is_announced = False
        while self.stop_request.times < 2 and any(child.is_alive for child in mine):
            waited = time.monotonic() - began
            if waited > PATIENCE:
                break
            if waited > SECONDS_BEFORE_A_LINE and not is_announced:
                terminal.step("waiting for a job to end (Ctrl-C again: do not wait)")
                is_announced = True
            time.sleep(processes.POLL)
        for child in mine:
            if not child.stop(patience=0):
                terminal.step(f"{child.program.name} was killed; a job it had begun goes on at the next start")

    def _relay(self) -> None:
        for follower in self.followers:
            for line in follower.news():
                terminal.say(line)


def run() -> int:
    """The command `run`: 0 after an orderly stop. Raises Refusal."""
    where = places.chosen()
    places.prepare(where)
    address = environment.address()
    stop_request = stopping.StopRequest()
    with lock.held(where, address) as file:
        # First: what a killed Tandem left running may still hold the port.
        servers.end_leftovers(where)
        _check_port()
        stop_request.listen()
        Supervisor(where, file, stop_request).work()
    return 0


def _check_port() -> None:
    """Raises Refusal when the web server could not listen."""
    host, port = environment.host(), environment.port()
    try:
        family, kind, _, _, target = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            free = port + 1 if port < 65535 else 8000
            raise refusals.Refusal(
                f"Port {port} on {host} is taken by another program: stop that one, or choose another port: "
                f"TANDEM_PORT={free} make run"
            ) from problem
        raise refusals.Refusal(
            f"Tandem cannot listen on {host}, port {port} ({problem.strerror}): correct TANDEM_HOST or TANDEM_PORT "
            "(ports below 1024 are for root)."
        ) from problem


def _ended(child: children.Child, what: str) -> str:
    log = child.program.log
    return f"{what} ({child.ending}); the end of {log} says:\n{children.last_lines(log)}"
