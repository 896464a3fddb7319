"""Take in a file in one step: recognise it, check it, keep its bytes, queue its import."""

from collections.abc import Mapping
from typing import BinaryIO

from django.core.files.base import File
from django.db import transaction

from reviews.core.models import Review
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import files, rules
from reviews.search.models import Import
from reviews.search.services import checking, steps
from reviews.search.services.checking import Choice


def receive_file(
    seat: Seat,
    *,
    search_run_id: int,
    file: "File[bytes]",
    takes_incomplete: bool = False,
    format: str = "",
    encoding: str = "",
    mapping: Mapping[str, str] | None = None,
) -> Import:
    """Check a file, keep its bytes and queue its import without a preview; refused files leave nothing behind.

    For scripts; people upload a file, look at it and import it then. A file of up to ``rules.CHECKED_AT_ONCE``
    bytes is read whole here; of a larger one only the head is looked at, and its job checks the rest before it
    stores anything. ``format``, ``encoding`` and ``mapping`` override what is recognised. Raises
    :class:`BadInput` with a sentence, :class:`IncompleteFile` for a cut-off file unless ``takes_incomplete``,
    :class:`ImportedAlready`.
    """
    seat.require(Permission.SEARCH)
    search_run = steps.search_run(seat, search_run_id)
    row = Import(
        review_id=seat.review_id,
        search_run=search_run,
        file_name=steps.file_name(file.name),
        size=file.size,
        sha256=files.digest(file),
        takes_incomplete=takes_incomplete,
        imported_by_id=seat.user_id,
    )
    steps.refuse_known(row)
    _look(row, files.stream(file), Choice(format, encoding, mapping or {}))
    row.stored_as = steps.kept(file, row.sha256, row.size)
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        steps.queue_import(seat, row)
    return row


def _look(row: Import, stream: BinaryIO, choice: Choice) -> None:
    if row.size <= rules.CHECKED_AT_ONCE:
        found = checking.check(stream, row.file_name, takes_incomplete=row.takes_incomplete, choice=choice)
        checking.note(row, found, choice)
        return
    row.format, row.encoding = checking.recognise(stream, row.file_name, choice)
    row.mapping = dict(choice.mapping)
