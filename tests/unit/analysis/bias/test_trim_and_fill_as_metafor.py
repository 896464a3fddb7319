"""Trim and fill left at its defaults trims by the model that it pools by, as metafor's trimfill does."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analysis import effects
from analysis.bias import small_study
from analysis.data import BinaryStudy, StudySet


@pytest.mark.parametrize(
    ("name", "measure", "missing", "estimate", "low", "high"),
    [
        ("dat_egger2001.csv", "OR", 7, -0.3915, -0.8137, 0.0306),
        ("dat_bcg.csv", "RR", 1, -0.6571, -1.0070, -0.3072),
    ],
)
def test_metafors_numbers(
    shared: Path, name: str, measure: str, missing: int, estimate: float, low: float, high: float
) -> None:
    with (shared / "faults" / "statistics" / name).open(encoding="utf-8") as file:
        rows = [
            BinaryStudy(str(i), row["study"], *(int(row[column]) for column in ("ai", "n1i", "ci", "n2i")))
            for i, row in enumerate(csv.DictReader(file))
        ]
    found = effects.estimate(StudySet.of(rows), measure, convention="metafor")
    filled = small_study.trim_fill(found.estimate, found.variance)
    assert filled.missing == missing
    assert (filled.estimate, filled.ci_low, filled.ci_high) == pytest.approx((estimate, low, high), abs=6e-5)


@pytest.mark.parametrize(
    ("convention", "model", "trimming"), [("metafor", "DL", "DL"), ("metafor", "EE", "EE"), ("meta", "REML", "EE")]
)
def test_what_is_left_open_is_the_conventions(convention: str, model: str, trimming: str) -> None:
    y, v = [-0.1, 0.0, 0.1, 0.3, 0.9, 1.2, 1.4], [0.01, 0.02, 0.02, 0.05, 0.3, 0.4, 0.5]
    left = small_study.trim_fill(y, v, model=model, convention=convention)
    assert left == small_study.trim_fill(y, v, model=model, convention=convention, trimming=trimming)
