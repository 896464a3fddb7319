"""Workers and people at once, on a real PostgreSQL with real threads."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from reviews.core import jobs
from reviews.core.models import EventLine, Job
from reviews.core.refusals import NotFound, Refusal
from reviews.core.rules import JobState
from reviews.screening.models import Vote
from reviews.search import rules, services
from reviews.search.models import Import, Join, Record, Reference, Upload, UploadPart
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
