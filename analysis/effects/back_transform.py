"""From the scale of an analysis back to the scale people read.

Each scale has one function over arrays of any shape. Two of them need a sample size, because the Freeman-Tukey
transformations depend on it: which size stands for a whole analysis is an assumption that the result names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing, errors
from analysis.effects import core, proportions
from analysis.pooling import batch

ASSUMPTIONS = {
    "harmonic_mean": "the harmonic mean of the studies' sizes",
    "inverse_variance": "the size whose transformed proportion has the variance of the pooled one",
    "own": "each study's own size",
}


class BackTransformed(NamedTuple):
    """Values on the readable scale, the size that was put in, and the assumption in words."""

    value: batch.Floats
    size: batch.Floats
    assumption: str


def identity(value: ArrayLike) -> batch.Floats:
    """Nothing to undo."""
    return np.asarray(value, dtype=np.float64)


def exponential(value: ArrayLike) -> batch.Floats:
    """exp(x): ratios and rates."""
    with core.quiet():
        return np.exp(identity(value))


def logistic(value: ArrayLike) -> batch.Floats:
    """1/(1 + exp(-x)): proportions from log odds."""
    found: batch.Floats = special.expit(identity(value))
    return found


def normal(value: ArrayLike) -> batch.Floats:
    """Φ(x): proportions from probits."""
    found: batch.Floats = special.ndtr(identity(value))
    return found


def sine_squared(value: ArrayLike) -> batch.Floats:
    """sin²(x), 0 below 0 and 1 beyond π/2: proportions from arcsines."""
    found: batch.Floats = np.sin(np.clip(identity(value), 0, np.pi / 2)) ** 2
    return found


def square(value: ArrayLike) -> batch.Floats:
    """x², 0 below 0: rates from their roots."""
    with core.quiet():
        return np.maximum(identity(value), 0) ** 2


def tanh(value: ArrayLike) -> batch.Floats:
    """tanh(x): correlations from Fisher's z."""
    return np.tanh(identity(value))


def tanh_squared(value: ArrayLike) -> batch.Floats:
    """tanh²(x), 0 below 0: R² from artanh √R²."""
    return np.tanh(np.maximum(identity(value), 0)) ** 2


def complement_cubed(value: ArrayLike) -> batch.Floats:
    """1 - (1 - x)³: alpha from its Hakstian-Whalen transformation."""
    with core.quiet():
        return 1 - (1 - identity(value)) ** 3


def complement_exponential(value: ArrayLike) -> batch.Floats:
    """1 - exp(-x): alpha from its Bonett transformation."""
    with core.quiet():
        return -np.expm1(-identity(value))


SCALES: Mapping[str, Callable[[ArrayLike], batch.Floats]] = {
    "identity": identity,
    "log": exponential,
    "logit": logistic,
    "probit": normal,
    "arcsine": sine_squared,
    "square_root": square,
    "fisher_z": tanh,
    "fisher_z_root": tanh_squared,
    "alpha_cube_root": complement_cubed,
    "alpha_log": complement_exponential,
}


def back(scale: str, value: ArrayLike) -> batch.Floats:
    """Values of a named scale on the readable one. The two Freeman-Tukey scales have functions of their own.

    Raises OptionError for a scale that does not exist or needs a sample size.
    """
    if scale not in SCALES:
        names = ", ".join(f"“{name}”" for name in SCALES)
        raise errors.OptionError(
            f"There is no back-transformation of scale “{scale}” from the value alone; the scales are {names}.",
            option="scale",
        )
    return SCALES[scale](value)


@core.quietly
def double_arcsine(value: ArrayLike, n: ArrayLike) -> batch.Floats:
    """The proportion whose double arcsine is x at sample size n (Miller 1978, Am Stat 32:138).

    Beyond what n people can give it is 0 or 1.
    """
    x, size = core.floats(value, n)
    sine = np.sin(2 * x)
    tilted = sine + (sine - 1 / sine) / size
    inside = (1 - np.sign(np.cos(2 * x)) * np.sqrt(1 - tilted**2)) / 2
    lowest, highest = proportions.double_arcsine(0, size), proportions.double_arcsine(size, size)
    found = np.where(x < lowest, 0.0, np.where(x > highest, 1.0, inside))
    return np.where(np.isnan(x), np.nan, found)


@core.quietly
def freeman_tukey_rate(value: ArrayLike, time: ArrayLike) -> batch.Floats:
    """The rate whose Freeman-Tukey root is x over a person-time t: (x - 1/(4tx))², 0 below 1/(2√t)."""
    x, t = core.floats(value, time)
    root = x - 1 / (4 * t * x)
    return np.where(x < 1 / (2 * np.sqrt(t)), 0.0, root**2)


def double_arcsine_of_pool(
    value: ArrayLike, sizes: ArrayLike, *, assume: str = "harmonic_mean", variance: ArrayLike = np.nan
) -> BackTransformed:
    """The proportion behind a pooled double arcsine, with the assumption that it takes.

    A pooled value has no sample size of its own. `assume` is "harmonic_mean" (Miller), "inverse_variance" (Barendregt
    and Doi: n = 1/(4v), v the variance of the pooled value, which is then needed), or "own" for single studies.
    The results can differ a lot when sizes do (Schwarzer et al. 2019); prefer the logit. `sizes` has the studies along
    the last axis, values and variances one number an analysis.
    """
    choosing.require_option("assume", assume, ASSUMPTIONS)
    given = np.asarray(sizes, dtype=np.float64)
    size = given
    with core.quiet():
        if assume == "harmonic_mean":
            counted = np.isfinite(given)
            size = counted.sum(axis=-1) / np.where(counted, 1 / given, 0.0).sum(axis=-1)
        elif assume == "inverse_variance":
            size = 1 / (4 * np.asarray(variance, dtype=np.float64))
    return BackTransformed(double_arcsine(value, size), np.asarray(size), ASSUMPTIONS[assume])
