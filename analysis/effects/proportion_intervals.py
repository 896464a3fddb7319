"""Confidence intervals of single proportions, on the scale of the proportion.

Arrays of any broadcastable shapes. Sources: Newcombe 1998, Stat Med 17:857-872 (methods 1-5); Clopper and Pearson 1934,
Biometrika 26:404-413; Agresti and Coull 1998, Am Stat 52:119-126; Brown, Cai and DasGupta 2001, Stat Sci 16:101-133.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing
from analysis.effects import core
from analysis.pooling import batch


class Interval(NamedTuple):
    """Lower and upper limits, same shape, within 0 and 1."""

    low: batch.Floats
    high: batch.Floats


_Formula = Callable[[batch.Floats, batch.Floats, float], tuple[batch.Floats, batch.Floats]]


@core.quietly
def interval(events: ArrayLike, n: ArrayLike, *, method: str = "wilson", level: float = 0.95) -> Interval:
    """The interval by a named method.

    clopper_pearson  exact, from the binomial tails: never too narrow, often too wide
    wilson           the score interval; wilson_cc with continuity correction
    agresti_coull    Wald about (x + z²/2)/(n + z²)
    wald             p ± z √(p(1 - p)/n); wald_cc adds 1/(2n); both too narrow for few events
    logit            Wald on the log odds, with 0.5 added to both cells when one is 0
    jeffreys         equal tails of the beta(x + 1/2, n - x + 1/2) distribution

    Raises OptionError for another method; impossible counts give NaN.
    """
    choosing.require_option("method", method, METHODS)
    x, size = core.floats(events, n)
    x = np.where((x >= 0) & (x <= size) & (size > 0), x, np.nan)
    low, high = METHODS[method](x, size, level)
    return Interval(np.clip(low, 0, 1), np.clip(high, 0, 1))


def _z(level: float) -> float:
    return float(special.ndtri((1 + level) / 2))


def _clopper_pearson(x: batch.Floats, n: batch.Floats, level: float) -> tuple[batch.Floats, batch.Floats]:
    tail = (1 - level) / 2
    low = np.where(x == 0, 0.0, special.betaincinv(x, n - x + 1, tail))
    high = np.where(x == n, 1.0, special.betaincinv(x + 1, n - x, 1 - tail))
    return np.where(np.isnan(x), np.nan, low), np.where(np.isnan(x), np.nan, high)


def _wilson(x: batch.Floats, n: batch.Floats, level: float) -> tuple[batch.Floats, batch.Floats]:
    z = _z(level)
    p = x / n
    reach = z * np.sqrt(z**2 + 4 * x * (1 - p))
    return (2 * x + z**2 - reach) / (2 * (n + z**2)), (2 * x + z**2 + reach) / (2 * (n + z**2))


def _wilson_corrected(x: batch.Floats, n: batch.Floats, level: float) -> tuple[batch.Floats, batch.Floats]:
    z = _z(level)
    p = x / n
    below = z * np.sqrt(z**2 - 2 - 1 / n + 4 * p * (n * (1 - p) + 1))
    above = z * np.sqrt(z**2 + 2 - 1 / n + 4 * p * (n * (1 - p) - 1))
    low = (2 * x + z**2 - 1 - below) / (2 * (n + z**2))
    high = (2 * x + z**2 + 1 + above) / (2 * (n + z**2))
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)


def _agresti_coull(x: batch.Floats, n: batch.Floats, level: float) -> tuple[batch.Floats, batch.Floats]:
    z = _z(level)
    return _wald(x + z**2 / 2, n + z**2, level)


def _wald(x: batch.Floats, n: batch.Floats, level: float) -> tuple[batch.Floats, batch.Floats]:
    p = x / n
    reach = _z(level) * np.sqrt(p * (1 - p) / n)
    return p - reach, p + reach


def _wald_corrected(x: batch.Floats, n: batch.Floats, level: float) -> tuple[batch.Floats, batch.Floats]:
    low, high = _wald(x, n, level)
    return low - 1 / (2 * n), high + 1 / (2 * n)


def _logit(x: batch.Floats, n: batch.Floats, level: float) -> tuple[batch.Floats, batch.Floats]:
    added = np.where((x == 0) | (x == n), 0.5, 0.0)
    events, rest = x + added, n - x + added
    centre, reach = np.log(events / rest), _z(level) * np.sqrt(1 / events + 1 / rest)
    return special.expit(centre - reach), special.expit(centre + reach)


def _jeffreys(x: batch.Floats, n: batch.Floats, level: float) -> tuple[batch.Floats, batch.Floats]:
    tail = (1 - level) / 2
    low, high = (special.betaincinv(x + 0.5, n - x + 0.5, side) for side in (tail, 1 - tail))
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)


METHODS: Mapping[str, _Formula] = {
    "clopper_pearson": _clopper_pearson,
    "wilson": _wilson,
    "wilson_cc": _wilson_corrected,
    "agresti_coull": _agresti_coull,
    "wald": _wald,
    "wald_cc": _wald_corrected,
    "logit": _logit,
    "jeffreys": _jeffreys,
}
