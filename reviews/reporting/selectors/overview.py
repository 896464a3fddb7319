"""One block a stage and what this seat should do next. Counts only: nothing here tells anybody's verdict."""

from dataclasses import dataclass

from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import selectors as extraction
from reviews.protocols import selectors as protocols
from reviews.protocols.models import ProtocolVersion
from reviews.reporting import rules
from reviews.reporting.rules import Block, Situation, Step
from reviews.reporting.selectors import building
from reviews.screening import selectors as screening
from reviews.screening.rules import Phase
from reviews.search import selectors as search
from reviews.synthesis import selectors as synthesis


@dataclass(frozen=True)
class Dashboard:
    """``steps`` are what this seat should do, most urgent first; ``blocks`` the stages in their order."""

    blocks: tuple[Block, ...]
    steps: tuple[Step, ...]

    @property
    def next_step(self) -> Step | None:
        return self.steps[0] if self.steps else None


def dashboard(seat: Seat) -> Dashboard:
    version = protocols.current(seat.review_id)
    found = search.identification(seat)
    begun = [_protocol(version), _search(found)]
    if version is None:
        steps = rules.due(Situation(), seat.can)
        return Dashboard((*begun, *_untouched()), tuple(steps))
    first, second = (screening.progress(seat, phase) for phase in (Phase.TITLE_ABSTRACT, Phase.FULL_TEXT))
    studies, free = extraction.progress(seat), extraction.free_references(seat).count()
    lines = synthesis.overview(seat, list(synthesis.syntheses(seat)))
    not_current = sum(line.run is None or bool(line.changes) for line in lines)
    can_vote = Permission.VOTE in seat.permissions
    step = extraction.next_line(seat)
    now = Situation(
        has_protocol=True,
        references=found.references,
        has_open_vote=can_vote and screening.has_open(seat, Phase.TITLE_ABSTRACT),
        conflicts=first.conflicts,
        has_open_report=can_vote and screening.has_open(seat, Phase.FULL_TEXT),
        report_conflicts=second.conflicts,
        free_reports=free,
        extraction_step=step.key if step else "",
        consensus=studies.done,
        syntheses=len(lines),
        not_current=not_current,
    )
    blocks = (
        *begun,
        _phase("title_abstract", "Screening", first),
        _phase("full_text", "Full text", second),
        _extraction(studies, free),
        _synthesis(lines),
        _report(seat),
    )
    can = {**seat.can, "resolve": screening.may_settle(seat)}
    return Dashboard(blocks, tuple(rules.due(now, can)))


def _protocol(version: ProtocolVersion | None) -> Block:
    sentence = f"Version {version.number} is in force." if version else "Not approved yet."
    return Block("protocol", "Protocol", "protocols:protocol", sentence=sentence)


def _search(found: search.Identification) -> Block:
    sentence = (
        f"{_many(found.records, 'record')} from {_many(len(found.sources), 'source')}: "
        f"{_many(found.references, 'reference')}, {_many(found.duplicates, 'duplicate')}."
        if found.sources
        else "No source searched yet."
    )
    return Block("search", "Search", "search:overview", sentence=sentence)


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _phase(key: str, label: str, progress: screening.Progress) -> Block:
    missing = f"{_many(progress.not_retrieved, 'report')} not retrieved." if progress.not_retrieved else ""
    return Block(
        key,
        label,
        f"screening:{key}",
        done=progress.done,
        waiting=progress.waiting,
        conflicts=progress.conflicts,
        untouched=progress.untouched,
        unit="references" if key == Phase.TITLE_ABSTRACT else "reports",
        sentence=missing or ("" if progress.total else "Nothing to screen here yet."),
    )


def _extraction(progress: extraction.Progress, free: int) -> Block:
    waiting = "included report belongs" if free == 1 else "included reports belong"
    return Block(
        "extraction",
        "Extraction",
        "extraction:overview",
        done=progress.done,
        waiting=progress.waiting + progress.compare,
        untouched=progress.open,
        unit="studies",
        waiting_label="waiting for the second extractor or the consensus",
        sentence=f"{free} {waiting} to no study yet." if free else "",
    )


def _synthesis(lines: list[synthesis.Line]) -> Block:
    current = sum(line.run is not None and not line.changes for line in lines)
    outdated = sum(line.run is not None and bool(line.changes) for line in lines)
    return Block(
        "synthesis",
        "Synthesis",
        "synthesis:overview",
        done=current,
        waiting=outdated,
        untouched=len(lines) - current - outdated,
        unit="syntheses",
        waiting_label="out of date",
        sentence="" if lines else "None planned yet.",
    )


def _report(seat: Seat) -> Block:
    newest = building.newest_build(seat)
    sentence = f"Report {newest.number} was asked for last." if newest else "Not built yet."
    return Block("report", "Report", "reporting:overview", sentence=sentence)


def _untouched() -> tuple[Block, ...]:
    """The stages that a protocol opens."""
    sentence = "Opens when the protocol is approved."
    names = (
        ("title_abstract", "Screening", "screening:title_abstract"),
        ("full_text", "Full text", "screening:full_text"),
        ("extraction", "Extraction", "extraction:overview"),
        ("synthesis", "Synthesis", "synthesis:overview"),
        ("report", "Report", "reporting:overview"),
    )
    return tuple(Block(*name, sentence=sentence) for name in names)
