"""The environment that Django's processes are started with."""

import os
import pathlib
import secrets
import sys

from reviews.core.embedded import places, refusals, wheels

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
OWNER = "MIGRATE_DATABASE_URL"
# Files and output are UTF-8, whatever the machine's locale.
TEXT = {"PYTHONUTF8": "1"}


def host() -> str:
    return os.environ.get("TANDEM_HOST") or DEFAULT_HOST


def port() -> int:
    """TANDEM_PORT as a number; raises Refusal when it is none."""
    given = os.environ.get("TANDEM_PORT") or str(DEFAULT_PORT)
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise refusals.Refusal(f"TANDEM_PORT is {given!r}: it has to be a number from 1 to 65535.")
    return int(given)


def address() -> str:
    """What a person types into the browser."""
    name = host()
    shown = "127.0.0.1" if name in ("0.0.0.0", "::") else f"[{name}]" if ":" in name else name
    return f"http://{shown}:{port()}"


def for_django(where: places.Places, database_url: str, redis_url: str) -> dict[str, str]:
    """This process's environment with everything the settings read, and without the owner of the tables."""
    return {
        **{name: value for name, value in os.environ.items() if name != OWNER},
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "TANDEM_VAR": str(where.var),
        "TANDEM_SECRET_KEY": secret_key(where),
        "TANDEM_BASE_URL": os.environ.get("TANDEM_BASE_URL") or address(),
        **TEXT,
        # Without it the address of a password reset would wait in a buffer.
        "PYTHONUNBUFFERED": "1",
        # The dump program must be as new as the database.
        "PATH": os.pathsep.join([_scripts(), str(wheels.postgres("psql").parent), os.environ.get("PATH", os.defpath)]),
    }


def for_owner(variables: dict[str, str], owner_url: str) -> dict[str, str]:
    """The same for what migrates, which has to know who owns the tables."""
    return {**variables, OWNER: owner_url} if owner_url else variables


def _scripts() -> str:
    """Where celery and the other installed commands are."""
    return str(pathlib.Path(sys.executable).parent)


def secret_key(where: places.Places) -> str:
    """The key from the environment, else from `var/secret_key`, which is made at the first start."""
    if given := os.environ.get("TANDEM_SECRET_KEY") or os.environ.get("SECRET_KEY"):
        return given
    try:
        return where.secret_key.read_text().strip()
    except FileNotFoundError:
        key = secrets.token_urlsafe(64)
    descriptor = os.open(where.secret_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key
