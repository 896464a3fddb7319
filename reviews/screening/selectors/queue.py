"""What a seat may vote on next."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from reviews.core.models import Membership
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.protocols.rules import ScreeningRule
from reviews.screening import queueing
from reviews.screening.models import Completion, Vote
from reviews.screening.rules import Phase
from reviews.screening.selectors import states
from reviews.search.models import DOCUMENT, Reference


def queue(
    seat: Seat, phase: str, *, after: int = 0, limit: int = 2, the_rule: ScreeningRule | None = None
) -> list[Reference]:
    """The next references this seat may vote on, by number, from ``after`` on and then from the start.

    They count as shown: others find them only when there are votes left for them (``queueing``). What anybody's
    vote says changes nothing in the order.
    """
    seat.require(Permission.VOTE)
    the_rule = the_rule or states.rule(seat)
    open_ones = votable(seat, phase)
    return queueing.ahead(seat, phase, open_ones, votes_needed=the_rule.votes_needed, after=after, limit=limit)


def keep_claims(seat: Seat, phase: str, *, shown: list[int]) -> None:
    """These references are on the seat's screen (still, or again), the first ones foremost."""
    seat.require(Permission.VOTE)
    needed = states.rule(seat).votes_needed
    queueing.keep(seat, phase, votable(seat, phase), votes_needed=needed, shown=shown)


def has_open(seat: Seat, phase: str) -> bool:
    """Whether this seat may vote on anything; nothing is shown by it."""
    seat.require(Permission.VOTE)
    return votable(seat, phase).exists()


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
