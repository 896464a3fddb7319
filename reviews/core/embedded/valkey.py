"""The embedded Valkey: broker and cache on a Unix socket, kept on disk."""

import contextlib
import dataclasses
import os
import pathlib
import time
import urllib.parse

import redis

from reviews.core.embedded import accounts, children, places, processes, refusals, sockets, wheels

SECONDS_TO_START = 30


@dataclasses.dataclass(frozen=True)
class Valkey:
    """A running server, its socket folder and the address for REDIS_URL."""

    child: children.Child
    sockets: pathlib.Path

    @property
    def url(self) -> str:
        return f"unix://{urllib.parse.quote(str(self.sockets / 'valkey.sock'), safe='/')}?db=0"

    def stop(self) -> bool:
        is_clean = self.child.stop()
        sockets.remove(self.sockets)
        return is_clean


def start(where: places.Places, *, is_scratch: bool = False) -> Valkey:
    """Start the server and wait for its answer; raises Refusal with the end of its log when none comes."""
    account = accounts.for_data(where.valkey, wheels.valkey())
    folder = sockets.create(where.var / "sockets" / "valkey", account)
    server = Valkey(children.start(_program(where, account, folder, is_scratch)), folder)
    with contextlib.ExitStack() as undo:
        undo.callback(server.stop)
        _wait(server)
        undo.pop_all()
    return server


def _program(
    where: places.Places, account: accounts.Account, folder: pathlib.Path, is_scratch: bool
) -> children.Program:
    options = {
        "port": "0",
        "unixsocket": str(folder / "valkey.sock"),
        "unixsocketperm": "700",
        "dir": str(where.valkey),
        "appendonly": "no" if is_scratch else "yes",
        "save": "",
        # Queued jobs must never be evicted to make room for cache entries.
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    command = [str(wheels.valkey())]
    for name, value in options.items():
        command += [f"--{name}", value]
    return children.Program(
        name="valkey",
        command=command,
        log=where.logs / "valkey.log",
        account=account,
        environment=dict(os.environ),
        folder=where.valkey,
    )


def _wait(server: Valkey) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    client = redis.Redis.from_url(server.url)
    while True:
        try:
            client.ping()
            return
        except redis.exceptions.ConnectionError as problem:
            if server.child.is_alive and time.monotonic() < deadline:
                time.sleep(processes.POLL)
                continue
            log = server.child.program.log
            end = children.last_lines(log)
            raise refusals.Refusal(f"Valkey does not start; the end of {log} says:\n{end}") from problem
        finally:
            client.close()
