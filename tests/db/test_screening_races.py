"""Two people at once, on a real PostgreSQL with real threads."""

import pytest

from reviews.core.refusals import Refusal
from reviews.screening import selectors, services
from reviews.screening.models import Resolution, Standing, Vote
from reviews.screening.rules import Phase, State, Verdict
from tests import world as worlds
from tests.threads import at_once
from tests.world import World

TA = Phase.TITLE_ABSTRACT


@pytest.fixture
def racing_world(transactional_db: None) -> World:
    return worlds.with_references(12)


def test_two_votes_at_once_always_settle_the_reference(racing_world: World) -> None:
    world = racing_world
    for reference in world.references():
        at_once(
            lambda one=reference: worlds.vote(world, "bo", one, Verdict.INCLUDE),
            lambda one=reference: worlds.vote(world, "cy", one, Verdict.INCLUDE),
        )
        assert selectors.standpoint(world.ada, reference, TA).state == State.INCLUDED
    assert selectors.progress(world.ada, TA).included == 12
    assert Vote.objects.filter(superseded_at=None).count() == 24


def test_of_three_votes_at_once_one_is_refused(racing_world: World) -> None:
    world = racing_world
    for reference in world.references():
        results = at_once(
            *(
                lambda one=reference, who=who: worlds.vote(world, who, one, Verdict.INCLUDE)
                for who in ("ada", "bo", "cy")
            )
        )
        assert sum(isinstance(result, Refusal) for result in results) == 1
        assert Standing.objects.get(reference=reference).includes == 2


def test_one_person_twice_at_once_has_one_vote(racing_world: World) -> None:
    world = racing_world
    for reference in world.references():
        at_once(
            lambda one=reference: worlds.vote(world, "bo", one, Verdict.INCLUDE),
            lambda one=reference: worlds.vote(world, "bo", one, Verdict.EXCLUDE),
        )
        assert Vote.objects.filter(reference=reference, superseded_at=None).count() == 1


def test_two_resolutions_at_once_are_one(racing_world: World) -> None:
    world = racing_world
    second = worlds.person("dan")
    dan = worlds.core.seat_person(world.ada, user=second, role="adjudicator")
    for reference in world.references()[:6]:
        worlds.vote(world, "bo", reference, Verdict.INCLUDE)
        worlds.vote(world, "cy", reference, Verdict.EXCLUDE)
        results = at_once(
            *(
                lambda one=reference, seat=seat, verdict=verdict: services.resolve(
                    seat, reference_id=one.pk, phase=TA, verdict=verdict
                )
                for seat, verdict in ((world.dee, Verdict.INCLUDE), (dan, Verdict.EXCLUDE))
            )
        )
        refusals = [result for result in results if isinstance(result, Refusal)]
        assert len(refusals) == 1
        assert "settled already by" in refusals[0].message
        assert Resolution.objects.filter(reference=reference, superseded_at=None).count() == 1


def test_a_vote_and_its_undo_at_once_leave_a_sound_tally(racing_world: World) -> None:
    world = racing_world
    for reference in world.references():
        worlds.vote(world, "bo", reference, Verdict.INCLUDE)
        at_once(
            lambda one=reference: worlds.vote(world, "cy", one, Verdict.INCLUDE),
            lambda one=reference: services.take_back_vote(world.bo, reference_id=one.pk, phase=TA),
        )
        votes = Vote.objects.filter(reference=reference, superseded_at=None).count()
        assert Standing.objects.get(reference=reference).includes == votes
