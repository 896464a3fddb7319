"""References and the records behind them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from reviews.core.refusals import NotFound
from reviews.core.seats import Seat
from reviews.search.models import Join, Reference, ReferenceQuerySet

# What no list shows of a record.
HEAVY = ("primary_record__raw", "primary_record__tags")


def references(
    seat: Seat, *, words: str = "", source_id: int | None = None, year: int | None = None
) -> ReferenceQuerySet:
    """Unique documents by number, each with its primary record (without its raw text and tags).

    Every one of ``words`` has to stand in the title or among the authors; ``source_id`` keeps what any record
    of that source brought; ``year`` is the primary record's.
    """
    found = Reference.objects.unique_documents().filter(review_id=seat.review_id)
    found = found.select_related("primary_record").defer(*HEAVY).order_by("number")
    if words.split():
        found = found.annotate(byline=Cast("primary_record__authors", TextField())).filter(_has_words(words))
    if year is not None:
        found = found.filter(primary_record__year=year)
    if source_id is not None:
        joins = Join.objects.filter(reference=OuterRef("pk"), superseded_at=None)
        found = found.filter(Exists(joins.filter(in_import__search_run__source_id=source_id)))
    return found


def _has_words(words: str) -> Q:
    each = (Q(primary_record__title__icontains=word) | Q(byline__icontains=word) for word in words.split())
    return reduce(and_, each)


@dataclass(frozen=True)
class ReferenceLine:
    """A reference in a list: how many records stand behind it, and from where."""

    reference: Reference
    records: int
    sources: tuple[str, ...]


def reference_lines(seat: Seat, ids: Sequence[int]) -> list[ReferenceLine]:
    """The lines of one page of :func:`references`, by number: two queries."""
    rows = Join.objects.filter(reference_id__in=ids, superseded_at=None).order_by("pk")
    names: defaultdict[int, list[str]] = defaultdict(list)
    for reference_id, name in rows.values_list("reference_id", "in_import__search_run__source__name"):
        names[reference_id].append(name)
    found = references(seat).filter(pk__in=ids)
    return [ReferenceLine(row, len(names[row.pk]), tuple(dict.fromkeys(names[row.pk]))) for row in found]


def reference(seat: Seat, reference_id: int) -> Reference:
    """The reference, or the one that it was merged into."""
    rows = Reference.objects.filter(review_id=seat.review_id)
    found = rows.select_related("primary_record", "merged_into__primary_record").filter(pk=reference_id).first()
    if found is None:
        raise NotFound("There is no such reference in this review.")
    found = found.merged_into or found
    if found.is_empty:
        raise NotFound(
            f"Reference {found.number} is no longer in this review: every import that brought it was undone."
        )
    return found


def records_of(reference: Reference) -> list[Join]:
    """The current joins of a reference in the order of its records, with everything a page shows of them."""
    joins = Join.objects.filter(reference=reference, superseded_at=None)
    return list(joins.select_related("record", "in_import__search_run__source").order_by("record_id"))
