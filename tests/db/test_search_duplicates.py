"""Duplicates end to end in the database: the job that joins and proposes, its thresholds, what is shown."""

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from reviews.core import jobs
from reviews.core.models import EventLine, Job
from reviews.core.refusals import BadInput, Refusal
from reviews.core.rules import JobState
from reviews.reporting import selectors as reporting
from reviews.search import cards, rules, selectors, services
from reviews.search.models import DuplicateCheck, Key, Pair, PairDecision, Record, Reference
from reviews.search.rules import PairVerdict
from reviews.search.selectors import duplicates
from tests import world as worlds
from tests.duplicates import decide, doubtful, held, open_pairs, ris, trial
from tests.imports import another
from tests.world import World

JOINED = PairVerdict.JOINED
CHECK = "reviews.search.tasks.check_duplicates"


class TestTheJob:
    def test_three_bands(self, asked: World) -> None:
        worlds.upload(asked, ris(trial(1, AB="short"), trial(2)), "three.ris", source="C")
        assert held(asked) == {1: [0], 2: [1, 3], 3: [2], 5: [4]}
        (pair,) = open_pairs(asked)
        assert (pair.one.title, pair.vetoes) == (pair.other.title, ["no place"])
        assert [one.pair_id for one in duplicates.waiting(asked.rea)] == [pair.pk]

    def test_it_is_a_job_with_progress_and_an_event(self, asked: World) -> None:
        first, second = Job.objects.filter(task=CHECK).order_by("pk")
        assert (first.state, first.done, first.total) == (JobState.SUCCEEDED, 2, 2)
        assert first.message == "0 duplicates joined, 0 pairs to decide."
        assert second.message == "0 duplicates joined, 1 pair to decide."
        assert EventLine.objects.filter(type="search.duplicates_checked").count() == 2

    def test_every_join_is_an_event(self, asked: World) -> None:
        worlds.upload(asked, ris(trial(0, AB=""), trial(1, AB="")), "three.ris", source="C")
        lines = EventLine.objects.filter(type="search.references_joined").order_by("pk")
        assert sorted((line.data["loser"], line.data["survivor"], line.actor_id) for line in lines) == [
            (4, 1, None),
            (5, 2, None),
        ]

    def test_every_record_has_its_keys(self, asked: World) -> None:
        assert set(Key.objects.values_list("record", flat=True)) == set(Record.objects.values_list("pk", flat=True))

    def test_killed_between_batches_it_goes_on_and_comes_to_the_same(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        content = ris(*(trial(n) for n in range(6)), *(trial(n, AB="") for n in range(6)), doubtful(3))
        undisturbed = another(world)
        worlds.upload(undisturbed, content, "all.ris")
        monkeypatch.setattr(rules, "COMPARED_AT_ONCE", 4)
        monkeypatch.setattr(worlds, "finish_jobs", lambda world: None)
        row = worlds.upload(world, content, "all.ris")
        services.run_import(row.pk, jobs.Progress(Job.objects.get(subject_id=row.pk, task__endswith="import").pk))
        check = DuplicateCheck.objects.get(in_import=row)

        class Deadly(jobs.Progress):
            def tell(self, done: int, total: int, message: str = "") -> None:
                if done >= 8:
                    raise KeyboardInterrupt
                super().tell(done, total, message)

        progress = Deadly(Job.objects.get(subject_id=check.pk, task=CHECK).pk)
        with pytest.raises(KeyboardInterrupt):
            services.check_duplicates(check.pk, progress)
        check.refresh_from_db()
        assert (check.compared, check.finished_at) == (4, None)
        message = services.check_duplicates(check.pk, jobs.Progress(progress.job_id))
        assert held(world) == held(undisturbed)
        assert message == services.check_duplicates(check.pk, jobs.Progress(progress.job_id)), "done is done"
        assert EventLine.objects.filter(type="search.duplicates_checked", review_id=world.review_id).count() == 1

    def test_it_asks_a_constant_number_of_queries(
        self, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        worlds.upload(world, ris(*(trial(n) for n in range(3))), "one.ris")
        for number, count in ((2, 1), (3, 6)):
            run = worlds.search_run(world, f"S{number}")
            content = ris(*(trial(n, AB=f"{number}") for n in range(count)))
            file = worlds.SimpleUploadedFile(f"{number}.ris", content)
            row = services.receive_file(world.ada, search_run_id=run.pk, file=file)
            services.run_import(row.pk, jobs.Progress(0))
            with django_assert_max_num_queries(45):
                services.check_duplicates(DuplicateCheck.objects.get(in_import=row).pk, jobs.Progress(0))

    def test_another_review_is_never_looked_at(self, asked: World) -> None:
        other = another(asked)
        worlds.upload(other, ris(trial(0)), "other.ris")
        assert held(other) == {1: [0]}

    def test_an_import_undone_before_the_job_ends_in_nothing(self, world: World) -> None:
        run = worlds.search_run(world)
        file = worlds.SimpleUploadedFile("one.ris", ris(trial(0), trial(0, AB="")))
        row = services.receive_file(world.ada, search_run_id=run.pk, file=file)
        services.run_import(row.pk, jobs.Progress(0))
        services.undo_import(world.ada, import_id=row.pk)
        worlds.finish_jobs(world)
        assert not Pair.objects.exists()
        assert Job.objects.get(task=CHECK).state == JobState.SUCCEEDED


class TestThresholds:
    def test_moving_them_judges_what_is_undecided_again(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        services.set_thresholds(asked.ada, join=0.99, propose=0.97, revision=0)
        worlds.finish_jobs(asked)
        assert duplicates.waiting(asked.ada) == []
        services.set_thresholds(asked.ada, join=0.9, propose=0.1, revision=1)
        worlds.finish_jobs(asked)
        assert [one.pair_id for one in duplicates.waiting(asked.ada)] == [pair.pk]
        assert EventLine.objects.filter(type="search.thresholds_changed").count() == 2
        found = duplicates.thresholds(asked.rea)
        assert (found.thresholds, found.revision) == ((0.9, 0.1), 2)

    def test_decided_pairs_stay(self, asked: World) -> None:
        worlds.upload(asked, ris(trial(1, AB="")), "three.ris", source="C")
        decide(asked, open_pairs(asked)[0], JOINED)
        before = held(asked)
        services.set_thresholds(asked.ada, join=0.999, propose=0.9, revision=0)
        worlds.finish_jobs(asked)
        assert held(asked) == before

    @pytest.mark.parametrize(
        ("join", "propose", "field"), [(0.4, 0.1, "join"), (0.9, 0.95, "propose"), (0.9, 0, "propose")]
    )
    def test_what_cannot_be_used_is_refused(self, world: World, join: float, propose: float, field: str) -> None:
        with pytest.raises(BadInput) as refused:
            services.set_thresholds(world.ada, join=join, propose=propose, revision=0)
        assert field in refused.value.fields

    def test_the_same_again_queues_nothing_and_a_stale_page_is_refused(self, world: World) -> None:
        assert services.set_thresholds(world.ada, join=0.8, propose=0.05, revision=0) is None
        assert services.set_thresholds(world.ada, join=0.9, propose=0.05, revision=0) is not None
        with pytest.raises(Refusal, match="meanwhile"):
            services.set_thresholds(world.ada, join=0.95, propose=0.05, revision=0)


class TestWhatIsShown:
    def test_a_reference_shows_each_field_from_the_record_that_has_it_best(self, world: World) -> None:
        without = {key: value for key, value in trial(0, AB="A short one.").items() if key not in ("IS",)}
        worlds.upload(world, ris(without), "one.ris")
        worlds.upload(world, ris({**trial(0), "TI": trial(0)["TI"].upper()}), "two.ris", source="B")
        (reference,) = world.references()
        shown = reference.citation
        assert (shown.title, shown.issue) == (trial(0)["TI"], "2")
        assert shown.abstract == trial(0)["AB"]
        ((record, words),) = cards.origins(reference)
        assert record != reference.primary_record_id
        assert words.startswith("shown: ")

    def test_after_an_undo_it_shows_its_own_again(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        made = decide(asked, pair, JOINED)
        services.undo_decision(asked.ada, decision_id=made.pk)
        second = Reference.objects.get(number=3)
        assert (second.citation.abstract, second.composed, second.primary_record_id) == ("", {}, pair.other_id)

    def test_prisma_counts_follow_joins_and_undo(self, asked: World) -> None:
        worlds.upload(asked, ris(trial(1, AB="")), "three.ris", source="C")
        flow = reporting.flow(asked.ada)
        assert (sum(count for _, count in flow.databases), flow.duplicates, flow.awaiting_screening) == (4, 1, 3)
        made = decide(asked, open_pairs(asked)[0], JOINED)
        flow = reporting.flow(asked.ada)
        assert (flow.duplicates, flow.awaiting_screening) == (2, 2)
        overview = selectors.overview(asked.ada)
        assert (overview.records, overview.references, overview.duplicates) == (4, 2, 2)
        services.undo_decision(asked.ada, decision_id=made.pk)
        services.undo_decision(asked.ada, decision_id=PairDecision.objects.get(person=None).pk)
        flow = reporting.flow(asked.ada)
        assert (flow.duplicates, flow.awaiting_screening) == (0, 4)

    def test_lists_cost_a_constant_number_of_queries(
        self, world: World, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        worlds.upload(world, ris(*(trial(n) for n in range(6))), "one.ris")
        worlds.upload(world, ris(*(doubtful(n) for n in range(6))), "two.ris", source="B")
        with django_assert_num_queries(3):
            found = duplicates.waiting(world.ada)
        assert len(found) == 6
        for count in (1, 6):
            with django_assert_num_queries(5):
                assert len(duplicates.pairs(world.ada, [one.pair_id for one in found[:count]])) == count
        with django_assert_num_queries(2):
            duplicates.counts(world.ada, found)
