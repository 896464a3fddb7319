"""What a list of references can be limited to besides words, in one pass over the records behind them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models.expressions import RawSQL

# The value of a filter for references of which nobody says it.
NOT_GIVEN = "-"


class Show(StrEnum):
    """Kinds of references that a list can be limited to. None of them says anything of a vote."""

    DUPLICATES = "duplicates"
    SINGLE = "single"
    SEVERAL_SOURCES = "several_sources"
    NO_ABSTRACT = "no_abstract"
    NO_DOI = "no_doi"


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; everything that is given has to hold, of any record behind a reference.

    ``words`` as ``lookup.asked`` reads them; ``language`` an English name, or ``NOT_GIVEN``; ``kind`` one of
    ``lookup.kinds``; ``added_since`` the day from which on references came into the review.
    """

    words: str = ""
    source_id: int | None = None
    year_from: int | None = None
    year_to: int | None = None
    language: str = ""
    kind: str = ""
    show: str = ""
    added_since: date | None = None


EVERYTHING = Wanted()


class Condition(NamedTuple):
    """SQL of a record ``i`` of source ``source_id``, and its parameters; ``is_of_any``: one record is enough.

    Otherwise it is of all the records behind a reference together.
    """

    sql: str
    parameters: tuple[Any, ...] = ()
    is_of_any: bool = True


_SHOWN: dict[str, Condition] = {
    Show.DUPLICATES: Condition("count(*) > 1", is_of_any=False),
    Show.SINGLE: Condition("count(*) = 1", is_of_any=False),
    Show.SEVERAL_SOURCES: Condition("min(source_id) <> max(source_id)", is_of_any=False),
    Show.NO_ABSTRACT: Condition("NOT bool_or(i.has_abstract)", is_of_any=False),
    Show.NO_DOI: Condition("NOT bool_or(i.has_doi)", is_of_any=False),
}
_RECORDS = """
SELECT search_join.reference_id FROM search_join
JOIN search_recordindex i ON i.record_id = search_join.record_id
"""
_SOURCES = """
JOIN search_import ON search_import.id = search_join.in_import_id
JOIN search_searchrun ON search_searchrun.id = search_import.search_run_id
"""
_CURRENT = "WHERE search_join.superseded_at IS NULL AND i.review_id = %s"


def described(review_id: int, wanted: Wanted) -> RawSQL | None:
    """The keys of the references that fit as a subquery; None when everything does.

    Asked one by one, each condition would be a join of its own, and which of them to begin with a bad guess: grouping
    all records of the review once takes the same time for any of them together.
    """
    conditions = list(_conditions(wanted))
    if not conditions:
        return None
    sources = _SOURCES if any("source_id" in one.sql for one in conditions) else ""
    parameters: list[Any] = [review_id]
    for one in conditions:
        parameters += one.parameters
    if len(conditions) == 1 and conditions[0].is_of_any:
        return RawSQL(f"{_RECORDS}{sources}{_CURRENT} AND {conditions[0].sql}", parameters)
    having = " AND ".join(f"bool_or({one.sql})" if one.is_of_any else one.sql for one in conditions)
    return RawSQL(f"{_RECORDS}{sources}{_CURRENT} GROUP BY search_join.reference_id HAVING {having}", parameters)


def _conditions(wanted: Wanted) -> Iterator[Condition]:
    if wanted.source_id is not None:
        yield Condition("source_id = %s", (wanted.source_id,))
    if wanted.year_from is not None or wanted.year_to is not None:
        yield Condition("i.year BETWEEN %s AND %s", (wanted.year_from or 0, _or_any(wanted.year_to)))
    if wanted.language == NOT_GIVEN:
        yield Condition("NOT bool_or(i.languages <> '{}')", is_of_any=False)
    elif wanted.language:
        yield Condition("%s = ANY (i.languages)", (wanted.language,))
    if wanted.kind:
        yield Condition("i.publication_kind = %s", (wanted.kind,))
    if wanted.show in _SHOWN:
        yield _SHOWN[wanted.show]


def _or_any(year_to: int | None) -> int:
    return 32_767 if year_to is None else year_to
