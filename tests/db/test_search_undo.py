"""An import is taken back as a whole: what disappears, what stays, what forbids it."""

import pytest
from django.core.files.base import ContentFile
from pytest_django.fixtures import DjangoAssertNumQueries

from reviews.core import jobs
from reviews.core.models import EventLine, Job
from reviews.core.refusals import NotFound, Refusal
from reviews.core.rules import JobState
from reviews.reporting import selectors as reporting
from reviews.screening import selectors as screening
from reviews.screening import services as voting
from reviews.screening.models import Vote
from reviews.screening.rules import Phase
from reviews.search import rules, selectors, services
from reviews.search.models import Import, Join, PairDecision, Record, Reference
from reviews.search.rules import ImportState, JoinKind
from tests import exact, records
from tests import world as worlds
from tests.imports import Deadly, Killed, another, keeper, ris
from tests.world import World


@pytest.fixture(autouse=True)
def exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    exact.install(monkeypatch)


def joined(world: World) -> dict[int, list[str]]:
    """Reference number to its current records; and that the tables agree about them."""
    found: dict[int, list[str]] = {}
    current = Join.objects.filter(superseded_at=None, record__review_id=world.review_id)
    for join in current.select_related("reference", "record__in_import").order_by("record"):
        assert join.reference.merged_into_id is None
        assert not join.reference.is_empty
        assert join.record.in_import.state != ImportState.UNDONE
        found.setdefault(join.reference.number, []).append(f"{join.record.in_import.file_name} {join.record.position}")
    unique = Reference.objects.unique_documents().filter(review_id=world.review_id)
    assert sorted(found) == sorted(unique.values_list("number", flat=True))
    firsts = current.filter(kind=JoinKind.FIRST).values_list("reference_id", flat=True)
    assert sorted(firsts) == sorted(unique.values_list("pk", flat=True)), "one first record each"
    for one in unique.select_related("primary_record"):
        assert current.filter(record=one.primary_record, reference=one).exists(), "the primary record is its own"
    home = dict(current.values_list("record_id", "reference_id"))
    decided = PairDecision.objects.filter(review_id=world.review_id, superseded_at=None, verdict="joined")
    for one, other in decided.values_list("pair__one_id", "pair__other_id"):
        assert home[one] == home[other], "a join in force between two references"
    assert decided.count() == len(home) - unique.count(), "every reference is held together by its joins"
    return found


def test_what_only_this_file_brought_disappears_everywhere(world: World) -> None:
    worlds.upload(world, records.nbib(records.made(range(1, 6))))
    row = worlds.upload(world, records.ris(records.made(range(4, 11))), "made.ris", source="Scopus")
    before = reporting.flow(world.ada)
    assert (before.databases, before.duplicates) == ((("PubMed", 5), ("Scopus", 7)), 2)
    undone = services.undo_import(world.ada, import_id=row.pk)
    assert (undone.state, undone.undone_by_id, undone.imported) == (ImportState.UNDONE, world.ada.user_id, 7)
    assert joined(world) == {number: [f"made.nbib {number}"] for number in range(1, 6)}
    overview = selectors.overview(world.rea)
    assert (overview.records, overview.references, overview.duplicates) == (5, 5, 0)
    assert [line.runs[0].has_records for line in overview.sources] == [True, False]
    identified = selectors.identification(world.rea)
    assert (identified.records, identified.references, identified.duplicates) == (5, 5, 0)
    flow = reporting.flow(world.ada)
    assert (flow.databases, flow.duplicates) == ((("PubMed", 5), ("Scopus", 0)), 0)
    progress = screening.progress(world.bo, Phase.TITLE_ABSTRACT)
    assert (progress.total, progress.untouched) == (5, 5)
    assert [one.number for one in screening.queue(world.bo, Phase.TITLE_ABSTRACT, limit=20)] == [1, 2, 3, 4, 5]
    assert selectors.references(world.rea).count() == 5
    gone = Reference.objects.get(number=8)
    with pytest.raises(NotFound, match="Reference 8 is no longer in this review"):
        selectors.reference(world.rea, gone.pk)
    with pytest.raises(NotFound):
        worlds.vote(world, "bo", gone, "include")


def test_history_stays(world: World) -> None:
    row = worlds.upload(world, records.nbib(records.made(range(1, 4))))
    joins = Join.objects.count()
    services.undo_import(world.bo, import_id=row.pk)
    assert Record.objects.count() == 3
    assert Join.objects.count() == joins
    assert not Join.objects.filter(superseded_at=None).exists()
    (line,) = EventLine.objects.filter(type="search.import_undone")
    assert (line.actor_id, line.data["imported"]) == (world.bo.user_id, 3)
    page = selectors.file_import(world.rea, row.pk)
    assert (page.row.imported, page.duplicates) == (3, 0)
    with selectors.kept_file(row) as file:
        assert len(file.read()) == row.size


def test_the_same_file_can_be_imported_again(world: World) -> None:
    content = records.nbib(records.made(range(1, 4)))
    row = worlds.upload(world, content)
    services.undo_import(world.ada, import_id=row.pk)
    again = worlds.upload(world, content)
    assert (again.pk != row.pk, again.state, again.imported) == (True, ImportState.STORED, 3)
    assert again.stored_as == row.stored_as, "the bytes are there already"
    assert list(joined(world)) == [4, 5, 6], "numbers are never given twice"
    with pytest.raises(services.ImportedAlready):
        worlds.upload(world, content)


def test_a_reference_keeps_the_records_of_other_files_and_shows_the_best_of_them(world: World) -> None:
    worlds.upload(world, ris([keeper(1, pmid="77000001", abstract="short")]), "one.ris")
    row = worlds.upload(
        world, ris([keeper(1, pmid="77000001", doi="10.5555/a", abstract="much longer")]), "two.ris", source="B"
    )
    assert world.references()[0].citation.abstract == "much longer"
    services.undo_import(world.ada, import_id=row.pk)
    assert joined(world) == {1: ["one.ris 1"]}
    assert world.references()[0].citation.abstract == "short"
    worlds.upload(world, ris([keeper(9, doi="10.5555/a")]), "three.ris", source="C")
    assert joined(world) == {1: ["one.ris 1"], 3: ["three.ris 1"]}, "the DOI left with the record that had it"


def test_when_the_first_record_goes_the_next_one_is_the_first(world: World) -> None:
    row = worlds.upload(world, records.nbib(records.made(range(1, 4))))
    worlds.upload(world, records.ris(records.made(range(2, 6))), "made.ris", source="Scopus")
    services.undo_import(world.ada, import_id=row.pk)
    assert joined(world) == {2: ["made.ris 1"], 3: ["made.ris 2"], 6: ["made.ris 3"], 7: ["made.ris 4"]}
    overview = selectors.overview(world.rea)
    assert [(line.records, line.duplicates) for line in overview.sources] == [(0, 0), (4, 0)]


def test_what_a_bridge_had_joined_parts_again_under_its_old_numbers(world: World) -> None:
    worlds.upload(world, ris([keeper(1, doi="10.5555/a"), keeper(2, pmid="77000077", abstract="longer")]), "made.ris")
    row = worlds.upload(world, ris([keeper(3, doi="10.5555/a", pmid="77000077")]), "bridge.ris", source="B")
    worlds.upload(world, ris([keeper(4, pmid="77000077"), keeper(5, doi="10.5555/a")]), "later.ris", source="C")
    assert joined(world) == {1: ["made.ris 1", "made.ris 2", "bridge.ris 1", "later.ris 1", "later.ris 2"]}
    services.undo_import(world.ada, import_id=row.pk)
    assert joined(world) == {1: ["made.ris 1", "later.ris 2"], 2: ["made.ris 2", "later.ris 1"]}
    assert Reference.objects.get(number=2).citation.abstract == "longer"
    worlds.upload(world, ris([keeper(6, pmid="77000077")]), "last.ris", source="D")
    assert joined(world)[2][-1] == "last.ris 1"


def test_a_group_whose_founder_left_gets_a_reference(world: World) -> None:
    """The bridge came first: what it held together was never a reference of its own."""
    row = worlds.upload(world, ris([keeper(3, doi="10.5555/a", pmid="77000077")]), "bridge.ris")
    worlds.upload(world, ris([keeper(1, doi="10.5555/a"), keeper(2, pmid="77000077")]), "made.ris", source="B")
    assert joined(world) == {1: ["bridge.ris 1", "made.ris 1", "made.ris 2"]}
    services.undo_import(world.ada, import_id=row.pk)
    assert joined(world) == {1: ["made.ris 1"], 3: ["made.ris 2"]}


def test_undoing_everything_one_by_one_in_any_order_leaves_nothing(world: World) -> None:
    files = [ris([keeper(n, doi=f"10.5555/{n % 3}", pmid=str(70 + n % 2))]) for n in range(6)]
    for order in ([0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [2, 0, 5, 1, 4, 3]):
        review = another(world)
        rows = [worlds.upload(review, content, f"{n}.ris", source=f"S{n}") for n, content in enumerate(files)]
        for place in order:
            services.undo_import(review.ada, import_id=rows[place].pk)
            joined(review)
        assert joined(review) == {}


def test_after_an_undo_the_references_are_those_of_the_other_files_alone(world: World) -> None:
    """The middle file of three is taken back; another review never had it."""
    one = ris([keeper(n, doi=f"10.5555/{n}", abstract="x" * n) for n in range(12)])
    two = ris([keeper(100 + n, doi=f"10.5555/{n}", pmid=str(70 + n % 5)) for n in range(3, 15)])
    three = ris([keeper(200 + n, pmid=str(70 + n % 7), abstract="y" * n) for n in range(14)])
    rows = [worlds.upload(world, part, f"{n}.ris", source=f"S{n}") for n, part in enumerate((one, two, three))]
    services.undo_import(world.ada, import_id=rows[1].pk)
    never = another(world)
    for n, part in ((0, one), (2, three)):
        worlds.upload(never, part, f"{n}.ris", source=f"S{n}")
    assert sorted(joined(world).values()) == sorted(joined(never).values())


class TestRefusals:
    def test_a_vote_on_what_it_brought_forbids_it(self, world: World) -> None:
        row = worlds.upload(world, records.nbib(records.made(range(1, 6))))
        for number in (4, 2):
            worlds.vote(world, "bo", Reference.objects.get(number=number), "exclude")
        with pytest.raises(services.DecidedOn, match="2 references, the first is 2") as refused:
            services.undo_import(world.ada, import_id=row.pk)
        assert (refused.value.status, refused.value.numbers) == (409, (2, 4))
        assert selectors.undo(world.ada, row.pk).refusal == refused.value.message
        assert len(joined(world)) == 5

    def test_a_vote_that_was_taken_back_still_counts_as_a_decision(self, world: World) -> None:
        row = worlds.upload(world, records.nbib(records.made(range(1, 3))))
        reference = Reference.objects.get(number=1)
        worlds.vote(world, "bo", reference, "include")
        voting.take_back_vote(world.bo, reference_id=reference.pk, phase=Phase.TITLE_ABSTRACT)
        with pytest.raises(services.DecidedOn, match="reference 1"):
            services.undo_import(world.ada, import_id=row.pk)

    def test_a_vote_elsewhere_does_not(self, world: World) -> None:
        worlds.upload(world, records.nbib(records.made(range(1, 4))))
        row = worlds.upload(world, records.ris(records.made(range(7, 9))), "made.ris", source="B")
        worlds.vote(world, "bo", Reference.objects.get(number=1), "include")
        services.undo_import(world.ada, import_id=row.pk)
        assert Vote.objects.count() == 1

    def test_undone_or_refused_already(self, world: World) -> None:
        row = worlds.upload(world, records.nbib(records.made(range(1, 4))))
        services.undo_import(world.ada, import_id=row.pk)
        with pytest.raises(Refusal, match="was undone already"):
            services.undo_import(world.ada, import_id=row.pk)
        Import.objects.filter(pk=row.pk).update(state="refused", refusal="x", undone_at=None, undone_by=None)
        with pytest.raises(Refusal, match="nothing to undo"):
            services.undo_import(world.ada, import_id=row.pk)

    def test_another_review_s_import_does_not_exist(self, world: World) -> None:
        row = worlds.upload(world, records.nbib(records.made(range(1, 4))))
        with pytest.raises(NotFound):
            services.undo_import(another(world).ada, import_id=row.pk)

    def test_without_its_event_nothing_is_undone(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        row = worlds.upload(world, records.nbib(records.made(range(1, 4))))

        def fail(*args: object, **kwargs: object) -> None:
            raise ConnectionError("the trail is gone")

        monkeypatch.setattr("reviews.core.events.record", fail)
        with pytest.raises(ConnectionError):
            services.undo_import(world.ada, import_id=row.pk)
        assert len(joined(world)) == 3


def test_an_import_undone_while_it_is_stored_stops_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CHUNK", 10)
    run = worlds.search_run(world)
    content = records.nbib(records.made(range(1, 41)))
    row = services.receive_file(world.ada, search_run_id=run.pk, file=ContentFile(content, name="half.nbib"))
    job = Job.objects.get(task__endswith="run_import")
    with pytest.raises(Killed):
        services.run_import(row.pk, Deadly(job.pk))
    assert Record.objects.count() == 10
    services.undo_import(world.ada, import_id=row.pk)
    worlds.finish_jobs(world)
    job.refresh_from_db()
    assert (job.state, "was undone" in job.error) == (JobState.FAILED, True)
    assert Record.objects.count() == 10
    assert joined(world) == {}
    with pytest.raises(Refusal, match="was undone"):
        services.run_import(row.pk, jobs.Progress(job.pk))


def test_the_number_of_queries_does_not_grow(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    worlds.upload(world, records.nbib(records.made(range(1, 3))), "a.nbib", source="A")
    row = worlds.upload(world, records.ris(records.made(range(51, 150))), "b.ris", source="B")
    with django_assert_max_num_queries(8):
        selectors.undo(world.ada, row.pk)
    with django_assert_max_num_queries(26):
        services.undo_import(world.ada, import_id=row.pk)
    shared = worlds.upload(world, records.ris(records.made(range(1, 3))), "c.ris", source="C")
    with django_assert_max_num_queries(40):
        services.undo_import(world.ada, import_id=shared.pk)


class TestLargeImports:
    """Of more than ``rules.UNDONE_AT_ONCE`` records: a job undoes them."""

    @pytest.fixture(autouse=True)
    def everything_is_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rules, "UNDONE_AT_ONCE", 2)
        monkeypatch.setattr("reviews.search.services.regrouping.BATCH", 2)

    def test_the_job_undoes_it_in_the_name_of_who_asked(self, world: World) -> None:
        worlds.upload(world, records.nbib(records.made(range(1, 8))))
        row = worlds.upload(world, records.ris(records.made(range(3, 12))), "made.ris", source="B")
        assert services.undo_import(world.bo, import_id=row.pk).state == ImportState.STORED
        assert selectors.file_import(world.rea, row.pk).undo_job is not None
        worlds.finish_jobs(world)
        row.refresh_from_db()
        assert (row.state, row.undone_by_id) == (ImportState.UNDONE, world.bo.user_id)
        assert joined(world) == {number: [f"made.nbib {number}"] for number in range(1, 8)}
        job = Job.objects.get(task="reviews.search.tasks.run_undo")
        assert services.run_undo(row.pk, jobs.Progress(job.pk)) == "The import of made.ris is undone."
        assert EventLine.objects.filter(type="search.import_undone").count() == 1

    def test_a_vote_that_came_before_the_job_keeps_the_import(self, world: World) -> None:
        row = worlds.upload(world, records.nbib(records.made(range(1, 8))))
        services.undo_import(world.ada, import_id=row.pk)
        worlds.vote(world, "bo", Reference.objects.get(number=5), "include")
        worlds.finish_jobs(world)
        job = Job.objects.get(task="reviews.search.tasks.run_undo")
        assert (job.state, "reference 5" in job.error) == (JobState.FAILED, True)
        assert len(joined(world)) == 7
        with pytest.raises(services.DecidedOn):
            services.undo_import(world.ada, import_id=row.pk)

    def test_a_job_that_failed_is_asked_again(self, world: World) -> None:
        row = worlds.upload(world, records.nbib(records.made(range(1, 8))))
        services.undo_import(world.ada, import_id=row.pk)
        Job.objects.filter(task="reviews.search.tasks.run_undo").update(state=JobState.FAILED, error="x")
        services.undo_import(world.bo, import_id=row.pk)
        worlds.finish_jobs(world)
        row.refresh_from_db()
        assert (row.state, row.undone_by_id) == (ImportState.UNDONE, world.bo.user_id)
