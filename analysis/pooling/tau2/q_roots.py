"""The generalised Q with weights 1/(v + tau²), and the tau² at which it takes a given value.

Q(tau²) = Σw(y - ȳ)² falls steadily, so there is one root. 1/Q is nearly straight in tau² (exactly so for equal
variances) and Newton's method on it arrives in a few steps from either side. Paule and Mandel 1982 set Q to its
expectation k - 1; its quantiles give the Q-profile interval of Viechtbauer 2007.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from analysis.pooling import batch, roots
from analysis.pooling.tau2 import result

CHUNK = 1 << 19


def paule_mandel(studies: batch.Batch) -> result.Tau2:
    """The tau² ≥ 0 with Q(tau²) = k - 1, or 0; Paule and Mandel 1982. The same as empirical Bayes (Morris 1983)."""
    return at(studies, studies.k - 1)


def paule_mandel_median(studies: batch.Batch) -> result.Tau2:
    """The tau² ≥ 0 with Q(tau²) at the median of χ² on k - 1 degrees of freedom, or 0; Viechtbauer 2021 (PMM)."""
    return at(studies, np.asarray(special.chdtri(np.maximum(studies.k - 1, 1.0), 0.5), np.float64))


def at(studies: batch.Batch, target: batch.Floats) -> result.Tau2:
    """The tau² ≥ 0 with Q(tau²) = target, shape (...); 0 where Q(0) is already below it."""
    rows, shape = batch.Rows.of(studies), studies.mask.shape[:-1]
    wanted = np.broadcast_to(target, shape).reshape(-1)
    value, settled = np.empty(rows.k.size), np.empty(rows.k.size, dtype=np.bool_)
    with np.errstate(all="ignore"):
        for place, part in rows.chunks(CHUNK):
            value[place], settled[place] = _root(part, wanted[place])
    return result.solved(rows, value, settled, shape)


def _root(rows: batch.Rows, target: batch.Floats) -> roots.Roots:
    low, high = _bracket(rows, target)
    # Where Q at the left end is not above the target, that end is the answer: 0, as the root would be negative.
    height, move = _step(low, rows.y, rows.v, target)
    above = height > 0
    start = np.clip(low + move, low, high)
    value = np.where(np.isnan(height), np.nan, low)
    settled = ~np.isnan(height)
    if above.all():
        return roots.newton(_step, (rows.y, rows.v, target), low, high, start)
    if above.any():
        found = roots.newton(
            _step, (rows.y[above], rows.v[above], target[above]), low[above], high[above], start[above]
        )
        value[above], settled[above] = found.value, found.is_converged
    return roots.Roots(value, settled)


def _bracket(rows: batch.Rows, target: batch.Floats) -> tuple[batch.Floats, batch.Floats]:
    """S/target - max v and S/target - min v enclose the root, with S the sum of squares about the plain mean."""
    counts = np.isfinite(rows.v)
    centre = np.add.reduce(rows.y, axis=-1) / rows.k
    apart = np.where(counts, rows.y - centre[:, np.newaxis], 0.0)
    total = np.vecdot(apart, apart) / target
    widest = np.where(counts, rows.v, 0.0).max(axis=-1, initial=0.0)
    low = np.maximum(total - widest, 0.0) * (1 - 1e-12)
    high = np.maximum(total - rows.v.min(axis=-1, initial=np.inf), 0.0) * (1 + 1e-12)
    return low, np.maximum(high, low)


def _step(
    tau2: batch.Floats, y: batch.Floats, v: batch.Floats, target: batch.Floats
) -> tuple[batch.Floats, batch.Floats]:
    """Q - target, and Newton's step for 1/Q; the derivative of Q is -Σw²(y - ȳ)²."""
    w = 1.0 / (v + tau2[:, np.newaxis])
    residual = y - (np.vecdot(w, y) / np.add.reduce(w, axis=-1))[:, np.newaxis]
    weighted = w * residual
    q, slope = np.vecdot(weighted, residual), np.vecdot(weighted, weighted)
    return q - target, q * (q / target - 1) / slope
