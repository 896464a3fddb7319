"""The factor by which Hartung and Knapp 2001 and Sidik and Jonkman 2002 scale the variance of the mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.pooling import batch


def factor(studies: batch.Batch, tau2: ArrayLike, estimate: batch.Floats) -> batch.Floats:
    """q = Σw(y - estimate)²/(k - 1) with w = 1/(v + tau²), shape (...); NaN below two studies.

    The estimate is the random-effects mean; metafor puts a mean under other weights here too. Below 1 the interval
    can be narrower than the plain one, and is so for sure when tau² = 0 and Q is below k - 1.
    """
    w = studies.weights(tau2)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.where(studies.mask, studies.y - estimate[..., np.newaxis], 0.0)
        q: batch.Floats = (w * apart**2).sum(axis=-1) / (studies.k - 1)
    return np.where(studies.k > 1, q, np.nan)
