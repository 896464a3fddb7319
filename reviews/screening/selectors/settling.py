"""Conflicts: who settles which of them, and how those were settled that are."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from reviews.core import double
from reviews.core import selectors as core
from reviews.core.double import Turn
from reviews.core.seats import Seat
from reviews.protocols.rules import Member, Way
from reviews.screening import rules
from reviews.screening.models import Completion, Proposal, Resolution
from reviews.screening.rules import Phase, State
from reviews.screening.selectors import states
from reviews.search.models import DOCUMENT


@dataclass(frozen=True)
class Settling:
    """How this seat may settle one conflict (``way`` empty: not at all), and what was proposed."""

    way: str
    turn: Turn
    proposal: Proposal | None
    lacks_votes: bool


def settling(seat: Seat, ids: Collection[int], phase: str) -> dict[int, Settling]:
    """For conflicts among the documents ``ids``; a constant number of queries."""
    rule = states.rule(seat)
    members = [Member(one.user_id, one.role) for one in core.seats(seat.review_id)]
    proposals = _proposals(ids, phase)
    found = {}
    open_ones = Completion.objects.filter(reference__in=ids, phase=phase, closed_at=None)
    for reference, voters, lacks_votes in open_ones.values_list("reference", "voters", "lacks_votes"):
        allowed = rules.settlers(rule, members, voters, lacks_votes)
        parties = [person for person, way in allowed.items() if way == Way.DISCUSSION]
        proposal = proposals.get(reference)
        turn = double.turn(seat.user_id, parties, proposal.person_id if proposal else None)
        found[reference] = Settling(allowed.get(seat.user_id, ""), turn, proposal, lacks_votes)
    return found


def _proposals(ids: Collection[int], phase: str) -> dict[int, Proposal]:
    rows = Proposal.objects.filter(phase=phase, superseded_at=None).annotate(document=DOCUMENT)
    rows = rows.filter(document__in=ids).select_related("person", "reason").order_by("made_at", "pk")
    return {row.document: row for row in rows}


def waiting_for(seat: Seat, phase: str) -> int:
    """How many conflicts this seat can do something about now: settle, propose, or answer a proposal."""
    if not (seat.can["resolve"] or seat.can["vote"]):
        return 0
    ids = list(states.in_state(seat, phase, State.CONFLICT).values_list("pk", flat=True))
    return sum(one.way != "" and one.turn != Turn.WAIT for one in settling(seat, ids, phase).values())


def may_settle(seat: Seat) -> bool:
    """Whether some conflict waits for this seat, in either phase."""
    return any(waiting_for(seat, phase) for phase in Phase.values)


def ways_of_resolution(seat: Seat, phase: str) -> dict[str, int]:
    """How many references were settled in which way, for the report."""
    return dict(Counter(row.way for row in _resolutions(seat, phase).values()))


def reasons_alone(seat: Seat, phase: str) -> list[tuple[str, str]]:
    """What the lead settled alone because nobody else could: the reference and the reason given."""
    rows = _resolutions(seat, phase).values()
    alone = sorted((row for row in rows if row.way == Way.LEAD_ALONE), key=lambda row: row.reference.document.number)
    return [(f"Reference {row.reference.document.number}", row.note) for row in alone]


def _resolutions(seat: Seat, phase: str) -> dict[int, Resolution]:
    rows = Resolution.objects.filter(reference__review_id=seat.review_id, phase=phase, superseded_at=None)
    rows = rows.annotate(document=DOCUMENT).select_related("reference__merged_into").order_by("made_at", "pk")
    return {row.document: row for row in rows}
