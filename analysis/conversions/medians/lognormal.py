"""Mean and SD of data that are about log-normal: Shi et al., Stat Methods Med Res 2023 (the formulas metafor uses)."""

from __future__ import annotations

import math

import numpy as np

from analysis import errors
from analysis.conversions import converted
from analysis.conversions.medians import closed, summary


def mean_sd(given: summary.Summary) -> converted.MeanSd:
    """Mean and SD of the data themselves, by way of the normal distribution of their logarithms.

    Raises InputError unless all numbers are positive.
    """
    if given.quantiles[0] <= 0:
        raise errors.InputError("Only positive numbers can be log-normal; the lowest is not positive.", field="minimum")
    logs = given.of(np.log(given.quantiles))
    mu = float(closed.mean_sd(logs, mean="luo").mean)
    raw = float(closed.mean_sd(logs, mean="luo", sd="shi").sd)
    shrink, fourth, (first, second) = _corrections(given.scenario, given.n)
    variance, kurtosis = raw**2 / shrink, raw**4 / fourth
    n = given.n
    phi = 1 + first * variance / n + second * kurtosis / n
    phi_upper = 1 + 4 * first * variance / n + 16 * second * kurtosis / n
    phi_lower = 1 + 4 * first * variance / n + 4 * second * kurtosis / n
    mean = math.exp(mu + variance / 2) / phi
    square = math.exp(2 * mu + 2 * variance) / phi_upper - math.exp(2 * mu + variance) / phi_lower
    if square < 0:
        raise errors.InputError("These numbers give no log-normal standard deviation; use another method.", field="n")
    assumed = ("the data are about log-normal",)
    return converted.MeanSd(np.asarray(mean), np.asarray(math.sqrt(square)), "log-normal by Shi", assumed)


def _corrections(scenario: str, n: int) -> tuple[float, float, tuple[float, float]]:
    """What makes the variance and its square nearly unbiased, and the coefficients of the correction factors."""
    if scenario == "S1":
        return 1.01 + 0.25 / math.log(n) ** 2, 1 + 2.23 / math.log(n) ** 2, (0.565, 0.37)
    if scenario == "S2":
        return 1 + 1.58 / n, 1 + 19.2 / n**1.2, (0.57, 0.75)
    return 1 + 0.28 / math.log(n) ** 2, 1 + 3.93 / n, (0.405, 0.315)
