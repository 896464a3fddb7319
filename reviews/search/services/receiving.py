"""Take in a file: recognise it, check it, keep its bytes, queue its import."""

import io
from typing import BinaryIO

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core import jobs
from reviews.core.models import Review
from reviews.core.refusals import NotFound, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import events, files, rules
from reviews.search.formats import parsed
from reviews.search.models import Import, SearchRun
from reviews.search.services import checking

TASK = "reviews.search.tasks.run_import"
HEAD = 1024 * 1024


class ImportedAlready(Refusal):
    """The same bytes are in this review: ``import_id`` says where."""

    def __init__(self, message: str, import_id: int) -> None:
        super().__init__(message)
        self.import_id = import_id


def receive_file(seat: Seat, *, search_run_id: int, file: "File[bytes]", takes_incomplete: bool = False) -> Import:
    """Check a file, keep its bytes and queue its import; refused files leave nothing behind.

    A file of up to ``rules.CHECKED_AT_ONCE`` bytes is read whole here; of a larger one only the head is looked
    at, and its job checks the rest before it stores anything. Raises :class:`BadInput` with a sentence,
    :class:`IncompleteFile` for a cut-off file unless ``takes_incomplete``, :class:`ImportedAlready`.
    """
    seat.require(Permission.SEARCH)
    search_run = _search_run(seat, search_run_id)
    row = Import(
        review_id=seat.review_id,
        search_run=search_run,
        file_name=(file.name or "file").rpartition("/")[2][-255:],
        size=file.size,
        sha256=files.digest(file),
        takes_incomplete=takes_incomplete,
        imported_by_id=seat.user_id,
    )
    _refuse_known(row)
    _look(row, files.stream(file))
    row.stored_as = _kept(row, file)
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        _refuse_known(row)
        row.save(force_insert=True)
        jobs.queue(seat, task=TASK, subject_id=row.pk, title=f"Import of {row.file_name}")
        happened = events.FileReceived(row.pk, row.file_name, search_run.source.name, row.sha256)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return row


def _search_run(seat: Seat, search_run_id: int) -> SearchRun:
    runs = SearchRun.objects.select_related("source").filter(source__review_id=seat.review_id)
    found = runs.filter(pk=search_run_id).first()
    if found is None:
        raise NotFound("There is no such search run in this review.")
    return found


def _refuse_known(row: Import) -> None:
    """The same bytes twice would count every record of the file twice."""
    same = Import.objects.filter(review_id=row.review_id, sha256=row.sha256)
    earlier = same.exclude(state=rules.ImportState.REFUSED).select_related("search_run__source", "imported_by").first()
    if earlier is None:
        return
    when = timezone.localtime(earlier.created_at)
    raise ImportedAlready(
        f"{row.file_name} was not imported, because this review has the same file already: {earlier.file_name}, "
        f"brought in for {earlier.search_run.source} (search of {earlier.search_run.run_on:%-d %B %Y}) by "
        f"{earlier.imported_by} on {when:%-d %B %Y at %H:%M}. Choose another file.",
        earlier.pk,
    )


def _look(row: Import, stream: BinaryIO) -> None:
    if row.size <= rules.CHECKED_AT_ONCE:
        found = checking.check(stream, row.file_name, takes_incomplete=row.takes_incomplete)
        checking.note(row, found)
        return
    head = io.BytesIO(stream.read(HEAD))
    seen: parsed.Inspection = checking.check(head, row.file_name, takes_incomplete=True)
    row.format, row.encoding = seen.format, seen.encoding


def _kept(row: Import, file: "File[bytes]") -> str:
    """Where the bytes are kept: where another import has put them, or a new file."""
    known = Import.objects.filter(sha256=row.sha256).values_list("stored_as", flat=True).distinct()
    for stored_as in known:
        if files.is_kept(stored_as, row.size):
            return stored_as
    return files.keep(file, row.sha256)
