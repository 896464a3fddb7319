"""Who can settle a study, whose turn it is, what is proposed, and how each consensus came about."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from reviews.core import double
from reviews.core.double import Choice, Turn
from reviews.core.seats import Seat
from reviews.extraction import comparing, rules, settling
from reviews.extraction.comparing import Comparison, TraitRow, ValueRow
from reviews.extraction.models import ConsensusProposal, Entry, Settlement, Study
from reviews.protocols.rules import Way


@dataclass(frozen=True)
class Standing:
    """What a seat can do about a study's consensus; nothing in it tells a value.

    ``way`` is empty for whom the rule does not name. ``hands`` are those whom the entries that count went through.
    """

    way: str = ""
    turn: Turn = Turn.NONE
    proposed_by: str = ""
    hands: frozenset[int] = frozenset()

    @property
    def may_settle(self) -> bool:
        """The seat can do something now: settle it, propose, or answer a proposal."""
        return bool(self.way) and (self.way != Way.DISCUSSION or self.turn in {Turn.PROPOSE, Turn.CONFIRM})


def standings(seat: Seat, studies: Collection[Study]) -> dict[int, Standing]:
    """For many studies at once, by their ids, in a constant number of queries."""
    if not studies:
        return {}
    team = settling.team(seat.review_id)
    entries = list(Entry.objects.filter(study__in=studies, kind=rules.EntryKind.EXTRACTION))
    proposals = ConsensusProposal.objects.current().filter(study__in=studies).select_related("person")
    proposed = {proposal.study_id: proposal for proposal in proposals}
    return {
        study.pk: _standing(seat, team, [e for e in entries if e.study_id == study.pk], proposed.get(study.pk))
        for study in studies
    }


def _standing(
    seat: Seat, team: settling.Team, entries: Sequence[Entry], proposal: ConsensusProposal | None
) -> Standing:
    counted = [entry for entry in entries if entry.abandoned_at is None]
    parties = {entry.person_id for entry in counted if entry.person_id is not None}
    way = team.ways(parties).get(seat.user_id)
    turn = Turn.NONE
    if way == Way.DISCUSSION:
        turn = double.turn(seat.user_id, parties, proposal.person_id if proposal else None)
    return Standing(
        way=way or "",
        turn=turn,
        proposed_by=proposal.person.name if proposal else "",
        hands=frozenset(comparing.held(entries, counted)),
    )


@dataclass(frozen=True)
class Proposed:
    """One decision of a proposal: what is to count, an empty text for nothing, and whose it is."""

    label: str
    text: str
    place: str = ""
    taken_from: str = ""


@dataclass(frozen=True)
class Proposal:
    """A proposal for those who see both entries."""

    row: ConsensusProposal
    is_own: bool
    lines: tuple[Proposed, ...]


def proposal(seat: Seat, found: Comparison) -> Proposal | None:
    """What is proposed for a study whose comparison the seat has been given."""
    row = ConsensusProposal.objects.current().filter(study=found.study).select_related("person").first()
    if row is None:
        return None
    values, traits = rules.decisions(row.content)
    chosen = {one.name: (one.choice, one.reported, one.place) for one in values}
    chosen |= {one.name: (one.choice, one.level, one.place) for one in traits}
    rows: list[ValueRow | TraitRow] = [*found.rows, *found.traits]
    lines = tuple(_line(found, one, *chosen[one.name]) for one in rows if one.name in chosen)
    return Proposal(row, row.person_id == seat.user_id, lines)


def _line(found: Comparison, row: ValueRow | TraitRow, choice: str, text: str, place: str) -> Proposed:
    if choice == Choice.OTHER:
        return Proposed(row.sentence_label, "" if rules.is_not_reported(text) else text, place)
    source, taken = found.a if choice == Choice.A else found.b, row.of(choice)
    person = source.person.name if source.person else ""
    return Proposed(row.sentence_label, taken.text if taken else "", taken.place if taken else "", person)


def settlements(entry: Entry) -> list[Settlement]:
    """How a consensus came about, the first line first, with the people of each."""
    return list(entry.settlements.prefetch_related("people__person"))


def consensus_alone(seat: Seat) -> list[tuple[str, str]]:
    """What the lead decided alone because nobody else could: the study and the reason given."""
    alone = _newest(seat).select_related("entry__study")
    rows = [row for row in alone if row.way == Way.LEAD_ALONE]
    return [(row.entry.study.label, row.reason) for row in sorted(rows, key=lambda row: row.entry.study.number)]


def ways_of_consensus(seat: Seat) -> dict[str, int]:
    """How many consensuses stand as they do in which way: ``protocols.rules.Way``, or ``agreed`` without anybody.

    A consensus that was revised counts by its last revision.
    """
    return dict(Counter(_newest(seat).values_list("way", flat=True)))


def _newest(seat: Seat) -> QuerySet[Settlement]:
    made = Settlement.objects.filter(entry__study__review_id=seat.review_id, entry__abandoned_at=None)
    return made.order_by("entry", "-number").distinct("entry")
