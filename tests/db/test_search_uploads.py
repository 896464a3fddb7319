"""Files that arrive in parts, are looked at, and become imports."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from reviews.core import jobs
from reviews.core.models import EventLine, Job
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.core.rules import JobState
from reviews.core.seats import Seat
from reviews.search import rules, services
from reviews.search.models import Import, Preview, Record, Upload, UploadPart
from reviews.search.rules import PreviewState
from tests import records
from tests import world as worlds
from tests.world import World

NBIB = records.nbib(records.made(range(1, 6)))
PART = 700


def begin(world: World, content: bytes = NBIB, name: str = "found.nbib", *, who: str = "ada", **more: Any) -> Upload:
    run = worlds.SearchRun.objects.filter(source__review_id=world.review_id).first() or worlds.search_run(world)
    return services.begin_upload(
        world.seats[who], search_run_id=run.pk, file_name=name, size=len(content), modified=7, **more
    )


def send(seat: Seat, row: Upload, content: bytes = NBIB, *, until: int | None = None) -> Upload:
    """Send parts from where the upload stands."""
    end = len(content) if until is None else until
    while row.received < end:
        at = row.received
        row = services.add_part(seat, upload_id=row.pk, offset=at, content=content[at : min(at + PART, end)])
    return row


def finished(world: World, content: bytes = NBIB, name: str = "found.nbib") -> Preview:
    row = begin(world, content, name)
    send(world.ada, row, content)
    return services.finish_upload(world.ada, upload_id=row.pk)


def kept() -> list[str]:
    root = Path(settings.MEDIA_ROOT)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_parts_become_the_file_byte_for_byte(world: World) -> None:
    preview = finished(world)
    row = Upload.objects.get()
    digest = hashlib.sha256(NBIB).hexdigest()
    assert (row.received, row.sha256, row.stored_as) == (len(NBIB), digest, f"imports/{digest}")
    assert kept() == [row.stored_as], "the parts are gone"
    assert (Path(settings.MEDIA_ROOT) / row.stored_as).read_bytes() == NBIB
    assert not UploadPart.objects.exists()
    assert (preview.state, preview.found["format"], preview.found["starts"]) == (PreviewState.READY, "nbib", 5)
    assert [one["doi"] for one in preview.found["records"]] == [f"10.5555/made.{number}" for number in range(1, 6)]
    assert not Record.objects.exists()


def test_a_part_sent_twice_is_kept_once(world: World) -> None:
    row = begin(world)
    for _ in range(2):
        found = services.add_part(world.ada, upload_id=row.pk, offset=0, content=NBIB[:PART])
        assert found.received == PART
    services.add_part(world.ada, upload_id=row.pk, offset=100, content=NBIB[100:200])
    assert [(part.offset, part.size) for part in UploadPart.objects.all()] == [(0, PART)]
    assert len(kept()) == 1


@pytest.mark.parametrize("offset", [PART + 1, PART - 1, PART * 2])
def test_a_part_that_does_not_follow_is_told_where_to_begin(world: World, offset: int) -> None:
    row = send(world.ada, begin(world), until=PART)
    with pytest.raises(services.OutOfStep, match=f"{PART} bytes of found.nbib are here") as refused:
        services.add_part(world.ada, upload_id=row.pk, offset=offset, content=NBIB[offset : offset + PART])
    assert refused.value.received == PART
    assert len(kept()) == 1


@pytest.mark.parametrize(
    ("offset", "content"), [(0, b""), (-1, b"x"), (len(NBIB), b"x"), (0, NBIB + b"x"), (2**70, b"x")]
)
def test_a_part_outside_the_file_is_refused(world: World, offset: int, content: bytes) -> None:
    row = begin(world)
    with pytest.raises(BadInput, match="has to lie within"):
        services.add_part(world.ada, upload_id=row.pk, offset=offset, content=content)
    assert kept() == []


def test_a_part_that_is_too_large_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_IN_PART", 10)
    row = begin(world)
    with pytest.raises(BadInput):
        services.add_part(world.ada, upload_id=row.pk, offset=0, content=NBIB[:11])


def test_an_upload_goes_on_after_the_page_was_left(world: World) -> None:
    first = send(world.ada, begin(world), until=2 * PART)
    again = begin(world)
    assert (again.pk, again.received) == (first.pk, 2 * PART)
    send(world.ada, again)
    assert services.finish_upload(world.ada, upload_id=again.pk).found["starts"] == 5


@pytest.mark.parametrize("change", [{"content": NBIB + b"\n"}, {"name": "other.nbib"}, {"who": "bo"}])
def test_another_file_or_person_begins_anew(world: World, change: dict[str, Any]) -> None:
    first = send(world.ada, begin(world), until=PART)
    other = begin(world, **change)
    assert (other.pk != first.pk, other.received) == (True, 0)


def test_a_file_that_is_not_here_as_a_whole_is_not_looked_at(world: World) -> None:
    row = send(world.ada, begin(world), until=PART)
    with pytest.raises(services.OutOfStep, match="not here as a whole"):
        services.finish_upload(world.ada, upload_id=row.pk)
    with pytest.raises(Refusal, match="not here as a whole"):
        services.look_again(world.ada, upload_id=row.pk)
    assert not Preview.objects.exists()


def test_finishing_twice_is_one_look(world: World) -> None:
    first = finished(world)
    assert services.finish_upload(world.ada, upload_id=first.upload_id).pk == first.pk
    assert Preview.objects.count() == 1


@pytest.mark.parametrize(
    ("size", "words"), [(0, "is empty"), (-5, "is empty"), (10**10, "this server takes files of up to")]
)
def test_sizes_that_are_refused_before_anything_is_sent(world: World, size: int, words: str) -> None:
    run = worlds.search_run(world)
    with pytest.raises(BadInput, match=words):
        services.begin_upload(world.ada, search_run_id=run.pk, file_name="a.ris", size=size)
    assert not Upload.objects.exists()


def test_nobody_fills_the_disk_with_files_that_are_never_imported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_UPLOADS", 2)
    first = begin(world)
    begin(world, name="b.nbib")
    with pytest.raises(Refusal, match="Import or discard some of them first"):
        begin(world, name="c.nbib")
    with pytest.raises(Refusal, match="Import or discard some of them first"):
        services.take_upload(world.ada, search_run_id=first.search_run_id, file=ContentFile(NBIB, name="c.nbib"))
    assert kept() == []
    services.discard_upload(world.ada, upload_id=first.pk)
    assert begin(world, name="c.nbib").pk


@pytest.mark.parametrize("who", ["dee", "sol", "rea"])
def test_who_may_not_upload(world: World, who: str) -> None:
    row = begin(world)
    seat = world.seats[who]
    for call in (
        lambda: services.begin_upload(seat, search_run_id=row.search_run_id, file_name="a", size=1),
        lambda: services.add_part(seat, upload_id=row.pk, offset=0, content=b"x"),
        lambda: services.finish_upload(seat, upload_id=row.pk),
        lambda: services.look_again(seat, upload_id=row.pk),
        lambda: services.import_upload(seat, upload_id=row.pk, preview_id=1),
        lambda: services.discard_upload(seat, upload_id=row.pk),
        lambda: services.take_upload(seat, search_run_id=row.search_run_id, file=ContentFile(NBIB, name="a")),
        lambda: services.undo_import(seat, import_id=1),
        lambda: services.correct_search_run(
            seat, search_run_id=row.search_run_id, revision=0, run_on=worlds.date(2024, 1, 1)
        ),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_what_somebody_else_uploads_does_not_exist(world: World) -> None:
    row = send(world.ada, begin(world))
    other = worlds.core.create_review(world.people["ada"], title="Another")
    for seat in (world.bo, other):
        for call in (
            lambda seat=seat: services.add_part(seat, upload_id=row.pk, offset=0, content=b"x"),
            lambda seat=seat: services.finish_upload(seat, upload_id=row.pk),
            lambda seat=seat: services.look_again(seat, upload_id=row.pk),
            lambda seat=seat: services.import_upload(seat, upload_id=row.pk, preview_id=1),
            lambda seat=seat: services.discard_upload(seat, upload_id=row.pk),
        ):
            with pytest.raises(NotFound, match="no such upload of yours"):
                call()
    with pytest.raises(NotFound):
        services.begin_upload(other, search_run_id=row.search_run_id, file_name="a", size=1)


def test_what_was_seen_is_what_is_imported(world: World) -> None:
    preview = finished(world)
    row = services.import_upload(world.ada, upload_id=preview.upload_id, preview_id=preview.pk)
    assert (row.starts, row.format, row.encoding, row.fill["doi"]) == (5, "nbib", "utf-8", 1.0)
    again = services.import_upload(world.ada, upload_id=preview.upload_id, preview_id=preview.pk)
    assert again.pk == row.pk
    worlds.finish_jobs(world)
    row.refresh_from_db()
    assert (row.state, row.imported) == ("stored", 5)
    assert EventLine.objects.filter(type="search.file_received").count() == 1
    with pytest.raises(Refusal, match="was imported; undo the import instead"):
        services.discard_upload(world.ada, upload_id=preview.upload_id)
    with pytest.raises(Refusal, match="was imported already"):
        services.look_again(world.ada, upload_id=preview.upload_id)


def test_an_import_without_its_event_is_not_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    preview = finished(world)

    def fail(*args: object, **kwargs: object) -> None:
        raise ConnectionError("the trail is gone")

    monkeypatch.setattr("reviews.core.events.record", fail)
    with pytest.raises(ConnectionError):
        services.import_upload(world.ada, upload_id=preview.upload_id, preview_id=preview.pk)
    assert not Import.objects.exists()
    assert not Job.objects.exists()
    assert Upload.objects.get().became is None


def test_the_same_file_again_is_recognised_by_its_bytes(world: World) -> None:
    row = worlds.upload(world, NBIB, "first.nbib")
    preview = finished(world, name="second.nbib")
    assert (preview.state, preview.known_id) == (PreviewState.REFUSED, row.pk)
    assert "second.nbib was not imported, because this review has the same file already: first.nbib" in preview.refusal
    with pytest.raises(Refusal, match="the same file already"):
        services.import_upload(world.ada, upload_id=preview.upload_id, preview_id=preview.pk)
    services.discard_upload(world.ada, upload_id=preview.upload_id)
    assert kept() == [row.stored_as], "the import's bytes stay"


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n" + b"x" * 50, b"Dear colleague,\nhere are the papers.\n", b"\x00" * 90]
)
def test_what_cannot_be_read_gets_its_sentence_and_can_be_discarded(world: World, content: bytes) -> None:
    preview = finished(world, content, "wrong.ris")
    assert preview.state == PreviewState.REFUSED
    assert "wrong.ris" in preview.refusal
    services.discard_upload(world.ada, upload_id=preview.upload_id)
    assert kept() == []
    assert not Upload.objects.exists()


class TestLargeFiles:
    @pytest.fixture(autouse=True)
    def everything_is_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rules, "CHECKED_AT_ONCE", 100)

    def test_a_job_puts_them_together_and_looks(self, world: World) -> None:
        preview = finished(world)
        assert preview.state == PreviewState.WAITING
        with pytest.raises(Refusal, match="still being read"):
            services.import_upload(world.ada, upload_id=preview.upload_id, preview_id=preview.pk)
        worlds.finish_jobs(world)
        preview.refresh_from_db()
        job = Job.objects.get()
        assert (preview.state, job.state, job.message[:1]) == (PreviewState.READY, JobState.SUCCEEDED, "5")
        services.import_upload(world.ada, upload_id=preview.upload_id, preview_id=preview.pk)
        worlds.finish_jobs(world)
        assert Record.objects.count() == 5

    def test_a_job_that_died_between_its_steps_ends_in_the_same_state(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        preview = finished(world)
        progress = jobs.Progress(Job.objects.get().pk)
        with monkeypatch.context() as patched:
            patched.setattr("reviews.search.services.checking.look", _dies)
            with pytest.raises(ConnectionError):
                services.run_preview(preview.pk, progress)
        assert len(kept()) == 1
        for _ in range(2):
            services.run_preview(preview.pk, progress)
        preview.refresh_from_db()
        assert (preview.state, preview.found["starts"], len(kept())) == (PreviewState.READY, 5, 1)

    def test_a_wrong_one_is_refused_by_its_job_and_may_be_read_in_another_way(self, world: World) -> None:
        preview = finished(world, b"Dear colleague,\n" * 20, "letter.txt")
        worlds.finish_jobs(world)
        preview.refresh_from_db()
        job = Job.objects.get()
        assert (preview.state, job.state, job.error) == (PreviewState.REFUSED, JobState.FAILED, preview.refusal)
        second = services.look_again(world.ada, upload_id=preview.upload_id, format="ris")
        assert Job.objects.filter(subject_id=second.pk).count() == 1

    def test_an_upload_discarded_meanwhile_ends_its_job_with_a_sentence(self, world: World) -> None:
        preview = finished(world)
        services.discard_upload(world.ada, upload_id=preview.upload_id)
        worlds.finish_jobs(world)
        assert Job.objects.get().error == "This upload was discarded."
        assert kept() == []


def _dies(*args: object, **kwargs: object) -> None:
    raise ConnectionError("the worker is gone")


def test_what_nobody_came_back_for_is_deleted_and_what_was_imported_stays(world: World) -> None:
    abandoned = send(world.ada, begin(world, name="abandoned.nbib"), until=PART)
    looked_at = finished(world, records.nbib(records.made(range(1, 9))), "looked-at.nbib").upload
    preview = finished(world)
    row = services.import_upload(world.ada, upload_id=preview.upload_id, preview_id=preview.pk)
    fresh = begin(world, name="fresh.nbib")
    old = timezone.now() - timedelta(days=15)
    Upload.objects.exclude(pk=fresh.pk).update(touched_at=old)
    assert services.forget_leftovers() == 3
    assert list(Upload.objects.all()) == [fresh]
    assert kept() == [row.stored_as]
    assert services.forget_leftovers() == 0
    with pytest.raises(NotFound, match="may have been discarded"):
        services.add_part(world.ada, upload_id=abandoned.pk, offset=PART, content=b"x")
    with pytest.raises(NotFound):
        services.finish_upload(world.ada, upload_id=looked_at.pk)
    worlds.finish_jobs(world)
    assert Record.objects.count() == 5


def test_parts_that_no_upload_knows_are_deleted_after_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = send(world.ada, begin(world), until=PART)
    stray = Path(settings.MEDIA_ROOT) / "uploads" / "left-by-a-crash"
    stray.write_bytes(b"x")
    assert services.forget_leftovers() == 0, "it may be on its way"
    monkeypatch.setattr("reviews.search.services.tidying.LOST_AFTER", timedelta(seconds=-60))
    assert services.forget_leftovers() == 1
    assert not stray.exists()
    send(world.ada, row)
    assert services.finish_upload(world.ada, upload_id=row.pk).found["starts"] == 5
