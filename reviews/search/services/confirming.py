"""Import a file that somebody has looked at."""

from django.db import transaction

from reviews.core.refusals import Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search.models import Import, Preview, Upload
from reviews.search.rules import PreviewState
from reviews.search.services import looking, steps
from reviews.search.services.checking import IncompleteFile


def import_upload(seat: Seat, *, upload_id: int, preview_id: int, takes_incomplete: bool = False) -> Import:
    """Queue the import of a previewed file; asked twice, it is one import.

    ``preview_id`` is what the person has looked at: it has to be the newest. Raises :class:`IncompleteFile` for a
    cut-off file unless ``takes_incomplete``, :class:`ImportedAlready`.
    """
    seat.require(Permission.SEARCH)
    with transaction.atomic(durable=True):
        steps.locked_review(seat)
        upload = looking.my_upload(seat, upload_id, is_locked=True)
        if upload.became is not None:
            return upload.became
        preview = _seen(upload, preview_id)
        if preview.found["cut_off"] and not takes_incomplete:
            raise IncompleteFile(
                preview.found["cut_off"], complete=preview.found["readable"], line=preview.found["cut_off_line"]
            )
        row = _made_of(upload, preview, takes_incomplete=takes_incomplete)
        steps.queue_import(seat, row)
        upload.became = row
        upload.save(update_fields=["became"])
    return row


def _seen(upload: Upload, preview_id: int) -> Preview:
    newest = upload.previews.order_by("-pk").first()
    if newest is None or newest.pk != preview_id:
        raise Refusal(f"{upload.file_name} was read in another way meanwhile. Look at the preview again.")
    if newest.state == PreviewState.REFUSED:
        raise Refusal(newest.refusal)
    if newest.state == PreviewState.WAITING:
        raise Refusal(f"{upload.file_name} is still being read. Import it once its records are shown.")
    return newest


def _made_of(upload: Upload, preview: Preview, *, takes_incomplete: bool) -> Import:
    found = preview.found
    return Import(
        review_id=upload.review_id,
        search_run_id=upload.search_run_id,
        file_name=upload.file_name,
        stored_as=upload.stored_as,
        sha256=upload.sha256,
        size=upload.size,
        format=found["format"],
        encoding=found["encoding"],
        mapping=found["mapping"],
        takes_incomplete=takes_incomplete,
        starts=found["starts"],
        warnings=found["warnings"],
        fill=found["fill"],
        imported_by_id=upload.uploaded_by_id,
    )
