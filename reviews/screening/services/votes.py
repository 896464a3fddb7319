"""Votes: cast, take back, doubt."""

from dataclasses import dataclass

from django.db import transaction

from reviews.core import events as trail
from reviews.core.refusals import Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.protocols.rules import ScreeningRule
from reviews.screening import events, rules
from reviews.screening.models import Doubt, Vote
from reviews.screening.rules import Phase, State
from reviews.screening.services import steps


@dataclass(frozen=True)
class Cast:
    """A vote as saved, and where it leaves the reference."""

    vote: Vote
    state: State
    can_be_taken_back: bool


def cast_vote(
    seat: Seat,
    *,
    reference_id: int,
    phase: str,
    verdict: str,
    reason_id: int | None = None,
    note: str = "",
) -> Cast:
    """Save ``seat``'s verdict; an earlier one of the same person is superseded, never overwritten.

    Refuses (409) when the reference is not up for votes in this phase or has all of them already.
    """
    seat.require(Permission.VOTE)
    steps.check(seat, phase, verdict, reason_id)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        rule = steps.rule(seat)
        votes = steps.current_votes(reference, phase)
        mine = votes.get(seat.user_id)
        if mine and (mine.verdict, mine.reason_id, mine.note) == (verdict, reason_id, note):
            return _cast(mine, steps.read_tally(reference, phase), rule)
        steps.require_open(reference, phase, rule, is_voter=mine is not None)
        if mine:
            steps.supersede_votes(reference, phase, seat.user_id)
        vote = Vote.objects.create(
            reference=reference,
            phase=phase,
            person_id=seat.user_id,
            verdict=verdict,
            reason_id=reason_id,
            note=note,
        )
        steps.mark_decided_on(reference)
        tally = steps.save_standing(reference, phase)
        happened = events.Voted(vote.pk, reference.number, Phase(phase).label.lower())
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return _cast(vote, tally, rule)


def _cast(vote: Vote, tally: rules.Tally, rule: ScreeningRule) -> Cast:
    return Cast(vote, rules.state(tally, rule), rules.can_be_taken_back(tally, rule))


def take_back_vote(seat: Seat, *, reference_id: int, phase: str) -> None:
    """Undo: the vote is superseded and the reference is up for voting again.

    Not once the reference has all its votes: its verdicts can be seen from then on, and voting again would
    no longer be independent. The voter can :func:`doubt` it instead.
    """
    seat.require(Permission.VOTE)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        rule = steps.rule(seat)
        mine = steps.current_votes(reference, phase).get(seat.user_id)
        if mine is None:
            raise Refusal("You have no vote on this reference to take back.")
        tally = steps.read_tally(reference, phase)
        if not rules.can_be_taken_back(tally, rule):
            raise Refusal(
                f"Reference {reference.number} has all its votes, so yours can no longer be taken back unseen. "
                "You can ask the adjudicator for a second look."
            )
        steps.require_not_passed_on(reference, phase)
        steps.supersede_votes(reference, phase, seat.user_id)
        steps.save_standing(reference, phase)
        happened = events.VoteTakenBack(mine.pk, reference.number, Phase(phase).label.lower())
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)


def doubt(seat: Seat, *, reference_id: int, phase: str, note: str = "") -> None:
    """A voter asks for a second look at a complete reference: it becomes a conflict for the adjudicator."""
    seat.require(Permission.VOTE)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        tally = steps.read_tally(reference, phase)
        if seat.user_id not in steps.current_votes(reference, phase):
            raise Refusal("Only somebody who voted on this reference can ask for a second look.")
        if not rules.has_all_votes(tally, steps.rule(seat)):
            raise Refusal("This reference still waits for votes: take your vote back and vote again.")
        if tally.resolution is not None:
            raise Refusal("An adjudicator has settled this reference already. Speak with them.")
        steps.require_not_passed_on(reference, phase)
        found, is_new = Doubt.objects.get_or_create(
            reference=reference, phase=phase, person_id=seat.user_id, defaults={"note": note}
        )
        if is_new:
            steps.save_standing(reference, phase)
            happened = events.Doubted(found.pk, reference.number, Phase(phase).label.lower())
            trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
