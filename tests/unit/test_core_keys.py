"""Keys: one meaning each on a page."""

import pytest

from reviews.core import keys
from reviews.core.keys import ACTIONS, DEFAULTS, Keymap


def test_at_first_no_key_has_two_meanings_on_a_page() -> None:
    assert keys.problems(DEFAULTS) == {}
    assert DEFAULTS["take_back"] == "Z"
    assert DEFAULTS["second_look"] == "L"


@pytest.mark.parametrize("action", ACTIONS, ids=[action.name for action in ACTIONS])
def test_every_action_has_its_own_key_or_none(action: keys.Action) -> None:
    assert keys.problems({**DEFAULTS, action.name: "Y"}) == {}
    assert keys.problems({**DEFAULTS, action.name: ""}) == {}
    other = next(one for one in ACTIONS if one is not action and set(one.pages) & set(action.pages))
    wrong = keys.problems({**DEFAULTS, action.name: other.default})
    assert set(wrong) == {action.name, other.name}
    assert other.label in wrong[action.name]


@pytest.mark.parametrize("key", [" ", "AB", "i", "é", "я", "\n", "失"])
def test_what_is_no_key_is_refused_with_a_sentence(key: str) -> None:
    assert "Choose one letter, digit or sign" in keys.problems({**DEFAULTS, "include": key})["include"]


def test_only_differences_are_stored() -> None:
    chosen = {**DEFAULTS, "include": "Y", "note": ""}
    stored = keys.stored(True, chosen)
    assert stored == {"on": True, "keys": {"include": "Y", "note": ""}}
    assert Keymap.of(stored).chosen == chosen
    assert Keymap.of({}) == Keymap(True, DEFAULTS)


def test_keys_that_no_longer_fit_together_are_the_defaults() -> None:
    assert Keymap.of({"keys": {"include": "E"}}).chosen == DEFAULTS
    assert Keymap.of({"keys": {"gone": "E"}}).chosen == DEFAULTS


def test_switched_off_no_action_has_a_key() -> None:
    off = Keymap.of({"on": False, "keys": {"include": "Y"}})
    assert {off[name] for name in DEFAULTS} == {""}
    assert off.reasons == [""] * 9
    assert off.chosen["include"] == "Y", "they come back with the switch"
