"""References as they are cited outside: one citation each, put together from all records behind it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from reviews.core.seats import Seat
from reviews.search.duplicates import primary
from reviews.search.duplicates.record import Record as Compared
from reviews.search.models import Join, Record

_CHUNK = 500
_TEXTS = (
    *("title", "original_title", "abstract", "journal", "volume", "issue", "pages", "doi", "pmid", "accession"),
    *("language", "publication_type", "database"),
)
_LISTS = ("authors", "parallel_authors", "issn")
_FIELDS = (*_TEXTS, *_LISTS, "year", "keywords", "url")


class Composed(NamedTuple):
    """A citation: each field from the record that has it best, keywords and link from the first that has any."""

    title: str
    original_title: str
    abstract: str
    authors: tuple[str, ...]
    parallel_authors: tuple[str, ...]
    journal: str
    year: int | None
    volume: str
    issue: str
    pages: str
    doi: str
    pmid: str
    accession: str
    issn: tuple[str, ...]
    language: str
    keywords: tuple[str, ...]
    url: str
    publication_type: str
    database: str


def citations(seat: Seat, ids: Sequence[int]) -> Iterator[Composed]:
    """The references ``ids`` of this review in this order; a query for every 500 of them, memory flat."""
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        rows = Join.objects.filter(reference_id__in=chunk, superseded_at=None, record__review_id=seat.review_id)
        rows = rows.select_related("record").order_by("record_id")
        rows = rows.only("reference_id", *(f"record__{name}" for name in _FIELDS))
        behind: defaultdict[int, list[Record]] = defaultdict(list)
        for join in rows:
            behind[join.reference_id].append(join.record)
        yield from (composed(behind[pk]) for pk in chunk if pk in behind)


def composed(records: Sequence[Record]) -> Composed:
    """One citation of the records behind a reference, in their order."""
    values: dict[str, Any] = {name: getattr(records[0], name) for name in _FIELDS}
    if records[1:]:
        chosen = primary.choose([_compared(record) for record in records]).record
        values |= {name: getattr(chosen, name) for name in (*_TEXTS, *_LISTS, "year")}
        for name in ("keywords", "url"):
            values[name] = next((value for record in records if (value := getattr(record, name))), values[name])
    for name in (*_LISTS, "keywords"):
        values[name] = tuple(values[name])
    return Composed(**values)


def _compared(record: Record) -> Compared:
    values: dict[str, Any] = {name: getattr(record, name) for name in (*_TEXTS, "year")}
    values |= {name: tuple(getattr(record, name)) for name in _LISTS}
    return Compared(id=record.pk, **values)
