"""Correlations, partial correlations and explained variance.

Arrays of any broadcastable shapes; the studies of one analysis along the last axis. Sources: Olkin and Pratt 1958, Ann
Math Stat 29:201-211; Hedges 1989, J Appl Psychol 74:469-477; Aloe and Becker 2012, J Educ Behav Stat 37:278-297;
Kendall and Stuart 1979, equations 27.87-27.88; Olkin and Finn 1995, Psychol Bull 118:155-164.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing
from analysis.effects import association, core
from analysis.pooling import batch

VARIANCES = ("LS", "AV", "H0", "H0b")
UNBIASED_VARIANCES = ("LS", "UB", "AV")
PARTIAL_VARIANCES = ("LS", "AV")
DETERMINATION_VARIANCES = ("LS", "LS2", "AV", "AV2")
_FEWEST = 3
_SERIES_FROM = 40.0
_TERMS = 70


@core.quietly
def correlation(r: ArrayLike, n: ArrayLike, *, variance: str = "LS") -> core.Effects:
    """r with variance (1 - r²)²/(n - 1); "AV" from the studies' average r; "H0" (1 - r²)/(n - 2); "H0b" 1/n.

    With three people or fewer the variance is not defined (NaN) and r stands alone.
    """
    choosing.require_option("variance", variance, VARIANCES)
    r, n = _plausible(r, n)
    if variance == "H0":
        spread = (1 - r**2) / (n - 2)
    elif variance == "H0b":
        spread = 1 / n
    else:
        centre = core.weighted_mean(r, n) if variance == "AV" else r
        spread = (1 - centre**2) ** 2 / (n - 1)
    return _enough(core.settled(r, spread), n)


@core.quietly
def unbiased_correlation(r: ArrayLike, n: ArrayLike, *, variance: str = "LS") -> core.Effects:
    """Olkin and Pratt's unbiased ρ = r ₂F₁(1/2, 1/2; (n - 2)/2; 1 - r²), n > 4.

    Variance as `correlation` from ρ; "UB" unbiased (Hedges 1989).
    """
    choosing.require_option("variance", variance, UNBIASED_VARIANCES)
    r, n = _plausible(r, n)
    found = unbiased(r, n)
    if variance == "UB":
        rest = 1 - r**2
        series = _hypergeometric(1.0, n / 2, rest)
        spread = found**2 - (1 - (n - 3) / (n - 2) * rest * series)
    else:
        centre = core.weighted_mean(found, n) if variance == "AV" else found
        spread = (1 - centre**2) ** 2 / (n - 1)
    return core.settled(found, np.broadcast_to(spread, found.shape))


@core.quietly
def fisher_z(r: ArrayLike, n: ArrayLike) -> core.Effects:
    """artanh r, variance 1/(n - 3)."""
    r, n = _plausible(r, n)
    spread = np.where(n > _FEWEST, 1 / (n - 3), np.nan)
    return _enough(core.settled(np.arctanh(r), np.where(n > _FEWEST, spread, 0.0)), n)


@core.quietly
def from_t(t: ArrayLike, n: ArrayLike) -> batch.Floats:
    """The correlation that a t statistic with n - 2 degrees of freedom tests: t/√(t² + n - 2)."""
    t, n = core.floats(t, n)
    found: batch.Floats = t / np.sqrt(t**2 + n - 2)
    return found


@core.quietly
def partial_correlation(r: ArrayLike, n: ArrayLike, predictors: ArrayLike, *, variance: str = "LS") -> core.Effects:
    """A partial correlation, variance (1 - r²)²/(n - predictors); "AV" from the studies' average r."""
    choosing.require_option("variance", variance, PARTIAL_VARIANCES)
    r, n, predictors = core.floats(r, n, predictors)
    centre = core.weighted_mean(r, n) if variance == "AV" else r
    return core.settled(r, (1 - centre**2) ** 2 / (n - predictors))


@core.quietly
def fisher_z_partial(r: ArrayLike, n: ArrayLike, predictors: ArrayLike) -> core.Effects:
    """artanh of a partial correlation, variance 1/(n - predictors - 2)."""
    r, n, predictors = core.floats(r, n, predictors)
    return core.settled(np.arctanh(r), 1 / (n - predictors - 2))


@core.quietly
def semi_partial_correlation(r: ArrayLike, n: ArrayLike, r2: ArrayLike, *, variance: str = "LS") -> core.Effects:
    """A semi-partial correlation from a regression with R² `r2` (Aloe and Becker 2012)."""
    choosing.require_option("variance", variance, PARTIAL_VARIANCES)
    r, n, r2 = core.floats(r, n, r2)
    rest = r2 - (core.weighted_mean(r, n) if variance == "AV" else r) ** 2
    return core.settled(r, (r2**2 - 2 * r2 + rest + 1 - rest**2) / n)


def fisher_z_semi_partial(r: ArrayLike, n: ArrayLike, r2: ArrayLike, *, variance: str = "LS") -> core.Effects:
    """artanh of a semi-partial correlation with the delta-method variance."""
    return association.fisher_z(semi_partial_correlation(r, n, r2, variance=variance))


@core.quietly
def determination(r2: ArrayLike, n: ArrayLike, predictors: ArrayLike, *, variance: str = "LS") -> core.Effects:
    """R², variance 4 R² (1 - R²)²/n; "LS2" with (n - m - 1)²/((n² - 1)(n + 3)) for 1/n; "AV", "AV2" from the mean."""
    choosing.require_option("variance", variance, DETERMINATION_VARIANCES)
    r2, n, predictors = core.floats(r2, n, predictors)
    centre = core.weighted_mean(r2, n) if variance.startswith("AV") else r2
    per_person = (n - predictors - 1) ** 2 / ((n**2 - 1) * (n + 3)) if variance.endswith("2") else 1 / n
    return core.settled(r2, 4 * centre * (1 - centre) ** 2 * per_person)


@core.quietly
def fisher_z_of_root(r2: ArrayLike, n: ArrayLike) -> core.Effects:
    """artanh √R², variance 1/n (Olkin and Finn 1995)."""
    r2, n = core.floats(r2, n)
    return core.settled(np.arctanh(np.sqrt(r2)), 1 / n)


@core.quietly
def unbiased(r: ArrayLike, n: ArrayLike) -> batch.Floats:
    """Olkin and Pratt's unbiased correlation; NaN for four people or fewer."""
    r, n = core.floats(r, n)
    found = r * _hypergeometric(0.5, (n - 2) / 2, 1 - r**2)
    return np.where(n > _FEWEST + 1, found, np.nan)


def _hypergeometric(a: float, c: batch.Floats, x: batch.Floats) -> batch.Floats:
    """₂F₁(a, a; c; x) for 0 ≤ x ≤ 1. scipy's gives up for large c, where the series needs few terms."""
    large = np.maximum(c, _SERIES_FROM)
    term = np.ones_like(c)
    total = term
    for j in range(_TERMS):
        term = term * ((a + j) ** 2 / ((large + j) * (j + 1)) * x)
        total = total + term
    return np.where(c > _SERIES_FROM, total, special.hyp2f1(a, a, np.minimum(c, _SERIES_FROM), x))


def _plausible(r: ArrayLike, n: ArrayLike) -> tuple[batch.Floats, batch.Floats]:
    r, n = core.floats(r, n)
    return np.where(np.abs(r) <= 1, r, np.nan), n


def _enough(found: core.Effects, n: batch.Floats) -> core.Effects:
    return core.Effects(found.estimate, np.where(n > _FEWEST, found.variance, np.nan))
