"""The tests' databases: migrations run once, and every worker, and every test with threads, gets a copy of the result.

Copies, because tables that keep history refuse to be emptied. The owner of the tables makes them, the tests connect as
the application's own role.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

Server = psycopg.Connection[tuple[object, ...]]


@contextmanager
def server(database: str = "postgres", *, is_owner: bool = True) -> Iterator[Server]:
    """A connection to another database of the same server, as the owner of the tables or as the application."""
    access = {**connection.settings_dict, **(settings.DATABASE_OWNER if is_owner else {})}
    keys = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given = {name: access[key] for name, key in keys.items() if access[key]}
    opened = psycopg.connect(dbname=database, autocommit=True, **given)
    try:
        yield opened
    finally:
        opened.close()


def use(database: str) -> None:
    """Let Django's connection be one to this database."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database


def make_template(name: str) -> None:
    """An empty database with today's tables; whoever comes first makes it, the others wait."""
    with server() as opened:
        opened.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if opened.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        unfinished = f"{name}_new"
        create(opened, unfinished)
        use(unfinished)
        call_command("migrate", verbosity=0, interactive=False)
        # A template with a connection to it cannot be copied.
        connection.close()
        _execute(opened, "ALTER DATABASE {} RENAME TO {}", unfinished, name)


def create(opened: Server, name: str) -> None:
    """An empty database without tables, whatever there was before."""
    _execute(opened, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _execute(opened, "CREATE DATABASE {}", name)


def copy(template: str, name: str) -> None:
    """Make ``name`` anew as it is in the template, whoever is still connected to it, and connect there."""
    connection.close()
    drop(name)
    with server() as opened:
        _execute(opened, "CREATE DATABASE {} TEMPLATE {}", name, template)
    use(name)


def drop(name: str) -> None:
    """Remove a database, also when a thread of a test is still connected to it."""
    with server(is_owner=False) as opened:
        # The owner of the tables may not end what another role has begun.
        mine = (
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
        )
        opened.execute(mine, [name])
    with server() as opened:
        for _ in range(100):
            try:
                _execute(opened, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
                # The server itself looks after the tables just now, as a role that no other may end.
                time.sleep(0.2)
            else:
                return
    raise TimeoutError(f"The database {name} stays in use.")


def _execute(opened: Server, statement: str, *names: str) -> None:
    opened.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
