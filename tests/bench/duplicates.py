"""Measure the finding of duplicates on the labelled sets: ``python -m tests.bench.duplicates [set ...]``."""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from reviews.search.duplicates import finding, score
from reviews.search.duplicates.record import Id
from tests.bench import chinese, labelled

# False merges / misses that findings.md records for two other tools on the same sets and metric.
BIBDEDUPE = {
    "copper": (0, 1), "stroke": (0, 2), "haematology": (1, 15), "diabetes": (0, 0), "cytology_screening": (0, 6),
    "respiratory": (0, 28), "digital_work": (0, 1), "cardiac": (1, 12), "srsr": (1, 68),
}  # fmt: skip
ASYSD = {
    "copper": (0, 3), "stroke": (0, 6), "haematology": (4, 22), "diabetes": (0, 2), "cytology_screening": (1, 3),
    "respiratory": (0, 37), "digital_work": (24, 36), "cardiac": (4, 29), "srsr": (25, 430),
}  # fmt: skip


class Row(NamedTuple):
    """A set measured. `false_merges`: records removed as duplicates that are not; `misses`: duplicates left in.

    `queue_misses`: those still left in when people confirm every right proposal; `queue`: proposals.
    """

    name: str
    records: int
    duplicates: int
    false_merges: int
    misses: int
    queue_misses: int
    queue: int
    queue_true: int
    seconds: float

    @property
    def right(self) -> int:
        return self.duplicates - self.misses

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.false_merges)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.duplicates)

    @property
    def recall_with_queue(self) -> float:
        return 1 - self.queue_misses / max(1, self.duplicates)


def measure(one: labelled.Labelled) -> Row:
    """Find the duplicates of a set and count against its labels, by records as findings.md does."""
    start = time.process_time()
    found = finding.find(one.records)
    seconds = time.process_time() - start
    truth: dict[Id, str] = {record.id: cluster for record, cluster in zip(one.records, one.clusters, strict=True)}
    duplicates = len(truth) - len(set(truth.values()))
    false_merges = sum(len({truth[name] for name in group}) - 1 for group in found.clusters)
    true_queue = [pair for pair in found.proposals if truth[pair.one] == truth[pair.other]]
    return Row(
        one.name,
        len(truth),
        duplicates,
        false_merges,
        _misses(truth, found.clusters, ()),
        _misses(truth, found.clusters, true_queue),
        len(found.proposals),
        len(true_queue),
        seconds,
    )


def _misses(truth: Mapping[Id, str], clusters: Sequence[tuple[Id, ...]], queue: Sequence[finding.Pair]) -> int:
    """For each publication, the groups it lies in beyond the first; confirmed proposals join groups."""
    leader: dict[Id, Id] = {name: group[0] for group in clusters for name in group}
    joined: dict[Id, Id] = {}

    def root(name: Id) -> Id:
        name = leader.get(name, name)
        while joined.get(name, name) != name:
            name = joined[name]
        return name

    for pair in queue:
        joined[root(pair.one)] = root(pair.other)
    groups: defaultdict[str, set[Id]] = defaultdict(set)
    for name, publication in truth.items():
        groups[publication].add(root(name))
    return sum(len(found) - 1 for found in groups.values())


def use_weights(weights: Mapping[str, float]) -> None:
    """Score with these weights in this process: for the check that leaves a set out."""
    score.weights = lambda: weights  # type: ignore[assignment]


def rows(folder: Path = labelled.FOLDER, names: Sequence[str] = ()) -> Iterator[Row]:
    """Measure the named sets, or all there are and the constructed Chinese one."""
    for name in names or [*labelled.names(folder), chinese.NAME]:
        yield measure(chinese.read() if name == chinese.NAME else labelled.read(name, folder))


def heading() -> str:
    return (
        f"{'set':<24}{'records':>8}{'dups':>7}{'false':>6}{'missed':>7}{'precision':>10}{'recall':>8}{'+queue':>8}"
        f"{'queue/1000':>11}{'true':>5}{'CPU s':>7}{'rec/CPU s':>10}{'BibDedupe':>12}{'ASySD':>9}"
    )


def line(row: Row) -> str:
    short = row.name.partition("/")[2]
    others = ["{}/{}".format(*tool[short]) if short in tool else "-" for tool in (BIBDEDUPE, ASYSD)]
    return (
        f"{row.name:<24}{row.records:>8,}{row.duplicates:>7,}{row.false_merges:>6}{row.misses:>7}{row.precision:>10.5f}"
        f"{row.recall:>8.4f}{row.recall_with_queue:>8.4f}{row.queue * 1000 / row.records:>11.1f}{row.queue_true:>5}"
        f"{row.seconds:>7.1f}{row.records / row.seconds:>10,.0f}{others[0]:>12}{others[1]:>9}"
    )


def total(measured: Sequence[Row], name: str) -> Row:
    sums = [sum(column) for column in zip(*(row[1:] for row in measured), strict=True)]
    return Row(name, *sums)


def main() -> None:
    print(heading() + "   (other tools: false merges/misses)")
    measured = []
    for row in rows(names=sys.argv[1:]):
        measured.append(row)
        print(line(row), flush=True)
    for part, count in Counter(row.name.partition("/")[0] for row in measured).items():
        if count > 1:
            print(line(total([row for row in measured if row.name.startswith(f"{part}/")], f"all {part}")))


if __name__ == "__main__":
    main()
