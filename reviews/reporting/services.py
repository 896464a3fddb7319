"""Every write of reporting."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from reviews.core import events as trail
from reviews.core import jobs
from reviews.core import selectors as core
from reviews.core.models import Job, Review
from reviews.core.refusals import Refusal
from reviews.core.rules import JobState, Permission
from reviews.core.seats import Seat
from reviews.protocols import selectors as protocols
from reviews.reporting import contents, document, events, rules
from reviews.reporting.models import ReportBuild


def ask_report(seat: Seat) -> ReportBuild:
    """Queue the building of the review's report as it stands when a worker comes to it."""
    seat.require(Permission.REPORT)
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        protocols.in_force(seat.review_id)
        _refuse_while_building(seat)
        builds = ReportBuild.objects.filter(review_id=seat.review_id)
        number = (builds.aggregate(last=Max("number"))["last"] or 0) + 1
        build = ReportBuild.objects.create(review_id=seat.review_id, number=number, asked_by_id=seat.user_id)
        jobs.queue(seat, task=rules.BUILD, subject_id=build.pk, title=f"Report {number}")
        happened = events.ReportAsked(build.pk, number)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return build


def build_report(build_id: int, progress: jobs.Progress) -> str:
    """Build a report's file and keep it, once; a second call changes nothing."""
    build = ReportBuild.objects.select_related("review", "asked_by").get(pk=build_id)
    if build.finished_at is None:
        seat = core.seat(build.asked_by_id, build.review_id)
        if seat is None:
            raise Refusal(f"{build.asked_by.name} no longer sits in this review. Ask for the report again.")
        progress.tell(0, 3, "Reading the review")
        with _snapshot():
            told = contents.gather(seat)
        progress.tell(1, 3, "Drawing the figures")
        body = document.render(told, build, timezone.now()).encode()
        progress.tell(2, 3, "Keeping the file")
        _keep(build, body)
    progress.tell(3, 3, "Done")
    return f"Report {build.number} is ready."


@contextmanager
def _snapshot() -> Iterator[None]:
    """One moment of the database for many reads, so that the report's numbers agree with each other."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _keep(build: ReportBuild, body: bytes) -> None:
    """Store the file, then say so. A file left by a worker that died in between has no row pointing to it."""
    sha256 = hashlib.sha256(body).hexdigest()
    stored_as = default_storage.save(f"reports/{build.review_id}/{sha256}.html", ContentFile(body))
    with transaction.atomic(durable=True):
        locked = ReportBuild.objects.select_for_update(no_key=True).get(pk=build.pk)
        if locked.finished_at is not None:
            return
        locked.stored_as, locked.size = stored_as, len(body)
        locked.sha256, locked.finished_at = sha256, timezone.now()
        locked.save(update_fields=["stored_as", "size", "sha256", "finished_at"])
        happened = events.ReportBuilt(build.pk, build.number)
        trail.record(happened, review_id=build.review_id, actor_id=None)


def _refuse_while_building(seat: Seat) -> None:
    unfinished = ReportBuild.objects.filter(review_id=seat.review_id, finished_at=None).values_list("pk", flat=True)
    building = Job.objects.filter(task=rules.BUILD, subject_id__in=unfinished).exclude(state=JobState.FAILED)
    if building.exists():
        raise Refusal("A report is being built already. Wait until it is done.")
