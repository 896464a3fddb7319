"""The random-effects model: inverse-variance weighting with tau² added to every study's variance."""

from __future__ import annotations

from numpy.typing import ArrayLike

from analysis.pooling import batch, common


def pool(studies: batch.Batch, tau2: ArrayLike) -> common.Pooled:
    """The random-effects mean given tau², shape (...); with tau² = 0 it is the common-effect estimate."""
    return common.weighted(studies, studies.weights(tau2))
