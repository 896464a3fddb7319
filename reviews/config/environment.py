"""Typed readers of the environment: the only place that looks at ``os.environ``."""

import os
from collections.abc import Mapping
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit


class SettingError(SystemExit):
    """A variable of the environment is missing or wrong; the message names it and says what to do."""


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "")
    if value:
        return value
    if default is None:
        raise SettingError(f"{name} is not set. Set it in the environment, or start Tandem with `make run`.")
    return default


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"", None}:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise SettingError(f"{name} is {value!r}; it has to be 1 or 0.")


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdigit():
        raise SettingError(f"{name} is {value!r}; it has to be a whole number.")
    return int(value)


def words(name: str, default: list[str]) -> list[str]:
    value = os.environ.get(name, "")
    return [word.strip() for word in value.split(",") if word.strip()] or default


def database(name: str) -> dict[str, object]:
    """Django's database settings from a PostgreSQL URL; a Unix socket's folder goes in ``?host=``."""
    parts = urlsplit(text(name))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingError(f"{name} begins with {parts.scheme!r}; Tandem runs on PostgreSQL only (postgresql://…).")
    query: Mapping[str, list[str]] = parse_qs(parts.query)
    options = {key: values[0] for key, values in query.items() if key.startswith("ssl")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "tandem",
        "USER": unquote(parts.username or "") or query.get("user", ["postgres"])[0],
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or query.get("host", [""])[0],
        "PORT": str(parts.port or query.get("port", [""])[0]),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c lock_timeout=15s -c idle_in_transaction_session_timeout=60s", **options},
    }


def database_owner(name: str) -> dict[str, object]:
    """Who may change the tables: what of :func:`database` differs for that role; nothing when it is not set."""
    if not os.environ.get(name):
        return {}
    whole = database(name)
    return {key: whole[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}


def email_server(name: str) -> dict[str, object]:
    """SMTP settings from ``smtp://user:password@host:587`` (``smtps://`` for TLS from the start)."""
    parts = urlsplit(text(name))
    if parts.scheme not in {"smtp", "smtps"}:
        raise SettingError(f"{name} has to begin with smtp:// or smtps://.")
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
    }


def sender(name: str, base_url: str) -> str:
    """Who mails come from: as the variable says, else the server by its name, for readers who use several."""
    host = urlsplit(base_url).hostname or "localhost"
    domain = host if "." in host and not host.replace(".", "").isdigit() else "localhost"
    value = text(name, f"Tandem on {host} <tandem@{domain}>")
    if "@" not in parseaddr(value)[1] or "\n" in value:
        raise SettingError(f"{name} is {value!r}; it has to be an address, such as Tandem <tandem@example.org>.")
    return value


def celery_broker(redis_url: str) -> str:
    """Celery spells a Unix socket ``redis+socket://``, redis-py spells it ``unix://``."""
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
