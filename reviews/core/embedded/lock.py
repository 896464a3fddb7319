"""One supervisor at a time on one `var`: a file lock that the kernel gives back when its holder dies."""

import contextlib
import dataclasses
import fcntl
import json
import os
from collections.abc import Iterator
from typing import IO

from reviews.core.embedded import places, refusals


@dataclasses.dataclass(frozen=True)
class Holder:
    """Who holds the lock: process number, address, and where its servers listen ("" until they do)."""

    pid: int
    address: str
    database_url: str = ""
    redis_url: str = ""
    owner_url: str = ""


@contextlib.contextmanager
def held(where: places.Places, address: str) -> Iterator[IO[str]]:
    """Hold the lock; a lock file without a living holder is simply taken over.

    Raises Refusal when a living process holds it.
    """
    with where.lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise refusals.Refusal(_taken(where, _read(file))) from problem
        write(file, mine(address))
        yield file
        file.truncate(0)


def mine(address: str) -> Holder:
    return Holder(os.getpid(), address)


def write(file: IO[str], holder: Holder) -> None:
    """Say who holds the lock, for the sentence that a second start prints."""
    file.truncate(0)
    file.write(json.dumps(dataclasses.asdict(holder)))
    file.flush()


def holder(where: places.Places) -> Holder | None:
    """The living process that holds the lock, if there is one."""
    try:
        file = where.lock.open("r")
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(file)
        return None


def _read(file: IO[str]) -> Holder | None:
    file.seek(0)
    try:
        return Holder(**json.loads(file.read()))
    except (ValueError, TypeError):
        return None


def _taken(where: places.Places, other: Holder | None) -> str:
    if other is None:
        return f"Tandem is just being started or stopped on {where.var}: wait a moment and try again."
    return (
        f"Tandem already runs on {where.var} as process {other.pid}: open {other.address}, or stop it first with "
        f"Ctrl-C in its terminal or with `kill {other.pid}`."
    )
