"""Reads of search: what was searched and found, references and the records behind them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.core.files.base import File
from django.db.models import Count, Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, TextField
from django.db.models.functions import Cast, Coalesce

from reviews.core import selectors as core
from reviews.core.models import Job
from reviews.core.refusals import NotFound
from reviews.core.seats import Seat
from reviews.search import files, rules
from reviews.search.models import (
    Import,
    Join,
    Reference,
    ReferenceQuerySet,
    RefusedRecord,
    SearchRun,
    Source,
)
from reviews.search.rules import ImportState, JoinKind, SourceKind

IMPORT_TASK = "reviews.search.tasks.run_import"
# What no list shows of a record.
HEAVY = ("primary_record__raw", "primary_record__tags")


@dataclass(frozen=True)
class RunLine:
    """One search run: ``hits`` as the source reported them (None: not given), ``records`` stored from its files.

    ``duplicates`` of the records are of documents that another record had brought before.
    """

    search_run: SearchRun
    imports: tuple[Import, ...]
    hits: int | None
    records: int
    refused: int
    duplicates: int

    @property
    def is_storing(self) -> bool:
        return any(row.state in rules.UNFINISHED for row in self.imports)

    @property
    def has_records(self) -> bool:
        """Whether a file is there that was not refused whole."""
        return any(row.state != ImportState.REFUSED for row in self.imports)

    @property
    def missing(self) -> rules.Missing | None:
        """How far the records are from the hits; None while files are missing or being stored."""
        if not self.has_records or self.is_storing:
            return None
        return rules.missing(self.hits, self.records, self.refused)


@dataclass(frozen=True)
class SourceLine:
    """One source with the sums over its search runs; ``unique`` are references it was the first to bring."""

    source: Source
    runs: tuple[RunLine, ...]
    hits: int | None
    records: int
    duplicates: int

    @property
    def unique(self) -> int:
        return self.records - self.duplicates


@dataclass(frozen=True)
class Overview:
    sources: tuple[SourceLine, ...]
    hits: int
    records: int
    references: int

    @property
    def duplicates(self) -> int:
        return self.records - self.references


def overview(seat: Seat) -> Overview:
    """Everything that was searched, source by source, with hits, records and duplicates."""
    found = Source.objects.filter(review_id=seat.review_id).order_by("pk")
    runs = SearchRun.objects.select_related("ran_by").order_by("run_on", "pk")
    imports = Import.objects.select_related("imported_by").order_by("pk")
    found = found.prefetch_related(Prefetch("search_runs", runs), Prefetch("search_runs__imports", imports))
    firsts = _first_records(seat)
    lines = tuple(_source_line(source, firsts) for source in found)
    records = sum(line.records for line in lines)
    return Overview(
        sources=lines,
        hits=sum(line.hits or 0 for line in lines),
        records=records,
        references=records - sum(line.duplicates for line in lines),
    )


def _first_records(seat: Seat) -> dict[int, int]:
    """For every import the number of its records that are the first of their reference."""
    joins = Join.objects.filter(in_import__review_id=seat.review_id, kind=JoinKind.FIRST, superseded_at=None)
    counts = joins.values_list("in_import_id").annotate(count=Count("pk"))
    return dict(counts.order_by())


def _source_line(source: Source, firsts: dict[int, int]) -> SourceLine:
    runs = tuple(_run_line(run, firsts) for run in source.search_runs.all())
    hits = [run.hits for run in runs if run.hits is not None]
    return SourceLine(
        source=source,
        runs=runs,
        hits=sum(hits) if hits else None,
        records=sum(run.records for run in runs),
        duplicates=sum(run.duplicates for run in runs),
    )


def _run_line(run: SearchRun, firsts: dict[int, int]) -> RunLine:
    imports = tuple(run.imports.all())
    records = sum(row.imported for row in imports)
    return RunLine(
        search_run=run,
        imports=imports,
        hits=run.hits_reported,
        records=records,
        refused=sum(row.refused for row in imports),
        duplicates=records - sum(firsts.get(row.pk, 0) for row in imports),
    )


@dataclass(frozen=True)
class SourceRecords:
    name: str
    kind: SourceKind
    records: int


@dataclass(frozen=True)
class Identification:
    """The first box of the PRISMA flow: records by source, and unique documents among them."""

    sources: tuple[SourceRecords, ...]
    references: int

    @property
    def records(self) -> int:
        return sum(source.records for source in self.sources)

    @property
    def duplicates(self) -> int:
        return self.records - self.references

    def records_from(self, *kinds: SourceKind) -> int:
        return sum(source.records for source in self.sources if source.kind in kinds)


def identification(seat: Seat) -> Identification:
    """Counted in one query, so that an import that runs meanwhile cannot make them disagree."""
    unique = Reference.objects.unique_documents().filter(review_id=OuterRef("review_id")).order_by()
    count = Func(F("pk"), function="COUNT")
    rows = (
        Source.objects.filter(review_id=seat.review_id)
        .annotate(
            records=Coalesce(Sum("search_runs__imports__imported"), 0),
            references=Subquery(unique.annotate(count=count).values("count")),
        )
        .order_by("pk")
    )
    found = list(rows)
    sources = tuple(SourceRecords(row.name, SourceKind(row.kind), row.records) for row in found)
    return Identification(sources, found[0].references if found else 0)


def sources(seat: Seat) -> QuerySet[Source]:
    return Source.objects.filter(review_id=seat.review_id).order_by("pk")


def source(seat: Seat, source_id: int) -> Source:
    found = sources(seat).filter(pk=source_id).first()
    if found is None:
        raise NotFound("There is no such source in this review.")
    return found


def search_run(seat: Seat, search_run_id: int) -> SearchRun:
    runs = SearchRun.objects.select_related("source", "ran_by").filter(source__review_id=seat.review_id)
    found = runs.filter(pk=search_run_id).first()
    if found is None:
        raise NotFound("There is no such search run in this review.")
    return found


@dataclass(frozen=True)
class ImportPage:
    """An import with its job and, once stored, how many of its records were of known documents."""

    row: Import
    job: Job | None
    duplicates: int


def file_import(seat: Seat, import_id: int) -> ImportPage:
    rows = Import.objects.select_related("search_run__source", "imported_by").filter(review_id=seat.review_id)
    found = rows.filter(pk=import_id).first()
    if found is None:
        raise NotFound("There is no such import in this review.")
    firsts = Join.objects.filter(in_import_id=import_id, kind=JoinKind.FIRST, superseded_at=None)
    job = core.job_of(seat, IMPORT_TASK, import_id)
    return ImportPage(found, job, found.imported - firsts.count())


def kept_file(row: Import) -> "File[bytes]":
    """The bytes as they were brought in."""
    return files.kept(row.stored_as, row.file_name)


def refused_records(seat: Seat, import_id: int) -> QuerySet[RefusedRecord]:
    """What was not imported from a file, in file order."""
    refused = RefusedRecord.objects.filter(in_import__review_id=seat.review_id, in_import_id=import_id)
    return refused.order_by("position")


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
    return found.merged_into or found


def records_of(reference: Reference) -> list[Join]:
    """The current joins of a reference in the order of its records, with everything a page shows of them."""
    joins = Join.objects.filter(reference=reference, superseded_at=None)
    return list(joins.select_related("record", "in_import__search_run__source").order_by("record_id"))
