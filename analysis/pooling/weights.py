"""Weights as forest plots print them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.pooling import batch


def shares(weights: ArrayLike) -> batch.Floats:
    """Weights in per cent of their sum, shape (..., k); all 0 where the sum is 0."""
    given = np.asarray(weights, dtype=np.float64)
    total = given.sum(axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        part: batch.Floats = 100.0 * given / total
    return np.where(total > 0, part, 0.0)


def revman(weights: ArrayLike, groups: ArrayLike, *, has_total: bool = True) -> batch.Floats:
    """The weight column of RevMan, in per cent, shape (..., k).

    RevMan prints each study's share in the overall estimate, so that the column adds up to 100 over all subgroups.
    Where the analysis has no overall estimate (`has_total` false) each subgroup adds up to 100. `groups` numbers each
    study's subgroup, shape (k,).
    """
    given = np.asarray(weights, dtype=np.float64)
    if has_total:
        return shares(given)
    member = np.asarray(groups)[..., np.newaxis] == np.unique(np.asarray(groups))
    within = given @ member.astype(np.float64)
    total = within @ member.T.astype(np.float64)
    with np.errstate(all="ignore"):
        part: batch.Floats = 100.0 * given / total
    return np.where(total > 0, part, 0.0)
