"""Stored records as the engine compares them."""

from collections.abc import Sequence

from reviews.search.duplicates import keys, prepare, record
from reviews.search.models import Record

COMPARED = tuple(name for name in record.Record._fields if name != "id")
# What is read of a record to compare it and to choose what its reference shows.
READ = (*COMPARED, "review_id", "in_import_id", "keywords", "url")


def cited(row: Record) -> record.Record:
    return record.Record(row.pk, *(getattr(row, name) for name in COMPARED))


def hashes(row: Record) -> Sequence[int]:
    """The numbers by which further records find this one."""
    return keys.hashes(prepare.record(cited(row)))
