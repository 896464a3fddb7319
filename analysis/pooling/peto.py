"""Peto's method: observed less expected events over their hypergeometric variance.

For the odds ratio of rare events, and for hazard ratios given as O - E and V. Nothing is added to zero cells; a study
without events, or in which everybody had one, has no variance and does not count. Yusuf, Peto et al. 1985.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.pooling import batch, common, mantel_haenszel


class Scores(NamedTuple):
    """O - E and its variance V, shape (..., k); both 0 for a study that does not count."""

    o_minus_e: batch.Floats
    variance: batch.Floats


def scores(cells: mantel_haenszel.Tables) -> Scores:
    """O - E = a - n₁m/N and V = n₁n₂m(N - m)/(N²(N - 1)), with m = a + c events in the table."""
    a, b, c, d, n1, n2, total, mask = cells
    events, others = a + c, b + d
    with np.errstate(all="ignore"):
        variance = n1 / total * (n2 / total) * events * (others / (total - 1))
    counted = mask & (total > 1) & (variance > 0)
    return Scores(np.where(counted, a - n1 / total * events, 0.0), np.where(counted, variance, 0.0))


def pool(given: Scores) -> common.Pooled:
    """The pooled log odds (or hazard) ratio Σ(O - E)/ΣV with variance 1/ΣV; weights are V. NaN if ΣV is 0."""
    whole = given.variance.sum(axis=-1)
    with np.errstate(all="ignore"):
        estimate = np.where(whole > 0, given.o_minus_e.sum(axis=-1) / whole, np.nan)
        variance = np.where(whole > 0, 1 / whole, np.nan)
        shares = np.where(whole[..., np.newaxis] > 0, 100.0 * given.variance / whole[..., np.newaxis], 0.0)
    return common.Pooled(estimate, variance, shares)


def effects(given: Scores) -> batch.Batch:
    """Each study's log odds (or hazard) ratio (O - E)/V with variance 1/V, as a batch: for Q, tau² and plots."""
    counted = given.variance > 0
    safe = np.where(counted, given.variance, 1.0)
    return batch.Batch.of(given.o_minus_e / safe, 1 / safe, counted)


def of(o_minus_e: ArrayLike, variance: ArrayLike) -> Scores:
    """Scores from published O - E and V; a study with a missing number or without variance does not count."""
    found, spread = (np.asarray(x, dtype=np.float64) for x in np.broadcast_arrays(o_minus_e, variance))
    counted = np.isfinite(found) & (spread > 0) & np.isfinite(spread)
    return Scores(np.where(counted, found, 0.0), np.where(counted, spread, 0.0))
