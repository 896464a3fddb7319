"""The common-effect model: inverse-variance weighting."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.pooling import batch


class Pooled(NamedTuple):
    """A pooled estimate and its variance, shape (...), with the weights in per cent, shape (..., k).

    Where no study counts, estimate and variance are NaN and the weights 0.
    """

    estimate: batch.Floats
    variance: batch.Floats
    weights: batch.Floats


def pool(studies: batch.Batch) -> Pooled:
    """The common-effect estimate."""
    return weighted(studies, studies.weights())


def weighted(studies: batch.Batch, weights: batch.Floats) -> Pooled:
    """The mean under the given inverse-variance weights, shape (..., k)."""
    total = weights.sum(axis=-1)
    any_study = total > 0
    safe = np.where(any_study, total, 1.0)
    estimate = (weights * studies.y).sum(axis=-1) / safe
    return Pooled(
        np.where(any_study, estimate, np.nan),
        np.where(any_study, 1.0 / safe, np.nan),
        100.0 * weights / safe[..., np.newaxis],
    )
