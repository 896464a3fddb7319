"""How much the studies differ: Cochran's Q and what is derived from it and from tau².

Sources: Higgins and Thompson 2002 (H, I² and their intervals), Crippa et al. 2016 (Rb). I² and Rb are in per cent. With
one study nothing can differ: Q is 0, the rest NaN.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.pooling import batch, common


class Heterogeneity(NamedTuple):
    """Q, its degrees of freedom and p-value; I² (per cent) and H² by the named definition. Shape (...)."""

    q: batch.Floats
    df: batch.Floats
    p: batch.Floats
    i2: batch.Floats
    h2: batch.Floats


class Measured(NamedTuple):
    """A measure of heterogeneity and its limits, shape (...)."""

    value: batch.Floats
    low: batch.Floats
    high: batch.Floats


def describe(
    studies: batch.Batch, tau2: batch.Floats, *, i2_definition: str, q: ArrayLike | None = None
) -> Heterogeneity:
    """All measures at once.

    `i2_definition` is "Q", (Q - df)/Q and H² = Q/df, or "tau2", tau²/(tau² + s²) and H² = 1 + tau²/s² with the typical
    variance s². `q`, shape (...), replaces Cochran's Q by one about another centre.
    """
    spread = q_statistic(studies) if q is None else np.asarray(q, dtype=np.float64)
    df = np.maximum(studies.k - 1, 0)
    with np.errstate(all="ignore"):
        if i2_definition == "Q":
            i2, h2 = i2_from_q(spread, df), spread / df
        else:
            s2 = typical_variance(studies)
            i2, h2 = 100 * tau2 / (tau2 + s2), 1 + tau2 / s2
        p = special.chdtrc(df, spread)
    several = df > 0
    return Heterogeneity(
        spread, df, np.where(several, p, np.nan), np.where(several, i2, np.nan), np.where(several, h2, np.nan)
    )


def q_statistic(studies: batch.Batch, centre: ArrayLike | None = None) -> batch.Floats:
    """Cochran's Q, Σw(y - centre)² with w = 1/v, about the common-effect estimate or about `centre`, shape (...)."""
    weights = studies.weights()
    middle = common.weighted(studies, weights).estimate if centre is None else np.asarray(centre, dtype=np.float64)
    middle = np.where(studies.k > 1, middle, 0.0)
    with np.errstate(all="ignore"):
        spread = (weights * (studies.y - middle[..., np.newaxis]) ** 2).sum(axis=-1)
    return np.where(studies.k > 1, spread, 0.0)


def i2_from_q(q: batch.Floats, df: batch.Floats) -> batch.Floats:
    """max(0, (Q - df)/Q) in per cent, shape (...); Higgins and Thompson 2002, equation 9."""
    with np.errstate(all="ignore"):
        i2: batch.Floats = 100 * np.where(q > df, (q - df) / q, 0.0)
    return np.where(np.isnan(q), np.nan, i2)


def i2_from_tau2(studies: batch.Batch, tau2: batch.Floats) -> batch.Floats:
    """tau²/(tau² + s²) in per cent, shape (...): takes limits of tau² to limits of I², as metafor does."""
    with np.errstate(all="ignore"):
        i2: batch.Floats = 100 * tau2 / (tau2 + typical_variance(studies))
    return np.where(studies.k > 1, i2, np.nan)


def h2_from_tau2(studies: batch.Batch, tau2: batch.Floats) -> batch.Floats:
    """1 + tau²/s², shape (...)."""
    with np.errstate(all="ignore"):
        h2: batch.Floats = 1 + tau2 / typical_variance(studies)
    return np.where(studies.k > 1, h2, np.nan)


def typical_variance(studies: batch.Batch) -> batch.Floats:
    """Higgins and Thompson's typical within-study variance s² = (k - 1) Σw / ((Σw)² - Σw²); NaN below two studies."""
    weights = studies.weights()
    with np.errstate(all="ignore"):
        share = weights / weights.sum(axis=-1, keepdims=True)
        typical: batch.Floats = (studies.k - 1) / (weights * (1 - share)).sum(axis=-1)
    return np.where(studies.k > 1, typical, np.nan)


def h_interval(q: ArrayLike, k: ArrayLike, *, level: float = 0.95) -> Measured:
    """H = √(Q/(k - 1)), at least 1, with the test-based interval of Higgins and Thompson 2002, appendix A2.

    The standard error of log H is ½ log(Q/(k - 1))/(√(2Q) - √(2k - 3)) where Q > k, otherwise
    √((1 - 1/(3(k - 2)²))/(2(k - 2))), which needs three studies. H below 1 becomes 1 before the limits are taken, as
    in package meta; limits below 1 become 1.
    """
    spread, count = np.asarray(q, dtype=np.float64), np.asarray(k, dtype=np.float64)
    with np.errstate(all="ignore"):
        log_h = np.maximum(0.5 * np.log(spread / (count - 1)), 0.0)
        by_q = log_h / (np.sqrt(2 * spread) - np.sqrt(2 * count - 3))
        by_k = np.sqrt((1 - 1 / (3 * (count - 2) ** 2)) / (2 * (count - 2)))
        error = np.where(spread > count, by_q, np.where(count > 2, by_k, np.nan))
        reach = special.ndtri(0.5 + level / 2) * error
        value, low, high = (np.maximum(np.exp(x), 1.0) for x in (log_h, log_h - reach, log_h + reach))
    several = count > 1
    return Measured(*(np.where(several, x, np.nan) for x in (value, low, high)))


def i2_interval(q: ArrayLike, k: ArrayLike, *, level: float = 0.95) -> Measured:
    """I² = (H² - 1)/H² in per cent, with the limits of `h_interval`."""
    return Measured(*(100 * (1 - 1 / h**2) for h in h_interval(q, k, level=level)))


def rb(studies: batch.Batch, tau2: batch.Floats, *, level: float = 0.95) -> Measured:
    """Rb, the share of tau² in the variance of the random-effects mean, in per cent; Crippa et al. 2016.

    Rb = tau² Σ1/(v + tau²)/k (equation 4), with the standard error of appendix D by way of Q's; limits are kept between
    0 and 100.
    """
    k, w = studies.k, studies.weights()
    with np.errstate(all="ignore"):
        first, second, third = (np.sum(w**power, axis=-1) for power in (1, 2, 3))
        value = tau2 * studies.weights(tau2).sum(axis=-1) / k
        freedom = first - second / first
        a = np.where(studies.mask, studies.v * freedom[..., np.newaxis], 0.0)
        error_q = np.sqrt(
            2 * (k - 1) + 4 * freedom * tau2 + 2 * (second - 2 * third / first + (second / first) ** 2) * tau2**2
        )
        excess = (q_statistic(studies) - (k - 1))[..., np.newaxis]
        pull = np.where(studies.mask, a / (excess + a) ** 2, 0.0).sum(axis=-1) / k
        reach = special.ndtri(0.5 + level / 2) * np.abs(pull) * error_q
        low, high = np.maximum(value - reach, 0.0), np.minimum(value + reach, 1.0)
    several = k > 1
    return Measured(*(np.where(several, 100 * x, np.nan) for x in (value, low, high)))
