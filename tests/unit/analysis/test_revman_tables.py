"""RevMan's risk ratios where everybody has the event, and its risk differences with cells of 0."""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis import data, options, results, synthesis


def pooled(tables: list[tuple[int, int, int, int]], **choices: str) -> results.Analysis:
    rows = [data.BinaryStudy(f"s{i}", f"Study {i}", *table) for i, table in enumerate(tables)]
    return synthesis.analyse(rows, options.Options(convention="revman5", **choices))


@pytest.mark.parametrize(("n1", "n2"), [(28, 29), (3, 90), (250, 7), (1, 1)])
def test_everybody_with_the_event_is_a_risk_ratio_of_one_with_the_error_of_the_corrected_cells(
    n1: int, n2: int
) -> None:
    found = pooled([(n1, n1, n2, n2)], measure="RR", model="common", method="IV")
    error = math.sqrt(sum(1 / (n + 0.5) - 1 / (n + 1) for n in (n1, n2)))
    assert found.overall.estimate == 0
    assert found.overall.se == pytest.approx(error, rel=1e-12)


@pytest.mark.parametrize("arms", [(40, 20), (9, 90)])
def test_studies_in_which_everybody_has_the_event_leave_a_mantel_haenszel_risk_ratio_at_one(
    arms: tuple[int, int],
) -> None:
    n1, n2 = arms
    found = pooled([(n1, n1, n2, n2), (12, 12, 5, 5)], measure="RR", model="common")
    assert found.overall.estimate == pytest.approx(0, abs=1e-15)
    assert found.overall.q == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("tables", [[(1, 8, 0, 8), (2, 25, 0, 25)], [(0, 10, 3, 40), (5, 5, 2, 31), (4, 20, 6, 22)]])
def test_risk_differences_are_weighted_by_the_sizes_of_the_arms_also_with_cells_of_zero(
    tables: list[tuple[int, int, int, int]],
) -> None:
    found = pooled(tables, measure="RD", model="common")
    sizes = [n1 * n2 / (n1 + n2) for _, n1, _, n2 in tables]
    effects = [a / n1 - c / n2 for a, n1, c, n2 in tables]
    assert [row.weight for row in found.studies] == pytest.approx([100 * size / sum(sizes) for size in sizes])
    mean = sum(size * effect for size, effect in zip(sizes, effects, strict=True)) / sum(sizes)
    assert found.overall.estimate == pytest.approx(mean)


def _published(shared: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    with (shared / "faults" / "statistics" / "revman_published.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for name, group in itertools.groupby(rows, key=lambda row: row["pool"]):
        yield name, list(group)


def test_published_pools_come_out_to_the_last_printed_digit(shared: Path) -> None:
    weighed = 0
    for name, rows in _published(shared):
        measure = rows[0]["measure"]
        tables = [(int(r["events1"]), int(r["n1"]), int(r["events2"]), int(r["n2"])) for r in rows]
        shown = math.exp if measure == "RR" else float
        analyses = [
            pooled(tables, measure=measure, model=model, method=method)
            for model, method in (("common", "MH"), ("random", "MH"), ("random", "IV"))
        ]
        for study, row in zip(analyses[0].studies, rows, strict=True):
            for value, column in ((study.effect, "effect"), (study.ci_low, "low"), (study.ci_high, "high")):
                assert value is not None
                assert shown(value) == pytest.approx(float(row[column]), rel=1e-6, abs=1e-6), (name, row["row"])
        printed = [float(row["weight"]) for row in rows]
        if any(printed):
            apart = [max(abs(s.weight - w) for s, w in zip(a.studies, printed, strict=True)) for a in analyses]
            assert min(apart) < 1e-6, name
            weighed += 1
    assert weighed > 0
