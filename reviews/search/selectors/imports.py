"""What imports brought, and uploads on their way to become one."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.core.files.base import File
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from reviews.core import selectors as core
from reviews.core.models import Job
from reviews.core.refusals import NotFound
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import files, retraction, rules
from reviews.search.models import Import, Join, Preview, Record, Reference, RefusedRecord, Upload
from reviews.search.rules import ImportState, JoinKind, PreviewState

IMPORT_TASK = "reviews.search.tasks.run_import"
UNDO_TASK = "reviews.search.tasks.run_undo"
PREVIEW_TASK = "reviews.search.tasks.run_preview"


@dataclass(frozen=True)
class ImportPage:
    """An import with its jobs and, once stored, how many of its records were of known documents."""

    row: Import
    job: Job | None
    undo_job: Job | None
    duplicates: int
    retracted: int


def file_import(seat: Seat, import_id: int) -> ImportPage:
    # Jobs are read before what they make: what one says is done is then there to be shown, and nobody waits for it.
    job, undo_job = core.job_of(seat, IMPORT_TASK, import_id), core.job_of(seat, UNDO_TASK, import_id)
    rows = Import.objects.select_related("search_run__source", "imported_by", "undone_by")
    rows = rows.filter(review_id=seat.review_id)
    found = rows.filter(pk=import_id).first()
    if found is None:
        raise NotFound("There is no such import in this review.")
    firsts = Join.objects.filter(in_import_id=import_id, kind=JoinKind.FIRST, superseded_at=None)
    is_counted = found.state != ImportState.UNDONE
    duplicates = found.imported - firsts.count() if is_counted else 0
    return ImportPage(found, job, undo_job, duplicates, _retracted(import_id) if is_counted else 0)


def _retracted(import_id: int) -> int:
    """How many records say that their document was retracted or is the notice of a retraction."""
    names = ("title", "original_title", "publication_type")
    hinted = reduce(or_, (Q(**{f"{name}__icontains": hint}) for name in names for hint in retraction.HINTS))
    rows = Record.objects.filter(hinted, in_import_id=import_id).values_list(*names)
    return sum(retraction.said(*row) is not None for row in rows)


def kept_file(row: Import) -> "File[bytes]":
    """The bytes as they were brought in."""
    return files.kept(row.stored_as, row.file_name)


def refused_records(seat: Seat, import_id: int) -> QuerySet[RefusedRecord]:
    """What was not imported from a file, in file order."""
    refused = RefusedRecord.objects.filter(in_import__review_id=seat.review_id, in_import_id=import_id)
    return refused.order_by("position")


@dataclass(frozen=True)
class UndoPage:
    """What undoing an import would do: references that disappear, and those that other records keep.

    ``refusal`` is the sentence that says why it cannot be undone; empty when it can.
    """

    row: Import
    disappear: int
    stay: int
    refusal: str


def undo(seat: Seat, import_id: int) -> UndoPage:
    """What an undo of the import would do now: four queries, however large it is."""
    row = file_import(seat, import_id).row
    holding = Join.objects.filter(in_import=row, superseded_at=None).values("reference_id")
    others = Join.objects.filter(reference=OuterRef("pk"), superseded_at=None).exclude(in_import=row)
    references = Reference.objects.filter(pk__in=holding).annotate(has_others=Exists(others))
    counts = references.aggregate(stay=Count("pk", filter=Q(has_others=True)), all=Count("pk"))
    decided = references.filter(is_decided_on=True).order_by("number").values_list("number", flat=True)
    refusal = rules.decided_sentence(row.file_name, list(decided)) if decided else ""
    return UndoPage(row, counts["all"] - counts["stay"], counts["stay"], refusal)


@dataclass(frozen=True)
class UploadPage:
    """An upload with the newest look at it, and the job of that look if it is a large file's."""

    upload: Upload
    preview: Preview | None
    job: Job | None


def upload(seat: Seat, upload_id: int) -> UploadPage:
    """An upload of this person; nobody else's exists for them."""
    found = _uploads(seat).filter(pk=upload_id).first()
    if found is None:
        raise NotFound("There is no such upload of yours in this review. It may have been discarded.")
    preview = found.previews.select_related("known").order_by("-pk").first()
    job = core.job_of(seat, PREVIEW_TASK, preview.pk) if preview else None
    if preview and job and job.is_finished and preview.state == PreviewState.WAITING:
        # It ended between the two reads.
        preview.refresh_from_db()
    return UploadPage(found, preview, job)


def unfinished_uploads(seat: Seat, search_run_id: int) -> list[Upload]:
    """What this person has begun to upload for a search run and not imported, the newest first."""
    found = _uploads(seat).filter(search_run_id=search_run_id, became=None).order_by("-pk")
    return list(found.annotate(has_preview=Exists(Preview.objects.filter(upload=OuterRef("pk")))))


def _uploads(seat: Seat) -> "QuerySet[Upload]":
    seat.require(Permission.SEARCH)
    rows = Upload.objects.select_related("search_run__source")
    return rows.filter(review_id=seat.review_id, uploaded_by_id=seat.user_id)
