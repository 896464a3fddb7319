"""Ratios in two independent groups on the log scale: of means, of standard deviations, of coefficients of variation.

Functions take arrays of any broadcastable shapes (the studies of one analysis along the last axis). Sources: Lajeunesse
2015, Ecology 96:2056-2063; Nakagawa et al. 2015, Methods Ecol Evol 6:143-152; Senior, Viechtbauer and Nakagawa 2020,
Res Synth Methods 11:553-567.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis import choosing
from analysis.effects import continuous, core
from analysis.pooling import batch

CORRECTIONS = ("second_order", "none")
MEAN_VARIANCES = ("LS", "LS2", "HO", "AV", "AVHO")
SPREAD_VARIANCES = ("LS", "LS2")


@core.quietly
def ratio_of_means(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    correction: str = "none",
    variance: str = "LS",
) -> core.Effects:
    """log(mean1/mean2), both means of one sign; "second_order" adds (cv1²/n1 - cv2²/n2)/2, with cv = sd/mean.

    Variances: "LS" cv1²/n1 + cv2²/n2; "LS2" plus cv1⁴/(2 n1²) + cv2⁴/(2 n2²); "HO" with one SD pooled over both
    groups; "AV" from the studies' average cv of each group, "AVHO" from one average over both.
    """
    choosing.require_option("correction", correction, CORRECTIONS)
    choosing.require_option("variance", variance, MEAN_VARIANCES)
    n1, mean1, sd1, n2, mean2, sd2 = core.floats(n1, mean1, sd1, n2, mean2, sd2)
    part1, part2 = (sd1 / mean1) ** 2 / n1, (sd2 / mean2) ** 2 / n2
    estimate = np.log(mean1 / mean2)
    if correction == "second_order":
        estimate = estimate + (part1 - part2) / 2
    if variance in ("AV", "AVHO"):
        return core.settled(estimate, _average_variance(n1, sd1 / mean1, n2, sd2 / mean2, variance))
    if variance == "HO":
        pooled = continuous.pooled_sd(n1, sd1, n2, sd2)
        return core.settled(estimate, (pooled / mean1) ** 2 / n1 + (pooled / mean2) ** 2 / n2)
    second = (part1**2 + part2**2) / 2 if variance == "LS2" else 0.0
    return core.settled(estimate, part1 + part2 + second)


@core.quietly
def variability_ratio(
    n1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    sd2: ArrayLike,
    *,
    correction: str = "second_order",
    variance: str = "LS",
) -> core.Effects:
    """log(sd1/sd2); "second_order" adds 1/(2(n1 - 1)) - 1/(2(n2 - 1)) (Senior 2020, equations 5 and 15)."""
    choosing.require_option("correction", correction, CORRECTIONS)
    choosing.require_option("variance", variance, SPREAD_VARIANCES)
    n1, sd1, n2, sd2 = core.floats(n1, sd1, n2, sd2)
    estimate = np.log(sd1 / sd2)
    if correction == "second_order":
        estimate = estimate + 1 / (2 * (n1 - 1)) - 1 / (2 * (n2 - 1))
    return core.settled(estimate, _log_sd_variance(n1, variance) + _log_sd_variance(n2, variance))


@core.quietly
def coefficient_of_variation_ratio(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    correction: str = "second_order",
    variance: str = "LS",
) -> core.Effects:
    """log((sd1/mean1)/(sd2/mean2)) (Senior 2020, equations 6 and 16): a variability ratio less a ratio of means."""
    n1, mean1, sd1, n2, mean2, sd2 = core.floats(n1, mean1, sd1, n2, mean2, sd2)
    spread = variability_ratio(n1, sd1, n2, sd2, correction=correction, variance=variance)
    centre = ratio_of_means(n1, mean1, sd1, n2, mean2, sd2, correction=correction, variance=variance)
    # A coefficient of variation is a positive number, whatever the sign of the ratio of means.
    has_sign = (mean1 > 0) & (mean2 > 0)
    return core.settled(
        np.where(has_sign, spread.estimate - centre.estimate, np.nan), spread.variance + centre.variance
    )


def _log_sd_variance(n: batch.Floats, variance: str) -> batch.Floats:
    return 1 / (2 * (n - 1)) if variance == "LS" else n / (2 * (n - 1) ** 2)


def _average_variance(
    n1: batch.Floats, cv1: batch.Floats, n2: batch.Floats, cv2: batch.Floats, variance: str
) -> batch.Floats:
    if variance == "AV":
        return core.weighted_mean(cv1, n1) ** 2 / n1 + core.weighted_mean(cv2, n2) ** 2 / n2
    counted = np.isfinite(cv1) & np.isfinite(cv2) & np.isfinite(n1) & np.isfinite(n2)
    mean = core.weighted_mean(np.where(counted, (n1 * cv1 + n2 * cv2) / (n1 + n2), np.nan), n1 + n2)
    return mean**2 * (1 / n1 + 1 / n2)
