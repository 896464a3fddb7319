"""What two groups' means say on the scale of another measure: odds ratios, correlations, probabilities.

Functions take arrays of any broadcastable shapes. Sources: Hasselblad and Hedges 1995, Psychol Bull 117:167-178; Cox
and Snell 1989; Jacobs and Viechtbauer 2017, Res Synth Methods 8:161-180 (biserial); Soper 1914, Biometrika 10:384-390;
Tate 1954, Ann Math Stat 25:603-607; McGraw and Wong 1992, Psychol Bull 111:361-365.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing
from analysis.effects import association, continuous, core

POINT_BISERIAL_VARIANCES = ("LS", "ST", "CS")
SUPERIORITY_VARIANCES = ("LS", "LS2", "LS3", "HO")
_ROOT_2PI = np.sqrt(2 * np.pi)


@core.quietly
def log_odds_ratio(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    distribution: str = "logistic",
) -> core.Effects:
    """Cohen's d times π/√3 ("logistic" outcome) or 1.65 ("normal"), as a log odds ratio."""
    choosing.require_option("distribution", distribution, ("logistic", "normal"))
    found = _cohen(n1, mean1, sd1, n2, mean2, sd2)
    scale = 1 / association.LOGISTIC if distribution == "logistic" else 1 / association.COX
    return core.settled(found.estimate * scale, found.variance * scale**2)


@core.quietly
def point_biserial(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    variance: str = "LS",
) -> core.Effects:
    """The correlation of group and outcome, d/√(d² + h) with h = m/n1 + m/n2, m = N - 2.

    Variance "LS" or "ST" with group sizes fixed, "CS" with group sizes left to chance (Tate 1954).
    """
    choosing.require_option("variance", variance, POINT_BISERIAL_VARIANCES)
    n1, mean1, sd1, n2, mean2, sd2 = core.floats(n1, mean1, sd1, n2, mean2, sd2)
    d, d_variance = _cohen(n1, mean1, sd1, n2, mean2, sd2)
    total = n1 + n2
    h = (total - 2) / n1 + (total - 2) / n2
    found = d / np.sqrt(d**2 + h)
    if variance == "CS":
        chance = total * found**2 / (4 * n1 * n2) + (2 - 3 * found**2) / (2 * total)
        return core.settled(found, (1 - found**2) ** 2 * chance)
    return core.settled(found, h**2 / (h + d**2) ** 3 * d_variance)


@core.quietly
def biserial(
    n1: ArrayLike, mean1: ArrayLike, sd1: ArrayLike, n2: ArrayLike, mean2: ArrayLike, sd2: ArrayLike
) -> core.Effects:
    """The correlation of the outcome with the normal variable that was cut into the groups (Soper 1914)."""
    n1, mean1, sd1, n2, mean2, sd2 = core.floats(n1, mean1, sd1, n2, mean2, sd2)
    share1, share2 = n1 / (n1 + n2), n2 / (n1 + n2)
    cut = -special.ndtri(share1)
    density = np.exp(-(cut**2) / 2) / _ROOT_2PI
    found = np.sqrt(share1 * share2) / density * point_biserial(n1, mean1, sd1, n2, mean2, sd2).estimate
    within = np.clip(found, -1, 1)
    tilt = 1.5 + (1 - share1 * cut / density) * (1 + share2 * cut / density)
    spread = share1 * share2 / density**2 - tilt * within**2 + within**4
    return core.settled(found, spread / (n1 + n2 - 1))


def fisher_z_of_point_biserial(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    variance: str = "LS",
) -> core.Effects:
    """artanh of the point-biserial correlation with the delta-method variance."""
    return association.fisher_z(point_biserial(n1, mean1, sd1, n2, mean2, sd2, variance=variance))


def fisher_z_of_biserial(
    n1: ArrayLike, mean1: ArrayLike, sd1: ArrayLike, n2: ArrayLike, mean2: ArrayLike, sd2: ArrayLike
) -> core.Effects:
    """artanh of the biserial correlation with the delta-method variance."""
    return association.fisher_z(biserial(n1, mean1, sd1, n2, mean2, sd2))


@core.quietly
def probability_of_superiority(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    variance: str = "LS",
) -> core.Effects:
    """Φ(d/√2): the chance that somebody of group 1 exceeds somebody of group 2, both groups normal.

    Variance by the delta method from the standardised difference without its correction: "HO" with one variance in
    both groups, the others as `continuous.standardised_mean_difference_heterogeneous`.
    """
    choosing.require_option("variance", variance, SUPERIORITY_VARIANCES)
    groups = core.floats(n1, mean1, sd1, n2, mean2, sd2)
    if variance == "HO":
        d, spread = _cohen(*groups)
    else:
        d, spread = continuous.standardised_mean_difference_heterogeneous(*groups, correction="none", variance=variance)
    return core.settled(special.ndtr(d / np.sqrt(2)), np.exp(-(d**2) / 2) / (4 * np.pi) * spread)


def _cohen(
    n1: ArrayLike, mean1: ArrayLike, sd1: ArrayLike, n2: ArrayLike, mean2: ArrayLike, sd2: ArrayLike
) -> core.Effects:
    return continuous.standardised_mean_difference(n1, mean1, sd1, n2, mean2, sd2, correction="none", variance="LS")
