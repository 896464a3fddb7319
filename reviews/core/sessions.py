"""Sessions as rows that only a request that may write changes.

What a page notes in the session while it is only shown (the key of a password reset, the secret of a two-factor
sign-in that is being set up) waits in the cache for the request that uses it. Who somebody is comes from the row
alone: nobody is signed in by a note.
"""

import logging
from copy import deepcopy
from typing import Any

import redis
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.core.cache import cache

from reviews.core import safe

_PERSON = frozenset({SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY})
_SECONDS_KEPT = 86_400
logger = logging.getLogger(__name__)


class SessionStore(db.SessionStore):
    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._stored: dict[str, Any] = {}
        self._has_row = False

    def load(self) -> dict[str, Any]:
        key = self._session_key
        data: dict[str, Any] = super().load()
        self._has_row = self._session_key is not None
        self._stored = deepcopy(data)
        noted = _noted(key)
        if noted is None:
            return data
        self._session_key = key
        return {name: value for name, value in {**data, **noted["new"]}.items() if name not in noted["gone"]}

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data: dict[str, Any] = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        if safe.is_reading_only():
            self._note(data)
            return
        super().save(must_create=must_create or not self._has_row)
        self._has_row, self._stored = True, deepcopy(data)
        _forget(self.session_key)

    def _note(self, data: dict[str, Any]) -> None:
        changed = {
            name: value for name, value in data.items() if name not in self._stored or self._stored[name] != value
        }
        noted = {
            "new": {name: value for name, value in changed.items() if name not in _PERSON},
            "gone": [name for name in self._stored if name not in data and name not in _PERSON],
        }
        try:
            cache.set(_place(self.session_key), noted, _SECONDS_KEPT)
        except redis.RedisError:
            logger.warning("The cache is away: what a page noted in a session is lost.")

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if not safe.is_reading_only():
            super().delete(key)
        _forget(key)

    def flush(self) -> None:
        super().flush()
        self._stored, self._has_row = {}, False

    def cycle_key(self) -> None:
        """Another key for the same data; a page that is only shown keeps the one it has."""
        if not safe.is_reading_only():
            super().cycle_key()


def _place(key: str | None) -> str:
    return f"session-notes:{key}"


def _noted(key: str | None) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] | None = cache.get(_place(key))
    except redis.RedisError:
        return None
    return found


def _forget(key: str | None) -> None:
    try:
        cache.delete(_place(key))
    except redis.RedisError:
        logger.warning("The cache is away: what a page noted in a session stays for a day.")
