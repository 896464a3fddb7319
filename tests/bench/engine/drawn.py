"""The same studies for every program: drawn with a seed, and the trials of BCG against tuberculosis."""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from analysis import data
from analysis.pooling import batch

LARGEST = 10_000
# Colditz et al. 1994, JAMA 271:698-702: cases and participants with and without vaccination.
_CASES1 = (4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27)
_N1 = (123, 306, 231, 13598, 5069, 1541, 2545, 88391, 7499, 1716, 50634, 2498, 16913)
_CASES2 = (11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29)
_N2 = (139, 303, 220, 12867, 5808, 1451, 629, 88391, 7277, 1665, 27338, 2341, 17854)


@cache
def effects() -> tuple[batch.Floats, batch.Floats, batch.Floats]:
    """Effects, variances and a moderator of 10,000 studies; smaller sets are the first of them."""
    draw = np.random.default_rng(1)
    v = draw.uniform(0.01, 0.1, LARGEST)
    return draw.normal(0.2, np.sqrt(v + 0.05)), v, draw.normal(size=LARGEST)


def studies(k: int) -> batch.Batch:
    """The first k as a batch of one, shape (k,)."""
    y, v, _ = effects()
    return batch.Batch.of(y[:k], v[:k])


@cache
def many(rows: int, k: int = 10) -> batch.Batch:
    """Meta-analyses of k studies, shape (rows, k)."""
    draw = np.random.default_rng(2)
    v = draw.uniform(0.01, 0.1, (rows, k))
    return batch.Batch.of(draw.normal(0.2, np.sqrt(v + 0.05)), v)


@cache
def ten() -> data.StudySet[data.ContinuousStudy]:
    """Ten studies with means of two groups."""
    return data.StudySet.of(
        data.ContinuousStudy(f"s{i}", f"Study {i}", 50 + i, 10.0 + i % 3, 3.0, 48 + i, 11.0, 3.1 + i % 2)
        for i in range(10)
    )


@cache
def vaccine() -> data.StudySet[data.BinaryStudy]:
    """The 13 trials of BCG."""
    rows = zip(_CASES1, _N1, _CASES2, _N2, strict=True)
    return data.StudySet.of(
        data.BinaryStudy(f"bcg{number}", f"Trial {number}", *row) for number, row in enumerate(rows, start=1)
    )


def write(folder: Path) -> None:
    """The same as csv files, for R."""
    y, v, x = effects()
    _table(folder / "effects.csv", "y v x", np.column_stack([y, v, x])[:2000].tolist())
    names = ("n1", "mean1", "sd1", "n2", "mean2", "sd2")
    _table(folder / "means.csv", " ".join(names), [[getattr(one, n) for n in names] for one in ten().studies])
    _table(folder / "cells.csv", "a n1 c n2", np.column_stack([_CASES1, _N1, _CASES2, _N2]).tolist())


def _table(path: Path, header: str, rows: Sequence[Sequence[float]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split())
        writer.writerows(rows)
