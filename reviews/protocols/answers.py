"""What a save of the draft answers: as words on the page, and as data for the script that saves by itself."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from reviews.protocols import forms, rules, services
from reviews.protocols.forms.posted import SEAL, part_of

NOTHING = "Nothing to save: you changed nothing."


@dataclass(frozen=True)
class Clash:
    """A part that somebody else changed meanwhile: both sides in words, and what the page's fields would then hold."""

    label: str
    current: str
    typed: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Told:
    """``errors`` are the bad fields with their sentences, ``typed`` what stands in them, ``open_parts`` whatever is
    not saved, ``new_fields`` the hidden fields that have another value from now on."""

    sentence: str
    conflict: str
    errors: dict[str, str]
    typed: dict[str, str]
    clashes: dict[str, Clash]
    open_parts: tuple[str, ...]
    new_fields: dict[str, str]

    @property
    def is_open(self) -> bool:
        return bool(self.open_parts)

    @property
    def status(self) -> int:
        if self.clashes:
            return 409
        return 422 if self.errors else 200

    def to_dict(self) -> dict[str, Any]:
        clashes = {name: vars(clash) for name, clash in self.clashes.items()}
        return {**vars(self), "clashes": clashes}


def told(sent: forms.Posted, editor: forms.Editor, saved: services.Saved) -> Told:
    """What the draft says now gets its seal, and so does a clash, with both sides in view. The rest keeps its own."""
    errors, now = editor.errors, rules.seals(saved.content)
    bad, clashes = {part_of(name) for name in errors}, _clashes(saved)
    seals = {f"{SEAL}{name}": now[name] for name in {*saved.held, *clashes}}
    return Told(
        sentence=_sentence(saved),
        conflict=saved.stale.message if saved.stale else "",
        errors=errors,
        typed={name: sent.data.get(name, "") for name in errors},
        clashes=clashes,
        open_parts=tuple(name for name in rules.PARTS if name in bad or name in clashes),
        new_fields={**editor.new_keys(saved.content), **seals},
    )


def _sentence(saved: services.Saved) -> str:
    if not saved.saved:
        return "" if saved.stale or saved.refused else NOTHING
    named = ", ".join(rules.PARTS[name].label for name in saved.saved)
    return f"Saved at {timezone.now():%H:%M} UTC: {named}."


def _clashes(saved: services.Saved) -> dict[str, Clash]:
    found = saved.stale.clashes if saved.stale else {}
    return {
        name: Clash(rules.PARTS[name].label, one.current, one.typed, forms.texts(saved.content, name))
        for name, one in found.items()
    }
