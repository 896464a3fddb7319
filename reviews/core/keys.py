"""Which key does what for whom. On a page a key has one meaning and keeps it, whatever state the work is in. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SCREENING, PAIRS = "Screening", "Duplicates"
BOTH = (SCREENING, PAIRS)


@dataclass(frozen=True)
class Action:
    """Something that a page does at one key. ``pages``: where; on each of them no other action has this key."""

    name: str
    label: str
    default: str
    pages: tuple[str, ...] = (SCREENING,)


ACTIONS: tuple[Action, ...] = (
    Action("include", "Include", "I"),
    Action("maybe", "Maybe", "M"),
    Action("exclude", "Exclude", "E"),
    *(Action(f"reason_{place}", f"Reason {place} for exclusion", str(place)) for place in range(1, 10)),
    Action("note", "Write a note", "N"),
    Action("second_look", "Ask for a second look", "L"),
    Action("highlights", "Highlights on or off", "H"),
    Action("duplicate", "Duplicate: join them", "D", (PAIRS,)),
    Action("different", "Not a duplicate: keep them apart", "N", (PAIRS,)),
    Action("take_back", "Undo the last vote or decision", "Z", BOTH),
    Action("next", "Next, without deciding", "J", BOTH),
    Action("previous", "The one before", "K", BOTH),
    Action("help", "Show the keys", "?", BOTH),
)
DEFAULTS: dict[str, str] = {action.name: action.default for action in ACTIONS}


@dataclass(frozen=True)
class Keymap:
    """A person's keys. ``keymap["include"]`` is the key as printed on the button, empty where none answers."""

    is_on: bool
    chosen: Mapping[str, str]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Keymap":
        """What is stored of a person, completed by the defaults; if it no longer fits together, the defaults."""
        own = stored.get("keys", {})
        chosen = {name: own.get(name, default) for name, default in DEFAULTS.items()}
        return cls(stored.get("on", True), DEFAULTS if problems(chosen) else chosen)

    def __getitem__(self, name: str) -> str:
        key = self.chosen[name]
        return key if self.is_on else ""

    @property
    def reasons(self) -> list[str]:
        return [self[f"reason_{place}"] for place in range(1, 10)]


def stored(is_on: bool, chosen: Mapping[str, str]) -> dict[str, Any]:
    """Only what differs from the defaults, so that an action that comes later has its own key."""
    own = {name: key for name, key in chosen.items() if key != DEFAULTS[name]}
    return {"on": is_on, "keys": own}


def cleaned(key: str) -> str:
    return key.strip().upper()


def problems(chosen: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with these keys, by action; an empty key switches its action off."""
    found = {name: _unfit(key) for name, key in chosen.items() if _unfit(key)}
    for action in ACTIONS:
        clash = _same_key(action, chosen)
        if clash and action.name not in found:
            found[action.name] = f"“{clash.label}” has the key {chosen[action.name]} already. Choose another for one."
    return found


def _unfit(key: str) -> str:
    is_fit = key == "" or (len(key) == 1 and key.isascii() and key.isprintable() and key != " " and key == key.upper())
    return "" if is_fit else "Choose one letter, digit or sign that is on every keyboard, or leave it empty."


def _same_key(action: Action, chosen: Mapping[str, str]) -> Action | None:
    for other in ACTIONS:
        shares_a_page = other is not action and set(other.pages) & set(action.pages)
        if shares_a_page and chosen[action.name] and chosen[other.name] == chosen[action.name]:
            return other
    return None
