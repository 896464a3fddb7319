"""Two people at once over one protocol, on a real PostgreSQL with real threads."""

from dataclasses import replace
from functools import partial

import pytest

from reviews.core.models import EventLine
from reviews.core.refusals import Refusal
from reviews.protocols import selectors, services
from reviews.protocols.models import ExclusionReason, ProtocolVersion
from tests import world as worlds
from tests.threads import at_once
from tests.world import CONTENT, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two_leads(transactional_db: None) -> World:
    world = worlds.review()
    world.seats["lea"] = worlds.core.seat_person(world.ada, user=worlds.person("lea"), role="lead")
    return world


def test_of_two_approvals_at_once_one_wins_and_the_other_hears_who(two_leads: World) -> None:
    world = two_leads
    for number in range(1, 5):
        _, revision = selectors.draft(world.ada)
        content = replace(CONTENT, title=f"Guided rest, attempt {number}")
        revision = services.save_draft(world.ada, content=content, revision=revision)
        reason = "" if number == 1 else "We thought again"
        results = at_once(
            *(partial(services.approve, world.seats[who], revision=revision, reason=reason) for who in ("ada", "lea"))
        )
        (winner,) = [result for result in results if isinstance(result, ProtocolVersion)]
        (loser,) = [result for result in results if isinstance(result, Refusal)]
        name = "Ada" if results[0] is winner else "Lea"
        assert loser.status == 409
        assert loser.message.startswith(f"{name} approved version {number} of the protocol at ")
        assert ProtocolVersion.objects.count() == number
    assert ExclusionReason.objects.count() == len(CONTENT.reasons)
    assert EventLine.objects.filter(type="protocols.approved").count() == 4


def test_of_two_first_drafts_at_once_one_is_kept_and_the_other_refused(two_leads: World) -> None:
    world = two_leads
    results = at_once(
        *(
            lambda who=who: services.save_draft(
                world.seats[who], content=replace(CONTENT, title=f"Guided rest by {who}"), revision=0
            )
            for who in ("ada", "lea")
        )
    )
    assert sorted(str(isinstance(result, Refusal)) for result in results) == ["False", "True"]
    kept = "ada" if results[0] == 1 else "lea"
    assert selectors.draft(world.bo)[0].title == f"Guided rest by {kept}"


def test_a_draft_saved_while_it_is_approved_is_never_approved_unread(two_leads: World) -> None:
    world = two_leads
    for number in range(1, 7):
        _, revision = selectors.draft(world.ada)
        read = replace(CONTENT, title=f"Read {number}")
        revision = services.save_draft(world.ada, content=read, revision=revision)
        reason = "We thought again" if ProtocolVersion.objects.exists() else ""
        unread = replace(CONTENT, title=f"Unread {number}")
        at_once(
            partial(services.approve, world.ada, revision=revision, reason=reason),
            partial(services.save_draft, world.seats["lea"], content=unread, revision=revision),
        )
    assert not ProtocolVersion.objects.filter(content__title__startswith="Unread").exists()
