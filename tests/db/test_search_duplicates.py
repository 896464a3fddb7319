"""Duplicates end to end in the database: joined, proposed, decided, taken back; decisions stand, votes stay."""

import pytest
from django.db import DatabaseError, transaction
from pytest_django.fixtures import DjangoAssertNumQueries

from reviews.core import jobs
from reviews.core.models import EventLine, Job
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.core.rules import JobState
from reviews.reporting import selectors as reporting
from reviews.screening import selectors as screening
from reviews.screening import services as voting
from reviews.screening.models import Standing, Vote
from reviews.screening.rules import Phase, State
from reviews.search import cards, rules, selectors, services
from reviews.search.models import DuplicateCheck, Join, Key, Pair, PairDecision, Record, Reference
from reviews.search.rules import PairVerdict
from reviews.search.selectors import duplicates
from tests import world as worlds
from tests.duplicates import doubtful, held, open_pairs, ris, trial
from tests.imports import another
from tests.world import World

TA = Phase.TITLE_ABSTRACT
JOINED, DIFFERENT = PairVerdict.JOINED, PairVerdict.DIFFERENT
CHECK = "reviews.search.tasks.check_duplicates"


def decide(world: World, pair: Pair, verdict: str, who: str = "ada") -> PairDecision:
    return services.decide_pair(world.seats[who], pair_id=pair.pk, verdict=verdict)


@pytest.fixture
def asked(world: World) -> World:
    """Trial 0, and a citation of it that lacks everything but title, author and year: a pair to decide."""
    worlds.upload(world, ris(trial(0), trial(1)), "one.ris")
    worlds.upload(world, ris(doubtful(0)), "two.ris", source="B")
    return world


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


class TestDecisions:
    def test_a_confirmed_pair_is_one_reference_and_undo_parts_it_again(self, asked: World) -> None:
        before = held(asked)
        (pair,) = open_pairs(asked)
        made = decide(asked, pair, JOINED, "bo")
        assert held(asked) == {1: [0, 2], 2: [1]}
        assert duplicates.waiting(asked.ada) == []
        counts = duplicates.counts(asked.ada, [])
        assert (counts.decided, counts.total, counts.confirmed, counts.automatic) == (1, 1, 1, 0)
        services.undo_decision(asked.cy, decision_id=made.pk)
        assert held(asked) == before
        assert Reference.objects.get(number=3).merged_into is None
        assert [one.pair_id for one in duplicates.waiting(asked.ada)] == [pair.pk], "it is open again"
        made.refresh_from_db()
        assert (made.superseded_by_id, made.person_id) == (asked.cy.user_id, asked.bo.user_id)
        kinds = EventLine.objects.filter(type__in=["search.references_joined", "search.references_parted"])
        assert [line.actor_id for line in kinds.order_by("pk")] == [asked.bo.user_id, asked.cy.user_id]

    def test_what_was_declared_different_is_never_proposed_or_joined_again(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        decide(asked, pair, DIFFERENT)
        assert duplicates.waiting(asked.ada) == []
        worlds.upload(asked, ris(trial(0, AB=""), doubtful(0)), "more.ris", source="C")
        for reference in held(asked).values():
            assert not {0, 2} <= set(reference), "through a third record"
        services.set_thresholds(asked.ada, join=0.5, propose=0.01, revision=0)
        worlds.finish_jobs(asked)
        for reference in held(asked).values():
            assert not {0, 2} <= set(reference), "through other thresholds"
        ends = {frozenset((one.one, one.other)) for one in duplicates.waiting(asked.ada)}
        one, other = (Join.objects.get(record=end, superseded_at=None) for end in (pair.one, pair.other))
        assert frozenset((one.reference_id, other.reference_id)) not in ends

    def test_joining_what_was_declared_different_through_other_records_is_refused(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        decide(asked, pair, DIFFERENT)
        worlds.upload(asked, ris(trial(0, AB="")), "more.ris", source="C")
        rest = [one for one in open_pairs(asked) if pair.other_id in (one.one_id, one.other_id)]
        assert rest, "the new record is like the doubtful one too"
        with pytest.raises(Refusal, match="were declared different"):
            decide(asked, rest[0], JOINED)
        services.undo_decision(asked.ada, decision_id=PairDecision.objects.get(verdict=DIFFERENT).pk)
        decide(asked, rest[0], JOINED)
        assert held(asked)[1] == [0, 2, 3]

    def test_undoing_an_automatic_join_declares_it_different(self, asked: World) -> None:
        worlds.upload(asked, ris(trial(1, AB="short")), "three.ris", source="C")
        assert held(asked)[2] == [1, 3]
        services.undo_decision(asked.bo, decision_id=PairDecision.objects.get(person=None).pk)
        assert held(asked) == {1: [0], 2: [1], 3: [2], 4: [3]}
        assert PairDecision.objects.get(superseded_at=None).person_id == asked.bo.user_id
        services.set_thresholds(asked.ada, join=0.6, propose=0.05, revision=0)
        worlds.finish_jobs(asked)
        assert held(asked)[4] == [3]

    def test_undo_parts_where_the_tree_was_tied(self, world: World) -> None:
        """Two groups of two, confirmed as one, part into the two groups."""
        worlds.upload(world, ris(trial(0), trial(0, AB=""), doubtful(0)), "one.ris")
        worlds.upload(world, ris({**doubtful(0), "T2": "J Made Up"}), "two.ris", source="B")
        groups = held(world)
        made = []
        while found := duplicates.waiting(world.ada):
            made.append(services.decide_pair(world.ada, pair_id=found[0].pair_id, verdict=JOINED))
        assert list(held(world).values()) == [[0, 1, 2, 3]]
        for decision in made:
            services.undo_decision(world.ada, decision_id=decision.pk)
            held(world)
        assert held(world) == groups

    def test_twice_the_same_is_once_and_somebody_else_is_told(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        first = decide(asked, pair, JOINED, "bo")
        assert decide(asked, pair, JOINED, "bo").pk == first.pk
        with pytest.raises(Refusal, match="Bo has decided this pair already: duplicate"):
            decide(asked, pair, DIFFERENT, "cy")
        services.undo_decision(asked.bo, decision_id=first.pk)
        with pytest.raises(Refusal, match="undone already"):
            services.undo_decision(asked.bo, decision_id=first.pk)

    def test_who_may(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        for who in ("dee", "sol", "rea"):
            with pytest.raises(NotAllowed):
                decide(asked, pair, JOINED, who)
        with pytest.raises(NotFound):
            services.decide_pair(another(asked).ada, pair_id=pair.pk, verdict=JOINED)
        made = decide(asked, pair, DIFFERENT, "bo")
        with pytest.raises(NotAllowed):
            services.undo_decision(asked.rea, decision_id=made.pk)
        with pytest.raises(NotAllowed):
            services.set_thresholds(asked.bo, join=0.9, propose=0.1, revision=0)

    def test_without_its_event_nothing_is_decided(self, asked: World, monkeypatch: pytest.MonkeyPatch) -> None:
        (pair,) = open_pairs(asked)
        before = held(asked)

        def fail(*args: object, **kwargs: object) -> None:
            raise ConnectionError("the trail is gone")

        monkeypatch.setattr("reviews.core.models.EventLine.objects.bulk_create", fail)
        monkeypatch.setattr("reviews.core.events.record", fail)
        for verdict in (JOINED, DIFFERENT):
            with pytest.raises(ConnectionError):
                decide(asked, pair, verdict)
        assert (held(asked), PairDecision.objects.count()) == (before, 0)

    def test_the_database_keeps_history(self, asked: World) -> None:
        decide(asked, open_pairs(asked)[0], JOINED)
        with pytest.raises(DatabaseError, match="keeps history"), transaction.atomic():
            PairDecision.objects.update(person=None)
        with pytest.raises(DatabaseError, match="keeps history"), transaction.atomic():
            PairDecision.objects.all()._raw_delete("default")

    def test_an_import_with_a_decided_pair_can_still_be_undone(self, asked: World) -> None:
        (pair,) = open_pairs(asked)
        decide(asked, pair, JOINED)
        row = pair.other.in_import
        services.undo_import(asked.ada, import_id=row.pk)
        assert Reference.objects.unique_documents().count() == 2
        assert not PairDecision.objects.filter(superseded_at=None).exists()
        with pytest.raises(Refusal, match="was undone"):
            decide(asked, pair, JOINED)


class TestVotes:
    def vote_both(self, world: World, one: str, other: str) -> tuple[Reference, Reference]:
        first, second = (Reference.objects.get(number=number) for number in (1, 3))
        worlds.vote(world, "bo", first, one)
        worlds.vote(world, "cy", second, other)
        return first, second

    def test_votes_on_both_count_for_what_they_become_and_part_again(self, asked: World) -> None:
        first, second = self.vote_both(asked, "include", "include")
        assert screening.progress(asked.ada, TA).waiting == 2
        made = decide(asked, open_pairs(asked)[0], JOINED)
        assert screening.standpoint(asked.ada, first, TA).state == State.INCLUDED
        progress = screening.progress(asked.ada, TA)
        assert (progress.included, progress.waiting, progress.untouched, progress.total) == (1, 0, 1, 2)
        assert {vote.person.name for vote in screening.standpoint(asked.ada, first, TA).votes} == {"Bo", "Cy"}
        assert [one.number for one in screening.queue(asked.cy, TA, limit=9)] == [2]
        assert Vote.objects.filter(superseded_at=None).count() == 2, "no row of a vote was touched"
        assert [one.reference.document.pk for one in screening.my_votes(asked.cy, TA)] == [first.pk]
        services.undo_decision(asked.ada, decision_id=made.pk)
        assert screening.progress(asked.ada, TA).waiting == 2
        second.refresh_from_db()
        assert screening.standpoint(asked.ada, second, TA).state == State.WAITING

    def test_votes_that_disagree_are_a_conflict_for_the_adjudicator(self, asked: World) -> None:
        first, _ = self.vote_both(asked, "include", "exclude")
        decide(asked, open_pairs(asked)[0], JOINED)
        assert screening.progress(asked.ada, TA).conflicts == 1
        voting.resolve(asked.dee, reference_id=first.pk, phase=TA, verdict="exclude")
        assert screening.progress(asked.ada, TA).excluded == 1

    def test_one_person_s_two_votes_are_one_the_newest(self, asked: World) -> None:
        first, second = (Reference.objects.get(number=number) for number in (1, 3))
        worlds.vote(asked, "bo", first, "exclude")
        worlds.vote(asked, "bo", second, "include")
        decide(asked, open_pairs(asked)[0], JOINED)
        standing = Standing.objects.get()
        assert (standing.reference_id, standing.includes, standing.excludes) == (first.pk, 1, 0)
        assert screening.progress(asked.bo, TA).mine == 1
        voting.take_back_vote(asked.bo, reference_id=first.pk, phase=TA)
        assert not Vote.objects.filter(superseded_at=None).exists()
        assert screening.progress(asked.ada, TA).untouched == 2

    def test_a_change_of_mind_after_the_join_counts_once(self, asked: World) -> None:
        first, _ = self.vote_both(asked, "include", "include")
        decide(asked, open_pairs(asked)[0], JOINED)
        with pytest.raises(Refusal, match="has all its votes"):
            worlds.vote(asked, "cy", first, "exclude")
        voting.doubt(asked.cy, reference_id=first.pk, phase=TA)
        assert screening.progress(asked.ada, TA).conflicts == 1

    def test_tallies_can_be_rebuilt(self, asked: World) -> None:
        self.vote_both(asked, "include", "include")
        decide(asked, open_pairs(asked)[0], JOINED)
        before = list(Standing.objects.order_by("reference", "phase").values())
        voting.rebuild_standings(asked.review_id)
        assert [{**row, "id": 0} for row in Standing.objects.order_by("reference", "phase").values()] == [
            {**row, "id": 0} for row in before
        ]

    def test_two_references_with_a_vote_are_never_joined_unasked(self, world: World) -> None:
        services.set_thresholds(world.ada, join=0.999, propose=0.05, revision=0)
        worlds.upload(world, ris(trial(0), {**doubtful(0), "T2": "J Made Up"}), "one.ris")
        worlds.vote(world, "bo", Reference.objects.get(number=1), "include")
        before = held(world)
        worlds.upload(world, ris(trial(0, AB=""), doubtful(0)), "two.ris", source="B")
        assert all(not {0, 1} <= set(records) for records in held(world).values()), before

    def test_a_vote_on_a_merged_reference_finds_nothing(self, asked: World) -> None:
        decide(asked, open_pairs(asked)[0], JOINED)
        with pytest.raises(NotFound):
            worlds.vote(asked, "bo", Reference.objects.get(number=3), "include")


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
        with django_assert_num_queries(2):
            found = duplicates.waiting(world.ada)
        assert len(found) == 6
        for count in (1, 6):
            with django_assert_num_queries(4):
                assert len(duplicates.pairs(world.ada, [one.pair_id for one in found[:count]])) == count
        with django_assert_num_queries(3):
            duplicates.counts(world.ada, found)
