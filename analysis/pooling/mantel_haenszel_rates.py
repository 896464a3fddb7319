"""Mantel-Haenszel estimates from events in person-time: rate ratio, rate difference, and the test with them.

Not every program offers these: RevMan has none, metafor's `rma.mh` and meta's `metainc` do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.pooling import batch, common, mantel_haenszel_tests


class Rates(NamedTuple):
    """Events x and person-time t of both groups and the sum of times, shape (..., k); 0, 0 and 1 outside the mask."""

    x1: batch.Floats
    t1: batch.Floats
    x2: batch.Floats
    t2: batch.Floats
    total: batch.Floats
    mask: batch.Bools


def rates(
    events1: ArrayLike, time1: ArrayLike, events2: ArrayLike, time2: ArrayLike, mask: ArrayLike | None = None
) -> Rates:
    """Rates from what broadcasts to (..., k). A study with a missing number or without any time does not count."""
    x1, t1, x2, t2 = (np.asarray(x, dtype=np.float64) for x in np.broadcast_arrays(events1, time1, events2, time2))
    counted = np.isfinite(x1 + t1 + x2 + t2) & (t1 + t2 > 0)
    if mask is not None:
        counted = counted & np.asarray(mask, dtype=np.bool_)
    x1, t1, x2, t2 = (np.where(counted, x, 0.0) for x in (x1, t1, x2, t2))
    return Rates(x1, t1, x2, t2, np.where(counted, t1 + t2, 1.0), counted)


def rate_ratio(given: Rates) -> common.Pooled:
    """log(ΣR/ΣS) with R = x₁t₂/T, S = x₂t₁/T; weights are S.

    Variance by Greenland and Robins 1985: Σ(t₁t₂(x₁ + x₂)/T²)/(ΣR ΣS). NaN where a group has no event at all.
    """
    x1, t1, x2, t2, total, _ = given
    r, s = x1 * t2 / total, x2 * t1 / total
    sum_r, sum_s = r.sum(axis=-1), s.sum(axis=-1)
    spread = (t1 / total * (t2 / total) * (x1 + x2)).sum(axis=-1)
    defined = (sum_r > 0) & (sum_s > 0)
    with np.errstate(all="ignore"):
        estimate = np.where(defined, np.log(sum_r / sum_s), np.nan)
        variance = np.where(defined, spread / (sum_r * sum_s), np.nan)
    return common.Pooled(estimate, variance, _shares(s))


def rate_difference(given: Rates) -> common.Pooled:
    """Σ(x₁t₂ - x₂t₁)/T over Σt₁t₂/T; weights are t₁t₂/T.

    Variance Σ(t₁t₂/T)²(x₁/t₁² + x₂/t₂²)/(Σt₁t₂/T)²; Rothman, Greenland and Lash 2008, chapter 15.
    """
    x1, t1, x2, t2, total, _ = given
    weights = t1 / total * t2
    with np.errstate(all="ignore"):
        whole = weights.sum(axis=-1)
        estimate = (x1 / total * t2 - x2 / total * t1).sum(axis=-1) / whole
        spread = x1 * (t2 / total) ** 2 + x2 * (t1 / total) ** 2
        return common.Pooled(estimate, spread.sum(axis=-1) / whole**2, _shares(weights))


def association(given: Rates, *, is_corrected: bool = False) -> mantel_haenszel_tests.Test:
    """The Mantel-Haenszel χ² on 1 degree of freedom of equal rates, with or without continuity correction."""
    x1, t1, x2, t2, total, _ = given
    events = x1 + x2
    apart = np.abs((x1 - events * t1 / total).sum(axis=-1)) - (0.5 if is_corrected else 0.0)
    with np.errstate(all="ignore"):
        statistic = apart**2 / (events * (t1 / total) * (t2 / total)).sum(axis=-1)
    return mantel_haenszel_tests.chi_squared(statistic, np.ones(statistic.shape))


def _shares(weights: batch.Floats) -> batch.Floats:
    whole = weights.sum(axis=-1, keepdims=True)
    return np.where(whole > 0, 100.0 * weights / np.where(whole > 0, whole, 1.0), 0.0)
