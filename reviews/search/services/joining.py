"""Write which reference records belong to; the caller holds the review's lock."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from reviews.core import bulk
from reviews.search.models import Join
from reviews.search.rules import JoinKind

_NAMES = ("record", "in_import", "reference", "kind", "joined_at")


class Place(NamedTuple):
    """Primary keys of a record, of the import that brought it, and of the reference that it belongs to from now on."""

    record: int
    in_import: int
    reference: int


def store(places: Iterable[Place], kind: JoinKind, now: datetime) -> None:
    bulk.store(Join, _NAMES, ((*place, kind.value, now) for place in places))
