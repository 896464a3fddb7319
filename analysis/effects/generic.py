"""Effects given ready-made: an estimate with its standard error, variance, confidence interval or p-value.

Arrays of any broadcastable shapes; ratios and their limits as logarithms. With degrees of freedom the interval and the
p-value rest on Student's t, without them on the normal distribution. Source: Cochrane Handbook 6.3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.effects import core
from analysis.pooling import batch

NORMAL = np.inf


@core.quietly
def from_se(estimate: ArrayLike, se: ArrayLike) -> core.Effects:
    """Variance se²."""
    value, error = core.floats(estimate, se)
    return core.settled(value, error**2)


@core.quietly
def from_interval(
    estimate: ArrayLike, low: ArrayLike, high: ArrayLike, *, level: ArrayLike = 0.95, df: ArrayLike = NORMAL
) -> core.Effects:
    """Standard error (high - low)/(2q), q the two-sided quantile at `level`. NaN where low is not below high."""
    value, lower, upper, proportion, degrees = core.floats(estimate, low, high, level, df)
    error = (upper - lower) / (2 * _quantile((1 + proportion) / 2, degrees))
    return core.settled(value, np.where(error > 0, error**2, np.nan))


@core.quietly
def from_p(estimate: ArrayLike, p: ArrayLike, *, df: ArrayLike = NORMAL) -> core.Effects:
    """Standard error |estimate|/q, q the quantile of the two-sided p. NaN for an estimate of 0."""
    value, probability, degrees = core.floats(estimate, p, df)
    error = np.abs(value) / -_quantile(probability / 2, degrees)
    return core.settled(value, np.where(error > 0, error**2, np.nan))


def from_any(
    estimate: ArrayLike,
    se: ArrayLike = np.nan,
    variance: ArrayLike = np.nan,
    ci_low: ArrayLike = np.nan,
    ci_high: ArrayLike = np.nan,
    p: ArrayLike = np.nan,
    level: ArrayLike = 0.95,
    df: ArrayLike = np.nan,
) -> core.Effects:
    """Each study by what it states: the first of variance, standard error, interval, p-value that is not NaN."""
    value, spread, error, low, high, probability, proportion, degrees = core.floats(
        estimate, variance, se, ci_low, ci_high, p, level, df
    )
    degrees = np.where(np.isnan(degrees), NORMAL, degrees)
    chosen = spread
    for found in (
        from_se(value, error),
        from_interval(value, low, high, level=proportion, df=degrees),
        from_p(value, probability, df=degrees),
    ):
        chosen = np.where(np.isnan(chosen), found.variance, chosen)
    return core.settled(value, chosen)


def _quantile(probability: batch.Floats, df: batch.Floats) -> batch.Floats:
    finite = np.where(np.isinf(df), 1.0, df)
    return np.where(np.isinf(df), special.ndtri(probability), special.stdtrit(finite, probability))
