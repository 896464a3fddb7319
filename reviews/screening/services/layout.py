"""How a person likes to screen."""

from django.db import transaction

from reviews.core.models import User
from reviews.core.rules import Permission
from reviews.core.seats import Seat


def choose_layout(seat: Seat, *, is_list: bool) -> None:
    """Remember whether this person screens from a list or one card at a time. No event: it is a taste."""
    seat.require(Permission.VOTE)
    with transaction.atomic(durable=True):
        User.objects.filter(pk=seat.user_id).update(prefers_list=is_list)
