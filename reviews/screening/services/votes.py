"""Votes: cast, take back, doubt."""

from dataclasses import dataclass

from django.db import transaction

from reviews.core import events as trail
from reviews.core.refusals import Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.screening import events, rules
from reviews.screening.models import Doubt, Vote
from reviews.screening.rules import Phase, State
from reviews.screening.services import documents, steps
from reviews.screening.services.documents import Case


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

    Refuses (409) when the reference is not up for votes in this phase, has all of them already, or when somebody
    else's verdict on it could have been seen by this person.
    """
    seat.require(Permission.VOTE)
    steps.check(seat, phase, verdict, reason_id)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        needed = steps.rule(seat).votes_needed
        found = steps.case(reference, phase)
        mine = steps.mine(found, seat.user_id)
        if mine and (mine.verdict, mine.reason_id, mine.note) == (verdict, reason_id, note):
            return _cast(mine, steps.standing(reference, phase), found, phase)
        steps.require_up(reference, phase)
        steps.require_unseen(found, seat.user_id, phase)
        if mine:
            steps.end_votes(found, seat.user_id)
        vote = Vote.objects.create(
            reference=reference,
            phase=phase,
            person_id=seat.user_id,
            verdict=verdict,
            reason_id=reason_id,
            note=note,
        )
        found.votes.append(vote)
        steps.mark_decided_on(reference)
        tally = steps.conclude(found, phase, needed)
        happened = events.Voted(vote.pk, reference.number, Phase(phase).label.lower())
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return _cast(vote, tally, found, phase)


def _cast(vote: Vote, tally: rules.Tally, found: Case, phase: str) -> Cast:
    is_open = not tally.is_complete or steps.can_change_own(found, vote.person_id, phase)
    return Cast(vote, rules.state(tally), is_open)


def take_back_vote(seat: Seat, *, reference_id: int, phase: str) -> None:
    """Undo: the vote is superseded and the reference is up for voting again.

    Not once the reference has all its votes: its verdicts can be seen from then on, and voting again would
    no longer be independent. The voter can :func:`doubt` it instead. A vote that decided alone can be taken back
    until a later stage has used it.
    """
    seat.require(Permission.VOTE)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        needed = steps.rule(seat).votes_needed
        found = steps.case(reference, phase)
        mine = steps.mine(found, seat.user_id)
        if mine is None:
            raise Refusal("You have no vote on this reference to take back.")
        if found.is_complete and not steps.can_change_own(found, seat.user_id, phase):
            raise Refusal(
                f"Reference {reference.number} has all its votes, so yours can no longer be taken back unseen. "
                "You can ask for a second look."
            )
        steps.require_unseen(found, seat.user_id, phase)
        steps.require_unused(reference, phase)
        steps.end_votes(found, seat.user_id)
        steps.conclude(found, phase, needed)
        happened = events.VoteTakenBack(mine.pk, reference.number, Phase(phase).label.lower())
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)


def doubt(seat: Seat, *, reference_id: int, phase: str, note: str = "") -> None:
    """A voter asks for a second look at a complete reference: it becomes a conflict, for whoever settles these."""
    seat.require(Permission.VOTE)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        found = steps.case(reference, phase)
        if steps.mine(found, seat.user_id) is None:
            raise Refusal("Only somebody who voted on this reference can ask for a second look.")
        if not found.is_complete:
            raise Refusal("This reference still waits for votes: take your vote back and vote again.")
        if steps.current_resolution(reference, phase) is not None:
            raise Refusal("This reference has been settled already. Speak with whoever settled it.")
        steps.require_not_passed_on(reference, phase)
        row, is_new = Doubt.objects.get_or_create(
            reference=reference, phase=phase, person_id=seat.user_id, defaults={"note": note}
        )
        if is_new:
            documents.derive(seat.review_id, [reference.pk], phase, steps.rule(seat).votes_needed)
            happened = events.Doubted(row.pk, reference.number, Phase(phase).label.lower())
            trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
