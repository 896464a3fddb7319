"""A plain engine in place of the scores: records with the same DOI or PMID are one document.

For tests of what becomes of joins, not of which records join; contradicting identifiers let a record bridge two.
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import combinations

import pytest

from reviews.search.duplicates import bands, clusters, finding, table
from reviews.search.duplicates.bands import Band
from reviews.search.duplicates.clusters import Link
from reviews.search.duplicates.finding import Pair, Result
from reviews.search.duplicates.record import Id, Record
from reviews.search.duplicates.table import Table


def match_new(
    new: Table,
    old: Table,
    groups: Mapping[Id, Id] | None = None,
    thresholds: bands.Thresholds = bands.DEFAULT,
    *,
    apart: Collection[tuple[Id, Id]] = (),
) -> Result:
    rows = table.joined([new, old])
    place = {name: at for at, name in enumerate(rows.ids)}
    links = [Link(a, b, 1.0) for a, b in combinations(range(len(rows)), 2) if _is_same(rows, a, b)]
    first: dict[Id, int] = {}
    known = [Link(first.setdefault(group, place[one]), place[one], 2.0) for one, group in (groups or {}).items()]
    enemies = {tuple(sorted((place[a], place[b]))) for a, b in apart if a in place and b in place}
    refused = clusters.group(len(rows), [*known, *links], enemies).refused
    joins = [Pair(rows.ids[a], rows.ids[b], 1.0, Band.JOIN, ()) for a, b, _ in links if Link(a, b, 1.0) not in refused]
    return Result(joins, [], [], len(links))


def _is_same(rows: Table, one: int, other: int) -> bool:
    return any(number[one] and number[one] == number[other] for number in (rows.doi, rows.pmid))


def find(records: Iterable[Record], thresholds: bands.Thresholds = bands.DEFAULT, **more: object) -> Result:
    return match_new(table.build(records), table.build([]), None, thresholds, apart=more.get("apart", ()))  # type: ignore[arg-type]


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "match_new", match_new)
    monkeypatch.setattr(finding, "find", find)
