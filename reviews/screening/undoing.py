"""What a person may still do about their newest vote. A key that undoes never does anything else."""

from dataclasses import dataclass

from django.urls import reverse

from reviews.core.keys import Keymap
from reviews.screening.cards import Recent
from reviews.screening.rules import State


@dataclass(frozen=True)
class SecondLook:
    number: int
    url: str
    ask_url: str


@dataclass(frozen=True)
class Last:
    """``undo_url`` takes the vote back, or says why that is not possible; ``second_look`` where it can be asked for."""

    undo_url: str
    second_look: SecondLook | None


def last(recent: list[Recent]) -> Last | None:
    if not recent:
        return None
    one = recent[0]
    phase, where = one.vote.phase, [one.vote.reference.review_id, one.card.pk]
    undo_url = reverse(f"screening:{phase}_take_back", args=where)
    if not one.can_be_doubted:
        return Last(undo_url, None)
    url, ask_url = (reverse(f"screening:{phase}_{name}", args=where) for name in ("reference", "doubt"))
    return Last(undo_url, SecondLook(one.card.number, url, ask_url))


def refused(one: Recent, keymap: Keymap) -> str:
    """Why an undo did nothing, and what the person may do instead: that has a key of its own."""
    key = keymap["second_look"]
    instead = "It has been settled."
    if one.can_be_doubted:
        instead = f"Press {key} to ask for a second look." if key else "“Second look” asks for one."
    elif one.state == State.CONFLICT:
        instead = "It waits among the conflicts."
    return f"Reference {one.card.number} has all its votes, so yours stands. {instead}"
