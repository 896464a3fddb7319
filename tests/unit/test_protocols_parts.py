"""The draft in parts: what is saved, what is left, what clashes, whatever two people did."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.protocols import rules
from reviews.protocols.rules import Content, Edit, Merged, Outcome, Question, Reason, ScreeningRule, TimePoint

DRAFT = Content(
    title="Guided rest",
    question=Question("Keepers", "Guided rest"),
    inclusion=("Trials", "Adults"),
    reasons=(Reason("r1", "Wrong population"), Reason("r2", "Wrong outcome")),
    outcomes=(Outcome("sleep", "Sleep", time_points=(TimePoint("post", "Post-treatment"),)),),
)
SEALS = rules.seals(DRAFT)


def merged(draft: Content, typed: Mapping[str, Any], seals: Mapping[str, str] = SEALS) -> Merged:
    numbers = itertools.count(1)
    edits = {name: Edit(value, seals.get(name, "")) for name, value in typed.items()}
    return rules.merge(draft, edits, known=[draft], homes={}, make_key=lambda: f"new{next(numbers)}")


def test_every_field_of_a_protocol_belongs_to_exactly_one_part() -> None:
    paths = [part.path for part in rules.PARTS.values()]
    whole = DRAFT.to_dict()
    nested = [(name, inner) for name in ("question", "screening", "extraction") for inner in whole[name]]
    flat = [(name,) for name in whole if name not in {"question", "screening", "extraction"}]
    assert sorted(paths) == sorted([*nested, *flat])


def test_no_edit_changes_nothing() -> None:
    assert merged(DRAFT, {}).content == DRAFT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Rest"),
        ("comparator", "Usual watch"),
        ("inclusion", ("Trials",)),
        ("reasons", ()),
        ("votes_needed", 1),
        ("hides_earlier_votes", True),
        ("extraction_settled_by", "discussion"),
    ],
)
def test_a_part_is_saved_alone(name: str, value: object) -> None:
    found = merged(DRAFT, {name: value})
    assert found.saved == found.held == (name,)
    assert rules.changed(DRAFT, found.content) == (name,)
    assert rules.PARTS[name].value(found.content) == value


def test_a_bad_part_keeps_no_other_from_being_saved() -> None:
    found = merged(DRAFT, {"title": "Rest", "registration": "CRD12", "settled_by": "chance", "votes_needed": 1})
    assert set(found.saved) == {"title", "votes_needed"}
    assert set(found.refused) == {"registration", "settled_by"}
    assert found.content == replace(DRAFT, title="Rest", screening=ScreeningRule(votes_needed=1))


def test_what_somebody_else_changed_and_this_person_did_not_touch_is_left() -> None:
    theirs = replace(DRAFT, title="Their title")
    found = merged(theirs, {"title": DRAFT.title, "registration": "osf.io/abc12"})
    assert found.content == replace(theirs, registration="osf.io/abc12")
    assert found.stale == ()
    assert found.held == ("registration",)


def test_what_both_changed_clashes_and_the_rest_is_saved() -> None:
    found = merged(replace(DRAFT, title="Theirs"), {"title": "Mine", "population": "People who keep"})
    assert found.stale == ("title",)
    assert found.content.title == "Theirs"
    assert found.content.question.population == "People who keep"


def test_what_both_changed_alike_is_no_clash() -> None:
    found = merged(replace(DRAFT, title="Rest"), {"title": " Rest "})
    assert (found.stale, found.saved, found.held) == ((), (), ("title",))


def test_a_save_that_says_not_what_it_replaces_clashes() -> None:
    assert merged(DRAFT, {"title": "Mine"}, {}).stale == ("title",)


def test_a_row_sent_twice_is_one_row() -> None:
    rows = (*DRAFT.reasons, Reason("", "Wrong design"))
    once = merged(DRAFT, {"reasons": rows}).content
    again = merged(once, {"reasons": rows})
    assert (again.content, again.saved, again.stale) == (once, (), ())


def test_time_points_are_the_same_by_their_names() -> None:
    bare = replace(DRAFT.outcomes[0], time_points=(TimePoint("", "Post-treatment"),))
    assert merged(replace(DRAFT, outcomes=()), {"outcomes": (bare,)}).held == ()
    assert merged(DRAFT, {"outcomes": (bare,)}).saved == ()
    renamed = merged(DRAFT, {"outcomes": (replace(bare, name="Sleep quality"),)})
    assert renamed.content.outcomes[0].time_points == DRAFT.outcomes[0].time_points


def test_a_browsers_line_breaks_are_no_change() -> None:
    prose = replace(DRAFT, question=replace(DRAFT.question, population="Keepers\nof lighthouses"))
    found = merged(prose, {"population": "Keepers\r\nof lighthouses"}, rules.seals(prose))
    assert found.saved == ()
    assert found.content == prose


def test_a_time_point_of_another_outcome_is_refused_with_its_part_alone() -> None:
    edits = {
        "outcomes": Edit((Outcome("pain", "Pain", time_points=(TimePoint("post", "Post"),)),), SEALS["outcomes"]),
        "title": Edit("Rest", SEALS["title"]),
    }
    found = rules.merge(DRAFT, edits, known=[DRAFT], homes={"post": "sleep"}, make_key=lambda: "new")
    assert found.saved == ("title",)
    assert list(found.refused) == ["outcomes"]


texts = st.sampled_from(["", "Rest", "Sleep", "Keepers"])
values = st.fixed_dictionaries(
    {},
    optional={
        "title": texts,
        "population": texts,
        "inclusion": st.lists(texts.filter(bool), unique=True, max_size=2).map(tuple),
        "votes_needed": st.sampled_from([1, 2]),
        "reasons": st.lists(texts.filter(bool), unique=True, max_size=2).map(
            lambda found: tuple(Reason(f"k-{text}", text) for text in found)
        ),
    },
)


@given(values, values)
def test_of_two_people_who_opened_the_same_draft_nobodys_change_is_lost(first: dict, second: dict) -> None:
    """Whatever both send: each part is the second's, or the first's, or clashes with both known; never overwritten."""
    between = merged(DRAFT, first).content
    found = merged(between, second)
    for name, part in rules.PARTS.items():
        before, theirs, now = (part.value(one) for one in (DRAFT, between, found.content))
        mine = second.get(name, before)
        if name in found.stale:
            assert now == theirs != mine
            assert before not in (theirs, mine)
        elif mine == before:
            assert now == theirs
        else:
            assert now == mine
            assert theirs in (before, mine)
