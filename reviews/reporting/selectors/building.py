"""The reports that were built."""

from django.db.models import QuerySet

from reviews.core.refusals import NotFound
from reviews.core.seats import Seat
from reviews.reporting.models import ReportBuild


def builds(seat: Seat) -> QuerySet[ReportBuild]:
    """All builds of the review's report, newest first."""
    found = ReportBuild.objects.filter(review_id=seat.review_id)
    return found.select_related("asked_by", "review").order_by("-number")


def newest_build(seat: Seat) -> ReportBuild | None:
    """The build asked for last, finished or not."""
    return builds(seat).first()


def build(seat: Seat, build_id: int) -> ReportBuild:
    found = builds(seat).filter(pk=build_id).first()
    if found is None:
        raise NotFound("There is no such report in this review.")
    return found
