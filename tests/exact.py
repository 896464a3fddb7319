"""A plain engine in place of the scores: records with the same DOI or PMID are one document.

For tests of what becomes of joins, not of which records join; contradicting identifiers let a record bridge two.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

import pytest

from reviews.search.duplicates import bands, clusters, finding
from reviews.search.duplicates.bands import Band
from reviews.search.duplicates.clusters import Link
from reviews.search.duplicates.finding import Pair, Result
from reviews.search.duplicates.record import Id, Record


def match_new(
    new: Sequence[Record],
    old: Sequence[Record],
    groups: Mapping[Id, Id] | None = None,
    thresholds: bands.Thresholds = bands.DEFAULT,
    *,
    apart: Collection[tuple[Id, Id]] = (),
) -> Result:
    records = [*new, *old]
    place = {record.id: at for at, record in enumerate(records)}
    links = [Link(a, b, 1.0) for a, b in combinations(range(len(records)), 2) if _same(records[a], records[b])]
    first: dict[Id, int] = {}
    known = [Link(first.setdefault(group, place[one]), place[one], 2.0) for one, group in (groups or {}).items()]
    enemies = {tuple(sorted((place[a], place[b]))) for a, b in apart if a in place and b in place}
    refused = clusters.group(len(records), [*known, *links], enemies).refused
    joins = [
        Pair(records[a].id, records[b].id, 1.0, Band.JOIN, ()) for a, b, _ in links if Link(a, b, 1.0) not in refused
    ]
    return Result(joins, [], [], len(links))


def _same(one: Record, other: Record) -> bool:
    return bool((one.doi and one.doi == other.doi) or (one.pmid and one.pmid == other.pmid))


def find(records: Iterable[Record], thresholds: bands.Thresholds = bands.DEFAULT, **more: object) -> Result:
    return match_new(list(records), [], None, thresholds, apart=more.get("apart", ()))  # type: ignore[arg-type]


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "match_new", match_new)
    monkeypatch.setattr(finding, "find", find)
