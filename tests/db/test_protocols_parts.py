"""The draft saved in parts, by several people."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError

from reviews.core import events as trail
from reviews.core.history import Stale
from reviews.core.models import EventLine
from reviews.core.refusals import NotAllowed
from reviews.core.seats import Seat
from reviews.protocols import rules, selectors, services
from reviews.protocols.models import ProtocolDraft
from tests import world as worlds
from tests.threads import at_once
from tests.world import CONTENT, World


@pytest.fixture
def fresh(db: None) -> World:
    """The review before any protocol."""
    return worlds.review()


def opened(seat: Seat) -> dict[str, str]:
    return rules.seals(selectors.draft(seat)[0])


def save(seat: Seat, seals: dict[str, str], **typed: Any) -> services.Saved:
    return services.save_parts(seat, {name: rules.Edit(value, seals[name]) for name, value in typed.items()})


def test_the_first_part_makes_the_draft_and_keeps_the_reviews_title(fresh: World) -> None:
    saved = save(fresh.bo, opened(fresh.bo), population="Keepers")
    assert saved.saved == ("population",)
    content, revision = selectors.draft(fresh.ada)
    assert (content.title, content.question.population, revision) == (
        "Guided rest for lighthouse keepers",
        "Keepers",
        1,
    )


def test_no_part_and_unchanged_parts_write_nothing(world: World) -> None:
    before = selectors.draft(world.ada)
    seals = opened(world.ada)
    lines = EventLine.objects.count()
    for typed in ({}, {"title": CONTENT.title}, {"reasons": CONTENT.reasons, "votes_needed": 2}):
        saved = save(world.ada, seals, **typed)
        assert (saved.saved, saved.stale, saved.refused) == ((), None, {})
    assert selectors.draft(world.ada) == before
    assert EventLine.objects.count() == lines


def test_two_people_who_edit_different_parts_both_save(world: World) -> None:
    seals = opened(world.bo)
    assert save(world.bo, seals, title="Rest, by Bo").stale is None
    assert save(world.cy, seals, title=CONTENT.title, inclusion=("Trials",)).stale is None
    content, _ = selectors.draft(world.ada)
    assert (content.title, content.inclusion) == ("Rest, by Bo", ("Trials",))


def test_a_part_that_somebody_else_changed_is_told_with_both_values_and_the_others_are_saved(world: World) -> None:
    seals = opened(world.bo)
    save(world.bo, seals, reasons=CONTENT.reasons[1:], settled_by="lead")
    saved = save(world.cy, seals, reasons=CONTENT.reasons[:1], settled_by="discussion", title="Rest, by Cy")
    assert saved.saved == ("title",)
    assert isinstance(saved.stale, Stale)
    assert saved.stale.status == 409
    assert saved.stale.message.startswith("Bo saved the protocol at ")
    clashes = {name: (clash.current, clash.typed) for name, clash in saved.stale.clashes.items()}
    assert clashes == {
        "reasons": ("Wrong intervention\nNo outcome of interest", "Wrong population"),
        "settled_by": ("The lead", "The people who differ, by discussion"),
    }
    content, _ = selectors.draft(world.ada)
    assert content == replace(
        CONTENT, title="Rest, by Cy", reasons=CONTENT.reasons[1:], screening=rules.ScreeningRule(2, "lead")
    )


def test_ones_own_other_window_is_told_as_such(world: World) -> None:
    seals = opened(world.bo)
    save(world.bo, seals, title="One")
    stale = save(world.bo, seals, title="Two").stale
    assert stale is not None
    assert stale.message.startswith("You saved the protocol in another window at ")


def test_the_trail_names_the_parts(world: World) -> None:
    save(world.bo, opened(world.bo), title="Rest", votes_needed=1)
    line = EventLine.objects.filter(type="protocols.draft_saved").latest("pk")
    assert trail.text(line) == "saved the draft of the protocol: title, votes for each reference"


def test_a_line_from_before_the_trail_named_parts_is_readable(world: World) -> None:
    line = EventLine(review_id=world.review_id, type="protocols.draft_saved", data={"revision": 3})
    assert trail.text(line) == "saved the draft of the protocol: the whole page"


@pytest.mark.parametrize("who", ["dee", "rea"])
def test_who_may_not_write_is_refused(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        save(world.seats[who], opened(world.ada), title="Mine")
    assert selectors.draft(world.ada)[0] == CONTENT


def test_a_whole_draft_that_is_stale_is_refused_with_both_values(world: World) -> None:
    _, revision = selectors.draft(world.ada)
    services.save_draft(world.bo, content=replace(CONTENT, title="Theirs"), revision=revision)
    with pytest.raises(Stale) as refusal:
        services.save_draft(world.cy, content=replace(CONTENT, title="Mine"), revision=revision)
    clash = refusal.value.clashes["title"]
    assert (list(refusal.value.clashes), clash.current, clash.typed) == (["title"], "Theirs", "Mine")


def test_nothing_is_saved_when_the_trail_cannot_be_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seals = opened(world.bo)

    def fail(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the trail is full")

    monkeypatch.setattr(trail, "record", fail)
    with pytest.raises(DatabaseError):
        save(world.bo, seals, title="Rest")
    assert selectors.draft(world.ada)[0] == CONTENT


@pytest.mark.django_db(transaction=True)
def test_of_parts_saved_at_once_none_is_lost() -> None:
    world = worlds.review()
    seals = opened(world.ada)
    names = {"ada": "population", "bo": "intervention", "cy": "comparator"}
    results = at_once(*(partial(save, world.seats[who], seals, **{name: who}) for who, name in names.items()))
    assert all(isinstance(result, services.Saved) and result.saved for result in results)
    question = selectors.draft(world.ada)[0].question
    assert (question.population, question.intervention, question.comparator) == ("ada", "bo", "cy")
    assert ProtocolDraft.objects.get().revision == 3


@pytest.mark.django_db(transaction=True)
def test_of_one_part_saved_at_once_by_two_one_hears_of_the_other() -> None:
    world = worlds.with_protocol()
    seals = opened(world.ada)
    results = at_once(*(partial(save, world.seats[who], seals, title=f"By {who}") for who in ("bo", "cy")))
    (winner,) = [result for result in results if isinstance(result, services.Saved) and result.saved]
    (loser,) = [result for result in results if isinstance(result, services.Saved) and result.stale]
    assert selectors.draft(world.ada)[0].title == winner.content.title == loser.stale.clashes["title"].current


@pytest.mark.parametrize("second", ["reviewer", "lead"])
def test_a_team_of_two_writes_approves_and_amends(db: None, second: str) -> None:
    """Whoever joined as second writes; the lead, or either lead, approves; the rule fits the two."""
    people = {name: worlds.person(name) for name in ("ada", "bo")}
    ada = worlds.core.create_review(people["ada"], title="Two of us")
    bo = worlds.core.seat_person(ada, user=people["bo"], role=second)
    rule = {"settled_by": "discussion", "extraction_settled_by": "discussion"}
    parts = {"population": "Keepers", "intervention": "Rest", "inclusion": ("Trials",)}
    save(bo, opened(bo), **parts, **rule, reasons=CONTENT.reasons)
    save(ada, opened(ada), outcomes=CONTENT.outcomes)
    content, revision = selectors.draft(bo)
    assert selectors.warnings(bo, content) == {}
    assert services.approve(ada, revision=revision).number == 1
    save(bo, opened(bo), title="The two of us")
    approver = bo if second == "lead" else ada
    amended = services.approve(approver, revision=selectors.draft(ada)[1], reason="A better title")
    assert (amended.number, amended.parsed.title) == (2, "The two of us")
