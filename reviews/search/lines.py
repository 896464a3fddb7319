"""References as a list shows them, with the words that were looked for marked."""

from dataclasses import dataclass

from reviews.search.lookup import marking
from reviews.search.lookup.asked import Marks
from reviews.search.lookup.marking import Part
from reviews.search.selectors import ReferenceLine

_TITLE, _AUTHORS, _SHOWN_AUTHORS, _JOURNAL = 300, 200, 6, 120


@dataclass(frozen=True)
class Line:
    """One row: texts in parts, some marked; ``excerpt`` from the abstract when the title does not say it all."""

    pk: int
    number: int
    title: list[Part]
    original: list[Part]
    authors: list[Part]
    journal: str
    year: int | None
    records: int
    sources: tuple[str, ...]
    excerpt: list[Part]
    retraction: str


def line(found: ReferenceLine, marks: Marks) -> Line:
    record = found.reference.citation
    title = marking.marked(_cut(record.title or record.original_title or "No title", _TITLE), marks)
    has_any = any(part.is_marked for part in title)
    return Line(
        pk=found.reference.pk,
        number=found.reference.number,
        title=title,
        original=marking.marked(_cut(record.original_title if record.title else "", _TITLE), marks),
        authors=marking.marked(_authors(record.authors), marks),
        journal=_cut(record.journal, _JOURNAL),
        year=record.year,
        records=found.records,
        sources=found.sources,
        retraction=record.retraction_label,
        excerpt=[] if has_any and not _is_many(marks) else marking.excerpt(record.abstract, marks),
    )


def _is_many(marks: Marks) -> bool:
    return len(marks.whole) + len(marks.beginnings) + len(marks.runs) > 1


def _authors(authors: list[str]) -> str:
    named = "; ".join(authors[:_SHOWN_AUTHORS])
    return _cut(f"{named} et al." if authors[_SHOWN_AUTHORS:] else named, _AUTHORS)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
