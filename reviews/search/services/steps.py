"""Steps that the services of search share. Those that write are called inside the caller's transaction."""

from django.core.files.base import File
from django.utils import timezone

from reviews.core import events as trail
from reviews.core import jobs
from reviews.core.models import Review
from reviews.core.refusals import NotFound, Refusal
from reviews.core.seats import Seat
from reviews.search import events, files, rules
from reviews.search.models import Import, SearchRun

TASK = "reviews.search.tasks.run_import"


class ImportedAlready(Refusal):
    """The same bytes are in this review: ``import_id`` says where."""

    def __init__(self, message: str, import_id: int) -> None:
        super().__init__(message)
        self.import_id = import_id


def search_run(seat: Seat, search_run_id: int) -> SearchRun:
    runs = SearchRun.objects.select_related("source").filter(source__review_id=seat.review_id)
    found = runs.filter(pk=search_run_id).first()
    if found is None:
        raise NotFound("There is no such search run in this review.")
    return found


def file_name(name: str | None) -> str:
    """The last part of a path, without characters that no database stores."""
    bare = (name or "").replace("\x00", "").replace("\\", "/").rpartition("/")[2].strip()
    return bare[-255:] or "file"


def earlier_import(review_id: int, sha256: str) -> Import | None:
    """The import of this review that has these bytes and counts."""
    same = Import.objects.filter(review_id=review_id, sha256=sha256).exclude(state__in=rules.VOID)
    return same.select_related("search_run__source", "imported_by").first()


def known_sentence(name: str, earlier: Import) -> str:
    when = timezone.localtime(earlier.created_at)
    return (
        f"{name} was not imported, because this review has the same file already: {earlier.file_name}, "
        f"brought in for {earlier.search_run.source} (search of {earlier.search_run.run_on:%-d %B %Y}) by "
        f"{earlier.imported_by} on {when:%-d %B %Y at %H:%M}. Choose another file."
    )


def refuse_known(row: Import) -> None:
    """The same bytes twice would count every record of the file twice."""
    earlier = earlier_import(row.review_id, row.sha256)
    if earlier is not None:
        raise ImportedAlready(known_sentence(row.file_name, earlier), earlier.pk)


def kept(file: "File[bytes]", sha256: str, size: int) -> str:
    """Where the bytes are kept: where an import has put them, or a new file."""
    known = Import.objects.filter(sha256=sha256).values_list("stored_as", flat=True).distinct()
    for stored_as in known:
        if files.is_kept(stored_as, size):
            return stored_as
    return files.keep(file, sha256)


def queue_import(seat: Seat, row: Import) -> None:
    """Store a new import and queue its job; the caller has locked the review."""
    refuse_known(row)
    row.save(force_insert=True)
    jobs.queue(seat, task=TASK, subject_id=row.pk, title=f"Import of {row.file_name}")
    happened = events.FileReceived(row.pk, row.file_name, row.search_run.source.name, row.sha256)
    trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)


def locked_import(row: Import) -> Import:
    """Lock the review, then the import: imports of one review take turns, chunk by chunk."""
    Review.objects.select_for_update(no_key=True).get(pk=row.review_id)
    return Import.objects.select_for_update(no_key=True).get(pk=row.pk)


def locked_review(seat: Seat) -> Review:
    return Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
