"""What synthesis gets, the overview's counts, and a constant number of queries."""

from collections.abc import Callable

import pytest

from reviews.core.double import Step
from reviews.extraction import rules, selectors, services
from reviews.extraction.models import Study, Value
from reviews.protocols.rules import ArmRole
from tests import world as worlds
from tests.world import World

IVN, CMP = ArmRole.INTERVENTION, ArmRole.COMPARATOR


def rows(world: World, time_2: str = "sleep-post", arm_2: str = CMP, with_level: bool = False) -> list[object]:
    return selectors.consensus_rows(
        world.sol,
        arm_1=IVN,
        time_1_id=world.time_point().pk,
        arm_2=arm_2,
        time_2_id=world.time_point(time_2).pk,
        characteristic_id=world.characteristic().pk if with_level else None,
    )


def test_a_row_holds_both_groups_and_leads_back_to_each_value(consensus: World) -> None:
    found = rows(consensus, with_level=True)
    assert [row.label for row in found] == ["Keeper 1 2000", "Keeper 2 2001", "Keeper 3 2002"]
    first = found[0]
    assert (first.n1, first.mean1, first.sd1) == (143, 9.45, 4.97)
    assert (first.n2, first.mean2, first.sd2) == (143, 13.59, 4.83)
    assert [row.level for row in found] == ["yes", "yes", "no"]
    for name, value_id in first.value_ids.items():
        value = Value.objects.get(pk=value_id)
        assert (value.field, value.number) == (name[:-1], getattr(first, name))
        assert value.taken_from.entry.person == consensus.people["bo"]
    assert len(first.value_ids) == 6


def test_studies_without_all_six_numbers_are_left_out(consensus: World) -> None:
    assert rows(consensus, "sleep-late") == []
    assert rows(consensus, "sleep-late", IVN) == []


def test_the_same_arm_at_two_time_points(library: World) -> None:
    world = library
    worlds.include(world, world.references()[0])
    study = worlds.study(world, world.references()[0], "Keeper 2001")
    values = [
        *worlds.value_inputs(study, world.time_point(), ("5", "2", "50"), ("6", "2", "50")),
        *worlds.value_inputs(study, world.time_point("sleep-late"), ("4", "1", "40"), ("6", "2", "45")),
    ]
    for who in ("bo", "cy"):
        assert rows(world) == []
        entry = services.start_entry(world.seats[who], study_id=study.pk)
        services.save_values(world.seats[who], entry_id=entry.pk, values=values, traits=[])
        services.submit_entry(world.seats[who], entry_id=entry.pk)
    (row,) = rows(world, "sleep-late", IVN)
    assert (row.mean1, row.mean2, row.n1, row.n2) == (5.0, 4.0, 50, 40)


def test_a_revised_value_is_the_one_that_counts(consensus: World) -> None:
    study = Study.objects.order_by("number").first()
    old = rows(consensus)[0].value_ids["mean1"]
    arm = study.arms.get(role=IVN)
    decided = rules.ConsensusValue(arm.pk, consensus.time_point().pk, "mean", "other", "9.0", replaces=old)
    services.revise_consensus(consensus.dee, study_id=study.pk, values=[decided], traits=[], reason="Misread")
    row = rows(consensus)[0]
    assert row.mean1 == 9.0
    assert row.value_ids["mean1"] != old


def test_another_review_sees_nothing(consensus: World) -> None:
    other = worlds.core.create_review(consensus.people["eve"], title="Elsewhere")
    found = selectors.consensus_rows(
        other, arm_1=IVN, time_1_id=consensus.time_point().pk, arm_2=CMP, time_2_id=consensus.time_point().pk
    )
    assert found == []
    assert not selectors.studies(other).exists()


def test_queries_do_not_grow_with_the_number_of_studies(
    consensus: World, django_assert_num_queries: Callable[..., object]
) -> None:
    point = consensus.time_point().pk
    arguments = {"arm_1": IVN, "time_1_id": point, "arm_2": CMP, "time_2_id": point}
    with django_assert_num_queries(1):
        assert len(selectors.consensus_rows(consensus.sol, **arguments)) == 3
    characteristic = consensus.characteristic().pk
    with django_assert_num_queries(2):
        selectors.consensus_rows(consensus.sol, **arguments, characteristic_id=characteristic)
    with django_assert_num_queries(5):
        assert len(selectors.lines(consensus.bo, selectors.studies(consensus.bo))) == 3
    with django_assert_num_queries(1):
        selectors.progress(consensus.bo)


@pytest.fixture
def under_way(consensus: World) -> World:
    """Three studies are done; one is open, one waits for its second extractor, one is ready for consensus."""
    world = consensus
    for place, submitters in enumerate([(), ("bo",), ("bo", "cy")], start=3):
        reference = world.references()[place]
        worlds.include(world, reference)
        study = worlds.study(world, reference, f"Keeper {place + 1} 200{place}")
        for who in submitters:
            entry = services.start_entry(world.seats[who], study_id=study.pk)
            services.submit_entry(world.seats[who], entry_id=entry.pk)
    return world


def test_progress_counts_studies_by_where_they_stand(under_way: World) -> None:
    found = selectors.progress(under_way.bo)
    assert (found.open, found.waiting, found.compare, found.done, found.total, found.mine) == (1, 1, 1, 3, 6, 0)


@pytest.mark.parametrize(
    ("who", "step", "label"),
    [
        ("bo", Step.START, "Keeper 4 2003"),
        ("cy", Step.START, "Keeper 4 2003"),
        ("dee", Step.COMPARE, "Keeper 6 2005"),
        ("ada", Step.START, "Keeper 4 2003"),
    ],
)
def test_what_to_do_next(under_way: World, who: str, step: Step, label: str) -> None:
    line = selectors.next_line(under_way.seats[who])
    assert (line.step, line.study.label) == (step, label)


def test_an_open_entry_comes_first(under_way: World) -> None:
    study = Study.objects.get(label="Keeper 5 2004")
    services.start_entry(under_way.cy, study_id=study.pk)
    line = selectors.next_line(under_way.cy)
    assert (line.step, line.study) == (Step.CONTINUE, study)
    assert selectors.next_line(under_way.rea) is None
