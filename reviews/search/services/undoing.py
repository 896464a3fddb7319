"""Undo an import as a whole, as long as no decision depends on it."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from reviews.core import events as trail
from reviews.core import jobs
from reviews.core.models import Job, Review
from reviews.core.refusals import NotFound, Refusal
from reviews.core.rules import JobState, Permission
from reviews.core.seats import Seat
from reviews.search import events, rules
from reviews.search.models import Import, Join, Reference
from reviews.search.rules import ImportState
from reviews.search.services import regrouping

TASK = "reviews.search.tasks.run_undo"


class DecidedOn(Refusal):
    """People have decided on references that the import brought records of: ``numbers`` of the first of them."""

    def __init__(self, message: str, numbers: tuple[int, ...]) -> None:
        super().__init__(message)
        self.numbers = numbers


def undo_import(seat: Seat, *, import_id: int) -> Import:
    """Take an import back: its records stay as history, but belong to no reference and count nowhere.

    References without any other record disappear; what its records had joined is what the others alone would be.
    The same file can be imported again. A large import is undone by a job. Raises :class:`DecidedOn` when somebody
    has voted on a reference of it.
    """
    seat.require(Permission.SEARCH)
    with transaction.atomic(durable=True):
        row = _locked(seat.review_id, import_id)
        _refuse_void(row)
        if row.imported <= rules.UNDONE_AT_ONCE:
            return _undo(row, seat.user_id)
        _refuse_decided(row, _references(row).exclude(is_decided_on=False))
        _queue(seat, row)
    return row


def run_undo(import_id: int, progress: jobs.Progress) -> str:
    """The job of a large import, in one transaction: killed and started again, it ends in the same state."""
    actor_id = Job.objects.values_list("created_by_id", flat=True).get(pk=progress.job_id)
    review_id = Import.objects.values_list("review_id", flat=True).get(pk=import_id)
    progress.tell(0, 0, "Its records leave their references.")
    with transaction.atomic(durable=True):
        row = _locked(review_id, import_id)
        if row.state != ImportState.UNDONE:
            row = _undo(row, actor_id)
    return f"The import of {row.file_name} is undone."


def _queue(seat: Seat, row: Import) -> None:
    """Queue the job; one that was refused before, because of a vote taken back since, is sent again."""
    job = Job.objects.select_for_update().filter(task=TASK, subject_id=row.pk).first()
    if job is None:
        jobs.queue(seat, task=TASK, subject_id=row.pk, title=f"Undo of {row.file_name}")
    elif job.is_finished:
        job.state, job.queued_at, job.attempts, job.error = JobState.QUEUED, timezone.now(), 0, ""
        job.finished_at, job.created_by_id = None, seat.user_id
        job.save()
        jobs.send_on_commit(job)


def _undo(row: Import, actor_id: int) -> Import:
    # Votes lock the reference they are for: what is read here stays so until the undo is stored.
    _refuse_decided(row, _references(row).select_for_update(no_key=True))
    now = timezone.now()
    Join.objects.filter(in_import=row, superseded_at=None).update(superseded_at=now)
    left = Join.objects.filter(in_import=row, superseded_at=now).values("reference_id")
    current = Join.objects.filter(reference=OuterRef("pk"), superseded_at=None)
    emptied = Reference.objects.filter(pk__in=left).exclude(Exists(current))
    emptied.update(is_empty=True)
    regrouping.forget_joins(row, actor_id, now)
    kept = Reference.objects.filter(pk__in=left, is_empty=False).order_by("number").values_list("pk", flat=True)
    regrouping.regroup(row.review_id, list(kept), now)
    row.state, row.undone_at, row.undone_by_id = ImportState.UNDONE, now, actor_id
    row.save(update_fields=["state", "undone_at", "undone_by"])
    happened = events.ImportUndone(row.pk, row.file_name, row.imported)
    trail.record(happened, review_id=row.review_id, actor_id=actor_id)
    return row


def _locked(review_id: int, import_id: int) -> Import:
    Review.objects.select_for_update(no_key=True).get(pk=review_id)
    rows = Import.objects.select_for_update(no_key=True).filter(review_id=review_id)
    found = rows.filter(pk=import_id).first()
    if found is None:
        raise NotFound("There is no such import in this review.")
    return found


def _refuse_void(row: Import) -> None:
    if row.state == ImportState.UNDONE:
        raise Refusal(f"The import of {row.file_name} was undone already.")
    if row.state == ImportState.REFUSED:
        raise Refusal(f"Nothing of {row.file_name} was stored; there is nothing to undo.")


def _references(row: Import) -> "QuerySet[Reference]":
    """Every reference that holds a record of the import."""
    holding = Join.objects.filter(in_import=row, superseded_at=None).values("reference_id")
    return Reference.objects.filter(pk__in=holding).order_by("number")


def _refuse_decided(row: Import, references: "QuerySet[Reference]") -> None:
    found = references.values_list("number", "is_decided_on")
    numbers = tuple(number for number, is_decided_on in found if is_decided_on)
    if numbers:
        message = rules.decided_sentence(row.file_name, numbers)
        raise DecidedOn(message, numbers[: rules.LINES_NAMED])
