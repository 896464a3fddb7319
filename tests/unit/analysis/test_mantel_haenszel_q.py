"""Q, df and I² beside a Mantel-Haenszel estimate: about that estimate, over the studies that have both outcomes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analysis import data, options, results, synthesis

FILES = {"zero": "mh_zero_cells.csv", "nielweise": "mh_dat_nielweise2007.csv", "bcg": "dat_bcg.csv"}


def pooled(rows: list[data.BinaryStudy], convention: str, measure: str) -> results.Pool:
    chosen = options.Options(measure=measure, convention=convention, model="common", method="MH")
    return synthesis.analyse(rows, chosen).overall


def _rows(path: Path) -> list[data.BinaryStudy]:
    with path.open(encoding="utf-8") as file:
        return [
            data.BinaryStudy(str(i), row["study"], *(int(row[name]) for name in ("ai", "n1i", "ci", "n2i")))
            for i, row in enumerate(csv.DictReader(file))
        ]


@pytest.mark.parametrize(
    ("name", "measure", "q", "df", "i2"),
    [
        ("zero", "OR", 0.3092, 1, 0.0),
        ("nielweise", "OR", 16.8637, 16, 5.12),
        ("nielweise", "RR", 16.3881, 16, 2.37),
        ("nielweise", "RD", 56.2514, 16, 71.56),
        ("bcg", "OR", 163.9426, 12, 92.68),
        ("bcg", "RR", 152.5676, 12, 92.13),
        ("bcg", "RD", 386.7759, 12, 96.90),
    ],
)
def test_metafors_q(shared: Path, name: str, measure: str, q: float, df: int, i2: float) -> None:
    found = pooled(_rows(shared / "faults" / "statistics" / FILES[name]), "metafor", measure)
    assert (found.q, found.q_df) == (pytest.approx(q, abs=6e-5), df)
    assert found.i2 == pytest.approx(i2, abs=6e-3)


@pytest.mark.parametrize("convention", ["metafor", "stata", "handbook", "revman5"])
@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_q_is_taken_about_the_estimate_shown(convention: str, measure: str) -> None:
    tables = [(4, 40, 9, 41), (12, 90, 11, 30), (3, 55, 14, 60)]
    rows = [data.BinaryStudy(str(i), f"Study {i}", *table) for i, table in enumerate(tables)]
    chosen = options.Options(measure=measure, convention=convention, model="common", method="MH")
    found = synthesis.analyse(rows, chosen)
    apart = [((s.effect or 0) - found.overall.estimate) ** 2 / (s.variance or 1) for s in found.studies]
    assert found.overall.q == pytest.approx(sum(apart))
    assert found.overall.q_df == 2
