"""The fields of a reference, chosen one by one from the records behind it, each with where it came from."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from reviews.search.duplicates import identity, places, text
from reviews.search.duplicates.record import Id, Record


class Chosen(NamedTuple):
    """`record` holds the chosen fields under the id of the record that gave most of them; `origins` gives for each
    field that is not empty the id of the record it came from."""

    record: Record
    origins: Mapping[str, Id]


def choose(records: Sequence[Record]) -> Chosen:
    """Choose the fields of a reference; of records equally good the first one's.

    The longest abstract; a DOI and a PMID wherever one is; the title in mixed case rather than in capitals; a Chinese
    title stays beside an English one as its parallel title; pages as a range; the journal's full name.
    """
    origins: dict[str, Id] = {}
    values: dict[str, Any] = {}
    for field, rank in _RANKS.items():
        _take(field, max(records, key=lambda one, rank=rank: rank(one)), values, origins)  # type: ignore[misc]
    for field, parallel in (("title", "original_title"), ("authors", "parallel_authors")):
        _keep_parallel(field, parallel, records, values, origins)
    main = max(records, key=lambda one: sum(origin == one.id for origin in origins.values()))
    return Chosen(main._replace(**values), origins)


def _take(field: str, one: Record, values: dict[str, Any], origins: dict[str, Id]) -> None:
    values[field] = getattr(one, field)
    if values[field]:
        origins[field] = one.id


def _keep_parallel(
    field: str, parallel: str, records: Sequence[Record], values: dict[str, Any], origins: dict[str, Id]
) -> None:
    """The same field in the other script, from any record that has it under either name."""
    is_han = _is_han(values[field])
    for name in (parallel, field):
        for one in records:
            value = getattr(one, name)
            if value and _is_han(value) != is_han:
                values[parallel], origins[parallel] = value, one.id
                return
    kept = next((one for one in records if getattr(one, parallel) and getattr(one, parallel) != values[field]), None)
    if kept:
        values[parallel], origins[parallel] = getattr(kept, parallel), kept.id
    else:
        values[parallel] = "" if parallel == "original_title" else ()


def _is_han(value: str | Sequence[str]) -> bool:
    return bool(text.HAN.search(value if isinstance(value, str) else " ".join(value)))


def _title(one: Record) -> tuple[int, ...]:
    letters = [char for char in one.title if char.isalpha()]
    is_shouted = bool(letters) and one.title.isascii() and one.title == one.title.upper()
    is_marked = bool(re.search(r"[<>]|&\w+;|^\[|\ufffd|[ÃÂ][\u0080-\u00bf]", one.title))
    return bool(letters), not _is_han(one.title), not is_shouted, not is_marked, len(one.title)


def _filled(field: str) -> Callable[[Record], tuple[int, ...]]:
    return lambda one: (bool(getattr(one, field)),)


def _longest(field: str) -> Callable[[Record], tuple[int, ...]]:
    return lambda one: (len(getattr(one, field)),)


def _names(one: Record) -> tuple[int, ...]:
    """Most names, then the fullest; Latin names stand beside a Latin title."""
    return len(one.authors), not _is_han(one.authors), sum(map(len, one.authors))


def _pages(one: Record) -> tuple[int, ...]:
    found = places.pages(one.pages)
    return bool(found.start), found.end > found.number, not re.search("[A-Za-z]{3}", one.pages), bool(one.pages)


_RANKS: Mapping[str, Callable[[Record], tuple[int, ...]]] = {
    "title": _title,
    "authors": _names,
    "year": _filled("year"),
    "journal": _longest("journal"),
    "volume": lambda one: (bool(places.number(one.volume)), bool(one.volume)),
    "issue": lambda one: (bool(places.number(one.issue)), bool(one.issue)),
    "pages": _pages,
    "doi": lambda one: (bool(identity.doi(one.doi)), bool(one.doi)),
    "pmid": lambda one: (bool(identity.pmid(one.pmid)),),
    "accession": lambda one: (bool(identity.accession(one.accession)),),
    "issn": _longest("issn"),
    "abstract": _longest("abstract"),
    "language": _filled("language"),
    "publication_type": _longest("publication_type"),
    "database": _filled("database"),
}
