"""Specifying, running and outdating a synthesis."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from analysis import synthesis as engine_synthesis
from reviews.core import jobs
from reviews.core.history import Stale
from reviews.core.models import EventLine, Job, Review
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.core.rules import JobState
from reviews.extraction import services as extraction
from reviews.extraction.models import Study, Value
from reviews.synthesis import selectors, services
from reviews.synthesis.models import Run, Synthesis
from tests import world as worlds
from tests.world import World


def plan(world: World, **changed: Any) -> Synthesis:
    point = world.time_point().pk
    given = {
        "title": "Sleep after treatment",
        "arm_1": "intervention",
        "time_1_id": point,
        "arm_2": "comparator",
        "time_2_id": point,
        "measure": "SMD",
        "model": "random",
        "tau2_method": "DL",
        "convention": "revman5",
    }
    return services.create_synthesis(world.sol, **(given | changed))


def computed(world: World, spec: Synthesis) -> Run:
    asked = services.ask_run(world.sol, synthesis_id=spec.pk)
    worlds.finish_jobs(world)
    return Run.objects.get(pk=asked.pk)


def job_of(run: Run) -> Job:
    return Job.objects.get(task=services.rules.COMPUTE, subject_id=run.pk)


def test_a_run_freezes_the_consensus_with_the_values_behind_it(consensus: World) -> None:
    asked = services.ask_run(consensus.sol, synthesis_id=plan(consensus).pk)
    rows = asked.inputs["rows"]
    assert [row["label"] for row in rows] == ["Keeper 1 2000", "Keeper 2 2001", "Keeper 3 2002"]
    first = rows[0]
    assert (first["n1"], first["mean1"], first["sd1"], first["n2"], first["mean2"], first["sd2"]) == (
        143,
        9.45,
        4.97,
        143,
        13.59,
        4.83,
    )
    values = Value.objects.in_bulk(first["value_ids"].values())
    assert {name: values[pk].number for name, pk in first["value_ids"].items()} == {
        name: first[name] for name in ("n1", "mean1", "sd1", "n2", "mean2", "sd2")
    }
    assert {value.entry.kind for value in values.values()} == {"consensus"}
    assert asked.inputs["texts"]["group_1"] == "Guided rest"
    assert (asked.results, asked.finished_at, asked.engine_version) == (None, None, "")


def test_the_stored_result_is_the_engines(consensus: World) -> None:
    run = computed(consensus, plan(consensus))
    stored = selectors.analysis(run)
    again = engine_synthesis.analyse([row.study for row in stored.studies], stored.options)
    assert stored == again
    assert stored.overall.k == 3
    assert stored.overall.ci_high < 0
    assert run.engine_version == stored.engine_version
    assert job_of(run).state == JobState.SUCCEEDED


def test_a_run_is_computed_once(consensus: World) -> None:
    run = computed(consensus, plan(consensus))
    before = Run.objects.filter(pk=run.pk).values().get()
    job = job_of(run)
    message = services.compute_run(run.pk, jobs.Progress(job.pk))
    assert message == "Sleep after treatment: run 1 is ready."
    assert Run.objects.filter(pk=run.pk).values().get() == before
    assert EventLine.objects.filter(type="synthesis.run_finished").count() == 1


def test_every_write_is_in_the_trail(consensus: World) -> None:
    spec = plan(consensus)
    computed(consensus, spec)
    services.archive_synthesis(consensus.sol, synthesis_id=spec.pk)
    kinds = EventLine.objects.filter(type__startswith="synthesis.").order_by("pk").values_list("type", flat=True)
    assert list(kinds) == [
        "synthesis.created",
        "synthesis.run_asked",
        "synthesis.run_finished",
        "synthesis.archived",
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": "   "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"measure": "OR"}, "measure"),
        ({"model": "fixed"}, "model"),
        ({"tau2_method": "PM"}, "tau2_method"),
        ({"convention": "stata"}, "convention"),
        ({"arm_1": "placebo"}, "arm_1"),
        ({"arm_2": "intervention"}, "arm_2"),
        ({"time_1_id": 0}, "time_1_id"),
        ({"time_2_id": 987654}, "time_2_id"),
        ({"subgroup_by_id": 987654}, "subgroup_by_id"),
    ],
)
def test_what_a_synthesis_cannot_be(world: World, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        plan(world, **changed)
    assert list(refused.value.fields) == [field]
    assert not Synthesis.objects.exists()


def test_a_title_is_taken_whatever_its_case_until_it_is_put_away(world: World) -> None:
    first = plan(world)
    with pytest.raises(BadInput) as refused:
        plan(world, title="sleep  AFTER treatment")
    assert "title" in refused.value.fields
    services.archive_synthesis(world.sol, synthesis_id=first.pk)
    assert plan(world).pk != first.pk


def test_an_arm_can_be_compared_with_itself_at_another_time(world: World) -> None:
    spec = plan(world, arm_2="intervention", time_2_id=world.time_point("sleep-late").pk)
    texts = selectors.current_inputs(world.sol, spec).texts
    assert (texts.group_1, texts.group_2) == ("Intervention, Post-treatment", "Intervention, Follow-up")


def test_without_a_consensus_there_is_nothing_to_run(world: World) -> None:
    spec = plan(world)
    with pytest.raises(Refusal, match=r"No study has a consensus for Sleep, Post-treatment, in both groups yet\."):
        services.ask_run(world.sol, synthesis_id=spec.pk)
    assert not Run.objects.exists()
    assert not Job.objects.filter(task=services.rules.COMPUTE).exists()


def test_a_second_run_waits_for_the_first(consensus: World) -> None:
    spec = plan(consensus)
    first = services.ask_run(consensus.sol, synthesis_id=spec.pk)
    with pytest.raises(Refusal, match="is being computed already"):
        services.ask_run(consensus.sol, synthesis_id=spec.pk)
    Job.objects.filter(pk=job_of(first).pk).update(state=JobState.FAILED)
    assert services.ask_run(consensus.sol, synthesis_id=spec.pk).number == 2


def test_subgroups_need_a_level_for_every_study(consensus: World) -> None:
    spec = plan(consensus, subgroup_by_id=consensus.characteristic().pk)
    run = computed(consensus, spec)
    assert [pool.name for pool in selectors.analysis(run).subgroups] == [
        "Insomnia diagnosed: yes",
        "Insomnia diagnosed: no",
    ]
    row = dict(run.inputs["rows"][0], level="")
    frozen = services.rules.inputs({**run.inputs, "rows": [row]})
    assert services.rules.without_level(frozen.rows).startswith("“Keeper 1 2000” has no subgroup")


def test_only_who_synthesises_may_write(consensus: World) -> None:
    spec = plan(consensus)
    for name in ("bo", "dee", "rea"):
        seat = consensus.seats[name]
        for call in (
            lambda seat=seat: services.ask_run(seat, synthesis_id=spec.pk),
            lambda seat=seat: services.archive_synthesis(seat, synthesis_id=spec.pk),
        ):
            with pytest.raises(NotAllowed):
                call()
    assert not Run.objects.exists()


def test_another_reviews_synthesis_does_not_exist(consensus: World) -> None:
    spec = plan(consensus)
    run = computed(consensus, spec)
    other = services.Seat(consensus.review_id + 1, consensus.sol.user_id, 0, "lead", "Sol")
    Review.objects.create(pk=other.review_id, title="Another", created_by=consensus.people["ada"])
    for call in (
        lambda: services.ask_run(other, synthesis_id=spec.pk),
        lambda: selectors.synthesis(other, spec.pk),
        lambda: selectors.run(other, run.pk),
    ):
        with pytest.raises(NotFound):
            call()
    assert selectors.latest_run(other, spec) is None
    with pytest.raises(BadInput):
        services.create_synthesis(
            other,
            title="Borrowed",
            arm_1="intervention",
            time_1_id=spec.time_1_id,
            arm_2="comparator",
            time_2_id=spec.time_2_id,
            measure="SMD",
            model="random",
            tau2_method="DL",
            convention="revman5",
        )


def test_the_database_refuses_to_rewrite_a_result(consensus: World) -> None:
    run = computed(consensus, plan(consensus))
    with pytest.raises(Exception, match="keeps history"):
        Run.objects.filter(pk=run.pk).update(results={"schema": 1})


@pytest.mark.django_db(transaction=True)
def test_two_people_asking_at_once_make_one_run() -> None:
    world = worlds.with_consensus()
    spec = plan(world)

    def ask(name: str) -> str:
        try:
            services.ask_run(world.seats[name], synthesis_id=spec.pk)
        except Refusal as refusal:
            return refusal.message
        finally:
            connection.close()
        return "asked"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(ask, ["ada", "sol"]))
    assert answers[1] == "asked"
    assert "is being computed already" in answers[0]
    assert Run.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_store_one_result() -> None:
    world = worlds.with_consensus()
    run = services.ask_run(world.sol, synthesis_id=plan(world).pk)
    job = job_of(run)

    def compute(_: int) -> str:
        try:
            return services.compute_run(run.pk, jobs.Progress(job.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(compute, range(2)))
    assert EventLine.objects.filter(type="synthesis.run_finished").count() == 1


class TestOutdated:
    def test_a_fresh_run_is_up_to_date(self, consensus: World) -> None:
        run = computed(consensus, plan(consensus))
        assert selectors.changes(consensus.rea, selectors.run(consensus.rea, run.pk)) == []

    def test_a_changed_value_outdates_what_was_computed_from_it(self, consensus: World) -> None:
        spec = plan(consensus)
        run = computed(consensus, spec)
        revise(consensus, "Keeper 1 2000", "mean", "8.45")
        told = selectors.changes(consensus.rea, selectors.run(consensus.rea, run.pk))
        assert "Keeper 1 2000: mean of group 1 was 9.45, now 8.45." in told
        assert selectors.is_outdated(consensus.rea, run)
        again = computed(consensus, spec)
        assert not selectors.is_outdated(consensus.rea, again)
        assert selectors.analysis(again).overall.estimate < selectors.analysis(run).overall.estimate

    def test_a_new_study_and_a_renamed_outcome_are_told(self, consensus: World) -> None:
        run = computed(consensus, plan(consensus))
        outcome = consensus.time_point().outcome
        outcome.name = "Insomnia severity"
        outcome.save()
        told = selectors.changes(consensus.rea, selectors.run(consensus.rea, run.pk))
        assert told == ["The words of the figure have changed: name of the outcome."]


def revise(world: World, label: str, field: str, reported: str) -> None:
    study = Study.objects.get(label=label)
    arm = study.arms.first()
    old = Value.objects.current().get(entry__kind="consensus", arm=arm, time_point=world.time_point(), field=field)
    value = extraction.ConsensusValue(arm.pk, world.time_point().pk, field, "other", reported, "p. 6", old.pk)
    extraction.revise_consensus(world.dee, study_id=study.pk, values=[value], traits=[], reason="Misread")


def test_reading_many_at_once_agrees_with_reading_one(consensus: World) -> None:
    late = consensus.time_point("sleep-late").pk
    specs = [
        plan(consensus),
        plan(consensus, title="By insomnia", subgroup_by_id=consensus.characteristic().pk),
        plan(consensus, title="Swapped", arm_1="comparator", arm_2="intervention", measure="MD"),
        plan(consensus, title="Late", time_1_id=late, time_2_id=late),
        plan(consensus, title="Within", arm_2="intervention", time_2_id=late),
    ]
    specs = [selectors.synthesis(consensus.rea, spec.pk) for spec in specs]
    many = selectors.current_inputs_of(consensus.rea, specs)
    assert [len(many[spec.pk].rows) for spec in specs] == [3, 3, 3, 0, 0]
    for spec in specs:
        assert many[spec.pk] == selectors.current_inputs(consensus.rea, spec)


def test_the_overview_asks_the_same_number_of_questions_however_long(
    consensus: World, django_assert_num_queries: Any
) -> None:
    for count in range(4):
        computed(consensus, plan(consensus, title=f"Synthesis {count}"))
    for many in (1, 4):
        specs = list(selectors.syntheses(consensus.rea)[:many])
        with django_assert_num_queries(6):
            lines = selectors.overview(consensus.rea, specs)
        assert [line.spec.title for line in lines] == [f"Synthesis {count}" for count in range(many)]
        assert all(line.facts and line.changes == [] for line in lines)


class TestRenaming:
    def test_title_and_note_change_and_the_trail_keeps_both(self, consensus: World) -> None:
        run = computed(consensus, plan(consensus, title="Sleep", note="First look"))
        made = run.synthesis
        services.rename_synthesis(
            consensus.sol,
            synthesis_id=made.pk,
            title=" Sleep  after ",
            note="",
            old_title="Sleep",
            old_note="First look",
        )
        made.refresh_from_db()
        assert (made.title, made.note) == ("Sleep after", "")
        line = EventLine.objects.get(type="synthesis.renamed")
        assert (line.data["old_title"], line.data["old_note"]) == ("Sleep", "First look")
        assert Run.objects.get(pk=run.pk).inputs_digest == run.inputs_digest
        told = selectors.changes(consensus.sol, Run.objects.get(pk=run.pk))
        assert told == ["The words of the figure have changed: title."], "a figure keeps the title it was made with"

    def test_a_stale_page_is_told_both(self, consensus: World) -> None:
        made = plan(consensus, title="Sleep")
        first, second = (
            lambda title=title: services.rename_synthesis(
                consensus.sol, synthesis_id=made.pk, title=title, note="", old_title="Sleep", old_note=""
            )
            for title in ("Rest", "Naps")
        )
        first()
        with pytest.raises(Stale) as refused:
            second()
        clash = refused.value.clashes["title"]
        assert (clash.current, clash.typed) == ("Rest", "Naps")
        made.refresh_from_db()
        assert made.title == "Rest"

    def test_a_taken_title_or_none_is_refused(self, consensus: World) -> None:
        plan(consensus, title="Pain")
        made = plan(consensus, title="Sleep")
        for title in ("pain", "  ", "x" * 201):
            with pytest.raises(BadInput):
                services.rename_synthesis(
                    consensus.sol, synthesis_id=made.pk, title=title, note="", old_title="Sleep", old_note=""
                )
        services.rename_synthesis(
            consensus.sol, synthesis_id=made.pk, title="SLEEP", note="", old_title="Sleep", old_note=""
        )
        with pytest.raises(NotAllowed):
            services.rename_synthesis(
                consensus.rea, synthesis_id=made.pk, title="Mine", note="", old_title="SLEEP", old_note=""
            )
