"""What a seat may vote on next."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from reviews.core.models import Membership
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.screening.models import Completion, Vote
from reviews.screening.rules import Phase
from reviews.screening.selectors import states
from reviews.search.models import DOCUMENT, Reference


def queue(seat: Seat, phase: str, *, after: int = 0, limit: int = 2) -> list[Reference]:
    """The next references this seat may vote on, by number, from ``after`` on and then from the start.

    The order is the same for everybody and does not depend on anybody's votes.
    """
    seat.require(Permission.VOTE)
    open_ones = votable(seat, phase)
    ahead = list(open_ones.filter(number__gt=after)[:limit])
    if len(ahead) < limit and after:
        ahead += list(open_ones.filter(number__lte=after)[: limit - len(ahead)])
    return ahead


def votable(seat: Seat, phase: str) -> QuerySet[Reference]:
    """Open references without a vote of this person, and without a verdict that this person could have seen."""
    mine = Vote.objects.filter(person_id=seat.user_id, phase=phase, superseded_at=None)
    complete = states.standings(phase).filter(is_complete=True, reference=OuterRef("pk"))
    found = states.in_phase(seat, phase).filter(~Exists(mine.filter(reference=OuterRef("pk"))), ~Exists(complete))
    # By itself, so that each of the two questions is answered by an index.
    found = found.filter(~Exists(mine.filter(reference__merged_into=OuterRef("pk"))))
    if phase == Phase.FULL_TEXT:
        found = found.exclude(pk__in=states.missing(found))
    found = found.exclude(pk__in=_seen(seat, phase))
    return found.select_related("primary_record").order_by("number")


def _seen(seat: Seat, phase: str) -> QuerySet[Any]:
    """``rules.exposed_since`` for the database, of documents that are open again: few, found by their own index."""
    mine = Membership.objects.filter(review_id=seat.review_id, user_id=seat.user_id)
    at_the_time = mine.filter(started_at__lte=OuterRef("closed_at")).filter(
        Q(ended_at=None) | Q(ended_at__gte=OuterRef("opened_at"))
    )
    closed = Completion.objects.filter(review_id=seat.review_id, phase=phase, closed_at__isnull=False)
    shown = closed.filter(~Q(voters__contained_by=[seat.user_id]) | Q(lacks_votes=True))
    return shown.filter(Exists(at_the_time)).annotate(document=DOCUMENT).values("document")
