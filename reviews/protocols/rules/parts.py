"""The draft in parts that are saved alone: a field, or a whole list of rows. Pure.

Whoever saves a part says what it replaces, by a seal: a digest of what the part said when they opened it. A part
that they left as it was is left as it is; one that somebody else changed meanwhile is not saved over.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import reduce
from typing import Any

from reviews.protocols.rules.checks import moved, problems, tidy
from reviews.protocols.rules.differences import characteristic_words, outcome_words, yes_or_no
from reviews.protocols.rules.keys import MakeKey, keyed
from reviews.protocols.rules.shape import Content, SettledBy

SEAL_LENGTH = 16


def _one_a_line(texts: Iterable[str]) -> str:
    return "\n".join(texts)


def _who(settled_by: str) -> str:
    return SettledBy(settled_by).label if settled_by in SettledBy.values else settled_by


@dataclass(frozen=True)
class Part:
    """``label`` names it in sentences, ``path`` are the attributes that lead to it, ``told`` makes words of a value."""

    label: str
    path: tuple[str, ...]
    told: Callable[[Any], str] = str

    def value(self, content: Content) -> Any:
        return reduce(getattr, self.path, content)

    def put(self, content: Content, value: Any) -> Content:
        whole: Content = _put(content, self.path, value)
        return whole


def _put(whole: Any, path: Sequence[str], value: Any) -> Any:
    name, *rest = path
    return replace(whole, **{name: _put(getattr(whole, name), rest, value) if rest else value})


PARTS: dict[str, Part] = {
    "title": Part("title", ("title",)),
    "registration": Part("registration number", ("registration",)),
    "population": Part("population", ("question", "population")),
    "intervention": Part("intervention", ("question", "intervention")),
    "comparator": Part("comparator", ("question", "comparator")),
    "question_outcomes": Part("outcomes of the question", ("question", "outcomes")),
    "inclusion": Part("inclusion criteria", ("inclusion",), _one_a_line),
    "exclusion": Part("exclusion criteria", ("exclusion",), _one_a_line),
    "databases": Part("databases", ("databases",), _one_a_line),
    "reasons": Part("reasons to exclude", ("reasons",), lambda rows: _one_a_line(row.text for row in rows)),
    "outcomes": Part("planned outcomes", ("outcomes",), lambda rows: _one_a_line(map(outcome_words, rows))),
    "characteristics": Part(
        "planned subgroups", ("characteristics",), lambda rows: _one_a_line(map(characteristic_words, rows))
    ),
    "votes_needed": Part("votes for each reference", ("screening", "votes_needed")),
    "settled_by": Part("who settles conflicts", ("screening", "settled_by"), _who),
    "lead_settles_own": Part("the lead's own conflicts", ("screening", "lead_settles_own"), yes_or_no),
    "hides_earlier_votes": Part("earlier votes at full text", ("screening", "hides_earlier_votes"), yes_or_no),
    "extraction_settled_by": Part("who makes the consensus", ("extraction", "settled_by"), _who),
    "extraction_lead_settles_own": Part("the lead's own entries", ("extraction", "lead_settles_own"), yes_or_no),
}


def seals(content: Content) -> dict[str, str]:
    """The seal of every part."""
    tidied = tidy(content)
    return {name: _seal(part.value(tidied)) for name, part in PARTS.items()}


def _seal(value: Any) -> str:
    written = json.dumps(_bare(value), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:SEAL_LENGTH]


def _bare(value: Any) -> Any:
    """A value without the keys of time points: pages show a time point by its name alone."""
    if not isinstance(value, tuple):
        return value
    rows = [row if isinstance(row, str) else asdict(row) for row in value]
    for row in rows:
        if isinstance(row, dict) and "time_points" in row:
            row["time_points"] = [point["name"] for point in row["time_points"]]
    return rows


def changed(before: Content, after: Content) -> tuple[str, ...]:
    """The names of the parts that differ."""
    old, new = seals(before), seals(after)
    return tuple(name for name in PARTS if old[name] != new[name])


@dataclass(frozen=True)
class Edit:
    """What a part is to say, and the seal of what it said to whoever wrote that."""

    value: Any
    replaces: str


@dataclass(frozen=True)
class Merged:
    """The draft with every edit that could be made. ``held`` parts say what was typed, ``saved`` ones since now;
    ``stale`` ones were changed by somebody else meanwhile."""

    content: Content
    typed: Content
    held: tuple[str, ...]
    saved: tuple[str, ...]
    stale: tuple[str, ...]
    refused: dict[str, str]


def merge(
    draft: Content, edits: Mapping[str, Edit], *, known: Sequence[Content], homes: Mapping[str, str], make_key: MakeKey
) -> Merged:
    """Make each edit on its own: one that is bad or stale keeps no other from being made."""
    typed = draft
    for name, edit in edits.items():
        typed = PARTS[name].put(typed, edit.value)
    typed = keyed(tidy(typed), known, make_key)
    found = {**problems(typed), **moved(typed, homes)}
    now, wanted = seals(draft), seals(typed)
    content, saved, stale, refused = draft, [], [], {}
    for name, edit in edits.items():
        if wanted[name] in {edit.replaces, now[name]}:
            continue
        if name in found:
            refused[name] = found[name]
        elif edit.replaces != now[name]:
            stale.append(name)
        else:
            content = PARTS[name].put(content, PARTS[name].value(typed))
            saved.append(name)
    held = tuple(name for name in edits if name in saved or wanted[name] == now[name])
    return Merged(content, typed, held, tuple(saved), tuple(stale), refused)
