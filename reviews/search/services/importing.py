"""Store the records of a file, chunk by chunk, so that it can be killed and started again at any moment."""

from contextlib import closing
from typing import BinaryIO

from django.db import OperationalError, transaction

from reviews.core import bulk, jobs
from reviews.core import events as trail
from reviews.core.refusals import BadInput, Refusal
from reviews.search import events, files
from reviews.search.formats import parsed, reading
from reviews.search.models import Import, Record, RefusedRecord
from reviews.search.rules import ImportState
from reviews.search.services import checking, indexing, readying, shelving, steps
from reviews.search.services.duplicates import checking as duplicates
from reviews.search.services.duplicates import composing


class Overtaken(OperationalError):
    """Another worker went on with this import after this one lost its database connection.

    An :class:`OperationalError`, because the job is not at fault: it stays unfinished for the other worker.
    """


def run_import(import_id: int, progress: jobs.Progress) -> str:
    """Store what is not stored yet of an import and return what it came to.

    Every chunk is one short transaction that also moves ``stored_up_to`` and the job's progress. Raises
    :class:`Refusal` when the file is refused whole; then nothing of it is stored.
    """
    row = Import.objects.get(pk=import_id)
    if row.state == ImportState.REFUSED:
        raise Refusal(row.refusal)
    _go_on(row)
    if row.state != ImportState.STORED:
        with files.opened(row.stored_as, row.file_name) as stream:
            if not row.starts:
                progress.tell(0, 0, "The whole file is checked before anything is stored.")
                row = _check_whole(row, stream)
            _store(row, stream, progress)
        row = _finish(import_id)
    refused = f", {row.refused} refused" if row.refused else ""
    return f"{row.imported} of {row.starts} records imported{refused}."


def _go_on(row: Import) -> None:
    if row.state == ImportState.UNDONE:
        raise Refusal(f"The import of {row.file_name} was undone; bring the file in again if it is wanted after all.")


def _check_whole(row: Import, stream: BinaryIO) -> Import:
    choice = checking.Choice(row.format, row.encoding, row.mapping)
    try:
        found = checking.check(stream, row.file_name, takes_incomplete=row.takes_incomplete, choice=choice)
    except BadInput as refusal:
        _refuse(row.pk, refusal.message)
        raise
    with transaction.atomic(durable=True):
        row = steps.locked_import(row)
        _go_on(row)
        checking.note(row, found, choice)
        row.save(update_fields=["format", "encoding", "mapping", "starts", "warnings", "fill"])
    return row


def _refuse(import_id: int, message: str) -> None:
    with transaction.atomic(durable=True):
        row = steps.locked_import(Import.objects.get(pk=import_id))
        _go_on(row)
        row.state, row.refusal = ImportState.REFUSED, message
        row.save(update_fields=["state", "refusal"])
        happened = events.ImportRefused(row.pk, row.file_name, message)
        trail.record(happened, review_id=row.review_id, actor_id=row.imported_by_id)


def _store(row: Import, stream: BinaryIO, progress: jobs.Progress) -> None:
    stored_up_to = row.stored_up_to
    items = reading.read(stream, row.format, row.encoding, start_after=stored_up_to, mapping=row.mapping or None)
    with closing(readying.chunks(items)) as chunks:
        for chunk in chunks:
            _store_chunk(row, chunk, stored_up_to, progress)
            stored_up_to = chunk.position


def _store_chunk(row: Import, chunk: readying.Ready, stored_up_to: int, progress: jobs.Progress) -> None:
    with transaction.atomic(durable=True):
        row = steps.locked_import(row)
        _go_on(row)
        if row.state == ImportState.STORED or row.stored_up_to != stored_up_to:
            raise Overtaken(f"Another worker has stored {row.file_name} up to record {row.stored_up_to}.")
        ids = bulk.take_ids(Record, len(chunk))
        rows = ((pk, row.review_id, row.pk, *values) for pk, values in zip(ids, chunk.rows, strict=True))
        bulk.store(Record, ("id", "review", "in_import", *readying.STORED), rows)
        indexing.store(row.review_id, ids, chunk.entries)
        RefusedRecord.objects.bulk_create([_refused(row, item) for item in chunk.refused])
        references = shelving.shelve(row.review_id, row.pk, ids, chunk.hashes)
        composing.compose([pk for pk, in_two in zip(references, chunk.in_two, strict=True) if in_two])
        row.state, row.stored_up_to = ImportState.STORING, chunk.position
        row.imported += len(chunk)
        row.refused += len(chunk.refused)
        row.save(update_fields=["state", "stored_up_to", "imported", "refused"])
        progress.tell(row.stored_up_to, row.starts, f"{row.stored_up_to} of {row.starts} records read")


def _refused(row: Import, item: parsed.Refused) -> RefusedRecord:
    return RefusedRecord(in_import=row, position=item.position, line=item.line, raw=item.raw, reason=item.reason)


def _finish(import_id: int) -> Import:
    with transaction.atomic(durable=True):
        row = steps.locked_import(Import.objects.get(pk=import_id))
        _go_on(row)
        if row.state != ImportState.STORED:
            # The constraint import_adds_up refuses to call an import stored that lost a record.
            row.state = ImportState.STORED
            row.save(update_fields=["state"])
            happened = events.ImportStored(row.pk, row.file_name, row.starts, row.imported)
            trail.record(happened, review_id=row.review_id, actor_id=row.imported_by_id)
            title = f"Search for duplicates of {row.file_name}"
            duplicates.queue(row.review_id, row.imported_by_id, title=title, in_import=row)
    return row
