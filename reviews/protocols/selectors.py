"""Reads of protocols: the draft, the version in force, and its lines in the order of their ranks."""

from django.db.models import QuerySet

from reviews.core import selectors as core
from reviews.core.refusals import NotFound, Refusal
from reviews.core.seats import Seat
from reviews.protocols import rules
from reviews.protocols.models import (
    ExclusionReason,
    PlannedCharacteristic,
    PlannedOutcome,
    PlannedTimePoint,
    ProtocolDraft,
    ProtocolVersion,
)


def saved_draft(seat: Seat) -> ProtocolDraft | None:
    """The draft's row with who saved it, or None before anybody wrote."""
    return ProtocolDraft.objects.select_related("saved_by").filter(review_id=seat.review_id).first()


def draft(seat: Seat) -> tuple[rules.Content, int]:
    """What the team is writing and its revision; before anybody wrote, the review's title and revision 0."""
    found = saved_draft(seat)
    if found is None:
        return rules.Content(title=core.review(seat).title), 0
    return found.parsed, found.revision


def warnings(seat: Seat, content: rules.Content) -> dict[str, str]:
    """What today's team could not do under ``content``."""
    return rules.warnings(content, [rules.Member(one.user_id, one.role) for one in core.seats(seat.review_id)])


def current(review_id: int) -> ProtocolVersion | None:
    """The newest approved version, or None."""
    found = ProtocolVersion.objects.select_related("approved_by").filter(review_id=review_id)
    return found.order_by("-number").first()


def in_force(review_id: int) -> ProtocolVersion:
    """The newest approved version; refuses (409) when there is none."""
    found = current(review_id)
    if found is None:
        raise Refusal("Approve the protocol first: it says what is screened, extracted and computed, and how.")
    return found


def versions(seat: Seat) -> QuerySet[ProtocolVersion]:
    """All approved versions, newest first."""
    found = ProtocolVersion.objects.select_related("approved_by").filter(review_id=seat.review_id)
    return found.order_by("-number")


def version(seat: Seat, number: int) -> ProtocolVersion:
    found = versions(seat).filter(number=number).first()
    if found is None:
        raise NotFound(f"This review's protocol has no version {number}.")
    return found


def amended(seat: Seat, version: ProtocolVersion) -> tuple[rules.Change, ...]:
    """What ``version`` changed in the one before it; nothing for the first."""
    if version.number == 1:
        return ()
    before = versions(seat).get(number=version.number - 1)
    return rules.changes(before.parsed, version.parsed)


def reasons(seat: Seat) -> QuerySet[ExclusionReason]:
    """Reasons to exclude at full text, most important first."""
    return ExclusionReason.objects.in_force().filter(review_id=seat.review_id)


def outcomes(seat: Seat) -> QuerySet[PlannedOutcome]:
    return PlannedOutcome.objects.in_force().filter(review_id=seat.review_id)


def time_points(seat: Seat) -> QuerySet[PlannedTimePoint]:
    """Time points with their outcomes, outcome by outcome."""
    found = PlannedTimePoint.objects.in_force().filter(review_id=seat.review_id)
    return found.select_related("outcome")


def characteristics(seat: Seat) -> QuerySet[PlannedCharacteristic]:
    return PlannedCharacteristic.objects.in_force().filter(review_id=seat.review_id)
