"""Which references become one, made without the database from links between records."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from reviews.search.duplicates.finding import Pair


@dataclass
class Group:
    """A reference while the plan is made. ``is_fresh``: all its records came with the import that is compared."""

    reference_id: int
    number: int
    is_decided_on: bool
    is_fresh: bool
    records: set[int] = field(default_factory=set)


class Union(NamedTuple):
    """Records ``one`` and ``other`` make reference ``loser`` part of ``survivor``."""

    pair: Pair
    loser: int
    survivor: int


@dataclass
class Plan:
    """``asked`` are links that only a person may follow, because votes are behind them."""

    unions: list[Union] = field(default_factory=list)
    asked: list[Pair] = field(default_factory=list)


def plan(links: Iterable[Pair], groups: Collection[Group], apart: Collection[tuple[int, int]]) -> Plan:
    """Follow ``links``, best first, as far as no pair of ``apart`` comes together and no vote is touched unasked."""
    group_of = {record: group for group in groups for record in group.records}
    against = enemies(apart)
    found = Plan()
    for pair in links:
        one, other = group_of[int(pair.one)], group_of[int(pair.other)]
        if one is other or contradicts(one.records, other.records, against):
            continue
        if not may_join_unasked(one, other):
            found.asked.append(pair)
            continue
        survivor, loser = ranked(one, other)
        found.unions.append(Union(pair, loser.reference_id, survivor.reference_id))
        survivor.is_fresh = one.is_fresh and other.is_fresh
        survivor.records |= loser.records
        group_of.update(dict.fromkeys(loser.records, survivor))
    return found


def may_join_unasked(one: Group, other: Group) -> bool:
    """Votes are never moved unasked: a new record may join what was voted on, two references may not."""
    if one.is_decided_on and other.is_decided_on:
        return False
    if one.is_decided_on or other.is_decided_on:
        return (other if one.is_decided_on else one).is_fresh
    return True


def ranked(one: Group, other: Group) -> tuple[Group, Group]:
    """What survives and what is merged: what was voted on stays, then the smaller number."""
    first, second = sorted((one, other), key=lambda group: (not group.is_decided_on, group.number))
    return first, second


def enemies(apart: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for one, other in apart:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


def contradicts(ours: Collection[int], theirs: Collection[int], against: Mapping[int, set[int]]) -> bool:
    """Whether a pair that was declared different would come together."""
    shorter, longer = sorted((set(ours), set(theirs)), key=len)
    return any(not longer.isdisjoint(against[record]) for record in shorter if record in against)


def side(edges: Iterable[tuple[int, int]], start: int) -> set[int]:
    """All records that ``edges`` tie to ``start``."""
    neighbours: dict[int, list[int]] = {}
    for one, other in edges:
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    found, waiting = {start}, [start]
    while waiting:
        for record in neighbours.get(waiting.pop(), ()):
            if record not in found:
                found.add(record)
                waiting.append(record)
    return found
