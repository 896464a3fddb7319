"""Agreement of two raters who put each of n things into one of q categories.

Every function takes counts of shape (..., q, q): how often rater 1 said the row's category and rater 2 the column's.
A coefficient is NaN where it is not estimable, for example κ when both raters used one and the same category only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing, errors
from analysis.pooling import batch

WEIGHTS = ("identity", "linear", "quadratic")
_TINY = 1e-12


class Coefficient(NamedTuple):
    """A coefficient, its standard error and its confidence interval (clipped at 1), each of shape (...)."""

    estimate: batch.Floats
    se: batch.Floats
    low: batch.Floats
    high: batch.Floats


def percent_agreement(counts: ArrayLike, *, level: float = 0.95) -> Coefficient:
    """The share of things on which both agree, po = Σ p_kk, with variance po(1 - po)/n."""
    table = _table(counts)
    agreed = np.trace(table.shares, axis1=-2, axis2=-1)
    return _with_interval(agreed, agreed * (1 - agreed) / table.n, table.n, level)


def kappa(counts: ArrayLike, *, weights: str = "identity", level: float = 0.95) -> Coefficient:
    """Cohen's κ = (po - pe)/(1 - pe); with `weights` "linear" or "quadratic" the weighted κ of ordered categories.

    Weights are 1 - (|k - l|/(q - 1))^m, m = 1 or 2. Variance of Fleiss, Cohen and Everitt 1969 (for κ > 0, not under
    the hypothesis of no agreement). Sources: Cohen 1960, 1968; Fleiss, Cohen, Everitt, Psychol Bull 1969;72:323-327.
    """
    table = _table(counts)
    w = _weights(table.q, weights)
    rows, columns = table.rows, table.columns
    observed = (w * table.shares).sum(axis=(-2, -1))
    expected = (w * rows[..., :, np.newaxis] * columns[..., np.newaxis, :]).sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = np.where(1 - expected > _TINY, (observed - expected) / (1 - expected), np.nan)
        row_means, column_means = columns @ w.T, rows @ w
        reach = (row_means[..., :, np.newaxis] + column_means[..., np.newaxis, :]) * (1 - estimate)[..., None, None]
        first = (table.shares * (w - reach) ** 2).sum(axis=(-2, -1))
        variance = (first - (estimate - expected * (1 - estimate)) ** 2) / (table.n * (1 - expected) ** 2)
    return _with_interval(estimate, variance, table.n, level)


def pabak(counts: ArrayLike, *, level: float = 0.95) -> Coefficient:
    """The prevalence- and bias-adjusted κ, (q·po - 1)/(q - 1): what κ would be with all categories used equally.

    Also Brennan and Prediger's coefficient. Variance (q/(q - 1))² po(1 - po)/n. Sources: Byrt, Bishop, Carlin, J Clin
    Epidemiol 1993;46:423-429; Brennan, Prediger 1981.
    """
    table = _table(counts)
    agreed = np.trace(table.shares, axis1=-2, axis2=-1)
    scale = table.q / (table.q - 1)
    return _with_interval(
        scale * agreed - 1 / (table.q - 1), scale**2 * agreed * (1 - agreed) / table.n, table.n, level
    )


def ac1(counts: ArrayLike, *, level: float = 0.95) -> Coefficient:
    """Gwet's AC1 = (po - pe)/(1 - pe) with pe = Σ π_k(1 - π_k)/(q - 1), π_k the mean share of category k.

    Stays sensible when nearly everything falls into one category, as in screening. Source: Gwet, Br J Math Stat
    Psychol 2008;61:29-48 (variance: eq. 25, of the sampled things).
    """
    table = _table(counts)
    used = (table.rows + table.columns) / 2
    agreed = np.trace(table.shares, axis1=-2, axis2=-1)
    expected = (used * (1 - used)).sum(axis=-1) / (table.q - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = np.where(1 - expected > _TINY, (agreed - expected) / (1 - expected), np.nan)
        left = (1 - estimate)[..., np.newaxis, np.newaxis]
        unused = 1 - (used[..., :, np.newaxis] + used[..., np.newaxis, :]) / 2
        each = np.eye(table.q) - 2 * left * unused / (table.q - 1)
        spread = (table.shares * each**2).sum(axis=(-2, -1)) - (agreed - 2 * (1 - estimate) * expected) ** 2
        variance = spread / (table.n * (1 - expected) ** 2)
    return _with_interval(estimate, variance, table.n, level)


class _Table(NamedTuple):
    """Shares (..., q, q), both raters' marginal shares (..., q), how many things n (...), how many categories q."""

    shares: batch.Floats
    rows: batch.Floats
    columns: batch.Floats
    n: batch.Floats
    q: int


def _table(counts: ArrayLike) -> _Table:
    given = np.asarray(counts, dtype=np.float64)
    if given.ndim < 2 or given.shape[-1] != given.shape[-2] or given.shape[-1] < 2:
        raise errors.InputError("Agreement needs a square table of counts with at least two categories.")
    if not np.isfinite(given).all() or (given < 0).any():
        raise errors.InputError("A count in the table of agreement is negative or not a number; enter whole counts.")
    n = given.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = given / n[..., np.newaxis, np.newaxis]
    return _Table(shares, shares.sum(axis=-1), shares.sum(axis=-2), n, given.shape[-1])


def _weights(q: int, name: str) -> batch.Floats:
    choosing.require_option("weights", name, WEIGHTS)
    apart = np.abs(np.subtract.outer(np.arange(q), np.arange(q))) / (q - 1)
    if name == "identity":
        return np.eye(q)
    weights: batch.Floats = 1 - apart ** {"linear": 1, "quadratic": 2}[name]
    return weights


def _with_interval(estimate: batch.Floats, variance: batch.Floats, n: batch.Floats, level: float) -> Coefficient:
    """estimate ± t(n - 1)·SE, clipped at 1."""
    with np.errstate(invalid="ignore"):
        se = np.sqrt(np.maximum(variance, 0.0))
        reach = special.stdtrit(np.where(n > 1, n - 1, np.nan), 0.5 + level / 2) * se
        return Coefficient(estimate, se, estimate - reach, np.minimum(estimate + reach, 1.0))
