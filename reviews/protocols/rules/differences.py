"""What an amendment changed, in plain words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from reviews.protocols.rules.shape import Characteristic, Content, Outcome


class ChangeKind(TextChoices):
    ADDED = "added", "Added"
    REMOVED = "removed", "Removed"
    CHANGED = "changed", "Changed"
    REORDERED = "reordered", "New order"


@dataclass(frozen=True)
class Change:
    """One difference. ``before`` and ``after`` are as a reader would read them; either may be empty."""

    part: str
    kind: str
    before: str = ""
    after: str = ""


def changes(old: Content, new: Content) -> tuple[Change, ...]:
    """Every difference between two states of a protocol, in the order of the page; empty if they are equal."""
    found = _texts(_single(old), _single(new))
    for part, name in (
        ("Inclusion criteria", "inclusion"),
        ("Exclusion criteria", "exclusion"),
        ("Databases", "databases"),
    ):
        before, after = getattr(old, name), getattr(new, name)
        found += _rows(part, {text: text for text in before}, {text: text for text in after})
    found += _rows("Exclusion reasons", {r.key: r.text for r in old.reasons}, {r.key: r.text for r in new.reasons})
    found += _rows(
        "Planned outcomes",
        {o.key: outcome_words(o) for o in old.outcomes},
        {o.key: outcome_words(o) for o in new.outcomes},
    )
    found += _rows(
        "Planned subgroups",
        {c.key: characteristic_words(c) for c in old.characteristics},
        {c.key: characteristic_words(c) for c in new.characteristics},
    )
    found += _texts(_screening(old), _screening(new))
    found += _texts(_extraction(old), _extraction(new))
    return tuple(found)


def _single(content: Content) -> dict[str, str]:
    return {
        "Title": content.title,
        "Registration number": content.registration,
        "Population": content.question.population,
        "Intervention": content.question.intervention,
        "Comparator": content.question.comparator,
        "Outcomes of the question": content.question.outcomes,
    }


def _screening(content: Content) -> dict[str, str]:
    rule = content.screening
    return {
        "Votes for each reference": str(rule.votes_needed),
        "Conflicts are settled by": rule.settled_by_label,
        "The lead settles conflicts over the lead's own votes": yes_or_no(rule.lead_settles_own),
        "Votes by title and abstract are hidden at full text": yes_or_no(rule.hides_earlier_votes),
    }


def _extraction(content: Content) -> dict[str, str]:
    rule = content.extraction
    return {
        "The consensus is made by": rule.settled_by_label,
        "The lead makes the consensus of the lead's own entries": yes_or_no(rule.lead_settles_own),
    }


def yes_or_no(answer: bool) -> str:
    return "Yes" if answer else "No"


def _texts(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    return [_change(part, old[part], new[part]) for part in old if old[part] != new[part]]


def _change(part: str, before: str, after: str) -> Change:
    if not before:
        return Change(part, ChangeKind.ADDED, after=after)
    return Change(part, ChangeKind.CHANGED if after else ChangeKind.REMOVED, before, after)


def _rows(part: str, old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    found = [Change(part, ChangeKind.REMOVED, before=old[key]) for key in old if key not in new]
    for key, text in new.items():
        if key not in old:
            found.append(Change(part, ChangeKind.ADDED, after=text))
        elif old[key] != text:
            found.append(Change(part, ChangeKind.CHANGED, old[key], text))
    if [key for key in old if key in new] != [key for key in new if key in old]:
        found.append(Change(part, ChangeKind.REORDERED, _joined(old.values()), _joined(new.values())))
    return found


def _joined(texts: Iterable[str]) -> str:
    return " › ".join(texts)


def outcome_words(outcome: Outcome) -> str:
    parts = [outcome.name, outcome.type_label, outcome.direction_label.lower(), outcome.measure]
    points = ", ".join(point.name for point in outcome.time_points)
    return "; ".join(part for part in (*parts, f"at {points}" if points else "") if part)


def characteristic_words(item: Characteristic) -> str:
    return f"{item.name} ({', '.join(item.levels)})"
