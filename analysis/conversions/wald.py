"""Estimates with their variances from confidence intervals, test statistics or p-values (generic inverse variance)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import errors
from analysis.conversions import converted
from analysis.pooling import batch

TRANSFORMATIONS = ("none", "log")


def se_from_ci(
    low: ArrayLike, high: ArrayLike, *, level: float = 0.95, transformation: str = "none", df: ArrayLike | None = None
) -> converted.Converted:
    """The standard error from a Wald-type confidence interval, (high - low)/(2c).

    With `transformation` "log" the interval is of a ratio and the standard error of its logarithm. c is the normal
    quantile, or Student's t with `df`. The interval's level is the one it was printed with.
    """
    below, above = converted.ordered(low, high, "confidence interval")
    if _checked(transformation) == "log":
        below = np.log(converted.positive(below, "lower limit of the confidence interval"))
        above = np.log(above)
    assumed = [f"the interval is symmetric {'on the log scale' if transformation == 'log' else 'about the estimate'}"]
    value = (above - below) / (2 * _quantile(np.asarray(0.5 + level / 2), df))
    return converted.Converted(value, "SE from a confidence interval", tuple(assumed))


def se_from_p(
    estimate: ArrayLike, p: ArrayLike, *, transformation: str = "none", df: ArrayLike | None = None
) -> converted.Converted:
    """The standard error from a two-sided p-value, |estimate|/c(p); of a ratio by its logarithm.

    Where the estimate shows no effect at all the p-value says nothing, and the result is NaN.
    """
    distance = np.abs(transformed(estimate, transformation))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(distance > 0, distance / _quantile(1 - converted.share(p, "p-value") / 2, df), np.nan)
    return converted.Converted(value, "SE from a p-value", ("the p-value is two-sided, of a Wald test",))


def se_from_z(estimate: ArrayLike, z: ArrayLike, *, transformation: str = "none") -> converted.Converted:
    """The standard error from a test statistic, |estimate|/|z|."""
    statistic = converted.positive(np.abs(converted.finite(z, "test statistic")), "test statistic")
    return converted.Converted(np.abs(transformed(estimate, transformation)) / statistic, "SE = |estimate|/|z|")


def transformed(estimate: ArrayLike, transformation: str) -> batch.Floats:
    """The estimate on the scale it is pooled on. Raises InputError for a ratio that is not positive."""
    if _checked(transformation) == "log":
        return np.log(converted.positive(estimate, "ratio"))
    return converted.finite(estimate, "estimate")


def _checked(transformation: str) -> str:
    if transformation not in TRANSFORMATIONS:
        raise errors.OptionError(
            f"Option transformation is “{transformation}”; choose “none” or “log”.", option="transformation"
        )
    return transformation


def _quantile(upper: batch.Floats, df: ArrayLike | None) -> batch.Floats:
    if df is None:
        return np.asarray(special.ndtri(upper), dtype=np.float64)
    return np.asarray(special.stdtrit(converted.positive(df, "degrees of freedom"), upper), dtype=np.float64)
