"""Kenward and Roger's variance of the random-effects mean and its degrees of freedom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.pooling import batch


class Adjustment(NamedTuple):
    """The adjusted variance of the mean and its degrees of freedom, shape (...); NaN where not defined."""

    variance: batch.Floats
    df: batch.Floats


def adjust(studies: batch.Batch, tau2: ArrayLike) -> Adjustment:
    """For a model with a mean and tau², estimated by REML: Partlett and Riley 2017, equations 12 to 14.

    With Sₙ = Σwⁿ and the expected information I = S₂/2 - S₃/S₁ + (S₂/S₁)²/2 of tau²:
    variance = (1 + 2(S₃/S₁ - (S₂/S₁)²)/I)/S₁, df = 2I/(variance · S₂)². NaN below two studies, and where the
    information is not positive.
    """
    w = studies.weights(tau2)
    with np.errstate(all="ignore"):
        # Scaled so that no cube overflows.
        unit = w.max(axis=-1, keepdims=True, initial=0.0)
        w = w / unit
        first, second, third = w.sum(axis=-1), (w**2).sum(axis=-1), (w**3).sum(axis=-1)
        ratio = second / first
        information = second / 2 - third / first + ratio**2 / 2
        variance = (1 + 2 * (third / first - ratio**2) / information) / first
        df = 2 * information / (variance * second) ** 2
        defined = (studies.k > 1) & (information > 0) & (variance >= 0)
        return Adjustment(np.where(defined, variance / unit[..., 0], np.nan), np.where(defined, df, np.nan))
