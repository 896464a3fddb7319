"""The fields of a reference, chosen one by one from the records behind it, each with where it came from."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from reviews.search.duplicates import identity, places
from reviews.search.duplicates.record import Id, Record

# The last letter of the Latin blocks; one other letter in so many makes a text another script's.
_LAST_LATIN, _ENOUGH = "\u024f", 5


# What a citation has in two languages: the field that is shown first, and the one beside it.
PARALLEL = (("title", "original_title"), ("authors", "parallel_authors"), ("abstract", "parallel_abstract"))


class Chosen(NamedTuple):
    """`record` holds the chosen fields under the id of the record that gave most of them; `origins` gives for each
    field that is not empty the id of the record it came from. `parallel_abstract` is the abstract in the other script
    and the id of its record."""

    record: Record
    origins: Mapping[str, Id]
    parallel_abstract: tuple[str, Id | None] = ("", None)


def choose(records: Sequence[Record], *, original_first: bool = False) -> Chosen:
    """Choose the fields of a reference; of records equally good the first one's.

    The longest abstract in the title's script; a DOI and a PMID wherever one is; the title in mixed case rather than in
    capitals; title, names and abstract in the other script stay beside them; pages as a range; the journal's full name.
    Of two scripts Latin comes first, or the other one when `original_first`.
    """
    origins: dict[str, Id] = {}
    values: dict[str, Any] = {}
    for field, rank in _RANKS.items():
        _take(field, max(records, key=lambda one, rank=rank: rank(one)), values, origins)  # type: ignore[misc]
    is_other = is_not_latin(values["title"])
    _take("authors", max(records, key=lambda one: _names(one, is_other)), values, origins)
    for field, parallel in (("title", "original_title"), ("authors", "parallel_authors")):
        _keep_parallel(field, parallel, records, values, origins)
    _take("abstract", max(records, key=lambda one: _abstract(one, is_other)), values, origins)
    other = max(records, key=lambda one: _abstract(one, not is_other))
    has_other = bool(other.abstract) and is_not_latin(other.abstract) != is_not_latin(values["abstract"])
    main = max(records, key=lambda one: sum(origin == one.id for origin in origins.values()))
    if has_other:
        values["parallel_abstract"], origins["parallel_abstract"] = other.abstract, other.id
    _put_first(values, origins, original_first)
    beside = (values.pop("parallel_abstract", ""), origins.pop("parallel_abstract", None))
    return Chosen(main._replace(**values), origins, beside)


def _put_first(values: dict[str, Any], origins: dict[str, Id], original_first: bool) -> None:
    """Of a field in two scripts, the one that is wanted first."""
    for field, parallel in PARALLEL:
        is_turned = values.get(parallel) and is_not_latin(values[parallel]) == original_first
        if is_turned and values[field] and is_not_latin(values[field]) != original_first:
            values[field], values[parallel] = values[parallel], values[field]
            origins[field], origins[parallel] = origins[parallel], origins[field]


def _take(field: str, one: Record, values: dict[str, Any], origins: dict[str, Id]) -> None:
    values[field] = getattr(one, field)
    if values[field]:
        origins[field] = one.id


def _keep_parallel(
    field: str, parallel: str, records: Sequence[Record], values: dict[str, Any], origins: dict[str, Id]
) -> None:
    """The same field in the other script, from any record that has it under either name."""
    is_other = is_not_latin(values[field])
    for name in (parallel, field):
        for one in records:
            value = getattr(one, name)
            if value and is_not_latin(value) != is_other:
                values[parallel], origins[parallel] = value, one.id
                return
    kept = next((one for one in records if getattr(one, parallel) and getattr(one, parallel) != values[field]), None)
    if kept:
        values[parallel], origins[parallel] = getattr(kept, parallel), kept.id
    else:
        values[parallel] = type(values[field])()


def is_not_latin(value: str | Sequence[str]) -> bool:
    """Whether it is written in Chinese, Cyrillic or another script: a Greek letter or a quoted word does not decide."""
    letters = [char for char in (value if isinstance(value, str) else "".join(value)) if char.isalpha()]
    return sum(char > _LAST_LATIN for char in letters) * _ENOUGH > len(letters)


def _title(one: Record) -> tuple[int, ...]:
    letters = [char for char in one.title if char.isalpha()]
    is_shouted = bool(letters) and one.title.isascii() and one.title == one.title.upper()
    is_marked = bool(re.search(r"[<>]|&\w+;|^\[|\ufffd|[ÃÂ][\u0080-\u00bf]", one.title))
    return bool(letters), not is_not_latin(one.title), not is_shouted, not is_marked, len(one.title)


def _filled(field: str) -> Callable[[Record], tuple[int, ...]]:
    return lambda one: (bool(getattr(one, field)),)


def _longest(field: str) -> Callable[[Record], tuple[int, ...]]:
    return lambda one: (len(getattr(one, field)),)


def _abstract(one: Record, is_other: bool) -> tuple[int, ...]:
    return bool(one.abstract), is_not_latin(one.abstract) == is_other, len(one.abstract)


def _names(one: Record, is_other: bool) -> tuple[int, ...]:
    """Names in the title's script; of these the most, then the fullest."""
    return bool(one.authors), is_not_latin(one.authors) == is_other, len(one.authors), sum(map(len, one.authors))


def _pages(one: Record) -> tuple[int, ...]:
    found = places.pages(one.pages)
    return bool(found.start), found.end > found.number, not re.search("[A-Za-z]{3}", one.pages), bool(one.pages)


_RANKS: Mapping[str, Callable[[Record], tuple[int, ...]]] = {
    "title": _title,
    "year": _filled("year"),
    "journal": _longest("journal"),
    "volume": lambda one: (bool(places.number(one.volume)), bool(one.volume)),
    "issue": lambda one: (bool(places.number(one.issue)), bool(one.issue)),
    "pages": _pages,
    "doi": lambda one: (bool(identity.doi(one.doi)), bool(one.doi)),
    "pmid": lambda one: (bool(identity.pmid(one.pmid)),),
    "accession": lambda one: (bool(identity.accession(one.accession)),),
    "issn": _longest("issn"),
    "language": _filled("language"),
    "publication_type": _longest("publication_type"),
    "database": _filled("database"),
}
