"""References: which of them fit what somebody looks for, and in which order."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet, Window
from django.db.models.expressions import OrderBy, RawSQL

from reviews.core.refusals import NotFound
from reviews.core.seats import Seat
from reviews.search import rules
from reviews.search.lookup import asked, kinds
from reviews.search.models import Join, Presentation, RecordWords, Reference, ReferenceQuerySet, Source
from reviews.search.selectors import describing
from reviews.search.selectors.describing import EVERYTHING, Wanted

# What no list shows of a record.
HEAVY = ("primary_record__raw", "primary_record__tags")


class Order(StrEnum):
    NUMBER = "number"
    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    AUTHOR = "author"


@dataclass(frozen=True)
class Query:
    """Words as they were read, and as PostgreSQL looks for them; ``stems`` as its English dictionary has them."""

    said: asked.Asked
    stems: dict[str, str]

    @property
    def wanted(self) -> str:
        return self.said.wanted(self.stems)

    @property
    def unwanted(self) -> str:
        return self.said.unwanted(self.stems)

    @property
    def marks(self) -> asked.Marks:
        return self.said.marks(self.stems)


def query(typed: str) -> Query:
    """Read ``typed``; one query when it holds words that have stems."""
    found = asked.read(typed)
    stemmed = list(found.stemmed)
    stems: dict[str, str] = {}
    if stemmed:
        with connection.cursor() as cursor:
            sql = "SELECT word, (ts_lexize('english_stem', word))[1] FROM unnest(%s::text[]) AS asked (word)"
            cursor.execute(sql, [stemmed])
            stems = {word: stem for word, stem in cursor.fetchall() if stem}
    return Query(found, stems)


def references(
    seat: Seat, wanted: Wanted = EVERYTHING, order: Order = Order.NUMBER, looked_for: Query | None = None
) -> ReferenceQuerySet:
    """The unique documents that fit, each with its primary record (without its raw text and tags).

    ``looked_for`` are the words of ``wanted`` where :func:`query` has read them already.
    """
    found = Reference.objects.unique_documents().filter(review_id=seat.review_id)
    found = found.select_related("primary_record").defer(*HEAVY)
    looked_for = looked_for or query(wanted.words)
    for condition in _worded(looked_for, wanted.words):
        found = found.filter(condition)
    if wanted.added_since is not None:
        found = found.filter(created_at__date__gte=wanted.added_since)
    described = describing.described(seat.review_id, wanted)
    if described is not None:
        found = found.filter(pk__in=described)
    return _ordered(found, order, looked_for)


def _worded(looked_for: Query, typed: str) -> Iterator[Any]:
    if looked_for.wanted:
        yield Q(pk__in=_saying(looked_for.wanted))
    if looked_for.unwanted:
        yield ~Q(pk__in=_saying(looked_for.unwanted))
    if typed.strip() and not looked_for.said.terms:
        # Nothing but signs: no reference has them.
        yield Q(pk=None)


class _Cut(SearchQuery):
    """A query as it is written: the index holds words as ``lookup.words`` cut them, not as PostgreSQL's parser does."""

    template = "(%(expressions)s)::tsquery"


def _saying(text: str) -> "QuerySet[Any]":
    """The references with a record that says it."""
    records = RecordWords.objects.filter(words=_Cut(text))
    return Join.objects.filter(superseded_at=None, record_id__in=records.values("record_id")).values("reference_id")


_YEAR, _TITLE = RawSQL("search_recordindex.year", ()), RawSQL("search_recordindex.title_key", ())
_AUTHOR, _NOBODY = RawSQL("search_recordindex.author_key", ()), RawSQL("search_recordindex.author_key = ''", ())
_IN_TITLE = "CASE WHEN search_recordindex.title_words @@ %s::tsquery THEN 0 ELSE 1 END"


def _ordered(found: ReferenceQuerySet, order: Order, looked_for: Query) -> ReferenceQuerySet:
    """By what the index says of the primary record; going through the record itself takes twice the time."""
    newest = [OrderBy(_YEAR, descending=True, nulls_last=True), "number"]
    orders: dict[str, list[Any]] = {
        Order.NEWEST: newest,
        Order.OLDEST: [OrderBy(_YEAR, nulls_last=True), "number"],
        Order.TITLE: [OrderBy(_TITLE), "number"],
        Order.AUTHOR: [OrderBy(_NOBODY), OrderBy(_AUTHOR), "number"],
    }
    if order == Order.RELEVANCE and looked_for.wanted:
        orders[order] = [OrderBy(RawSQL(_IN_TITLE, [looked_for.wanted])), *newest]
    if order not in orders:
        return found.order_by("number")
    of_primary = "search_recordindex.record_id = search_reference.primary_record_id"
    joined: Any = found.extra(tables=["search_recordindex"], where=[of_primary])
    return cast(ReferenceQuerySet, joined.order_by(*orders[order]))


@dataclass(frozen=True)
class Found:
    """The keys of one page of a list, and how many references fit in all."""

    ids: list[int]
    total: int


# What PostgreSQL has by default is too little to join and sort a hundred thousand rows in memory.
_SETTINGS = """
SELECT set_config('work_mem', '32MB', true),
       CASE WHEN large.is_large THEN set_config('enable_nestloop', 'off', true) END,
       CASE WHEN large.is_large THEN set_config('max_parallel_workers_per_gather', '0', true) END
FROM (SELECT %s AND EXISTS (SELECT FROM search_reference WHERE review_id = %s AND number = %s)) AS large (is_large)
"""


def found(
    seat: Seat, references: ReferenceQuerySet, start: int, size: int, wanted: Wanted, order: Order = Order.NUMBER
) -> Found:
    """One page of :func:`references` for the same ``wanted`` and ``order``, counted in the same pass."""
    if wanted == EVERYTHING and order == Order.NUMBER:
        return Found(list(references.values_list("pk", flat=True)[start : start + size]), references.count())
    rows = references.annotate(total=Window(Count("*"))).values_list("pk", "total")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SETTINGS, [wanted != EVERYTHING, seat.review_id, rules.MANY])
        page = list(rows[start : start + size])
    # Beyond the last page no row says how many there are.
    total = page[0][1] if page else references.count() if start else 0
    return Found([pk for pk, _ in page], total)


@dataclass(frozen=True)
class Choices:
    """What a list of this review can be filtered by."""

    sources: tuple[tuple[int, str], ...]
    languages: tuple[str, ...]
    kinds: tuple[str, ...]


_LANGUAGES = """
WITH RECURSIVE known AS (
  (SELECT languages FROM search_recordindex WHERE review_id = %(review)s ORDER BY languages LIMIT 1)
  UNION ALL
  SELECT (SELECT more.languages FROM search_recordindex more
          WHERE more.review_id = %(review)s AND more.languages > known.languages ORDER BY more.languages LIMIT 1)
  FROM known WHERE known.languages IS NOT NULL)
SELECT DISTINCT unnest(languages) FROM known ORDER BY 1
"""
_KINDS = """
WITH RECURSIVE known AS (
  (SELECT publication_kind FROM search_recordindex WHERE review_id = %(review)s ORDER BY publication_kind LIMIT 1)
  UNION ALL
  SELECT (SELECT more.publication_kind FROM search_recordindex more
          WHERE more.review_id = %(review)s AND more.publication_kind > known.publication_kind
          ORDER BY more.publication_kind LIMIT 1)
  FROM known WHERE known.publication_kind IS NOT NULL)
SELECT publication_kind FROM known WHERE publication_kind IS NOT NULL
"""


def choices(seat: Seat) -> Choices:
    """Sources, languages and types of publication of the review: three queries that jump from value to value."""
    sources = Source.objects.filter(review_id=seat.review_id).order_by("pk").values_list("pk", "name")
    found = set(_values(_KINDS, seat))
    known = tuple(name for name in kinds.LABELS if name in found)
    return Choices(tuple(sources), tuple(_values(_LANGUAGES, seat)), known)


def _values(statement: str, seat: Seat) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"review": seat.review_id})
        return [value for (value,) in cursor.fetchall()]


@dataclass(frozen=True)
class ReferenceLine:
    """A reference in a list: how many records stand behind it, and from where."""

    reference: Reference
    records: int
    sources: tuple[str, ...]


def reference_lines(seat: Seat, ids: Sequence[int]) -> list[ReferenceLine]:
    """The lines of one page of :func:`references`, in the order of ``ids``: two queries."""
    rows = Join.objects.filter(reference_id__in=ids, superseded_at=None).order_by("pk")
    names: defaultdict[int, list[str]] = defaultdict(list)
    for reference_id, name in rows.values_list("reference_id", "in_import__search_run__source__name"):
        names[reference_id].append(name)
    found = {row.pk: row for row in references(seat).filter(pk__in=ids)}
    lines = [found[pk] for pk in ids if pk in found]
    return [ReferenceLine(row, len(names[row.pk]), tuple(dict.fromkeys(names[row.pk]))) for row in lines]


def first_language(seat: Seat) -> str:
    """Which language of a paper in two comes first in this review."""
    row = Presentation.objects.filter(review_id=seat.review_id).first()
    return row.first_language if row else rules.FirstLanguage.ENGLISH


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


def moved_to(reference: Reference) -> list[Join]:
    """The earlier joins, to other references, of the records that are behind this one now; the newest first."""
    behind = Join.objects.filter(reference=reference, superseded_at=None).values("record_id")
    joins = Join.objects.filter(record_id__in=behind).exclude(superseded_at=None).exclude(reference=reference)
    joins = joins.select_related("record", "in_import", "reference").defer("record__raw", "record__tags")
    return list(joins.order_by("-superseded_at", "record_id"))
