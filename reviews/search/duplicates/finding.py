"""Records in; joined groups and proposals out. Deterministic: the order of the records changes nothing but ties."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from reviews.search.duplicates import bands, clusters, features, pairs, score, table, vetoes
from reviews.search.duplicates.bands import Band, Thresholds
from reviews.search.duplicates.clusters import Link
from reviews.search.duplicates.record import Id, Record
from reviews.search.duplicates.table import Ints, Table

# Pairs compared at once: what bounds the memory.
CHUNK = 200_000
# Above this size of a group only neighbours are checked for contradictions.
_CHECKED = 40
# The name of the reason why a link of a good score was not followed; stands among the names of vetoes.
CHAIN = "chain"
CHAIN_REASON = "Joining them would put two records into one group that contradict each other."
# The name on a pair that an earlier release joined because two "original titles" agreed: most were names of journals.
JOURNAL_AS_TITLE = "journal as title"
JOURNAL_REASON = (
    "They were joined because what their files call another title agrees, which may be the name of a journal. Look at "
    "the two again, and undo the join if they are two documents."
)
_CERTAIN = 2.0


class Pair(NamedTuple):
    """Two records and what is to be done with them. `vetoes` are names of `vetoes.ALL`, or `CHAIN`."""

    one: Id
    other: Id
    score: float
    band: Band
    vetoes: tuple[str, ...]


class Result(NamedTuple):
    """`joins` that were followed, best first; `proposals`, best first, one for each two groups and
    n - 1 for n groups of one title; `clusters` of two or
    more records. `compared` is the number of candidate pairs."""

    joins: list[Pair]
    proposals: list[Pair]
    clusters: list[tuple[Id, ...]]
    compared: int


class _Scored(NamedTuple):
    left: Ints
    right: Ints
    score: features.Floats
    vetoed: Ints
    band: Ints


def find(
    records: Iterable[Record],
    thresholds: Thresholds = bands.DEFAULT,
    *,
    apart: Collection[tuple[Id, Id]] = (),
    workers: int = 1,
) -> Result:
    """Compare all records with each other. `apart` are pairs that a person declared different: they stay in two
    groups. `workers` processes prepare the records; those of an iterator are not kept in memory."""
    rows = table.without_running_numbers(table.build(records, workers))
    return _resolved(rows, _scored(rows, *pairs.all_of(rows), thresholds), [], apart)


def match_new(
    new: Table,
    old: Table,
    groups: Mapping[Id, Id] | None = None,
    thresholds: Thresholds = bands.DEFAULT,
    *,
    apart: Collection[tuple[Id, Id]] = (),
) -> Result:
    """Compare new records with each other and with old ones; old ones are not compared among themselves.

    `old` are the records that share a key with a new one, and all others of their references, so that a new record
    that contradicts one of them stays out. `groups` gives the reference of each old record; those stay as they are,
    and two references are never joined through a new record unless the links say so (that join is in `clusters`).
    """
    rows = table.joined([new, old])
    known = _known_links(rows, groups or {})
    return _resolved(rows, _scored(rows, *pairs.touching(rows, len(new)), thresholds), known, apart)


def _known_links(rows: Table, groups: Mapping[Id, Id]) -> list[Link]:
    first: dict[Id, int] = {}
    found = []
    for row, name in enumerate(rows.ids):
        if name in groups:
            start = first.setdefault(groups[name], row)
            if start != row:
                found.append(Link(start, row, _CERTAIN))
    return found


def _scored(rows: Table, left: Ints, right: Ints, thresholds: Thresholds) -> _Scored:
    parts = [
        _compared(rows, left[start : start + CHUNK], right[start : start + CHUNK], thresholds)
        for start in range(0, len(left), CHUNK)
    ]
    return _Scored(left, right, *(np.concatenate(column) for column in zip(*parts, strict=True))) if parts else _NONE


_NONE = _Scored(*(np.zeros(0, np.int64),) * 2, np.zeros(0, np.float32), *(np.zeros(0, np.int64),) * 2)


def _compared(rows: Table, left: Ints, right: Ints, thresholds: Thresholds) -> tuple[features.Floats, Ints, Ints]:
    found = features.of(rows, left, right)
    scores, vetoed = score.chance(found), vetoes.of(found)
    return scores, vetoed, bands.of(scores, vetoed, thresholds)


def _resolved(rows: Table, scored: _Scored, known: list[Link], apart: Collection[tuple[Id, Id]]) -> Result:
    place = {name: row for row, name in enumerate(rows.ids)} if apart else {}
    declared = {_ordered(place[one], place[other]) for one, other in apart if one in place and other in place}
    links = _links(scored, declared)
    grouped = clusters.group(len(rows), [*known, *links], declared)
    contradictions = declared | _contradictions(rows, grouped.root)
    if len(contradictions) > len(declared):
        grouped = clusters.group(len(rows), [*known, *links], contradictions)
    refused = {(link.one, link.other) for link in grouped.refused}
    joins = [
        Pair(rows.ids[link.one], rows.ids[link.other], link.score, Band.JOIN, ())
        for link in links
        if (link.one, link.other) not in refused
    ]
    named = [tuple(rows.ids[row] for row in group) for group in clusters.members(grouped.root) if len(group) > 1]
    proposals = _proposals(rows, scored, grouped, declared)
    return Result(sorted(joins, key=lambda pair: -pair.score), proposals, named, len(scored.left))


def _ordered(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _links(scored: _Scored, declared: set[tuple[int, int]]) -> list[Link]:
    chosen = np.flatnonzero(scored.band == Band.JOIN)
    columns = (column[chosen].tolist() for column in (scored.left, scored.right, scored.score))
    return [Link(*link) for link in zip(*columns, strict=True) if _ordered(link[0], link[1]) not in declared]


def _contradictions(rows: Table, root: list[int]) -> set[tuple[int, int]]:
    """Pairs inside a group that a veto of contradiction keeps apart, whether or not they were candidates."""
    left, right = [], []
    for group in clusters.members(root):
        if len(group) < 3:
            continue
        for place, one in enumerate(group):
            others = group[place + 1 : place + 1 + _CHECKED]
            left += [one] * len(others)
            right += others
    if not left:
        return set()
    one_rows, other_rows = np.array(left, np.int64), np.array(right, np.int64)
    found: set[tuple[int, int]] = set()
    for start in range(0, len(left), CHUNK):
        ours, theirs = one_rows[start : start + CHUNK], other_rows[start : start + CHUNK]
        against = vetoes.of(features.of(rows, ours, theirs)) & vetoes.CONTRADICTIONS > 0
        found |= set(zip(ours[against].tolist(), theirs[against].tolist(), strict=True))
    return found


def _proposals(rows: Table, scored: _Scored, grouped: clusters.Grouped, declared: set[tuple[int, int]]) -> list[Pair]:
    """The best pair for each two groups that may be one document; n groups of one title make n - 1 proposals."""
    root = grouped.root
    chosen = np.flatnonzero(scored.band == Band.PROPOSE)
    columns = (column[chosen].tolist() for column in (scored.left, scored.right, scored.score, scored.vetoed))
    offered = [
        (link, tuple(veto.name for veto in vetoes.named(bits)))
        for *link, bits in zip(*columns, strict=True)
        if _ordered(int(link[0]), int(link[1])) not in declared
    ]
    offered += [([link.one, link.other, link.score], (CHAIN,)) for link in grouped.refused if link.score <= 1]
    best: dict[tuple[int, int], Pair] = {}
    tied = clusters.Forest(len(root))
    # The pair with fewest objections stands for its two groups.
    for (one, other, chance), names in sorted(offered, key=lambda pair: (len(pair[1]), -pair[0][2], pair[0][:2])):
        ends = _ordered(root[int(one)], root[int(other)])
        if ends[0] == ends[1] or ends in best:
            continue
        if rows.title_sum[int(one)] != rows.title_sum[int(other)] or tied.tie(*ends):
            best[ends] = Pair(rows.ids[int(one)], rows.ids[int(other)], chance, Band.PROPOSE, names)
    return sorted(best.values(), key=lambda pair: -pair.score)
