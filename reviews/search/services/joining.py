"""To which reference each record of a chunk belongs: a plan, made without the database.

Records are taken one at a time in the order of their file, so a file gives the same references wherever its
chunks begin and end. A PMID joins; a DOI joins what has titles alike, because the abstracts of a congress share
the DOI of their supplement; a title joins only what nothing contradicts (``matching``).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from reviews.search import matching, wording
from reviews.search.matching import MatchKey
from reviews.search.rules import JoinKind, Weight
from reviews.search.wording import Likeness, Wording

STRENGTH = (matching.DOI, matching.PMID, matching.TITLE)
# A DOI that more references have names a volume: only equal titles join under it. It also keeps a file in which
# thousands of records have one DOI from being compared each with each.
MOST_COMPARED = 50

Clue = MatchKey | Wording


class Incoming(NamedTuple):
    """A record that has been stored and looks for its reference; ``wordings`` is its title, if it has one."""

    record_id: int
    weight: Weight
    keys: tuple[MatchKey, ...]
    wordings: frozenset[Wording] = frozenset()

    @property
    def primary_id(self) -> int:
        return self.record_id

    @property
    def clues(self) -> "set[Clue]":
        return {*self.keys, *self.wordings}


@dataclass
class Shelf:
    """A reference while the plan is made: its best record so far, and the keys and titles of all its records.

    All titles, because which record is the best changes as records join, and what joins must not.
    """

    number: int
    primary_id: int
    weight: Weight
    keys: set[MatchKey]
    is_decided_on: bool = False
    is_new: bool = True
    stored_keys: set[MatchKey] = field(default_factory=set)
    wordings: set[Wording] = field(default_factory=set)

    @property
    def clues(self) -> set[Clue]:
        return {*self.keys, *self.wordings}

    def take(self, other: "Incoming | Shelf") -> None:
        self.keys.update(other.keys)
        self.wordings.update(other.wordings)
        if other.weight > self.weight:
            self.primary_id, self.weight = other.primary_id, other.weight


class Joined(NamedTuple):
    record_id: int
    number: int
    kind: JoinKind


class Merged(NamedTuple):
    loser: int
    survivor: int
    kind: JoinKind


@dataclass
class Plan:
    """Steps in their order, and every reference in reach as it is after them."""

    shelves: dict[int, Shelf]
    next_number: int
    steps: list[Joined | Merged] = field(default_factory=list)

    @property
    def merges(self) -> list[Merged]:
        return [step for step in self.steps if isinstance(step, Merged)]

    def final_survivors(self) -> dict[int, int]:
        """Loser to the reference that holds its records in the end."""
        survivors: dict[int, int] = {}
        for step in self.merges:
            survivors[step.loser] = step.survivor
            for loser, survivor in survivors.items():
                if survivor == step.loser:
                    survivors[loser] = step.survivor
        return survivors


def plan(shelves: Iterable[Shelf], next_number: int, records: Iterable[Incoming]) -> Plan:
    """Place ``records`` among the references in reach; new references take numbers from ``next_number``."""
    planner = _Planner(Plan({shelf.number: shelf for shelf in shelves}, next_number))
    for record in records:
        planner.place(record)
    return planner.plan


class _Planner:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.holders: defaultdict[Clue, set[int]] = defaultdict(set)
        for shelf in plan.shelves.values():
            self._index(shelf, shelf.clues)

    def place(self, record: Incoming) -> None:
        group = self._identified(record)
        group += self._titled(record.keys, group)
        if not group:
            return self._found(record)
        survivor = _survivor(group, record.keys)
        for other in sorted(group, key=lambda shelf: shelf.number):
            if other is not survivor and not other.is_decided_on:
                self._merge(other, survivor, _kind(other, record.keys))
        kind = _kind(survivor, record.keys)
        survivor.take(record)
        self._index(survivor, record.clues)
        self.plan.steps.append(Joined(record.record_id, survivor.number, kind))
        return None

    def _identified(self, record: Incoming) -> list[Shelf]:
        found = self._holding(key for key in record.keys if key.kind == matching.PMID)
        titles = record.wordings.union(*(shelf.wordings for shelf in found))
        numbers = {number for key in record.keys if key.kind == matching.DOI for number in self.holders.get(key, ())}
        if len(numbers) > MOST_COMPARED:
            numbers &= {number for title in titles for number in self.holders.get(title, ())}
        holders = [self.plan.shelves[number] for number in sorted(numbers)]
        return found + _same_document(titles, [shelf for shelf in holders if shelf not in found])

    def _titled(self, keys: Sequence[MatchKey], group: list[Shelf]) -> list[Shelf]:
        """The references with the same title, or none: which of two contradicting ones is meant is not guessed."""
        held = self._holding(key for key in keys if key.kind == matching.TITLE)
        titled = [shelf for shelf in held if shelf not in group]
        sides = [list(set(keys).union(*(shelf.keys for shelf in group)))]
        for shelf in titled:
            other = list(shelf.keys)
            if any(matching.contradicts(side, other) for side in sides):
                return []
            sides.append(other)
        return titled

    def _holding(self, keys: Iterable[MatchKey]) -> list[Shelf]:
        numbers = {number for key in keys for number in self.holders.get(key, ())}
        return [self.plan.shelves[number] for number in sorted(numbers)]

    def _found(self, record: Incoming) -> None:
        shelf = Shelf(self.plan.next_number, record.record_id, record.weight, set(record.keys))
        shelf.wordings = set(record.wordings)
        self.plan.next_number += 1
        self.plan.shelves[shelf.number] = shelf
        self._index(shelf, record.clues)
        self.plan.steps.append(Joined(record.record_id, shelf.number, JoinKind.FIRST))

    def _merge(self, loser: Shelf, survivor: Shelf, kind: JoinKind) -> None:
        survivor.take(loser)
        self._index(survivor, loser.clues)
        for clue in loser.clues:
            self.holders[clue].discard(loser.number)
        self.plan.steps.append(Merged(loser.number, survivor.number, kind))

    def _index(self, shelf: Shelf, clues: Iterable[Clue]) -> None:
        for clue in clues:
            self.holders[clue].add(shelf.number)


def _same_document(titles: Iterable[Wording], holders: list[Shelf]) -> list[Shelf]:
    """Those of the ``holders`` of one DOI that may be the document with ``titles``.

    Titles alike say which; titles that say nothing (missing, or in another script) do as long as the DOI has one
    document. Which of two documents is meant is not guessed, and what titles keep apart is not merged.
    """
    said = [wording.likeness(titles, shelf.wordings) for shelf in holders]
    found = [shelf for shelf, likeness in zip(holders, said, strict=True) if likeness is Likeness.ALIKE]
    if not found and Likeness.DIFFERENT not in said:
        found = holders
    pairs = combinations(found, 2)
    is_one = all(wording.likeness(a.wordings, b.wordings) is not Likeness.DIFFERENT for a, b in pairs)
    return found if is_one else []


def _survivor(group: list[Shelf], keys: Sequence[MatchKey]) -> Shelf:
    """The smallest number; but what people have decided on is never merged away."""
    decided = [shelf for shelf in group if shelf.is_decided_on]
    if decided:
        return min(decided, key=lambda shelf: (_strength(shelf, keys), shelf.number))
    return min(group, key=lambda shelf: shelf.number)


def _strength(shelf: Shelf, keys: Sequence[MatchKey]) -> int:
    return min(STRENGTH.index(key.kind) for key in keys if key in shelf.keys)


def _kind(shelf: Shelf, keys: Sequence[MatchKey]) -> JoinKind:
    return JoinKind(STRENGTH[_strength(shelf, keys)])
