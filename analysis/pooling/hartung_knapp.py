"""The factor by which Hartung and Knapp 2001 and Sidik and Jonkman 2002 scale the variance of the mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.pooling import batch


def factor(studies: batch.Batch, tau2: ArrayLike) -> batch.Floats:
    """q = Σw(y - mean)²/(k - 1) with w = 1/(v + tau²) and the mean under w, shape (...); NaN below two studies.

    Below 1 it makes the interval's standard error smaller than the plain one. Where the pooled estimate has other
    weights the mean here is still that under w, as in metafor.
    """
    w = studies.weights(tau2)
    with np.errstate(all="ignore"):
        mean = np.add.reduce(w * studies.y, axis=-1) / np.add.reduce(w, axis=-1)
        apart = np.where(studies.mask, studies.y - mean[..., np.newaxis], 0.0)
        q: batch.Floats = (w * apart**2).sum(axis=-1) / (studies.k - 1)
    return np.where(studies.k > 1, q, np.nan)
