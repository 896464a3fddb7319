"""Workers and people at once, on a real PostgreSQL with real threads."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import get_ident
from typing import BinaryIO

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from reviews.core import jobs
from reviews.core.models import EventLine, Job
from reviews.core.refusals import NotFound, Refusal
from reviews.core.rules import JobState
from reviews.screening.models import Vote
from reviews.search import files, rules, services
from reviews.search.models import Import, Join, Record, Reference, Upload, UploadPart
from reviews.search.services import steps
from tests import exact, records
from tests import world as worlds
from tests.threads import at_once
from tests.world import World


@pytest.fixture
def racing_world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(rules, "CHUNK", 5)
    return worlds.with_protocol()


def receive(world: World, content: bytes, name: str) -> Job:
    run = worlds.search_run(world, f"Source of {name}")
    row = services.receive_file(world.ada, search_run_id=run.pk, file=ContentFile(content, name=name))
    return Job.objects.get(subject_id=row.pk, task="reviews.search.tasks.run_import")


def run(job: Job) -> None:
    jobs.run(job.pk, services.run_import)


def compare(job: Job) -> None:
    jobs.run(job.pk, services.check_duplicates)


def checks() -> list[Job]:
    return list(Job.objects.filter(task="reviews.search.tasks.check_duplicates", state=JobState.QUEUED))


def test_two_workers_with_the_same_job_store_it_once(racing_world: World) -> None:
    job = receive(racing_world, records.nbib(records.made(range(1, 41))), "found.nbib")
    results = at_once(lambda: run(job), lambda: run(job), lambda: run(job))
    assert results == [None, None, None]
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 1)
    assert Record.objects.count() == Reference.objects.count() == 40


def test_two_imports_at_once_join_each_other_s_duplicates(racing_world: World) -> None:
    first = receive(racing_world, records.nbib(records.made(range(1, 41))), "found.nbib")
    second = receive(racing_world, records.ris(records.made(range(21, 61))), "found.ris")
    at_once(lambda: run(first), lambda: run(second))
    at_once(*(lambda job=job: compare(job) for job in checks()))
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.SUCCEEDED}
    assert Reference.objects.unique_documents().count() == 60
    joins = Join.objects.filter(superseded_at=None)
    assert joins.count() == Record.objects.count() == 80
    by_title = {}
    for join in joins.select_related("record"):
        by_title.setdefault(join.record.title.rstrip("."), set()).add(join.reference_id)
    assert len(by_title) == 60
    assert all(len(references) == 1 for references in by_title.values())


def test_the_same_file_from_two_people_at_once_is_one_import(racing_world: World) -> None:
    world = racing_world
    content = records.nbib(records.made(range(1, 4)))
    run_id = worlds.search_run(world).pk
    results = at_once(
        *(
            lambda seat=seat: services.receive_file(
                seat, search_run_id=run_id, file=ContentFile(content, name="found.nbib")
            )
            for seat in (world.ada, world.bo)
        )
    )
    assert sum(isinstance(result, services.ImportedAlready) for result in results) == 1
    assert Import.objects.count() == Job.objects.count() == 1


def test_votes_and_joins_at_once_never_lose_a_vote(racing_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new record would tie two references together while somebody votes on one of them."""
    world = racing_world
    exact.install(monkeypatch)
    worlds.upload(world, records.nbib(records.made(range(1, 21))))
    seen = {one.number: one for one in world.references()}
    bridges = [
        records.Made(500 + number, pmid=str(90_000_000 + number), doi=f"10.5555/made.{number + 1}")
        for number in range(1, 20, 2)
    ]
    run(receive(world, records.nbib(bridges), "bridges.nbib"))
    monkeypatch.setattr(rules, "COMPARED_AT_ONCE", 2)
    (check,) = checks()

    def vote() -> list[object]:
        results: list[object] = []
        for number in range(20, 0, -2):
            try:
                results.append(worlds.vote(world, "bo", seen[number], "include"))
            except Refusal as refusal:
                results.append(refusal)
        return results

    _, votes = at_once(lambda: compare(check), vote)
    check.refresh_from_db()
    assert check.state == JobState.SUCCEEDED
    assert isinstance(votes, list)
    refused = [vote for vote in votes if vote is not None]
    assert all(isinstance(vote, NotFound) for vote in refused)
    assert Vote.objects.count() == 10 - len(refused)
    assert not Vote.objects.exclude(reference__merged_into=None).exists(), "a vote hangs on a merged reference"
    # Every bridge joined one of its two; the other came along unless somebody had voted.
    assert Reference.objects.unique_documents().count() == 10 + Vote.objects.count()


def test_two_people_import_the_same_upload_once_each_and_one_file_once(racing_world: World) -> None:
    """Both have looked at the same bytes; whoever confirms second is told of the first."""
    world = racing_world
    content = records.nbib(records.made(range(1, 9)))
    run_id = worlds.search_run(world).pk
    looks = [
        services.take_upload(seat, search_run_id=run_id, file=ContentFile(content, name="found.nbib"))
        for seat in (world.ada, world.bo)
    ]
    results = at_once(
        *(
            lambda seat=seat, look=look: services.import_upload(seat, upload_id=look.upload_id, preview_id=look.pk)
            for seat, look in zip((world.ada, world.bo), looks, strict=True)
            for _ in range(2)
        )
    )
    assert sum(isinstance(result, services.ImportedAlready) for result in results) == 2
    assert Import.objects.count() == Job.objects.count() == 1
    run(Job.objects.get())
    assert Record.objects.count() == 8


def test_the_same_parts_from_two_windows_make_one_file(racing_world: World) -> None:
    world = racing_world
    content = records.nbib(records.made(range(1, 31)))
    run_id = worlds.search_run(world).pk

    def window() -> int:
        row = services.begin_upload(world.ada, search_run_id=run_id, file_name="a.nbib", size=len(content))
        at = row.received
        while at < len(content):
            try:
                at = services.add_part(world.ada, upload_id=row.pk, offset=at, content=content[at : at + 1500]).received
            except services.OutOfStep as refusal:
                at = refusal.received
        return services.finish_upload(world.ada, upload_id=row.pk).found["starts"]

    assert at_once(window, window, window) == [30, 30, 30]
    row = Upload.objects.get()
    assert (row.received, UploadPart.objects.count()) == (len(content), 0)
    stored = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in stored] == [content]


def in_three_parts(world: World, content: bytes) -> Upload:
    row = services.begin_upload(
        world.ada, search_run_id=worlds.search_run(world).pk, file_name="a.nbib", size=len(content)
    )
    third = len(content) // 3 + 1
    for at in range(0, len(content), third):
        services.add_part(world.ada, upload_id=row.pk, offset=at, content=content[at : at + third])
    return row


def while_the_first_part_is_read(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> list[object]:
    """The first to open a part stands still there until ``work`` is done, in a thread of its own."""
    opened, results, who = files.opened, [], get_ident()

    def slowly(stored_as: str, file_name: str) -> AbstractContextManager[BinaryIO]:
        found = opened(stored_as, file_name)
        if get_ident() == who and not results and stored_as.startswith(files.PARTS):
            results.extend(at_once(work))
        return found

    monkeypatch.setattr(files, "opened", slowly)
    return results


class TestSeveralWindowsFinishOneUpload:
    """Whoever puts the parts together forgets them; who is still reading them takes what was made."""

    CONTENT = records.nbib(records.made(range(1, 31)))

    def test_three_at_once_get_the_same_answer(self, racing_world: World) -> None:
        row = in_three_parts(racing_world, self.CONTENT)

        def finish() -> object:
            return services.finish_upload(racing_world.ada, upload_id=row.pk)

        looks = at_once(finish, finish, finish)
        assert [look.found["starts"] for look in looks] == [30, 30, 30]
        assert len({look.pk for look in looks}) == 1, "one of them would be told that the file was read again"

    def test_a_slow_one_takes_what_the_other_has_made(
        self, racing_world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = in_three_parts(racing_world, self.CONTENT)

        def finish() -> object:
            return services.finish_upload(racing_world.ada, upload_id=row.pk)

        others = while_the_first_part_is_read(monkeypatch, finish)
        mine = finish()
        assert [other.pk for other in others] == [mine.pk]
        assert mine.found["starts"] == 30
        row.refresh_from_db()
        assert Path(settings.MEDIA_ROOT, row.stored_as).read_bytes() == self.CONTENT

    def test_one_that_was_discarded_meanwhile_says_so(
        self, racing_world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = in_three_parts(racing_world, self.CONTENT)
        while_the_first_part_is_read(monkeypatch, lambda: services.discard_upload(racing_world.ada, upload_id=row.pk))
        with pytest.raises(Refusal, match="was discarded meanwhile"):
            services.finish_upload(racing_world.ada, upload_id=row.pk)
        assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]

    def test_a_whole_file_discarded_before_it_is_read_says_so(
        self, racing_world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        look = services.take_upload(
            racing_world.ada,
            search_run_id=worlds.search_run(racing_world).pk,
            file=ContentFile(self.CONTENT, name="found.nbib"),
        )
        known = steps.earlier_import

        def discarded_first(review_id: int, sha256: str) -> Import | None:
            at_once(lambda: services.discard_upload(racing_world.ada, upload_id=look.upload_id))
            return known(review_id, sha256)

        monkeypatch.setattr(steps, "earlier_import", discarded_first)
        with pytest.raises(Refusal, match="was discarded meanwhile"):
            services.look_again(racing_world.ada, upload_id=look.upload_id)


def test_an_undo_and_votes_at_once_never_lose_a_vote(racing_world: World) -> None:
    world = racing_world
    for attempt in range(6):
        row = worlds.upload(world, records.nbib(records.made(range(1, 11))))
        last = world.references()[-1]
        undone, voted = at_once(
            lambda row=row: services.undo_import(world.ada, import_id=row.pk),
            lambda last=last: worlds.vote(world, "bo", last, "include"),
        )
        is_undone = not isinstance(undone, Refusal)
        assert isinstance(voted, NotFound) == is_undone, (attempt, undone, voted)
        assert not Vote.objects.filter(reference__is_empty=True).exists()
        if not is_undone:
            assert isinstance(undone, services.DecidedOn)
            break


def test_an_undo_and_its_own_import_at_once_end_in_nothing(racing_world: World) -> None:
    world = racing_world
    job = receive(world, records.nbib(records.made(range(1, 41))), "found.nbib")
    _, undone = at_once(lambda: run(job), lambda: services.undo_import(world.ada, import_id=job.subject_id))
    assert not isinstance(undone, Refusal)
    assert not Reference.objects.unique_documents().exists()
    assert not Join.objects.filter(superseded_at=None).exists()
    job.refresh_from_db()
    assert job.state in {JobState.FAILED, JobState.SUCCEEDED}


def test_two_undos_at_once_are_one(racing_world: World) -> None:
    world = racing_world
    row = worlds.upload(world, records.nbib(records.made(range(1, 11))))
    results = at_once(
        *(lambda seat=seat: services.undo_import(seat, import_id=row.pk) for seat in (world.ada, world.bo))
    )
    assert sum(isinstance(result, Refusal) for result in results) == 1
    assert EventLine.objects.filter(type="search.import_undone").count() == 1


def test_two_corrections_at_once_never_write_over_each_other(racing_world: World) -> None:
    world = racing_world
    found = worlds.search_run(world)
    results = at_once(
        *(
            lambda seat=seat, text=text: services.correct_search_run(
                seat, search_run_id=found.pk, revision=0, run_on=found.run_on, strategy=text
            )
            for seat, text in ((world.ada, "first"), (world.bo, "second"))
        )
    )
    assert sum(isinstance(result, Refusal) for result in results) == 1
    found.refresh_from_db()
    (change,) = found.changes.all()
    assert (found.revision, change.before["strategy"], change.after["strategy"]) == (
        1,
        "rest AND keepers",
        found.strategy,
    )
