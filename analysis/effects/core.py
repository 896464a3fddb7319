"""What every kernel of effect sizes shares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.pooling import batch


def quiet() -> np.errstate:
    """A context without floating-point warnings: kernels say "not estimable" by NaN."""
    return np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore")


# The same as a decorator, which numpy enters anew at every call.
quietly = quiet()


class Effects(NamedTuple):
    """Effect sizes and their sampling variances, same shape; ratios on the log scale; NaN where not estimable."""

    estimate: batch.Floats
    variance: batch.Floats


def floats(*given: ArrayLike) -> tuple[batch.Floats, ...]:
    """Numbers of any broadcastable shapes as float arrays of one shape."""
    return tuple(np.broadcast_arrays(*(np.asarray(values, dtype=np.float64) for values in given)))


def settled(estimate: batch.Floats, variance: batch.Floats) -> Effects:
    """Effects with NaN in both places wherever one is not finite or the variance is negative."""
    is_estimable = np.isfinite(estimate) & np.isfinite(variance) & (variance >= 0)
    return Effects(np.where(is_estimable, estimate, np.nan), np.where(is_estimable, variance, np.nan))


def weighted_mean(values: batch.Floats, weights: batch.Floats) -> batch.Floats:
    """The weighted mean over the studies of each analysis (the last axis, kept), studies with NaN left out.

    A single number is its own mean.
    """
    if values.ndim == 0:
        return values
    counted = np.isfinite(values) & np.isfinite(weights)
    total = np.where(counted, weights, 0.0).sum(axis=-1, keepdims=True)
    mean: batch.Floats = np.where(counted, values * weights, 0.0).sum(axis=-1, keepdims=True) / total
    return mean


def in_one_unit(one: batch.Floats, other: batch.Floats) -> tuple[batch.Floats, batch.Floats, NDArray[np.int32]]:
    """Two arrays divided by the power of two near the larger of each pair, so that no square overflows; its exponent.

    Division by a power of two changes no digit; `np.ldexp(value, exponent)` undoes it.
    """
    exponent = np.frexp(np.fmax(np.abs(one), np.abs(other)))[1]
    return np.ldexp(one, -exponent), np.ldexp(other, -exponent), exponent
