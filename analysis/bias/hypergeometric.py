"""Mean and variance of Fisher's non-central hypergeometric distribution."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.pooling import batch

CHUNK = 1 << 20


class Moments(NamedTuple):
    """Mean and variance, NaN where there is no table."""

    mean: batch.Floats
    variance: batch.Floats


def moments(n1: ArrayLike, events: ArrayLike, total: ArrayLike, log_ratio: ArrayLike, mask: ArrayLike) -> Moments:
    """Of the events in group 1, given its size, the events in both groups, both sizes, and the log odds ratio.

    All broadcast to one shape. P(x) ∝ C(n1, x) C(n2, events - x) exp(x · log ratio), summed over its whole support.
    """
    given = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (n1, events, total, log_ratio)))
    shape = given[0].shape
    size, marked, whole, ratio = (x.ravel() for x in given)
    can = np.broadcast_to(np.asarray(mask, dtype=np.bool_), shape).ravel() & np.isfinite(size + marked + whole + ratio)
    mean, variance = np.full(size.shape, np.nan), np.full(size.shape, np.nan)
    low = np.maximum(0.0, size + marked - whole)
    width = np.where(can, np.minimum(size, marked) - low + 1, 0.0)
    chosen = np.flatnonzero(can)
    # Tables of like width together, so that one large study does not widen all.
    chosen = chosen[np.argsort(width[chosen], kind="stable")]
    start = 0
    while start < chosen.size:
        rows = _next_rows(width[chosen], start)
        part = chosen[rows]
        x = low[part, np.newaxis] + np.arange(int(width[part].max()))
        mean[part], variance[part] = _summed(x, size[part], marked[part], whole[part], ratio[part])
        start = rows.stop
    return Moments(mean.reshape(shape), variance.reshape(shape))


def _next_rows(width: batch.Floats, start: int) -> slice:
    """As many of the sorted widths as fit into one chunk when padded to the last, at least one."""
    rest = width[start:]
    cost = rest * np.arange(1, rest.size + 1)
    return slice(start, start + max(1, int(np.searchsorted(cost, CHUNK, side="right"))))


def _summed(
    x: batch.Floats, n1: batch.Floats, events: batch.Floats, total: batch.Floats, log_ratio: batch.Floats
) -> tuple[batch.Floats, batch.Floats]:
    size, marked, whole, ratio = (part[:, np.newaxis] for part in (n1, events, total, log_ratio))
    is_possible = x <= np.minimum(size, marked)
    at = np.where(is_possible, x, np.maximum(0.0, size + marked - whole))
    height = ratio * at - (
        special.gammaln(at + 1)
        + special.gammaln(size - at + 1)
        + special.gammaln(marked - at + 1)
        + special.gammaln(whole - size - marked + at + 1)
    )
    share = np.where(is_possible, np.exp(height - height.max(axis=-1, keepdims=True)), 0.0)
    share /= share.sum(axis=-1, keepdims=True)
    mean = (share * at).sum(axis=-1)
    return mean, (share * (at - mean[:, np.newaxis]) ** 2).sum(axis=-1)
