"""What the flow's numbers have to satisfy, how conflicts were settled, how far a stage is, and what is due. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analysis.figures.flow import counts as flow
from reviews.extraction import rules as extraction
from reviews.protocols.rules import Way

BUILD = "reviews.reporting.tasks.build_report"


def problems(counts: flow.FlowCounts) -> tuple[str, ...]:
    """A sentence for every sum of the flow diagram that does not come out, naming its box."""
    return flow.problems(counts)


def remarks(counts: flow.FlowCounts) -> tuple[str, ...]:
    """What may be right and still deserves a look: the soft sums of the PRISMA 2020 flow."""
    found = []
    if counts.included_reports < counts.included_studies:
        found.append(
            f"Studies included: {counts.included_studies} studies are described by {counts.included_reports} reports. "
            "That is right only if one report describes several studies."
        )
    if counts.without_study:
        found.append(
            f"Reports of included studies: {counts.without_study} of {counts.included_reports} belong to no study yet. "
            "Make a study of each, or add it to one, under Extraction."
        )
    if counts.other_sought > counts.identified_otherwise:
        found.append(
            f"Reports sought from other methods: {counts.other_sought} were sought, but only "
            f"{counts.identified_otherwise} records were identified there."
        )
    return tuple(found)


@dataclass(frozen=True)
class Settled:
    """How what two people judged differently was settled: ``counts`` by way in words, and what the lead settled alone
    with the reason given for it."""

    what: str
    counts: tuple[tuple[str, int], ...]
    alone: tuple[tuple[str, str], ...] = ()

    @property
    def total(self) -> int:
        return sum(number for _, number in self.counts)


def settled(what: str, ways: Mapping[str, int], alone: Iterable[tuple[str, str]] = ()) -> Settled:
    """``ways`` maps values of :class:`Way` to how often; they are told in the order in which a rule is looked up."""
    counts = [(_lower_first(way.label), ways[way]) for way in Way if ways.get(way)]
    if ways.get(extraction.AGREED):
        counts.insert(0, ("without a decision, because both entries agreed", ways[extraction.AGREED]))
    return Settled(what, tuple(counts), tuple(alone))


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


@dataclass(frozen=True)
class Block:
    """A stage on the dashboard: how many of its things stand where. Counts only, nobody's verdicts."""

    key: str
    label: str
    url_name: str
    done: int = 0
    waiting: int = 0
    conflicts: int = 0
    untouched: int = 0
    unit: str = ""
    waiting_label: str = ""
    sentence: str = ""

    @property
    def total(self) -> int:
        return self.done + self.waiting + self.conflicts + self.untouched


@dataclass(frozen=True)
class Step:
    """Something this seat should do: in which stage, in words, and where."""

    stage: str
    label: str
    url_name: str


@dataclass(frozen=True)
class Situation:
    """Where the review stands, as far as it tells a seat what to do next.

    ``has_open_vote`` and ``has_open_report`` say whether this seat may still vote on something in the first and
    the second phase; ``extraction_step`` is its next step with a study, or empty.
    """

    has_protocol: bool = False
    references: int = 0
    has_open_vote: bool = False
    conflicts: int = 0
    has_open_report: bool = False
    report_conflicts: int = 0
    free_reports: int = 0
    extraction_step: str = ""
    consensus: int = 0
    syntheses: int = 0
    not_current: int = 0


def due(now: Situation, can: Mapping[str, bool]) -> list[Step]:
    """What a seat with these permissions should do, most urgent first: upstream comes before downstream."""
    if not now.has_protocol:
        steps = [Step("protocol", "Write the protocol", "protocols:protocol")]
        return steps if can["write_protocol"] else []
    return [*_screening_steps(now, can), *_extraction_steps(now, can), *_synthesis_steps(now, can)]


def _screening_steps(now: Situation, can: Mapping[str, bool]) -> Iterator[Step]:
    if can["search"] and not now.references:
        yield Step("search", "Add a search", "search:overview")
    if can["resolve"] and now.conflicts:
        yield Step("title_abstract", _settle(now.conflicts), "screening:title_abstract_conflicts")
    if can["vote"] and now.has_open_vote:
        yield Step("title_abstract", "Screen titles and abstracts", "screening:title_abstract")
    if can["resolve"] and now.report_conflicts:
        yield Step("full_text", _settle(now.report_conflicts), "screening:full_text_conflicts")
    if can["vote"] and now.has_open_report:
        yield Step("full_text", "Screen full texts", "screening:full_text")


def _settle(conflicts: int) -> str:
    return "Settle 1 conflict" if conflicts == 1 else f"Settle {conflicts} conflicts"


EXTRACTION_WORDS: Mapping[str, str] = {
    "start": "Extract a study",
    "continue": "Go on extracting",
    "compare": "Make a consensus",
    "propose": "Propose a consensus",
    "confirm": "Look at a proposed consensus and confirm it",
}


def _extraction_steps(now: Situation, can: Mapping[str, bool]) -> Iterator[Step]:
    if now.extraction_step in EXTRACTION_WORDS:
        yield Step("extraction", EXTRACTION_WORDS[now.extraction_step], "extraction:overview")
    if can["extract"] and now.free_reports:
        yield Step("extraction", "Make studies of included reports", "extraction:overview")


def _synthesis_steps(now: Situation, can: Mapping[str, bool]) -> Iterator[Step]:
    if can["synthesise"] and now.consensus and not now.syntheses:
        yield Step("synthesis", "Plan a synthesis", "synthesis:new")
    if can["synthesise"] and now.not_current:
        yield Step("synthesis", "Run what is not up to date", "synthesis:overview")
    if can["report"] and now.syntheses and not now.not_current:
        yield Step("report", "Build the report", "reporting:overview")
