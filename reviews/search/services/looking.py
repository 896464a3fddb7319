"""Look at an uploaded file before anything of it is stored: what a preview shows."""

import time
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.utils import timezone

from reviews.core import jobs
from reviews.core.refusals import BadInput, NotFound, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import files, rules
from reviews.search.formats import parsed, reading
from reviews.search.models import Import, Preview, Upload
from reviews.search.rules import PreviewState
from reviews.search.services import checking, steps
from reviews.search.services.checking import Choice

TASK = "reviews.search.tasks.run_preview"
SHOWN = 10
SHOWN_REFUSED = 20
CHARACTERS = 400
# A file is read about this often: for its encoding, its records, and their independent count.
PASSES = 3
PAUSE = 0.5


def my_upload(seat: Seat, upload_id: int, *, is_locked: bool = False) -> Upload:
    """An upload of this person in this review; nobody else's exists for them."""
    rows = Upload.objects.filter(review_id=seat.review_id, uploaded_by_id=seat.user_id)
    if is_locked:
        rows = rows.select_for_update(no_key=True)
    found = rows.filter(pk=upload_id).first()
    if found is None:
        raise NotFound("There is no such upload of yours in this review. It may have been discarded.")
    return found


def look_again(
    seat: Seat, *, upload_id: int, format: str = "", encoding: str = "", mapping: Mapping[str, str] | None = None
) -> Preview:
    """Look at an uploaded file once more, read as a person says; empty is: as recognised."""
    seat.require(Permission.SEARCH)
    row = my_upload(seat, upload_id)
    if row.became_id:
        raise Refusal(f"{row.file_name} was imported already.")
    if not row.is_whole:
        raise Refusal(f"{row.file_name} is not here as a whole yet: {row.received} of {row.size} bytes are.")
    choice = Choice(format, encoding, dict(mapping or {}))
    checking.check_choice(choice)
    return start(seat, row, choice)


def start(seat: Seat, row: Upload, choice: Choice, *, is_first: bool = False) -> Preview:
    """A small file is looked at here, a large one by a job.

    Of several who finish one upload at once everybody gets the same first look (``is_first``).
    """
    preview = Preview(upload=row, format=choice.format, encoding=choice.encoding, mapping=dict(choice.mapping))
    if row.size <= rules.CHECKED_AT_ONCE:
        _look(row, preview, None)
    with transaction.atomic(durable=True):
        my_upload(seat, row.pk, is_locked=True)
        Upload.objects.filter(pk=row.pk).update(touched_at=timezone.now())
        known = row.previews.order_by("-pk").first() if is_first else None
        if known is not None:
            return known
        preview.save(force_insert=True)
        if preview.state == PreviewState.WAITING:
            jobs.queue(seat, task=TASK, subject_id=preview.pk, title=f"Reading {row.file_name}")
    return preview


def run_preview(preview_id: int, progress: jobs.Progress) -> str:
    """The job of a large file: put it together and look at it. Started again, it ends in the same state."""
    preview = Preview.objects.select_related("upload").filter(pk=preview_id).first()
    if preview is None:
        raise Refusal("This upload was discarded.")
    if preview.state == PreviewState.WAITING:
        progress.tell(0, 0, "The parts of the file are put together.")
        _look(preview.upload, preview, progress)
        with transaction.atomic(durable=True):
            waiting = Preview.objects.filter(pk=preview_id, state=PreviewState.WAITING)
            waiting.update(state=preview.state, found=preview.found, refusal=preview.refusal, known_id=preview.known_id)
    if preview.state == PreviewState.REFUSED:
        raise Refusal(preview.refusal)
    return f"{preview.found['starts']:,} records were found. Look at them, then import them."


def _assembled(row: Upload) -> Upload:
    """Make one kept file of the parts; whoever comes second takes what the first has made.

    Nobody waits for anybody: who finds a part gone looks at the row again, since a part is only ever forgotten by
    somebody who has said there what has become of the file.
    """
    if row.stored_as:
        return row
    try:
        stored_as, sha256 = _put_together(row)
    except files.GoneError:
        return _made_meanwhile(row)
    with transaction.atomic(durable=True):
        found = Upload.objects.select_for_update(no_key=True).filter(pk=row.pk).first()
        is_first = found is not None and not found.stored_as
        parts = []
        if found is not None and is_first:
            found.stored_as, found.sha256 = stored_as, sha256
            found.save(update_fields=["stored_as", "sha256"])
            parts = list(found.parts.values_list("stored_as", flat=True))
            found.parts.all().delete()
    if not is_first:
        forget_file(stored_as)
    for name in parts:
        files.forget(name)
    return found or _made_meanwhile(row)


def _put_together(row: Upload) -> tuple[str, str]:
    """The name and digest of a file made of the parts. Raises ``files.GoneError`` when they are not all there."""
    with TemporaryUploadedFile(row.file_name, "application/octet-stream", row.size, None) as whole:
        for part in row.parts.order_by("offset"):
            with files.opened(part.stored_as, row.file_name) as stream:
                for block in iter(lambda: stream.read(1 << 20), b""):
                    whole.write(block)
        if whole.tell() != row.size:
            raise files.GoneError(f"Some parts of {row.file_name} are missing.")
        whole.flush()
        sha256 = files.digest(whole)
        return steps.kept(whole, sha256, row.size), sha256


def _made_meanwhile(row: Upload) -> Upload:
    found = _still_there(row)
    if not found.stored_as:
        raise Refusal(f"Some parts of {row.file_name} are missing on the server; discard it and upload it again.")
    return found


def _still_there(row: Upload) -> Upload:
    found = Upload.objects.filter(pk=row.pk).first()
    if found is None:
        raise Refusal(f"The upload of {row.file_name} was discarded meanwhile.")
    return found


def forget_file(stored_as: str) -> None:
    """Forget kept bytes, unless an import or another upload is made of them."""
    is_used = Import.objects.filter(stored_as=stored_as).exists() or Upload.objects.filter(stored_as=stored_as).exists()
    if stored_as and not is_used:
        files.forget(stored_as)


def forget_rows(row: Upload) -> list[str]:
    """Delete an upload that the caller has locked; the names of its files are for :func:`forget_bytes`."""
    left = [*row.parts.values_list("stored_as", flat=True), row.stored_as]
    row.delete()
    return left


def forget_bytes(names: list[str]) -> None:
    for name in names:
        forget_file(name)


def _look(row: Upload, preview: Preview, progress: jobs.Progress | None) -> None:
    """Write on the preview what the file holds, or why it cannot be imported."""
    try:
        _read(_assembled(row), preview, progress)
    except files.GoneError:
        # Discarded under our hands is no fault of the server's.
        _still_there(row)
        raise


def _read(row: Upload, preview: Preview, progress: jobs.Progress | None) -> None:
    earlier = steps.earlier_import(row.review_id, row.sha256)
    if earlier is not None:
        preview.state, preview.known = PreviewState.REFUSED, earlier
        preview.refusal = steps.known_sentence(row.file_name, earlier)
        return
    choice = Choice(preview.format, preview.encoding, preview.mapping)
    with files.opened(row.stored_as, row.file_name) as stream:
        watched = files.watched(stream, _teller(progress, row.size)) if progress else stream
        try:
            found = checking.look(watched, row.file_name, choice)
        except BadInput as refusal:
            preview.state, preview.refusal = PreviewState.REFUSED, _clean(refusal.message)
            preview.found = _columns(stream, row.file_name, choice)
            return
        first = _first(stream, found, choice)
    preview.state = PreviewState.READY
    preview.found = _shown(found, first, checking.mapping(found, choice), row.file_name)


def _columns(stream: BinaryIO, file_name: str, choice: Choice) -> dict[str, Any]:
    """Of a table that could not be read: its columns, so that somebody can say what they mean."""
    try:
        found = checking.table(stream, file_name, choice)
    except BadInput:
        return {}
    return _shown(found, [], checking.mapping(found, choice), file_name) if found else {}


def _teller(progress: jobs.Progress, size: int) -> "files.Teller":
    told = time.monotonic()

    def tell(read: int) -> None:
        nonlocal told
        if time.monotonic() - told >= PAUSE:
            told = time.monotonic()
            progress.tell(min(read * 100 // (PASSES * size), 99), 100, "The whole file is read before it is shown.")

    return tell


def _first(stream: BinaryIO, found: parsed.Inspection, choice: Choice) -> list[parsed.ParsedRecord]:
    items = reading.read(stream, found.format, found.encoding, mapping=choice.mapping or None)
    return list(islice(_readable(items), SHOWN))


def _readable(items: Iterator[parsed.Item]) -> Iterator[parsed.ParsedRecord]:
    return (item for item in items if isinstance(item, parsed.ParsedRecord))


def _shown(
    found: parsed.Inspection, first: list[parsed.ParsedRecord], mapping: dict[str, str], file_name: str
) -> dict[str, Any]:
    """The part of an inspection that the page shows, as JSON."""
    cut = found.incomplete[0] if found.incomplete else None
    return {
        "format": found.format,
        "format_label": found.format_label,
        "encoding": found.encoding,
        "encoding_label": found.encoding_label,
        "starts": found.starts,
        "readable": found.readable,
        "refused": found.refused_count,
        "cut_off": cut and checking.incomplete_sentence(file_name, cut.reason, found.readable, found.starts),
        "cut_off_line": cut.line if cut else 0,
        "fill": checking.shares(found.fill),
        "warnings": [_plain(warning) for warning in found.warnings],
        "records": [_record(item) for item in first],
        "refusals": [
            {"position": item.position, "line": item.line, "reason": _plain(item.reason), "raw": _plain(item.raw)}
            for item in found.refused[:SHOWN_REFUSED]
        ],
        "mapping": {_clean(name): field for name, field in mapping.items()},
        "columns": [
            {"name": _clean(column.name), "examples": [_plain(one) for one in column.examples]}
            for column in found.columns
        ],
    }


def _record(item: parsed.ParsedRecord) -> dict[str, Any]:
    return {
        "position": item.position,
        "line": item.line,
        "title": _plain(item.title or item.original_title),
        "original_title": _plain(item.original_title if item.title else ""),
        "authors": _plain("; ".join(item.authors)),
        "journal": _plain(item.journal),
        "year": item.year,
        "doi": _plain(item.doi),
        "abstract": _plain(item.abstract),
    }


def _plain(text: str) -> str:
    return _clean(text[:CHARACTERS])


def _clean(text: str) -> str:
    """Without what JSON in PostgreSQL cannot hold: NUL and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
