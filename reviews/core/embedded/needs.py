"""What has to run beside a test: known from the folder it lies in."""

import enum
import pathlib
from collections.abc import Iterable

from reviews.core.embedded import places


class Needs(enum.IntEnum):
    """Each one includes those before it."""

    NOTHING = 0
    SERVERS = 1
    BROWSER = 2


# What starts and stops whole installations (`runtime`) brings servers of its own.
FOLDERS = {
    "unit": Needs.NOTHING,
    "golden": Needs.NOTHING,
    "architecture": Needs.NOTHING,
    "runtime": Needs.NOTHING,
    "db": Needs.SERVERS,
    "web": Needs.SERVERS,
    "e2e": Needs.BROWSER,
}


def of(paths: Iterable[str], folder: pathlib.Path = places.REPOSITORY) -> Needs:
    """The most that any of pytest's paths (`tests/db/test_x.py::test_y`) needs; whatever is not known needs all.

    Relative paths begin at ``folder``.
    """
    return max((_of_one(folder / path.split("::")[0]) for path in paths), default=Needs.BROWSER)


def _of_one(path: pathlib.Path) -> Needs:
    tests = places.REPOSITORY / "tests"
    whole = path.resolve()
    if tests not in whole.parents:
        return Needs.BROWSER
    return FOLDERS.get(whole.relative_to(tests).parts[0], Needs.BROWSER)
