"""Ways around blinding that amendments and role changes could open."""

from dataclasses import replace

import pytest

from reviews.core import services as core
from reviews.core.refusals import Refusal
from reviews.protocols.rules import ScreeningRule
from reviews.screening import selectors, services
from reviews.screening.rules import Phase, State, Verdict
from tests import world as worlds
from tests.world import CONTENT, World

TA = Phase.TITLE_ABSTRACT


def votes_needed(world: World, number: int) -> None:
    worlds.amend(world, replace(CONTENT, screening=ScreeningRule(votes_needed=number)))


def test_two_votes_stay_as_cast_when_one_is_enough_from_now_on(library: World) -> None:
    """Both verdicts can be seen: changing one of them would hide the disagreement from the adjudicator."""
    reference = library.references()[0]
    worlds.vote(library, "bo", reference, Verdict.INCLUDE)
    worlds.vote(library, "cy", reference, Verdict.EXCLUDE)
    votes_needed(library, 1)
    with pytest.raises(Refusal, match="has all its votes"):
        worlds.vote(library, "cy", reference, Verdict.INCLUDE)
    with pytest.raises(Refusal, match="has all its votes"):
        services.take_back_vote(library.cy, reference_id=reference.pk, phase=TA)
    assert selectors.standpoint(library.ada, reference, TA).state == State.CONFLICT


def test_the_only_vote_can_still_be_changed_where_one_is_enough(library: World) -> None:
    reference = library.references()[0]
    votes_needed(library, 1)
    worlds.vote(library, "bo", reference, Verdict.INCLUDE)
    worlds.vote(library, "bo", reference, Verdict.EXCLUDE)
    assert selectors.standpoint(library.ada, reference, TA).state == State.EXCLUDED


def test_a_reviewer_who_becomes_adjudicator_does_not_settle_what_he_voted_on(library: World) -> None:
    reference = library.references()[0]
    worlds.vote(library, "bo", reference, Verdict.INCLUDE)
    worlds.vote(library, "cy", reference, Verdict.EXCLUDE)
    core.change_role(library.ada, membership_id=library.bo.membership_id, role="adjudicator")
    bo = worlds.reseat(library, "bo")
    assert bo is not None
    with pytest.raises(Refusal, match="You voted on this reference"):
        services.resolve(bo, reference_id=reference.pk, phase=TA, verdict="include")
