"""References as the pages show them: blinded, with few queries."""

from dataclasses import dataclass

from django.db.models import Q

from reviews.core.seats import Seat
from reviews.protocols import selectors as protocols
from reviews.protocols.rules import ScreeningRule
from reviews.screening import rules, selectors
from reviews.screening.models import Doubt, Standing, Vote
from reviews.screening.rules import Phase, State
from reviews.search.models import Reference

MANY_AUTHORS = 12


@dataclass(frozen=True)
class Card:
    """What a reviewer reads. ``pk`` is the reference's key; it carries nobody's verdict."""

    pk: int
    number: int
    title: str
    original_title: str
    authors: str
    parallel_authors: str
    journal: str
    year: int | None
    abstract: str
    parallel_abstract: str
    doi: str
    pmid: str
    source_url: str
    database: str
    retraction: str


@dataclass(frozen=True)
class Reason:
    pk: int
    label: str


@dataclass(frozen=True)
class Row:
    card: Card
    state: State


@dataclass(frozen=True)
class Recent:
    """One of the seat's own last votes, and where the reference stands now."""

    card: Card
    vote: Vote
    state: State
    can_be_taken_back: bool
    can_be_doubted: bool


@dataclass(frozen=True)
class Conflict:
    """``settling`` says what this seat may do about it."""

    card: Card
    votes: list[Vote]
    doubts: list[Doubt]
    settling: selectors.Settling


def card(reference: Reference) -> Card:
    record = reference.citation
    return Card(
        pk=reference.pk,
        number=reference.number,
        title=record.title,
        original_title=record.original_title,
        authors=_named(record.authors),
        parallel_authors=_named(record.parallel_authors),
        journal=record.journal,
        year=record.year,
        abstract=record.abstract,
        parallel_abstract=record.parallel_abstract,
        doi=record.doi,
        pmid=record.pmid,
        source_url=record.source_url,
        database=record.database,
        retraction=record.retraction_label,
    )


def _named(people: list[str]) -> str:
    return "; ".join(people[:MANY_AUTHORS]) + (" et al." if len(people) > MANY_AUTHORS else "")


def queue(seat: Seat, phase: str, the_rule: ScreeningRule, *, after: int = 0, limit: int) -> list[Card]:
    found = selectors.queue(seat, phase, after=after, limit=limit, the_rule=the_rule)
    return [card(one) for one in found]


def reasons(seat: Seat, phase: str) -> list[Reason]:
    """The protocol's reasons in ranked order; only excluding at full text takes one."""
    if phase != Phase.FULL_TEXT:
        return []
    return [Reason(reason.pk, reason.text) for reason in protocols.reasons(seat)]


def rows(seat: Seat, references: list[Reference], phase: str) -> list[Row]:
    tallies = _tallies(references, phase)
    return [Row(card(one), rules.state(tallies[one.pk])) for one in references]


def _tallies(references: list[Reference], phase: str) -> dict[int, rules.Tally]:
    standings = Standing.objects.filter(phase=phase, reference__in=references)
    found = {standing.reference_id: standing.tally for standing in standings}
    return {one.pk: found.get(one.pk, rules.Tally()) for one in references}


def recent(seat: Seat, phase: str, *, limit: int = 5) -> list[Recent]:
    votes = list(selectors.my_votes(seat, phase)[:limit])
    tallies = _tallies([vote.reference.document for vote in votes], phase)
    return [_recent(vote, tallies[vote.reference.document.pk]) for vote in votes]


def _recent(vote: Vote, tally: rules.Tally) -> Recent:
    state = rules.state(tally)
    can_be_taken_back = rules.may_be_taken_back(tally)
    can_be_doubted = state in rules.SETTLED and tally.resolution is None and not can_be_taken_back
    return Recent(card(vote.reference.document), vote, state, can_be_taken_back, can_be_doubted)


def conflicts(seat: Seat, references: list[Reference], phase: str) -> list[Conflict]:
    """References in conflict are complete, so everybody in the review may see what was voted."""
    ids = [one.pk for one in references]
    votes, settling = selectors.visible_votes(ids, phase), selectors.settling(seat, ids, phase)
    behind = Reference.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids))
    doubts: dict[int, list[Doubt]] = {}
    raised = Doubt.objects.filter(phase=phase, reference__in=behind)
    for doubt in raised.select_related("person", "reference__merged_into"):
        doubts.setdefault(doubt.reference.document.pk, []).append(doubt)
    return [Conflict(card(one), votes.get(one.pk, []), doubts.get(one.pk, []), settling[one.pk]) for one in references]
