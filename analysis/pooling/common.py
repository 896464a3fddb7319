"""The common-effect model: inverse-variance weighting, and its variances that allow for heterogeneity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

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
    with np.errstate(all="ignore"):
        total = np.add.reduce(weights, axis=-1)
        none = ~(total > 0)
        if none.any():
            total = np.where(none & ~np.isnan(total), np.nan, total)
        estimate = np.add.reduce(weights * studies.y, axis=-1) / total
        shares = 100.0 * weights / total[..., np.newaxis]
        if none.any():
            shares = np.where((studies.k == 0)[..., np.newaxis], 0.0, shares)
        return Pooled(estimate, 1.0 / total, shares)


def under(studies: batch.Batch, weights: ArrayLike, tau2: ArrayLike = 0.0) -> Pooled:
    """The mean under any weights a ≥ 0, shape (..., k), with the variance that it has under the random-effects model.

    Σay/Σa, with variance Σa²(v + tau²)/(Σa)²; metafor's `weights` argument.
    """
    between = np.asarray(tau2, dtype=np.float64)[..., np.newaxis]
    a = np.where(studies.mask, np.asarray(weights, dtype=np.float64), 0.0)
    with np.errstate(all="ignore"):
        share = a / a.sum(axis=-1, keepdims=True)
        estimate = (share * studies.y).sum(axis=-1)
        variance = (share**2 * (studies.v + between)).sum(axis=-1)
    none = studies.k == 0
    return Pooled(
        np.where(none, np.nan, estimate),
        np.where(none, np.nan, variance),
        np.where(none[..., np.newaxis], 0.0, 100.0 * share),
    )


def ivhet(studies: batch.Batch, tau2: ArrayLike) -> Pooled:
    """The common-effect estimate with the variance it has when effects differ: IVhet of Doi et al. 2015.

    Its variance is Σ(w/Σw)²(v + tau²), with tau² by DerSimonian and Laird in the original.
    """
    return under(studies, studies.weights(), tau2)


def unrestricted(studies: batch.Batch) -> Pooled:
    """Unrestricted weighted least squares, UWLS of Stanley and Doucouliagos 2015.

    The common-effect estimate with its variance times Q/(k - 1), which may be below 1; its reference distribution is
    Student's t on k - 1 degrees of freedom. The variance is NaN below two studies.
    """
    found = pool(studies)
    with np.errstate(all="ignore"):
        apart = np.where(studies.mask, studies.y - found.estimate[..., np.newaxis], 0.0)
        factor = (studies.weights() * apart**2).sum(axis=-1) / (studies.k - 1)
        variance = np.where(studies.k > 1, found.variance * factor, np.nan)
    return Pooled(found.estimate, variance, found.weights)
