"""Everything the report says, read in one go; nothing is drawn or written here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from analysis import results
from analysis.figures import flow as diagrams
from analysis.figures import forest
from analysis.figures import table as tables
from reviews.core import selectors as core
from reviews.core.models import Review
from reviews.core.seats import Seat
from reviews.extraction import selectors as extraction
from reviews.extraction.comparing import Comparison
from reviews.extraction.models import Arm, Study
from reviews.protocols import selectors as protocols
from reviews.protocols.models import ProtocolVersion
from reviews.reporting import selectors
from reviews.reporting.rules import Settled
from reviews.screening import selectors as screening
from reviews.screening.rules import Phase, State
from reviews.search import selectors as search
from reviews.search.citations import Citation
from reviews.search.models import Reference
from reviews.synthesis import engine, rules
from reviews.synthesis import selectors as synthesis
from reviews.synthesis.models import Run, Synthesis

NAMED_AUTHORS = 3


@dataclass(frozen=True)
class StudyPart:
    """An included study; ``comparison`` holds both extractors' values and the consensus, once there is one."""

    study: Study
    reports: tuple[Reference, ...]
    arms: tuple[Arm, ...]
    comparison: Comparison | None
    level_cells: tuple[str, ...]

    @property
    def citations(self) -> tuple[str, ...]:
        return tuple(_citation(report.citation) for report in self.reports)

    @property
    def value_ids(self) -> set[int]:
        """The adjudicated values that the study's section of the report shows."""
        rows = self.comparison.rows if self.comparison else []
        return {row.consensus.pk for row in rows if row.consensus}


def _citation(record: Citation) -> str:
    """Authors (year). Title. Journal volume(issue): pages. Identifiers, as far as the record has them.

    A title in another language stands behind in brackets; without DOI and PMID the page at the source is named.
    """
    authors = "; ".join(record.authors[:NAMED_AUTHORS]) + (" and others" if len(record.authors) > NAMED_AUTHORS else "")
    dated = f"{authors} ({record.year})" if record.year else authors
    identifiers = [f"doi:{record.doi}" if record.doi else "", f"PMID {record.pmid}" if record.pmid else ""]
    if not any(identifiers):
        identifiers = [record.source_url]
    title, other = record.title or record.original_title, record.original_title if record.title else ""
    named = f"{title.strip().rstrip('.')} [{other.strip().rstrip('.')}]" if other and other != title else title
    parts = [dated, named, _within(record), *identifiers, record.retraction_label]
    return " ".join(f"{part.strip().rstrip('.')}." for part in parts if part.strip())


def _within(record: Citation) -> str:
    """Journal 12(3): 45-52."""
    issue = f"({record.issue})" if record.issue else ""
    number = f"{record.volume}{issue}"
    where = f"{number}: {record.pages}" if number and record.pages else number or record.pages
    return " ".join(part for part in (record.journal.strip().rstrip("."), where) if part)


@dataclass(frozen=True)
class Cell:
    """A text of the table; ``value_id`` is the adjudicated value it shows, where the report holds it."""

    text: str
    value_id: int | None


@dataclass(frozen=True)
class Line:
    """A row of a synthesis' table: a header or note has a label only."""

    kind: str
    label: str
    study_id: str
    cells: tuple[Cell, ...]

    @property
    def is_spanning(self) -> bool:
        return not any(cell.text for cell in self.cells)


@dataclass(frozen=True)
class SynthesisPart:
    """A synthesis with its newest finished run, or without any."""

    spec: Synthesis
    method: tuple[str, ...]
    run: Run | None = None
    analysis: results.Analysis | None = None
    figure: forest.Forest | None = None
    facts: engine.Facts | None = None
    table: tables.TableRows | None = None
    lines: tuple[Line, ...] = ()
    changes: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contents:
    review: Review
    protocol: ProtocolVersion
    search: search.Overview
    flow: diagrams.FlowCounts
    title_abstract: screening.Progress
    full_text: screening.Progress
    settled: tuple[Settled, ...]
    excluded: tuple[tuple[str, str], ...]
    characteristics: tuple[tuple[int, str], ...]
    studies: tuple[StudyPart, ...]
    syntheses: tuple[SynthesisPart, ...]


def gather(seat: Seat) -> Contents:
    """Read the review as it stands. Refuses when no protocol has been approved yet."""
    protocol = protocols.in_force(seat.review_id)
    characteristics = tuple(protocols.characteristics(seat).values_list("pk", "name"))
    studies = tuple(_study(seat, study, characteristics) for study in extraction.studies(seat))
    specs = list(synthesis.syntheses(seat))
    newest, now = synthesis.latest_runs(seat, specs), synthesis.current_inputs_of(seat, specs)
    marked = extraction.retracted_studies(seat)
    known = frozenset(value_id for study in studies for value_id in study.value_ids)
    return Contents(
        review=core.review(seat),
        protocol=protocol,
        search=search.overview(seat),
        flow=selectors.flow(seat),
        title_abstract=screening.progress(seat, Phase.TITLE_ABSTRACT),
        full_text=screening.progress(seat, Phase.FULL_TEXT),
        settled=selectors.settled(seat),
        excluded=_excluded(seat),
        characteristics=characteristics,
        studies=studies,
        syntheses=tuple(_synthesis(spec, newest.get(spec.pk), now[spec.pk], known, marked) for spec in specs),
    )


def _excluded(seat: Seat) -> tuple[tuple[str, str], ...]:
    """The reports excluded at full text, as they are cited, with the reason that counts."""
    reasons = screening.reasons_of(seat)
    references = screening.in_state(seat, Phase.FULL_TEXT, State.EXCLUDED).select_related("primary_record")
    references = references.defer("primary_record__raw", "primary_record__tags").order_by("number")
    return tuple((_citation(one.citation), reasons.get(one.pk, (0, ""))[1]) for one in references)


def _study(seat: Seat, study: Study, characteristics: tuple[tuple[int, str], ...]) -> StudyPart:
    page = extraction.study_page(seat, study.pk)
    has_consensus = page.comparison is not None and page.comparison.consensus is not None
    comparison = page.comparison if has_consensus else None
    traits = comparison.traits if comparison else ()
    levels = {row.characteristic.pk: row.consensus.level for row in traits if row.consensus}
    return StudyPart(
        study=page.study,
        reports=tuple(page.reports),
        arms=tuple(page.arms),
        comparison=comparison,
        level_cells=tuple(levels.get(key, "") for key, _ in characteristics),
    )


def _synthesis(
    spec: Synthesis, run: Run | None, now: rules.Inputs, known: frozenset[int], marked: Collection[int]
) -> SynthesisPart:
    if run is None:
        return SynthesisPart(spec, engine.methods(spec))
    analysis, figure = synthesis.analysis(run), synthesis.figure(run)
    places = {str(row.study_id): row.value_ids for row in synthesis.studies(run)}
    return SynthesisPart(
        spec=spec,
        method=engine.methods(spec),
        run=run,
        analysis=analysis,
        figure=figure,
        facts=engine.facts(analysis),
        table=engine.table_rows(figure),
        lines=tuple(_line(figure, row, places.get(row.key, {}), known) for row in figure.rows),
        changes=tuple(synthesis.changes_to(run, now)),
        retracted=tuple(synthesis.retracted(run, marked)),
    )


def _line(figure: forest.Forest, row: forest.Row, value_ids: Mapping[str, int], known: frozenset[int]) -> Line:
    """A number that was decided anew since the run has no place in the report: it stays without a link."""
    cells = []
    for column in figure.columns[1:]:
        value_id = value_ids.get(column.key)
        cells.append(Cell(row.cell(column.key), value_id if value_id in known else None))
    return Line(row.kind.value, row.label, row.key, tuple(cells))
