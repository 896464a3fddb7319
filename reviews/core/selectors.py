"""Reads of core: seats, people, the trail, jobs."""

from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery

from reviews.core import events
from reviews.core.models import EventLine, Invitation, Job, Membership, Review, User
from reviews.core.refusals import NotFound
from reviews.core.rules import Permission
from reviews.core.seats import Seat


def _seat(membership: Membership) -> Seat:
    return Seat(
        review_id=membership.review_id,
        user_id=membership.user_id,
        membership_id=membership.pk,
        role=membership.role,
        name=membership.user.name,
    )


def seat(user_id: int, review_id: int) -> Seat | None:
    """The person's seat in the review, or None: for them the review does not exist."""
    found = Membership.objects.active().select_related("user").filter(user_id=user_id, review_id=review_id).first()
    return _seat(found) if found else None


def seats(review_id: int) -> list[Seat]:
    members = Membership.objects.active().select_related("user").filter(review_id=review_id).order_by("pk")
    return [_seat(member) for member in members]


def review(seat: Seat) -> Review:
    return Review.objects.get(pk=seat.review_id)


def my_memberships(user: User) -> QuerySet[Membership]:
    """The reviews somebody sits in, newest first, each with the role held there."""
    return Membership.objects.active().filter(user=user).select_related("review").order_by("-review_id")


def members(seat: Seat) -> QuerySet[Membership]:
    """All memberships of the review, ended ones last."""
    everybody = Membership.objects.filter(review_id=seat.review_id).select_related("user")
    return everybody.order_by(F("ended_at").asc(nulls_first=True), "started_at")


def open_invitations(seat: Seat) -> QuerySet[Invitation]:
    seat.require(Permission.MANAGE)
    return (
        Invitation.objects.filter(review_id=seat.review_id, accepted_at=None, revoked_at=None)
        .select_related("invited_by")
        .order_by("-created_at")
    )


@dataclass(frozen=True)
class TrailLine:
    at: object
    actor: str
    text: str


def trail(seat: Seat) -> QuerySet[EventLine]:
    """The review's events, newest first. Events carry no verdicts, so the trail cannot unblind."""
    return EventLine.objects.filter(review_id=seat.review_id).select_related("actor").order_by("-id")


def trail_line(line: EventLine) -> TrailLine:
    return TrailLine(at=line.at, actor=line.actor.name if line.actor else "Tandem", text=events.text(line))


def job(seat: Seat, job_id: int) -> Job:
    found = Job.objects.filter(review_id=seat.review_id, pk=job_id).first()
    if found is None:
        raise NotFound("There is no such job in this review.")
    return found


def job_of(seat: Seat, task: str, subject_id: int) -> Job | None:
    return Job.objects.filter(review_id=seat.review_id, task=task, subject_id=subject_id).first()


def my_reviews(user_id: int) -> QuerySet[Review]:
    """The reviews somebody sits in, each with ``role``."""
    mine = Membership.objects.active().filter(user_id=user_id, review=OuterRef("pk"))
    return Review.objects.annotate(role=Subquery(mine.values("role")[:1])).exclude(role=None).order_by("-pk")
