"""Two people at once over one study, on a real PostgreSQL with real threads."""

from functools import partial

import pytest

from reviews.core.history import Stale
from reviews.core.models import EventLine
from reviews.core.refusals import Refusal
from reviews.extraction import selectors, services
from reviews.extraction.models import Entry, Study, Value
from tests import world as worlds
from tests.threads import at_once
from tests.world import NUMBERS, World

pytestmark = pytest.mark.django_db(transaction=True)
STUDIES = 5


@pytest.fixture
def racing_world(transactional_db: None) -> World:
    """Five studies nobody has extracted yet, and a second adjudicator."""
    world = worlds.with_references(STUDIES)
    for place, reference in enumerate(world.references()):
        worlds.include(world, reference)
        worlds.study(world, reference, f"Keeper {place}")
    world.seats["dan"] = worlds.core.seat_person(world.ada, user=worlds.person("dan"), role="adjudicator")
    return world


def refused(results: list[object]) -> list[Refusal]:
    return [result for result in results if isinstance(result, Refusal)]


def test_the_last_place_goes_to_one_of_two(racing_world: World) -> None:
    world = racing_world
    for study in Study.objects.all():
        services.start_entry(world.bo, study_id=study.pk)
        claims = (partial(services.start_entry, world.seats[who], study_id=study.pk) for who in ("ada", "cy"))
        (refusal,) = refused(at_once(*claims))
        assert refusal.status == 409
        assert refusal.message.startswith("Bo and ")
        assert sorted(Entry.objects.filter(study=study).values_list("slot", flat=True)) == [1, 2]


def test_one_person_twice_at_once_holds_one_place(racing_world: World) -> None:
    world = racing_world
    for study in Study.objects.all():
        claims = (partial(services.start_entry, world.bo, study_id=study.pk) for _ in range(2))
        first, second = at_once(*claims)
        assert first == second
        assert Entry.objects.filter(study=study).count() == 1


def all_of_a(study: Study, world: World) -> list[services.ConsensusValue]:
    point = world.time_point().pk
    return [services.ConsensusValue(a.pk, point, field, "a") for a in study.arms.all() for field in ("mean", "sd", "n")]


def test_of_two_consensuses_at_once_one_is_made(racing_world: World) -> None:
    world = racing_world
    for study in Study.objects.all():
        for who, numbers in zip(("bo", "cy"), NUMBERS, strict=False):
            values = worlds.value_inputs(study, world.time_point(), *numbers)
            entry = services.start_entry(world.seats[who], study_id=study.pk)
            services.save_values(world.seats[who], entry_id=entry.pk, values=values, traits=[])
            services.submit_entry(world.seats[who], entry_id=entry.pk)
        makers = (
            partial(
                services.make_consensus, world.seats[who], study_id=study.pk, values=all_of_a(study, world), traits=[]
            )
            for who in ("dee", "dan")
        )
        results = at_once(*makers)
        (refusal,) = refused(results)
        winner = "Dan" if results[0] is refusal else "Dee"
        assert refusal.message.startswith(f"{winner} has made the consensus for {study.label} already")
    assert Entry.objects.filter(kind="consensus").count() == STUDIES
    assert Value.objects.filter(entry__kind="consensus").count() == 6 * STUDIES
    assert EventLine.objects.filter(type="extraction.consensus_made").count() == STUDIES


def test_two_windows_of_one_extractor_leave_one_current_value_a_cell(racing_world: World) -> None:
    world = racing_world
    for study in Study.objects.all():
        entry = services.start_entry(world.bo, study_id=study.pk)
        saves = (
            partial(
                services.save_values,
                world.bo,
                entry_id=entry.pk,
                values=worlds.value_inputs(study, world.time_point(), (mean, "2", "30"), ("6", "2", "30")),
                traits=[],
            )
            for mean in ("5", "5.5")
        )
        (late,) = refused(at_once(*saves))
        assert isinstance(late, Stale)
        assert {clash.typed for clash in late.clashes.values()} < {"5", "5.5"}
        current = Value.objects.filter(entry=entry, superseded_at=None)
        assert current.count() == 6


def test_a_value_saved_while_the_entry_is_submitted_is_in_it_or_refused(racing_world: World) -> None:
    world = racing_world
    for study in Study.objects.all():
        entry = services.start_entry(world.bo, study_id=study.pk)
        values = worlds.value_inputs(study, world.time_point(), *NUMBERS[0])
        saved, submitted = at_once(
            partial(services.save_values, world.bo, entry_id=entry.pk, values=values, traits=[]),
            partial(services.submit_entry, world.bo, entry_id=entry.pk),
        )
        assert isinstance(submitted, Entry)
        kept = Value.objects.filter(entry=entry).count()
        assert kept == (0 if isinstance(saved, Refusal) else 6)
        assert selectors.studies(world.ada).get(pk=study.pk).submitted == 1
