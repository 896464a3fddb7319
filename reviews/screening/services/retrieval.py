"""Reports that could not be had."""

from django.db import transaction

from reviews.core import events as trail
from reviews.core.refusals import Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.screening import events, rules
from reviews.screening.models import Retrieval
from reviews.screening.rules import Phase, State
from reviews.screening.services import steps


def mark_not_retrieved(seat: Seat, *, reference_id: int, note: str = "") -> None:
    """The report could not be had; it leaves the full-text queue and is counted in the flow diagram."""
    seat.require(Permission.SEARCH)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        if rules.state(steps.standing(reference, Phase.TITLE_ABSTRACT)) != State.INCLUDED:
            raise Refusal("Only reports sought at full text can be marked as not retrieved.")
        found = steps.case(reference, Phase.FULL_TEXT)
        if found.votes or found.is_complete:
            raise Refusal("Somebody has read and judged this report already, so it was retrieved.")
        if steps.missing_report(reference) is not None:
            raise Refusal("This report is marked as not retrieved already.")
        Retrieval.objects.create(reference=reference, note=note, person_id=seat.user_id)
        trail.record(events.NotRetrieved(reference.number), review_id=seat.review_id, actor_id=seat.user_id)


def mark_retrieved(seat: Seat, *, reference_id: int) -> None:
    seat.require(Permission.SEARCH)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        missing = steps.missing_report(reference)
        if missing is None:
            raise Refusal("This report is not marked as missing.")
        steps.supersede(missing)
        trail.record(events.Retrieved(reference.number), review_id=seat.review_id, actor_id=seat.user_id)
