"""Prediction intervals: where the true effect of a new study would lie."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.pooling import batch, common, intervals, kenward_roger, nagashima, prediction_kinds


class Prediction(NamedTuple):
    """Limits, the standard error √(tau² + se²) behind them, and degrees of freedom (infinite: normal), shape (...)."""

    low: batch.Floats
    high: batch.Floats
    se: batch.Floats
    df: batch.Floats


def interval(
    studies: batch.Batch, pooled: common.Pooled, tau2: ArrayLike, *, kind: str = "t_k-1", level: float = 0.95
) -> Prediction:
    """The prediction interval of the named kind.

    Parameters
    ----------
    studies : Batch of shape (..., k)
    pooled : what `random.pool` gave for these studies
    tau2 : the tau² that went into it, shape (...)
    kind : estimate ± c·√(tau² + se²), with c and se by name
        "z" (meta "S")                    normal; plain standard error
        "t_k-1" (meta "V", metafor "t")   Student's t on k - 1; plain standard error; Veroniki et al. 2019
        "t_k-2" (meta "HTS")              t on k - 2; Higgins, Thompson and Spiegelhalter 2009, equation 12
        "riley"                           the same on at least 1 degree of freedom (metafor); "HK-riley", "HK-se-riley"
        "HK", "HK-PR"                     t on k - 1 or k - 2; Hartung and Knapp's error; Partlett and Riley 2017
        "HK-se", "HK-se-PR"               the same with the factor max(1, q)
        "KR", "KR-PR"                     Kenward and Roger's standard error, on their df or one less
        "simple"                          normal; tau alone, without the uncertainty of the mean (metafor's "simple")
        "NNF"                             Nagashima, Noma and Furukawa 2019: tau² drawn from its confidence distribution
        "none"                            no interval
    level : as a proportion

    Limits are NaN below two studies and where no degree of freedom is left.
    """
    between = np.asarray(tau2, dtype=np.float64)
    if kind == "NNF":
        limits = nagashima.interval(studies, level=level)
        return Prediction(*limits, np.full(studies.k.shape, np.nan), np.full(studies.k.shape, np.nan))
    df = prediction_kinds.freedom(kind, studies.k)
    with np.errstate(all="ignore"):
        se = np.sqrt(between + _variance(studies, pooled, between, kind))
        if kind in ("KR", "KR-PR"):
            df = kenward_roger.adjust(studies, between).df - prediction_kinds.kind_of(kind).spare
        df = np.where(df > 0, df, np.nan)
        se = np.where(np.isnan(df), np.nan, se)
        reach = intervals.quantile(df, 0.5 + level / 2) * se
    return Prediction(pooled.estimate - reach, pooled.estimate + reach, se, df)


def _variance(studies: batch.Batch, pooled: common.Pooled, tau2: batch.Floats, kind: str) -> batch.Floats:
    if kind == "none":
        return pooled.variance
    method = prediction_kinds.kind_of(kind).method
    if not method:
        return np.zeros(pooled.variance.shape)
    if method == "z":
        return pooled.variance
    scaled: batch.Floats = intervals.infer(studies, pooled, tau2, method=method).se ** 2
    return scaled
