"""References: which of them fit what somebody looks for, and in which order."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from reviews.core.refusals import NotFound
from reviews.core.seats import Seat
from reviews.search.lookup import asked, kinds
from reviews.search.models import Join, RecordIndex, RecordWords, Reference, ReferenceQuerySet, Source
from reviews.search.rules import JoinKind

# What no list shows of a record.
HEAVY = ("primary_record__raw", "primary_record__tags")
# The value of a filter for references of which nobody says it.
NOT_GIVEN = "-"


class Show(StrEnum):
    """Kinds of references that a list can be limited to. None of them says anything of a vote."""

    DUPLICATES = "duplicates"
    SINGLE = "single"
    SEVERAL_SOURCES = "several_sources"
    NO_ABSTRACT = "no_abstract"
    NO_DOI = "no_doi"


class Order(StrEnum):
    NUMBER = "number"
    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"


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
    seat: Seat, wanted: Wanted = Wanted(), order: Order = Order.NUMBER, looked_for: Query | None = None
) -> ReferenceQuerySet:
    """The unique documents that fit, each with its primary record (without its raw text and tags).

    ``looked_for`` are the words of ``wanted`` where :func:`query` has read them already.
    """
    found = Reference.objects.unique_documents().filter(review_id=seat.review_id)
    found = found.select_related("primary_record").defer(*HEAVY)
    looked_for = looked_for or query(wanted.words)
    for condition in (*_worded(looked_for, wanted.words), *_described(wanted), *_shown(seat, wanted.show)):
        found = found.filter(condition)
    return found.order_by(*_ordered(order, looked_for))


def _behind(records: "QuerySet[Any]") -> Exists:
    """Whether any record behind the reference is one of ``records``."""
    joins = Join.objects.filter(reference=OuterRef("pk"), superseded_at=None)
    return Exists(joins.filter(record_id__in=records.values("record_id")))


def _worded(looked_for: Query, typed: str) -> Iterator[Any]:
    if looked_for.wanted:
        yield _behind(RecordWords.objects.filter(words=_search(looked_for.wanted)))
    if looked_for.unwanted:
        yield ~_behind(RecordWords.objects.filter(words=_search(looked_for.unwanted)))
    if typed.strip() and not looked_for.said.terms:
        # Nothing but signs: no reference has them.
        yield Q(pk=None)


def _search(text: str) -> SearchQuery:
    return SearchQuery(text, config="simple", search_type="raw")


def _described(wanted: Wanted) -> Iterator[Any]:
    rows = RecordIndex.objects.all()
    if wanted.year_from is not None or wanted.year_to is not None:
        years = rows.filter(year__gte=wanted.year_from or 0)
        yield _behind(years.filter(year__lte=wanted.year_to) if wanted.year_to is not None else years)
    if wanted.language == NOT_GIVEN:
        yield ~_behind(rows.exclude(languages=[]))
    elif wanted.language:
        yield _behind(rows.filter(languages__contains=[wanted.language]))
    if wanted.kind:
        yield _behind(rows.filter(publication_kind=wanted.kind))
    if wanted.source_id is not None:
        joins = Join.objects.filter(reference=OuterRef("pk"), superseded_at=None)
        yield Exists(joins.filter(in_import__search_run__source_id=wanted.source_id))
    if wanted.added_since is not None:
        yield Q(created_at__date__gte=wanted.added_since)


def _shown(seat: Seat, show: str) -> Iterator[Any]:
    current = Join.objects.filter(reference=OuterRef("pk"), superseded_at=None)
    more = Exists(current.exclude(kind=JoinKind.FIRST))
    if show == Show.DUPLICATES:
        yield more
    elif show == Show.SINGLE:
        yield ~more
    elif show == Show.SEVERAL_SOURCES:
        runs = Join.objects.filter(superseded_at=None, in_import__review_id=seat.review_id)
        counted = runs.values("reference_id").annotate(sources=Count("in_import__search_run__source", distinct=True))
        yield Q(pk__in=counted.filter(sources__gt=1).values("reference_id"))
    elif show == Show.NO_ABSTRACT:
        yield ~_behind(RecordIndex.objects.filter(has_abstract=True))
    elif show == Show.NO_DOI:
        yield ~_behind(RecordIndex.objects.filter(has_doi=True))


def _ordered(order: Order, looked_for: Query) -> list[Any]:
    year, title = F("primary_record__index__year"), F("primary_record__index__title_key")
    if order == Order.RELEVANCE and looked_for.wanted:
        in_title = When(primary_record__index__title_words=_search(looked_for.wanted), then=0)
        return [Case(in_title, default=1), year.desc(nulls_last=True), "number"]
    orders: dict[str, list[Any]] = {
        Order.NEWEST: [year.desc(nulls_last=True), "number"],
        Order.OLDEST: [year.asc(nulls_last=True), "number"],
        Order.TITLE: [title.asc(), "number"],
    }
    return orders.get(order, ["number"])


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
