"""One group's mean and spread. Arrays of any broadcastable shapes; the studies of one analysis along the last axis.

Sources: the documentation of metafor's escalc; Nakagawa et al. 2015, Methods Ecol Evol 6:143-152.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis import choosing
from analysis.effects import core, ratios, small_sample

VARIANCES = ("LS", "HO")


@core.quietly
def mean(n: ArrayLike, mean: ArrayLike, sd: ArrayLike, *, variance: str = "LS") -> core.Effects:
    """The mean, variance sd²/n; "HO" with one SD pooled over the studies."""
    choosing.require_option("variance", variance, VARIANCES)
    size, centre, spread = core.floats(n, mean, sd)
    squared = spread**2 if variance == "LS" else core.weighted_mean(spread**2, size - 1)
    return core.settled(centre, squared / size)


@core.quietly
def standardised_mean(n: ArrayLike, mean: ArrayLike, sd: ArrayLike, *, correction: str = "exact") -> core.Effects:
    """g = J(n - 1) mean/sd, variance 1/n + g²/(2n)."""
    size, centre, spread = core.floats(n, mean, sd)
    found = small_sample.factor(size - 1, correction) * centre / spread
    return core.settled(found, 1 / size + found**2 / (2 * size))


@core.quietly
def log_mean(n: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> core.Effects:
    """log(mean) of a positive mean, variance sd²/(n mean²)."""
    size, centre, spread = core.floats(n, mean, sd)
    return core.settled(np.log(centre), (spread / centre) ** 2 / size)


@core.quietly
def log_sd(n: ArrayLike, sd: ArrayLike, *, correction: str = "second_order") -> core.Effects:
    """log(sd); "second_order" adds 1/(2(n - 1)). Variance 1/(2(n - 1))."""
    choosing.require_option("correction", correction, ratios.CORRECTIONS)
    size, spread = core.floats(n, sd)
    less_bias = 1 / (2 * (size - 1))
    return core.settled(np.log(spread) + (less_bias if correction == "second_order" else 0.0), less_bias)


@core.quietly
def log_coefficient_of_variation(
    n: ArrayLike, mean: ArrayLike, sd: ArrayLike, *, correction: str = "second_order"
) -> core.Effects:
    """log(sd/mean) of a positive mean; "second_order" adds 1/(2(n - 1)). Variance 1/(2(n - 1)) + sd²/(n mean²)."""
    centre, spread = log_mean(n, mean, sd), log_sd(n, sd, correction=correction)
    return core.settled(spread.estimate - centre.estimate, spread.variance + centre.variance)
