"""Records become references: which ones join, and that an import can be killed at any moment."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from reviews.core import jobs
from reviews.core.models import EventLine, Job
from reviews.core.rules import JobState
from reviews.search import rules, selectors, services
from reviews.search.duplicates.bands import Band
from reviews.search.models import Import, Join, Pair, Record, Reference
from reviews.search.rules import ImportState, JoinKind
from tests import exact, records
from tests import world as worlds
from tests.imports import Deadly, Killed, another, groups, keeper, outcome, ris
from tests.world import World

IMPORT = "reviews.search.tasks.run_import"


def receive(world: World, content: bytes, name: str) -> Import:
    run = worlds.search_run(world, f"Source of {name}")
    return services.receive_file(world.ada, search_run_id=run.pk, file=ContentFile(content, name=name))


def test_every_field_is_stored_as_it_stood(world: World) -> None:
    content = records.nbib(records.made(range(1, 3)))
    row = worlds.upload(world, content)
    record = Record.objects.get(position=2)
    assert record.title == "Invented trial number 2 of guided rest for tired lighthouse keepers."
    assert record.authors == ["Keeper2, Anna"]
    assert (record.year, record.doi, record.pmid) == (2002, "10.5555/made.2", "90000002")
    assert record.line == content[: content.rindex(b"PMID- ")].count(b"\n") + 1
    assert record.raw.startswith("PMID- 90000002\n")
    assert record.tags["STAT"] == ["MEDLINE"]
    assert (row.state, row.starts, row.imported, row.stored_up_to) == (ImportState.STORED, 2, 2, 2)
    job = Job.objects.get(task__endswith="run_import")
    assert (job.state, job.done, job.total) == (JobState.SUCCEEDED, 2, 2)
    assert job.message == "2 of 2 records imported."
    assert EventLine.objects.filter(type="search.import_stored", data__imported=2).count() == 1


def test_the_same_trials_from_two_databases_are_one_reference_each(world: World) -> None:
    worlds.upload(world, records.nbib(records.made(range(1, 7))))
    worlds.upload(world, records.ris(records.made(range(4, 9), with_doi=False)), "made.ris", source="Scopus")
    found = groups(world)
    assert found[4] == ["made.nbib 4", "made.ris 1"]
    assert len(found) == 8
    assert Join.objects.filter(kind=JoinKind.AUTOMATIC).count() == 3


@pytest.fixture
def exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    exact.install(monkeypatch)


@pytest.mark.usefixtures("exactly")
def test_a_record_that_bridges_two_stored_references_merges_them(world: World) -> None:
    worlds.upload(
        world,
        ris([keeper(1, doi="10.5555/a", abstract="short"), keeper(2, pmid="77000077", abstract="the longer one")]),
    )
    assert set(groups(world)) == {1, 2}
    worlds.upload(world, ris([keeper(3, doi="10.5555/a", pmid="77000077")]), "bridge.ris", source="B")
    assert groups(world) == {1: ["made.nbib 1", "made.nbib 2", "bridge.ris 1"]}
    loser = Reference.objects.get(number=2)
    survivor = Reference.objects.get(number=1)
    assert loser.merged_into == survivor
    assert survivor.citation.abstract == "the longer one"
    old = Join.objects.get(record__position=2, record__in_import__file_name="made.nbib", reference=loser)
    assert old.superseded_at is not None
    new = Join.objects.get(record=old.record, superseded_at=None)
    assert (new.reference, new.kind) == (survivor, JoinKind.AUTOMATIC)
    worlds.upload(world, ris([keeper(4, pmid="77000077")]), "later.ris", source="C")
    assert groups(world)[1][-1] == "later.ris 1", "the merged reference's keys lead to the survivor"


@pytest.mark.usefixtures("exactly")
def test_merges_of_merges_point_to_the_last_survivor(world: World) -> None:
    worlds.upload(world, ris([keeper(1, doi="10.5555/a"), keeper(2, doi="10.5555/b"), keeper(3, pmid="77000077")]))
    worlds.upload(world, ris([keeper(4, doi="10.5555/b", pmid="77000077")]), "one.ris", source="B")
    worlds.upload(world, ris([{**keeper(5, doi="10.5555/a"), "pmid": "77000077"}]), "two.ris", source="C")
    assert set(groups(world)) == {1}
    assert {one.merged_into.number for one in Reference.objects.filter(number__in=[2, 3])} == {1}


@pytest.mark.usefixtures("exactly")
def test_a_new_record_joins_what_was_voted_on_and_brings_no_older_reference_along(world: World) -> None:
    worlds.upload(world, ris([keeper(1, doi="10.5555/a"), keeper(2, pmid="77000077")]))
    worlds.vote(world, "bo", Reference.objects.get(number=2), "include")
    worlds.upload(world, ris([keeper(3, doi="10.5555/a", pmid="77000077")]), "bridge.ris", source="B")
    assert groups(world) == {1: ["made.nbib 1", "bridge.ris 1"], 2: ["made.nbib 2"]}
    (pair,) = Pair.objects.filter(decisions=None)
    assert Band(pair.band) is Band.PROPOSE, "a person is asked about the other"


@pytest.mark.usefixtures("exactly")
def test_a_voted_reference_takes_a_new_record_whatever_its_number(world: World) -> None:
    worlds.upload(world, ris([keeper(1, doi="10.5555/a"), keeper(2, pmid="77000077")]))
    worlds.vote(world, "bo", Reference.objects.get(number=2), "include")
    worlds.upload(world, ris([keeper(3, pmid="77000077")]), "more.ris", source="B")
    assert groups(world) == {1: ["made.nbib 1"], 2: ["made.nbib 2", "more.ris 1"]}


@pytest.mark.usefixtures("exactly")
def test_two_decided_references_stay_apart(world: World) -> None:
    worlds.upload(world, ris([keeper(1, doi="10.5555/a"), keeper(2, pmid="77000077")]))
    for reference in world.references():
        worlds.vote(world, "bo", reference, "include")
    worlds.upload(world, ris([keeper(3, doi="10.5555/a", pmid="77000077")]), "bridge.ris", source="B")
    assert groups(world) == {1: ["made.nbib 1", "bridge.ris 1"], 2: ["made.nbib 2"]}


def mixed() -> bytes:
    """Records that join, bridge, contradict each other, and one that is refused, spread over the file."""
    entries = [keeper(number, doi=f"10.5555/{number}", abstract="x" * (number % 5)) for number in range(20)]
    entries += [keeper(number, abstract="x" * (number % 7)) for number in range(10, 30)]
    entries += [keeper(100 + number, pmid=str(77000700 + number)) for number in range(10)]
    entries += [{"abstract": "no title"}, {"year": 2020}]
    entries += [
        keeper(200 + number, doi=f"10.5555/{number}", pmid=str(77000700 + number % 10)) for number in range(5, 18)
    ]
    entries += [keeper(number % 4, doi=f"10.9999/{number}") for number in range(12)]
    return ris(entries)


@pytest.mark.usefixtures("exactly")
def test_chunks_of_any_size_give_the_same_references(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for size in (1, 7, 500):
        monkeypatch.setattr(rules, "CHUNK", size)
        review = another(world)
        worlds.upload(review, mixed(), "mixed.ris")
        results.append(outcome(review))
    assert results[0] == results[1] == results[2]
    assert results[0][1], "nothing was merged: the file tests too little"
    assert len(results[0][0]) == 50


@pytest.mark.usefixtures("exactly")
def test_a_killed_import_goes_on_and_nothing_is_doubled_or_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CHUNK", 10)
    undisturbed = another(world)
    worlds.upload(undisturbed, mixed(), "mixed.ris")
    row = receive(world, mixed(), "mixed.ris")
    job = Job.objects.get(review_id=world.review_id)
    with pytest.raises(Killed):
        services.run_import(row.pk, Deadly(job.pk))
    row.refresh_from_db()
    assert (row.state, row.stored_up_to, row.records.count()) == (ImportState.STORING, 10, 10)
    job.refresh_from_db()
    assert job.done == 10, "progress is written with the work it counts"
    worlds.finish_jobs(world)
    row.refresh_from_db()
    assert (row.state, row.imported + row.refused) == (ImportState.STORED, row.starts)
    assert outcome(world) == outcome(undisturbed)


def test_an_import_that_is_done_does_nothing_more(world: World) -> None:
    row = worlds.upload(world, mixed(), "mixed.ris")
    before = outcome(world), EventLine.objects.count()
    message = services.run_import(row.pk, jobs.Progress(Job.objects.get(task__endswith="run_import").pk))
    assert message == f"{row.imported} of {row.starts} records imported, {row.refused} refused."
    assert (outcome(world), EventLine.objects.count()) == before


def test_who_comes_second_stops_without_a_trace(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that lost its database connection, and its lock with it, must not store over its successor."""
    monkeypatch.setattr(rules, "CHUNK", 3)
    row = receive(world, mixed(), "mixed.ris")

    class Overtaking(jobs.Progress):
        def tell(self, done: int, total: int, message: str = "") -> None:
            if done == 3:
                Import.objects.filter(pk=row.pk).update(stored_up_to=6)

    with pytest.raises(services.Overtaken):
        services.run_import(row.pk, Overtaking(Job.objects.get().pk))
    assert Record.objects.count() == 3


def test_refused_records_are_listed_with_line_and_text(world: World) -> None:
    row = worlds.upload(world, mixed(), "mixed.ris")
    refused = list(selectors.refused_records(world.rea, row.pk))
    assert [one.position for one in refused] == [52]
    assert "line" in refused[0].reason
    assert refused[0].raw.startswith("TY  - JOUR\nPY  - 2020")
    assert refused[0].line == row.records.get(position=51).line + 5
    assert row.starts == row.imported + row.refused == 77


def test_missing_bytes_are_told_and_the_import_can_go_on_later(world: World) -> None:
    content = records.nbib(records.made(range(1, 4)))
    row = receive(world, content, "found.nbib")
    path = Path(settings.MEDIA_ROOT) / row.stored_as
    path.unlink()
    worlds.finish_jobs(world)
    job = Job.objects.get()
    assert (job.state, "not in the server's file store" in job.error) == (JobState.FAILED, True)
    path.write_bytes(content)
    worlds.core.retry_job(world.ada, job_id=job.pk)
    worlds.finish_jobs(world)
    assert Record.objects.count() == 3


def test_an_import_without_its_event_is_not_called_stored(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = receive(world, records.nbib(records.made(range(1, 4))), "found.nbib")

    def fail(*args: object, **kwargs: object) -> None:
        raise ConnectionError("the trail is gone")

    monkeypatch.setattr("reviews.core.events.record", fail)
    with pytest.raises(ConnectionError):
        services.run_import(row.pk, jobs.Progress(Job.objects.get().pk))
    row.refresh_from_db()
    assert row.state == ImportState.STORING


def test_a_chunk_costs_a_constant_number_of_queries(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    row = receive(world, records.nbib(records.made(range(1, 301))), "found.nbib")
    with django_assert_max_num_queries(30):
        services.run_import(row.pk, jobs.Progress(Job.objects.get().pk))
    again = receive(world, records.ris(records.made(range(1, 301))), "found.ris")
    with django_assert_max_num_queries(30):
        services.run_import(again.pk, jobs.Progress(Job.objects.get(subject_id=again.pk, task=IMPORT).pk))
    assert Reference.objects.count() == 600
