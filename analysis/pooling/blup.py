"""Best linear unbiased predictions: what the random-effects model makes of each study's own effect."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.pooling import batch, common, intervals


class Predictions(NamedTuple):
    """Each study's effect drawn towards the mean, with its standard error and limits, shape (..., k); NaN if masked."""

    estimate: batch.Floats
    se: batch.Floats
    low: batch.Floats
    high: batch.Floats


def predict(
    studies: batch.Batch, pooled: common.Pooled, tau2: ArrayLike, *, level: float = 0.95, df: ArrayLike = np.inf
) -> Predictions:
    """λy + (1 - λ)·mean with λ = tau²/(tau² + v), and variance λv + (1 - λ)²·variance of the mean.

    Raudenbush and Bryk 1985; metafor's `blup`. With tau² = 0 every study's prediction is the mean. `df`, shape (...),
    is that of the mean's interval; infinite for the normal distribution.
    """
    between = np.asarray(tau2, dtype=np.float64)[..., np.newaxis]
    with np.errstate(all="ignore"):
        own = between / (between + studies.v)
        estimate = own * studies.y + (1 - own) * pooled.estimate[..., np.newaxis]
        se = np.sqrt(own * studies.v + (1 - own) ** 2 * pooled.variance[..., np.newaxis])
    reach = intervals.quantile(df, 0.5 + level / 2)[..., np.newaxis] * se
    found = (estimate, se, estimate - reach, estimate + reach)
    return Predictions(*(np.where(studies.mask, part, np.nan) for part in found))
