"""One group measured twice, or matched pairs: changes, standardised changes, ratios.

Functions take the number of people, means and standard deviations of measurements 1 and 2 and the correlation `r` of
the two, arrays of any broadcastable shapes; the effect is measurement 1 minus (or over) measurement 2. Sources: Becker
1988, Br J Math Stat Psychol 41:257-278; Gibbons, Hedeker and Davis 1993, J Educ Stat 18:271-279; Bonett 2008, Psychol
Methods 13:99-109; Viechtbauer 2007, J Educ Behav Stat 32:39-60; Cousineau 2020, Quant Meth Psych 16:418-421; Senior,
Viechtbauer and Nakagawa 2020, Res Synth Methods 11:553-567.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis import choosing
from analysis.effects import continuous, core, correlations, ratios, small_sample
from analysis.pooling import batch

STANDARDISED_VARIANCES = ("LS", "LS2", "UB", "H0")
HETEROGENEOUS_VARIANCES = ("LS", "LS2")


@core.quietly
def mean_change(
    n: ArrayLike, mean1: ArrayLike, sd1: ArrayLike, mean2: ArrayLike, sd2: ArrayLike, r: ArrayLike
) -> core.Effects:
    """Mean 1 minus mean 2, variance s²/n with s² = sd1² + sd2² - 2 r sd1 sd2."""
    n, mean1, sd1, mean2, sd2, r = core.floats(n, mean1, sd1, mean2, sd2, r)
    return core.settled(mean1 - mean2, change_sd(sd1, sd2, r) ** 2 / n)


@core.quietly
def change_standardised(
    n: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    r: ArrayLike,
    *,
    correction: str = "exact",
    variance: str = "LS",
) -> core.Effects:
    """The change over the SD of the changes (SMCC); see `change_from_d`."""
    n, mean1, sd1, mean2, sd2, r = core.floats(n, mean1, sd1, mean2, sd2, r)
    return change_from_d((mean1 - mean2) / change_sd(sd1, sd2, r), n, correction=correction, variance=variance)


@core.quietly
def change_from_d(d: ArrayLike, n: ArrayLike, *, correction: str = "exact", variance: str = "LS") -> core.Effects:
    """g = J(n - 1) d of changes over their SD (a paired t is d √n); variances as `continuous.from_d` with 1/n for
    1/n1 + 1/n2 and n for N: "LS" 1/n + g²/(2n), "LS2", "UB", "H0"."""
    choosing.require_option("variance", variance, STANDARDISED_VARIANCES)
    d, n = core.floats(d, n)
    return continuous.standardised(d, 1 / n, n, n - 1, correction, variance)


@core.quietly
def raw_standardised(
    n: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    r: ArrayLike,
    *,
    correction: str = "exact",
    variance: str = "LS",
) -> core.Effects:
    """The change over the SD of measurement 1 (SMCR), one variance at both times; `sd2` is not used.

    Variances with 2(1 - r)/n for 1/n: "LS" 2(1 - r)/n + g²/(2n) (Becker 1988, equation 13); "LS2"; "UB" and "H0" with
    the correlation freed of its bias (Viechtbauer 2007, equation 37).
    """
    choosing.require_option("variance", variance, STANDARDISED_VARIANCES)
    n, mean1, sd1, mean2, sd2, r = core.floats(n, mean1, sd1, mean2, sd2, r)
    if variance in ("UB", "H0"):
        r = correlations.unbiased(r, n)
    return continuous.standardised((mean1 - mean2) / sd1, 2 * (1 - r) / n, n, n - 1, correction, variance)


@core.quietly
def raw_standardised_heterogeneous(
    n: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    r: ArrayLike,
    *,
    correction: str = "exact",
    variance: str = "LS",
) -> core.Effects:
    """The change over the SD of measurement 1, with different variances at the two times (SMCRH).

    Variance (s²/sd1² + g²/2)/(n - 1), n under "LS2" (Bonett 2008, equation 13).
    """
    choosing.require_option("variance", variance, HETEROGENEOUS_VARIANCES)
    n, mean1, sd1, mean2, sd2, r = core.floats(n, mean1, sd1, mean2, sd2, r)
    found = small_sample.factor(n - 1, correction) * (mean1 - mean2) / sd1
    divisor = n - 1 if variance == "LS" else n
    return core.settled(found, ((change_sd(sd1, sd2, r) / sd1) ** 2 + found**2 / 2) / divisor)


@core.quietly
def pooled_standardised(
    n: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    r: ArrayLike,
    *,
    correction: str = "exact",
) -> core.Effects:
    """The change over √((sd1² + sd2²)/2), one variance at both times (SMCRP; follows from Cousineau 2020, equation 2).

    J has 2(n - 1)/(1 + r²) degrees of freedom; variance 2(1 - r)/n + g² (1 + r²)/(4n).
    """
    n, mean1, sd1, mean2, sd2, r = core.floats(n, mean1, sd1, mean2, sd2, r)
    found = _pooled_change(n, mean1, sd1, mean2, sd2, r, correction)
    return core.settled(found, 2 * (1 - r) / n + found**2 * (1 + r**2) / (4 * n))


@core.quietly
def pooled_standardised_heterogeneous(
    n: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    r: ArrayLike,
    *,
    correction: str = "exact",
    variance: str = "LS",
) -> core.Effects:
    """The change over p = √((sd1² + sd2²)/2), with different variances (SMCRPH; Bonett 2008, equation 10).

    Variance (s²/p² + g² (sd1⁴ + sd2⁴ + 2 r² sd1² sd2²)/(8 p⁴))/(n - 1), n under "LS2".
    """
    choosing.require_option("variance", variance, HETEROGENEOUS_VARIANCES)
    n, mean1, sd1, mean2, sd2, r = core.floats(n, mean1, sd1, mean2, sd2, r)
    found = _pooled_change(n, mean1, sd1, mean2, sd2, r, correction)
    share1, share2 = ((sd / continuous.average_sd(sd1, sd2)) ** 2 for sd in (sd1, sd2))
    change = share1 + share2 - 2 * r * np.sqrt(share1 * share2)
    tilt = (share1**2 + share2**2 + 2 * r**2 * share1 * share2) / 8
    divisor = n - 1 if variance == "LS" else n
    return core.settled(found, (change + found**2 * tilt) / divisor)


@core.quietly
def ratio_of_means(
    n: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    r: ArrayLike,
    *,
    correction: str = "second_order",
    variance: str = "LS",
) -> core.Effects:
    """log(mean1/mean2) of paired measurements (ROMC; Senior 2020, equations 7 and 18), both means of one sign."""
    choosing.require_option("correction", correction, ratios.CORRECTIONS)
    choosing.require_option("variance", variance, HETEROGENEOUS_VARIANCES)
    n, mean1, sd1, mean2, sd2, r = core.floats(n, mean1, sd1, mean2, sd2, r)
    cv1, cv2 = sd1 / mean1, sd2 / mean2
    estimate = np.log(mean1 / mean2)
    if correction == "second_order":
        estimate = estimate + (cv1**2 - cv2**2) / (2 * n)
    return core.settled(estimate, _ratio_variance(cv1, cv2, r, n, variance))


@core.quietly
def variability_ratio(
    n: ArrayLike, sd1: ArrayLike, sd2: ArrayLike, r: ArrayLike, *, variance: str = "LS"
) -> core.Effects:
    """log(sd1/sd2) of paired measurements (VRC; Senior 2020, equation 21): variance (1 - r²)/(n - 1)."""
    choosing.require_option("variance", variance, HETEROGENEOUS_VARIANCES)
    n, sd1, sd2, r = core.floats(n, sd1, sd2, r)
    return core.settled(np.log(sd1 / sd2), _spread_variance(r, n, variance))


@core.quietly
def coefficient_of_variation_ratio(
    n: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    r: ArrayLike,
    *,
    correction: str = "second_order",
    variance: str = "LS",
) -> core.Effects:
    """log((sd1/mean1)/(sd2/mean2)) of paired measurements (CVRC; Senior 2020, equations 9 and 23)."""
    n, mean1, sd1, mean2, sd2, r = core.floats(n, mean1, sd1, mean2, sd2, r)
    centre = ratio_of_means(n, mean1, sd1, mean2, sd2, r, correction=correction, variance=variance)
    spread = variability_ratio(n, sd1, sd2, r, variance=variance)
    has_sign = (mean1 > 0) & (mean2 > 0)
    estimate = np.where(has_sign, spread.estimate - centre.estimate, np.nan)
    return core.settled(estimate, spread.variance + centre.variance)


@core.quietly
def change_sd(sd1: batch.Floats, sd2: batch.Floats, r: batch.Floats) -> batch.Floats:
    """The standard deviation of the changes, √(sd1² + sd2² - 2 r sd1 sd2)."""
    # (sd1 - sd2)² first: with r near 1 the plain sum loses its digits.
    one, other, exponent = core.in_one_unit(sd1, sd2)
    found: batch.Floats = np.ldexp(np.sqrt((one - other) ** 2 + 2 * (1 - r) * one * other), exponent)
    return found


def _pooled_change(
    n: batch.Floats,
    mean1: batch.Floats,
    sd1: batch.Floats,
    mean2: batch.Floats,
    sd2: batch.Floats,
    r: batch.Floats,
    correction: str,
) -> batch.Floats:
    j = small_sample.factor(2 * (n - 1) / (1 + r**2), correction)
    return j * (mean1 - mean2) / continuous.average_sd(sd1, sd2)


def _ratio_variance(
    cv1: batch.Floats, cv2: batch.Floats, r: batch.Floats, n: batch.Floats, variance: str
) -> batch.Floats:
    first = (cv1**2 + cv2**2 - 2 * r * cv1 * cv2) / n
    if variance == "LS":
        return first
    return first + (cv1**4 + cv2**4 - 2 * (r * cv1 * cv2) ** 2) / (2 * n**2)


def _spread_variance(r: batch.Floats, n: batch.Floats, variance: str) -> batch.Floats:
    first = (1 - r**2) / (n - 1)
    return first if variance == "LS" else first + (1 - r**4) / (n - 1) ** 2
