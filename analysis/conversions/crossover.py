"""Crossover trials that report their periods as if they were two groups: Handbook, section 23.2.7."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.conversions import converted
from analysis.pooling import batch


class Paired(NamedTuple):
    """An effect within people and its standard error, shape (...), with the method and what was assumed."""

    estimate: batch.Floats
    se: batch.Floats
    method: str
    assumed: tuple[str, ...]


_ASSUMED = ("the correlation between the periods taken from elsewhere holds here", "nothing carries over")


def mean_difference(
    mean1: ArrayLike, sd1: ArrayLike, mean2: ArrayLike, sd2: ArrayLike, n: ArrayLike, r: ArrayLike
) -> Paired:
    """MD with SE = SDdiff/√n, SDdiff² = SD1² + SD2² - 2r·SD1·SD2; n people had both treatments."""
    first, second = converted.positive(sd1, "SD under treatment 1"), converted.positive(sd2, "SD under treatment 2")
    n, r = converted.size(n, "number of participants"), converted.correlation(r)
    spread = np.sqrt(np.maximum(first**2 + second**2 - 2 * r * first * second, 0.0))
    difference = converted.finite(mean1, "mean under treatment 1") - converted.finite(mean2, "mean under treatment 2")
    return Paired(difference, spread / np.sqrt(n), "paired mean difference", _ASSUMED)


def standardised(
    mean1: ArrayLike, sd1: ArrayLike, mean2: ArrayLike, sd2: ArrayLike, n: ArrayLike, r: ArrayLike
) -> Paired:
    """SMD = MD/√((SD1² + SD2²)/2) with SE = √(1/n + SMD²/(2n))·√(2(1 - r))."""
    first, second = converted.positive(sd1, "SD under treatment 1"), converted.positive(sd2, "SD under treatment 2")
    n, r = converted.size(n, "number of participants"), converted.correlation(r)
    difference = converted.finite(mean1, "mean under treatment 1") - converted.finite(mean2, "mean under treatment 2")
    smd = difference / np.sqrt((first**2 + second**2) / 2)
    se = np.sqrt(1 / n + smd**2 / (2 * n)) * np.sqrt(2 * (1 - r))
    return Paired(smd, se, "paired standardised mean difference", _ASSUMED)
