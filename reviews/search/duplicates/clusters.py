"""Groups of records from accepted links; a chain never joins two records that contradict each other."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple


class Link(NamedTuple):
    """Rows `one` and `other` are one document, with this score."""

    one: int
    other: int
    score: float


class Grouped(NamedTuple):
    """`root[row]` is the least row of the row's group; `refused` are links that would join a contradiction."""

    root: list[int]
    refused: list[Link]


def group(size: int, links: Iterable[Link], apart: Collection[tuple[int, int]] = ()) -> Grouped:
    """Join `size` rows by `links`, the surest first, unless that brings a pair of `apart` into one group.

    `apart` holds pairs (lower, higher) that contradict each other or that a person declared different.
    """
    enemies: dict[int, set[int]] = {}
    for one, other in apart:
        enemies.setdefault(one, set()).add(other)
        enemies.setdefault(other, set()).add(one)
    root = list(range(size))
    members: dict[int, list[int]] = {}
    refused = []
    for link in sorted(links, key=lambda link: (-link.score, link.one, link.other)):
        one, other = _root(root, link.one), _root(root, link.other)
        if one == other:
            continue
        ours, theirs = members.get(one, [one]), members.get(other, [other])
        if _is_contradicted(ours, theirs, enemies):
            refused.append(link)
            continue
        low, high = min(one, other), max(one, other)
        root[high] = low
        members[low] = ours + theirs
        members.pop(high, None)
    return Grouped([_root(root, row) for row in range(size)], refused)


def _root(root: list[int], row: int) -> int:
    while root[row] != row:
        root[row] = root[root[row]]
        row = root[row]
    return row


class Forest:
    """Which of ``size`` rows hang together."""

    def __init__(self, size: int) -> None:
        self._root = list(range(size))

    def tie(self, one: int, other: int) -> bool:
        """Tie two rows; false where they hung together already."""
        first, second = sorted((_root(self._root, one), _root(self._root, other)))
        self._root[second] = first
        return first != second


def _is_contradicted(ours: Sequence[int], theirs: Sequence[int], enemies: dict[int, set[int]]) -> bool:
    if not enemies:
        return False
    shorter, longer = (ours, theirs) if len(ours) < len(theirs) else (theirs, ours)
    others = set(longer)
    return any(not others.isdisjoint(enemies[row]) for row in shorter if row in enemies)


def members(root: Sequence[int]) -> list[list[int]]:
    """The rows of each group, groups in the order of their first row."""
    found: dict[int, list[int]] = {}
    for row, first in enumerate(root):
        found.setdefault(first, []).append(row)
    return list(found.values())
