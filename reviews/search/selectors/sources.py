"""What was searched and what it found."""

from dataclasses import dataclass

from django.db.models import Count, F, Func, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from reviews.core.refusals import NotFound
from reviews.core.seats import Seat
from reviews.search import rules
from reviews.search.models import Import, Join, Reference, SearchRun, SearchRunChange, Source
from reviews.search.rules import ImportState, JoinKind, SourceKind

UNDONE = Q(search_runs__imports__state=ImportState.UNDONE)


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
        """Whether a file is there that was neither refused whole nor undone."""
        return any(row.state not in rules.VOID for row in self.imports)

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


def run_line(seat: Seat, run: SearchRun) -> RunLine:
    """One search run with what its files brought."""
    return _run_line(run, _first_records(seat, in_import__search_run=run))


def _first_records(seat: Seat, **only: object) -> dict[int, int]:
    """For every import the number of its records that are the first of their reference."""
    joins = Join.objects.filter(in_import__review_id=seat.review_id, kind=JoinKind.FIRST, superseded_at=None, **only)
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
    counted = [row for row in imports if row.state != ImportState.UNDONE]
    records = sum(row.imported for row in counted)
    return RunLine(
        search_run=run,
        imports=imports,
        hits=run.hits_reported,
        records=records,
        refused=sum(row.refused for row in counted),
        duplicates=records - sum(firsts.get(row.pk, 0) for row in counted),
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
            records=Coalesce(Sum("search_runs__imports__imported", filter=~UNDONE), 0),
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
class Changed:
    """One field of a correction: what was there, and what came."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Correction:
    change: SearchRunChange
    fields: tuple[Changed, ...]


def corrections(seat: Seat, search_run_id: int) -> list[Correction]:
    """How a search run was corrected, the newest first, with the values of before."""
    rows = SearchRunChange.objects.filter(search_run_id=search_run_id, search_run__source__review_id=seat.review_id)
    return [
        Correction(row, tuple(_changed(row, name) for name in rules.FACTS if name in row.after))
        for row in rows.select_related("changed_by").order_by("-revision")
    ]


def _changed(row: SearchRunChange, name: str) -> Changed:
    before, after = (_text(values.get(name)) for values in (row.before, row.after))
    return Changed(rules.FACTS[name], before, after)


def _text(value: object) -> str:
    return "" if value is None else str(value)
