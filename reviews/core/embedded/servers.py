"""Database and broker together: the embedded ones, or those named by DATABASE_URL and REDIS_URL."""

import dataclasses
import os
import signal
import urllib.parse

import psycopg
import redis

from reviews.core.embedded import children, places, postgres, processes, refusals, terminal, valkey


@dataclasses.dataclass
class Servers:
    """What runs; the embedded parts are None where the environment names a server."""

    database_url: str = ""
    redis_url: str = ""
    owner_url: str = ""
    database: postgres.Postgres | None = None
    broker: valkey.Valkey | None = None

    @property
    def embedded(self) -> list[children.Child]:
        return [server.child for server in (self.database, self.broker) if server]

    def stop(self) -> bool:
        """Broker first, database last; False when one had to be killed."""
        results = [server.stop() for server in (self.broker, self.database) if server]
        self.database = self.broker = None
        return all(results)


def start(servers: Servers, where: places.Places, *, is_scratch: bool = False) -> None:
    """Fill in `servers`, piece by piece, so that the caller can stop what runs even when a later piece fails.

    The caller has ended what an earlier, killed Tandem left running (:func:`end_leftovers`).
    Raises Refusal when a server does not start or a named one cannot be reached.
    """
    servers.database_url = os.environ.get("DATABASE_URL", "")
    servers.owner_url = os.environ.get("MIGRATE_DATABASE_URL", "")
    servers.redis_url = os.environ.get("REDIS_URL", "")
    if servers.database_url:
        _reach_database("DATABASE_URL", servers.database_url)
        if servers.owner_url:
            _reach_database("MIGRATE_DATABASE_URL", servers.owner_url)
    else:
        servers.database = postgres.start(where, is_scratch=is_scratch)
        servers.database_url, servers.owner_url = servers.database.url, servers.database.owner_url
        record(servers.embedded, where)
    if servers.redis_url:
        _reach_broker(servers.redis_url)
    else:
        servers.broker = valkey.start(where, is_scratch=is_scratch)
        servers.redis_url = servers.broker.url
        record(servers.embedded, where)


def record(running: list[children.Child], where: places.Places) -> None:
    """Write down what runs, for the next start, should this process be killed."""
    processes.record(where.processes, {child.program.name: child.pid for child in running})


def end_leftovers(where: places.Places) -> None:
    """End what an earlier, killed Tandem left running on the same data, and say what it was."""
    ended = processes.end_leftovers(where.processes, {"postgres": signal.SIGINT})
    if ended:
        terminal.complain(f"ended what a killed Tandem had left running: {', '.join(ended)}")


def _reach_database(name: str, url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except (psycopg.Error, ValueError) as problem:
        reason = str(problem).strip().splitlines()[-1]
        raise refusals.Refusal(
            f"The database of {name} ({without_password(url)}) cannot be reached: {reason}. Start it or correct "
            "the address; without DATABASE_URL Tandem brings its own."
        ) from problem


def _reach_broker(url: str) -> None:
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=10)
        client.ping()
        client.close()
    except (redis.RedisError, ValueError) as problem:
        raise refusals.Refusal(
            f"The broker of REDIS_URL ({without_password(url)}) cannot be reached: {problem}. Start it or correct "
            "the address; without REDIS_URL Tandem brings its own."
        ) from problem


def without_password(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    secret = parts.password
    return url.replace(f":{secret}@", ":…@") if secret else url
