"""Intervals and tests around a pooled estimate. Everything has shape (...).

`infer` is the door: one of `METHODS` for the standard error, the reference distribution, the interval and the test.
`wald`, `student` and their tests are the pieces, for estimates that come with a standard error of their own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing
from analysis.pooling import batch, common, hartung_knapp, kenward_roger, prediction_kinds
from analysis.pooling.tau2 import moments

METHODS = ("z", "t", "HK", "HK-se", "HK-ci", "HK-IQWiG6", "KR")


class Interval(NamedTuple):
    """Lower and upper limit; NaN where the interval is not defined."""

    low: batch.Floats
    high: batch.Floats


class WaldTest(NamedTuple):
    """z and its two-sided p-value."""

    z: batch.Floats
    p: batch.Floats


class Inference(NamedTuple):
    """What a method makes of a pooled estimate.

    `se` is the standard error that it uses, `df` the degrees of freedom of Student's t (infinite for the normal
    distribution), `statistic` estimate/se with its two-sided `p`, `factor` what multiplied the plain standard error's
    square (1 where nothing did).
    """

    se: batch.Floats
    df: batch.Floats
    low: batch.Floats
    high: batch.Floats
    statistic: batch.Floats
    p: batch.Floats
    factor: batch.Floats


def wald(estimate: batch.Floats, se: batch.Floats, level: float) -> Interval:
    """estimate ± z·se with the normal quantile of the level."""
    reach = special.ndtri(0.5 + level / 2) * se
    return Interval(estimate - reach, estimate + reach)


def wald_test(estimate: batch.Floats, se: batch.Floats) -> WaldTest:
    """The test that the effect is 0."""
    with np.errstate(all="ignore"):
        z = estimate / se
    return WaldTest(z, 2 * special.ndtr(-np.abs(z)))


def student(estimate: batch.Floats, se: batch.Floats, df: ArrayLike, level: float) -> Interval:
    """estimate ± t·se with the quantile of Student's t; an infinite `df` means the normal distribution."""
    reach = quantile(df, 0.5 + level / 2) * se
    return Interval(estimate - reach, estimate + reach)


def student_p(statistic: batch.Floats, df: ArrayLike) -> batch.Floats:
    """The two-sided p-value of a t statistic; an infinite `df` means the normal distribution, df ≤ 0 gives NaN."""
    freedom = np.asarray(df, dtype=np.float64)
    finite = np.isfinite(freedom)
    usable = np.where(finite & (freedom > 0), freedom, 1.0)
    below = -np.abs(statistic)
    p = np.where(finite, special.stdtr(usable, below), special.ndtr(below))
    return np.where(freedom > 0, 2 * p, np.nan)


def quantile(df: ArrayLike, probability: float) -> batch.Floats:
    """A quantile of Student's t; an infinite `df` means the normal distribution, df ≤ 0 gives NaN."""
    freedom = np.asarray(df, dtype=np.float64)
    finite = np.isfinite(freedom)
    usable = np.where(finite & (freedom > 0), freedom, 1.0)
    value = np.where(finite, special.stdtrit(usable, probability), special.ndtri(probability))
    return np.where(freedom > 0, value, np.nan)


def infer(
    studies: batch.Batch, pooled: common.Pooled, tau2: ArrayLike, *, method: str = "z", level: float = 0.95
) -> Inference:
    """Standard error, interval and test of a pooled estimate by the named method.

    Parameters
    ----------
    studies : Batch of shape (..., k)
    pooled : what `random.pool` or `common.pool` gave for these studies
    tau2 : the tau² that went into it, shape (...)
    method : "z"    the plain standard error and the normal distribution
             "t"    the plain standard error and t on k - 1 degrees of freedom
             "HK"   Hartung and Knapp 2001, Sidik and Jonkman 2002: variance times q = Σw(y - mean)²/(k - 1), t(k - 1)
             "HK-se"  the same with max(1, q) (Knapp and Hartung 2003), metafor's "adhoc", meta's "se"
             "HK-ci"  whichever of "HK" and "z" gives the wider interval (Jackson et al. 2017, hybrid 2)
             "HK-IQWiG6"  "t" instead of "HK" where that is narrower than "z" with DerSimonian-Laird's tau² (IQWiG 2020)
             "KR"   Kenward and Roger's variance and degrees of freedom (Partlett and Riley 2017), meant for REML
    level : as a proportion

    With one study every method is "z": a study's interval is its own. With none everything is NaN.
    """
    choosing.require_option("interval", method, METHODS)
    with np.errstate(all="ignore"):
        se, df, factor = _scale(studies, pooled, np.asarray(tau2, dtype=np.float64), method, level)
        alone = studies.k < 2
        if np.any(alone):
            plain = np.sqrt(pooled.variance)
            se, df, factor = np.where(alone, plain, se), np.where(alone, np.inf, df), np.where(alone, 1.0, factor)
        statistic = pooled.estimate / se
        reach = quantile(df, 0.5 + level / 2) * se
        p = student_p(statistic, df)
    return Inference(se, df, pooled.estimate - reach, pooled.estimate + reach, statistic, p, factor)


def _scale(
    studies: batch.Batch, pooled: common.Pooled, tau2: batch.Floats, method: str, level: float
) -> tuple[batch.Floats, batch.Floats, batch.Floats]:
    """Standard error, degrees of freedom, and the factor on the variance."""
    plain, one = np.sqrt(pooled.variance), np.ones(studies.k.shape)
    if method == "z":
        return plain, np.full(studies.k.shape, np.inf), one
    if method == "t":
        return plain, studies.k - 1, one
    if method == "KR":
        found = kenward_roger.adjust(studies, tau2)
        return np.sqrt(found.variance), found.df, found.variance / pooled.variance
    q = hartung_knapp.factor(studies, tau2)
    if method == "HK":
        return plain * np.sqrt(q), studies.k - 1, q
    if method == "HK-se":
        raised = np.maximum(q, 1.0)
        return plain * np.sqrt(raised), studies.k - 1, raised
    return _hybrid(studies, plain, q, method, level)


def _hybrid(
    studies: batch.Batch, plain: batch.Floats, q: batch.Floats, method: str, level: float
) -> tuple[batch.Floats, batch.Floats, batch.Floats]:
    upper, df = 0.5 + level / 2, studies.k - 1
    z = special.ndtri(upper)
    width = quantile(df, upper) * plain * np.sqrt(q)
    if method == "HK-ci":
        is_narrow = width < z * plain
        df = np.where(is_narrow, np.inf, df)
    else:
        usual = studies.weights(moments.dersimonian_laird(studies).value)
        is_narrow = width < z / np.sqrt(usual.sum(axis=-1))
    factor = np.where(is_narrow, 1.0, q)
    return plain * np.sqrt(factor), df, factor


def prediction(
    estimate: batch.Floats, se: batch.Floats, tau2: batch.Floats, k: batch.Floats, *, kind: str, level: float
) -> Interval:
    """Where the true effect of a new study would lie: estimate ± c·√(tau² + se²).

    `kind` names c: "z" the normal quantile, "t_k-1" and "t_k-2" those of Student's t (Higgins, Thompson and
    Spiegelhalter 2009 use k - 2). NaN for "none", for one study, and where there are no degrees of freedom.
    `prediction.interval` offers more kinds and finds the standard error itself.
    """
    df = prediction_kinds.freedom(kind, k)
    reach = quantile(df, 0.5 + level / 2) * np.sqrt(tau2 + se**2)
    return Interval(estimate - reach, estimate + reach)
