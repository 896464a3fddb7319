"""Stored records as the engine compares them."""

from operator import attrgetter
from typing import TypeAlias

from django.db.models import QuerySet

from reviews.search.duplicates.record import Record
from reviews.search.formats.parsed import ParsedRecord
from reviews.search.models import Record as StoredRecord

COMPARED = tuple(name for name in Record._fields if name != "id")
# What holds the fields of a record.
Source: TypeAlias = StoredRecord | ParsedRecord
_values = attrgetter(*COMPARED)


def cited(pk: int, row: Source) -> Record:
    """A row of the table, or what a reader found, under the key ``pk``."""
    return Record(pk, *_values(row))


def stored(rows: "QuerySet[StoredRecord]") -> list[Record]:
    """Without objects of the model, which take twice the time."""
    return [Record(*row) for row in rows.values_list("pk", *COMPARED)]
