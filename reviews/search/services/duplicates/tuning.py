"""The thresholds of a review."""

from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core.models import Review
from reviews.core.refusals import BadInput, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import events
from reviews.search.duplicates import bands
from reviews.search.models import DuplicateCheck, Thresholds
from reviews.search.services.duplicates import checking, reading


def set_thresholds(seat: Seat, *, join: float, propose: float, revision: int) -> DuplicateCheck | None:
    """Move the thresholds of a review and queue a check of everything undecided; None when they are the same.

    Decided pairs, joined or different, stay as they are. Raises :class:`BadInput` for values that cannot be used.
    """
    seat.require(Permission.MANAGE)
    try:
        chosen = bands.checked(join, propose)
    except bands.ThresholdError as refusal:
        raise BadInput(str(refusal), {"join" if "joining must" in str(refusal) else "propose": str(refusal)}) from None
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        row = Thresholds.objects.filter(review_id=seat.review_id).first()
        if (row.revision if row else 0) != revision:
            raise Refusal("Somebody has changed the thresholds meanwhile. Look at them again.")
        before = reading.thresholds(seat.review_id)
        if chosen == before:
            return None
        row = row or Thresholds(review_id=seat.review_id, revision=0)
        row.join, row.propose, row.revision = chosen.join, chosen.propose, row.revision + 1
        row.changed_by_id, row.changed_at = seat.user_id, timezone.now()
        row.save()
        happened = events.ThresholdsChanged(*(f"{value:.1%}" for value in (*before, *chosen)))
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
        return checking.queue(seat.review_id, seat.user_id, title="Search for duplicates with new thresholds")
