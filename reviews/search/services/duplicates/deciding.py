"""What people say of a pair, and taking it back."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core.refusals import NotFound, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import events
from reviews.search.duplicates import finding
from reviews.search.duplicates.bands import Band
from reviews.search.models import JoinProposal, Pair, PairDecision, Reference
from reviews.search.rules import PairVerdict
from reviews.search.services import steps
from reviews.search.services.duplicates import following, parting, planning, proposing, reading, uniting
from reviews.search.services.duplicates.planning import Group, Union


@dataclass(frozen=True)
class _Ends:
    """The references of a pair's two records, locked, and the records of each."""

    one: Reference
    other: Reference
    records: dict[int, list[int]]

    @property
    def ids(self) -> tuple[int, int]:
        return self.one.pk, self.other.pk

    @property
    def groups(self) -> list[Group]:
        return [
            Group(row.pk, row.number, row.is_decided_on, False, set(self.records[row.pk]))
            for row in (self.one, self.other)
        ]


def decide_pair(seat: Seat, *, pair_id: int, verdict: str, note: str = "") -> PairDecision | JoinProposal:
    """Say that two records are one document, or that they are not; all votes stay and count for what they become.

    Where the join would show this person a verdict before their own vote, it is a proposal that somebody else
    confirms by saying the same; a person who is alone joins with a ``note``. The same person saying the same again
    changes nothing. Raises :class:`Refusal` when somebody else was faster, and when joining would bring together what
    a person has declared different.
    """
    seat.require(Permission.SEARCH)
    with transaction.atomic(durable=True):
        steps.locked_review(seat)
        pair = _pair(seat, pair_id)
        current = _current(pair)
        if current is not None:
            if (current.person_id, current.verdict) == (seat.user_id, verdict):
                return current
            raise Refusal(_decided_sentence(current))
        ends = _ends(pair)
        if verdict == PairVerdict.DIFFERENT:
            proposing.end(seat.review_id, ends.ids)
            return _keep_apart(seat, pair, ends)
        _refuse_apart(seat, ends)
        proposed = proposing.between(seat.review_id, ends.ids)
        if proposed is not None and proposed.person_id != seat.user_id:
            return _join(seat, pair, ends, proposed_by=proposed.person_id)
        if not proposing.needs_another(seat, ends.ids):
            return _join(seat, pair, ends)
        if proposing.is_alone(seat):
            proposing.require_note(note)
            trail.record(
                events.JoinedAlone(ends.one.number, ends.other.number, note.strip()),
                review_id=seat.review_id,
                actor_id=seat.user_id,
            )
            return _join(seat, pair, ends, note=note.strip())
        return proposed or proposing.propose(seat, pair, (ends.one.number, ends.other.number), note.strip())


def _pair(seat: Seat, pair_id: int) -> Pair:
    found = Pair.objects.filter(review_id=seat.review_id, pk=pair_id).first()
    if found is None:
        raise NotFound("There is no such pair of records in this review.")
    return found


def _current(pair: Pair) -> PairDecision | None:
    rows = PairDecision.objects.filter(pair=pair, superseded_at=None)
    return rows.select_related("person").first()


def _decided_sentence(decision: PairDecision) -> str:
    who = decision.person.name if decision.person else "Tandem"
    return f"{who} has decided this pair already: {decision.get_verdict_display().lower()}."


def _ends(pair: Pair) -> _Ends:
    """Locks both references, the smaller key first, so that a vote is either counted or comes too late."""
    home = reading.references_of([pair.one_id, pair.other_id])
    if len(home) < 2:
        raise Refusal("An import that brought one of the two records was undone; there is nothing to decide any more.")
    rows = Reference.objects.filter(pk__in=home.values()).order_by("pk").select_for_update(no_key=True)
    locked = {row.pk: row for row in rows}
    if len(locked) < 2:
        raise Refusal("The two records belong to one reference already.")
    return _Ends(locked[home[pair.one_id]], locked[home[pair.other_id]], reading.members(locked))


def _keep_apart(seat: Seat, pair: Pair, ends: _Ends) -> PairDecision:
    made = PairDecision.objects.create(
        review_id=seat.review_id, pair=pair, verdict=PairVerdict.DIFFERENT, person_id=seat.user_id
    )
    happened = events.PairKeptApart(ends.one.number, ends.other.number)
    trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return made


def _refuse_apart(seat: Seat, ends: _Ends) -> None:
    one, other = ends.groups
    against = planning.enemies(reading.declared_different(seat.review_id))
    if planning.contradicts(one.records, other.records, against):
        raise Refusal(
            f"Records of references {ends.one.number} and {ends.other.number} were declared different. "
            "Take that back first, if they are duplicates after all."
        )


def _join(seat: Seat, pair: Pair, ends: _Ends, *, proposed_by: int | None = None, note: str = "") -> PairDecision:
    proposing.end(seat.review_id, ends.ids)
    survivor, loser = planning.ranked(*ends.groups)
    found = finding.Pair(pair.one_id, pair.other_id, pair.score, Band(pair.band), tuple(pair.vetoes))
    union = Union(found, loser.reference_id, survivor.reference_id)
    how = uniting.How(seat.user_id, proposed_by, note)
    uniting.unite(seat.review_id, [union], how=how, now=timezone.now())
    following.follow(seat.review_id, [survivor.reference_id, loser.reference_id])
    made = _current(pair)
    if made is None:
        raise NotFound("There is no such decision in this review.")
    return made


def undo_decision(seat: Seat, *, decision_id: int) -> Pair:
    """Take a decision back: what was joined parts into the references that were apart, with their own votes.

    What Tandem had joined is declared different by this, so that it is never joined again unasked; what a person
    had said is open again. Raises :class:`Refusal` when it was undone before.
    """
    seat.require(Permission.SEARCH)
    with transaction.atomic(durable=True):
        steps.locked_review(seat)
        rows = PairDecision.objects.select_for_update(of=("self",)).select_related("pair")
        decision = rows.filter(review_id=seat.review_id, pk=decision_id).first()
        if decision is None:
            raise NotFound("There is no such decision in this review.")
        if decision.superseded_at is not None:
            raise Refusal("This decision was undone already.")
        now = timezone.now()
        decision.superseded_at, decision.superseded_by_id = now, seat.user_id
        edges = _edges(decision)
        decision.save(update_fields=["superseded_at", "superseded_by"])
        if decision.verdict == PairVerdict.JOINED:
            _part(seat, decision, edges)
        else:
            numbers = _numbers(decision.pair)
            trail.record(events.PairReopened(*numbers), review_id=seat.review_id, actor_id=seat.user_id)
    return decision.pair


def _edges(decision: PairDecision) -> list[tuple[int, int]]:
    """The joins that hold the reference together, without this one."""
    home = reading.references_of([decision.pair.one_id])
    records = reading.members(home.values()).get(home.get(decision.pair.one_id, 0), [])
    edges = reading.edges(decision.review_id, records)
    return [edge for edge in edges if edge != (decision.pair.one_id, decision.pair.other_id)]


def _part(seat: Seat, decision: PairDecision, edges: list[tuple[int, int]]) -> None:
    pair = decision.pair
    reference = Reference.objects.select_for_update(no_key=True).get(
        pk=reading.references_of([pair.one_id])[pair.one_id]
    )
    founder = reading.founders([reference.pk]).get(reference.pk)
    leaving = planning.side(edges, pair.other_id)
    if founder in leaving:
        leaving = planning.side(edges, pair.one_id)
    home = parting.part(reference, leaving, decision.superseded_at or timezone.now(), prefers=decision.loser_id)
    if decision.person_id is None:
        PairDecision.objects.create(
            review_id=seat.review_id, pair=pair, verdict=PairVerdict.DIFFERENT, person_id=seat.user_id
        )
    following.follow(seat.review_id, [reference.pk, home.pk])
    happened = events.ReferencesParted(home.number, reference.number)
    trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)


def _numbers(pair: Pair) -> list[int]:
    home = reading.references_of([pair.one_id, pair.other_id])
    numbers = dict(Reference.objects.filter(pk__in=home.values()).values_list("pk", "number"))
    return [numbers[home[pk]] if pk in home else 0 for pk in (pair.one_id, pair.other_id)]
