"""HEAD, GET and OPTIONS change no row. This is the one place that decides which methods may write.

While a safe request is answered the database itself refuses every write, whichever view, library or template tries:
a mistake is an error in the log, never a changed row.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import TransactionStatus

MAY_WRITE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_SAVEPOINT = "tandem_reading_only"
_is_held: ContextVar[bool] = ContextVar("reading_only", default=False)


def is_reading_only() -> bool:
    """Whether a safe request is being answered."""
    return _is_held.get()


@contextmanager
def reading_only() -> Iterator[None]:
    """Until the end the connection takes no write; nothing is sent for a request that asks the database nothing."""
    guard = _Guard()
    token = _is_held.set(True)
    try:
        with connection.execute_wrapper(guard):
            yield
    finally:
        _is_held.reset(token)
        guard.release()


def held(blocks: Iterable[Any]) -> Iterator[Any]:
    """A streamed answer is made after its view has returned: every block of it, reading only."""
    left = iter(blocks)
    while True:
        with reading_only():
            block = next(left, None)
        if block is None:
            return
        yield block


class _Guard:
    """Tells the connection before its first statement. The statements go past Django's log: they are no page's own."""

    def __init__(self) -> None:
        # Inside a transaction that began before the request (tests), a savepoint ends the prohibition with it.
        self._is_nested = connection.in_atomic_block
        self._told: psycopg.Connection[Any] | None = None

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        raw = context["connection"].connection
        if raw is not self._told:
            self._tell(raw)
        return execute(sql, params, many, context)

    def _tell(self, raw: "psycopg.Connection[Any]") -> None:
        if connection.in_atomic_block and not self._is_nested:
            # The setting would end with a transaction that is rolled back: it is made after this one.
            if raw.info.transaction_status == TransactionStatus.IDLE:
                raw.execute("SET TRANSACTION READ ONLY")
            return
        if self._is_nested:
            raw.execute(f"SAVEPOINT {_SAVEPOINT}")
            raw.execute("SET TRANSACTION READ ONLY")
        else:
            raw.execute("SET default_transaction_read_only = on")
        self._told = raw

    def release(self) -> None:
        raw = self._told
        if raw is None or raw.closed:
            return
        if self._is_nested:
            raw.execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
            raw.execute(f"RELEASE SAVEPOINT {_SAVEPOINT}")
            return
        try:
            raw.execute("RESET default_transaction_read_only")
        except psycopg.Error:
            # Whoever gets this connection next has to be able to write.
            connection.close()
