"""Resolutions: settle a conflict, take the settlement back; and rebuild the cache of tallies."""

from django.db import transaction

from reviews.core import events as trail
from reviews.core.refusals import BadInput, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.screening import events
from reviews.screening.models import Resolution, Standing, Vote
from reviews.screening.rules import Phase, Verdict
from reviews.screening.services import steps
from reviews.search.models import Reference


def resolve(
    seat: Seat,
    *,
    reference_id: int,
    phase: str,
    verdict: str,
    reason_id: int | None = None,
    note: str = "",
) -> Resolution:
    """The adjudicator's own, third entry on a conflict. Who voted may not settle."""
    seat.require(Permission.RESOLVE)
    if verdict == Verdict.MAYBE:
        raise BadInput("A resolution is include or exclude.", {"verdict": "Choose include or exclude."})
    steps.check(seat, phase, verdict, reason_id)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        rule = steps.rule(seat)
        steps.require_settler(seat, rule)
        if seat.user_id in steps.current_votes(reference, phase):
            raise Refusal("You voted on this reference, so somebody else has to settle it.")
        steps.require_conflict(reference, phase, rule)
        resolution = Resolution.objects.create(
            reference=reference,
            phase=phase,
            person_id=seat.user_id,
            verdict=verdict,
            reason_id=reason_id,
            note=note,
        )
        steps.save_standing(reference, phase)
        happened = events.Resolved(resolution.pk, reference.number, Phase(phase).label.lower())
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return resolution


def reopen(seat: Seat, *, reference_id: int, phase: str) -> None:
    """Take back one's own resolution; the reference is a conflict again."""
    seat.require(Permission.RESOLVE)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        resolution = steps.current_resolution(reference, phase)
        if resolution is None or resolution.person_id != seat.user_id:
            raise Refusal("There is no resolution of yours on this reference to take back.")
        steps.require_not_passed_on(reference, phase)
        steps.supersede(resolution)
        steps.save_standing(reference, phase)
        happened = events.Reopened(resolution.pk, reference.number, Phase(phase).label.lower())
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)


def rebuild_standings(review_id: int) -> int:
    """Derive every cached tally of a review again from its votes; return how many there are."""
    pairs = set(
        Vote.objects.filter(reference__review_id=review_id, superseded_at=None).values_list("reference", "phase")
    ) | set(Standing.objects.filter(review_id=review_id).values_list("reference", "phase"))
    for reference_id, phase in sorted(pairs):
        with transaction.atomic(durable=True):
            reference = Reference.objects.select_for_update(no_key=True).get(pk=reference_id)
            steps.derive(reference, phase)
    return len(pairs)
