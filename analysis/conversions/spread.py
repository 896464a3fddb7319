"""Standard deviations of groups from what was printed instead: Cochrane Handbook, sections 6.5.2.2 and 6.5.2.3."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.conversions import converted
from analysis.pooling import batch

_SAME_SD = "both groups have the same standard deviation"


def sd_from_se(se: ArrayLike, n: ArrayLike) -> converted.Converted:
    """SD = SE·√n, for the standard error of one group's mean."""
    value = converted.positive(se, "standard error") * np.sqrt(converted.size(n, "number of participants"))
    return converted.Converted(value, "SD = SE·√n", ("the standard error is of one group's mean",))


def sd_from_ci(
    low: ArrayLike, high: ArrayLike, n: ArrayLike, *, level: float = 0.95, distribution: str = "t"
) -> converted.Converted:
    """SD = √n·(high - low)/(2c), for the confidence interval of one group's mean.

    c is the quantile of Student's t on n - 1 degrees of freedom, or of the normal distribution ("z").
    """
    below, above = converted.ordered(low, high, "confidence interval")
    size = converted.size(n, "number of participants")
    quantile = _quantile(level, size - 1, distribution)
    name = "Student's t, n - 1 degrees of freedom" if distribution == "t" else "the normal distribution"
    value = np.sqrt(size) * (above - below) / (2 * quantile)
    return converted.Converted(value, "SD from a confidence interval", (f"the interval was computed with {name}",))


def t_from_p(p: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> converted.Converted:
    """|t| of a two-sided p-value of two independent groups, on n1 + n2 - 2 degrees of freedom."""
    df = converted.size(n1, "size of group 1", 1) + converted.size(n2, "size of group 2", 1) - 2
    value = -special.stdtrit(df, converted.share(p, "p-value") / 2)
    return converted.Converted(value, "t from p", ("the p-value is two-sided, of a t-test with equal variances",))


def t_from_f(f: ArrayLike) -> converted.Converted:
    """|t| = √F of an analysis of variance with two groups (one numerator degree of freedom)."""
    return converted.Converted(np.sqrt(converted.positive(f, "F statistic")), "t = √F", ("F compares two groups",))


def se_from_t(difference: ArrayLike, t: ArrayLike) -> converted.Converted:
    """The standard error of a difference of means, |difference|/|t|."""
    size = converted.positive(np.abs(converted.finite(t, "t statistic")), "t statistic")
    value = np.abs(converted.finite(difference, "difference of means")) / size
    return converted.Converted(value, "SE = |difference|/|t|")


def se_from_p(difference: ArrayLike, p: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> converted.Converted:
    """The standard error of a difference of means from its two-sided p-value, by way of t."""
    t = t_from_p(p, n1, n2)
    return converted.Converted(se_from_t(difference, t.value).value, "SE = |difference|/t(p)", t.assumed)


def se_from_difference_ci(
    low: ArrayLike, high: ArrayLike, n1: ArrayLike, n2: ArrayLike, *, level: float = 0.95, distribution: str = "t"
) -> converted.Converted:
    """The standard error of a difference of means from its confidence interval."""
    below, above = converted.ordered(low, high, "confidence interval")
    df = converted.size(n1, "size of group 1", 1) + converted.size(n2, "size of group 2", 1) - 2
    return converted.Converted(
        (above - below) / (2 * _quantile(level, df, distribution)), "SE from the difference's CI"
    )


def sd_from_difference_se(se: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> converted.Converted:
    """SD = SE/√(1/n1 + 1/n2), the average SD of two groups whose difference has that standard error."""
    n1, n2 = converted.size(n1, "size of group 1", 1), converted.size(n2, "size of group 2", 1)
    value = converted.positive(se, "standard error") / np.sqrt(1 / n1 + 1 / n2)
    return converted.Converted(value, "SD = SE/√(1/n1 + 1/n2)", (_SAME_SD,))


def sd_from_iqr(q1: ArrayLike, q3: ArrayLike) -> converted.Converted:
    """SD = (q3 - q1)/1.35, the Handbook's approximation for large groups."""
    below, above = converted.ordered(q1, q3, "interquartile range")
    assumed = ("the data are roughly normal", "the group is large")
    return converted.Converted((above - below) / 1.35, "SD = IQR/1.35", assumed)


def _quantile(level: float, df: batch.Floats, distribution: str) -> batch.Floats:
    upper = 0.5 + level / 2
    return np.asarray(special.stdtrit(df, upper) if distribution == "t" else special.ndtri(upper), dtype=np.float64)
