"""Rows that are never overwritten: a change of mind is a new row, and the one before says since when it is past.

A save names the row it replaces. When another row is current by then, somebody was faster, or the page is an old
one: :class:`Stale` (409) tells both, and nothing is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from reviews.core.refusals import Refusal

Row = TypeVar("Row", bound=models.Model)


class HistoryQuerySet(models.QuerySet[Row]):
    def current(self) -> "HistoryQuerySet[Row]":
        return self.filter(superseded_at=None)

    def supersede(self, at: datetime | None = None) -> int:
        """End what is current among these rows; return how many that were."""
        return self.filter(superseded_at=None).update(superseded_at=at or timezone.now())


class Historic(models.Model):
    """Base of append-only tables with one current row; their migration adds the trigger (``core.appendonly``)."""

    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        abstract = True


def one_current(*fields: str, name: str, where: Q | None = None) -> models.UniqueConstraint:
    """At most one row with these fields is current."""
    condition = Q(superseded_at=None) if where is None else where & Q(superseded_at=None)
    return models.UniqueConstraint(fields=fields, condition=condition, name=name)


@dataclass(frozen=True)
class Clash:
    """What stands now, by its key, beside what somebody wanted to put in place of something older."""

    current_id: int | None
    current: str
    typed: str


class Stale(Refusal):
    """What is to be replaced is not current any more (409); ``clashes`` maps a field's name to both sides."""

    def __init__(self, message: str, clashes: Mapping[str, Clash]) -> None:
        super().__init__(message)
        self.clashes = dict(clashes)


def replaces(current: Any | None, replaced_id: int | None) -> bool:
    """Whether a save that names ``replaced_id`` (None: nothing was there) still replaces what is current."""
    return (current.pk if current is not None else None) == replaced_id
