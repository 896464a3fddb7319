"""Uploads: a file arrives in parts, which may be sent again, and goes on after the page was left."""

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from reviews.core.refusals import BadInput, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import files, rules
from reviews.search.models import Preview, Upload, UploadPart
from reviews.search.services import looking, steps
from reviews.search.services.checking import RECOGNISED


class OutOfStep(Refusal):
    """A part does not follow what is here: ``received`` bytes are, and the next part begins there."""

    def __init__(self, message: str, received: int) -> None:
        super().__init__(message)
        self.received = received


def begin_upload(seat: Seat, *, search_run_id: int, file_name: str, size: int, modified: int = 0) -> Upload:
    """Announce a file; the same person's unfinished upload of the same file goes on where it stopped."""
    seat.require(Permission.SEARCH)
    search_run = steps.search_run(seat, search_run_id)
    name = steps.file_name(file_name)
    _check_size(name, size)
    if not -rules.LATEST <= modified <= rules.LATEST:
        raise BadInput("The time of the file's last change is not one.", {"modified": "This is not a time."})
    with transaction.atomic(durable=True):
        steps.locked_review(seat)
        mine = Upload.objects.filter(review_id=seat.review_id, uploaded_by_id=seat.user_id, became=None)
        same = mine.filter(search_run=search_run, file_name=name, size=size, modified=modified, stored_as="")
        row = same.order_by("-pk").first()
        if row is None:
            _check_room(mine.count())
            row = _new(seat, search_run.pk, name, size)
            row.modified = modified
            row.save(force_insert=True)
        # Never the whole row: a part may be arriving in another window.
        Upload.objects.filter(pk=row.pk).update(touched_at=timezone.now())
    return row


def _new(seat: Seat, search_run_id: int, name: str, size: int) -> Upload:
    return Upload(
        review_id=seat.review_id,
        search_run_id=search_run_id,
        uploaded_by_id=seat.user_id,
        file_name=name,
        size=size,
    )


def _check_size(name: str, size: int) -> None:
    message = ""
    if size <= 0:
        message = f"{name} is empty. Export the references again and upload that file."
    elif size > settings.MOST_UPLOADED:
        most = settings.MOST_UPLOADED // 1_000_000
        message = (
            f"{name} has {size / 1e6:,.0f} MB, and this server takes files of up to {most:,} MB. "
            "Export the references in several files, or ask whoever runs the server to raise the limit."
        )
    if message:
        raise BadInput(message, {"file": message})


def _check_room(unfinished: int) -> None:
    if unfinished >= rules.MOST_UPLOADS:
        message = (
            f"You have {unfinished} uploads in this review that were not imported. "
            "Import or discard some of them first; they are listed where you upload a file."
        )
        raise Refusal(message)


def add_part(seat: Seat, *, upload_id: int, offset: int, content: bytes) -> Upload:
    """Keep some bytes. Bytes that are here already are accepted and not kept twice; a gap is :class:`OutOfStep`."""
    seat.require(Permission.SEARCH)
    row = looking.my_upload(seat, upload_id)
    end = offset + len(content)
    if not content or len(content) > rules.MOST_IN_PART or offset < 0 or end > row.size:
        message = f"A part of {row.file_name} has to lie within its {row.size} bytes; upload the file again."
        raise BadInput(message, {"offset": message})
    if end <= row.received:
        return row
    _in_step(row, offset)
    stored_as = default_storage.save(f"{files.PARTS}/{row.pk}-{offset}", ContentFile(content))
    try:
        with transaction.atomic(durable=True):
            row = looking.my_upload(seat, upload_id, is_locked=True)
            _in_step(row, offset)
            UploadPart.objects.create(upload=row, offset=offset, size=len(content), stored_as=stored_as)
            row.received, row.touched_at = end, timezone.now()
            row.save(update_fields=["received", "touched_at"])
    except Refusal:
        files.forget(stored_as)
        raise
    return row


def _in_step(row: Upload, offset: int) -> None:
    if row.received != offset:
        message = f"{row.received} bytes of {row.file_name} are here; the next part has to begin there."
        raise OutOfStep(message, row.received)


def finish_upload(seat: Seat, *, upload_id: int) -> Preview:
    """All parts are here: make one file of them and look at it, at once or, for a large one, as a job."""
    seat.require(Permission.SEARCH)
    row = looking.my_upload(seat, upload_id)
    if not row.is_whole:
        raise OutOfStep(
            f"{row.file_name} is not here as a whole yet: {row.received} of {row.size} bytes are.", row.received
        )
    known = row.previews.order_by("-pk").first()
    return known or _first_look(seat, row)


def take_upload(seat: Seat, *, search_run_id: int, file: "File[bytes]") -> Preview:
    """Take in a whole file that one form sent, and look at it."""
    seat.require(Permission.SEARCH)
    search_run = steps.search_run(seat, search_run_id)
    name = steps.file_name(file.name)
    _check_size(name, file.size)
    row = _new(seat, search_run.pk, name, file.size)
    row.received = row.size
    row.sha256 = files.digest(file)
    row.stored_as = steps.kept(file, row.sha256, row.size)
    try:
        with transaction.atomic(durable=True):
            steps.locked_review(seat)
            mine = Upload.objects.filter(review_id=seat.review_id, uploaded_by_id=seat.user_id, became=None)
            _check_room(mine.count())
            row.save(force_insert=True)
    except Refusal:
        looking.forget_file(row.stored_as)
        raise
    return _first_look(seat, row)


def _first_look(seat: Seat, row: Upload) -> Preview:
    return looking.start(seat, row, RECOGNISED, is_first=True)


def discard_upload(seat: Seat, *, upload_id: int) -> Upload:
    """Forget an upload that was not imported, with its bytes."""
    seat.require(Permission.SEARCH)
    with transaction.atomic(durable=True):
        row = looking.my_upload(seat, upload_id, is_locked=True)
        if row.became_id:
            raise Refusal(f"{row.file_name} was imported; undo the import instead.")
        left = looking.forget_rows(row)
    looking.forget_bytes(left)
    return row
