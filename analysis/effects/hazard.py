"""Hazard ratios on the log scale, group 1 over group 2.

Arrays of any broadcastable shapes. Sources: Parmar, Torri and Stewart 1998, Stat Med 17:2815-2834; Tierney et al. 2007,
Trials 8:16; Cochrane Handbook 6.8.2; RevMan's "O - E and Variance".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.effects import core, generic


@core.quietly
def from_observed_expected(o_minus_e: ArrayLike, v: ArrayLike) -> core.Effects:
    """(O - E)/V, variance 1/V, from the log-rank test of group 1."""
    difference, spread = core.floats(o_minus_e, v)
    return core.settled(difference / spread, np.where(spread > 0, 1 / spread, np.nan))


@core.quietly
def from_interval(hr: ArrayLike, low: ArrayLike, high: ArrayLike, *, level: ArrayLike = 0.95) -> core.Effects:
    """log HR, standard error (log high - log low)/(2z)."""
    ratio, lower, upper = core.floats(hr, low, high)
    return generic.from_interval(np.log(ratio), np.log(lower), np.log(upper), level=level)


@core.quietly
def from_p(hr: ArrayLike, p: ArrayLike) -> core.Effects:
    """log HR, standard error |log HR|/z of the two-sided p."""
    (ratio,) = core.floats(hr)
    return generic.from_p(np.log(ratio), p)


@core.quietly
def from_log_rank_p(p: ArrayLike, direction: ArrayLike, events1: ArrayLike, events2: ArrayLike) -> core.Effects:
    """The log hazard ratio behind a log-rank p-value and the events of both groups, sized alike.

    V = e1 e2/(e1 + e2) and log HR = ± z/√V, the sign that of `direction` (negative where group 1 fares better).
    An approximation, best near a hazard ratio of 1 (Parmar 1998).
    """
    probability, sign, e1, e2 = core.floats(p, direction, events1, events2)
    v = e1 * e2 / (e1 + e2)
    return core.settled(np.sign(sign) * -special.ndtri(probability / 2) / np.sqrt(v), np.where(v > 0, 1 / v, np.nan))


@core.quietly
def from_any(
    o_minus_e: ArrayLike = np.nan,
    v: ArrayLike = np.nan,
    hr: ArrayLike = np.nan,
    se: ArrayLike = np.nan,
    ci_low: ArrayLike = np.nan,
    ci_high: ArrayLike = np.nan,
    p: ArrayLike = np.nan,
    level: ArrayLike = 0.95,
) -> core.Effects:
    """Each study by what it states: O - E with V, or the hazard ratio with the first of se, interval, p-value."""
    difference, spread, ratio, error, low, high, probability, proportion = core.floats(
        o_minus_e, v, hr, se, ci_low, ci_high, p, level
    )
    counted = from_observed_expected(difference, spread)
    stated = generic.from_any(
        np.log(ratio), se=error, ci_low=np.log(low), ci_high=np.log(high), p=probability, level=proportion
    )
    is_counted = np.isfinite(counted.estimate)
    return core.Effects(
        np.where(is_counted, counted.estimate, stated.estimate),
        np.where(is_counted, counted.variance, stated.variance),
    )
