"""Biggerstaff and Tweedie's approximation: DerSimonian and Laird's Q follows a gamma distribution."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.pooling import batch, roots
from analysis.pooling.tau2 import result

DOUBLINGS = 400
# Relative step for the derivative of the distribution function, which has no closed form by its shape.
NUDGE = 1e-6


def tau2_at(studies: batch.Batch, probability: ArrayLike) -> result.Tau2:
    """The tau² ≥ 0 at which P(Q ≤ observed Q) is `probability`, shape (...); 0 where it is smaller at tau² = 0.

    Biggerstaff and Tweedie 1997: E(Q) = k - 1 + (S₁ - S₂/S₁) tau², Var(Q) = 2(k - 1) + 4(S₁ - S₂/S₁) tau² +
    2(S₂ - 2S₃/S₁ + (S₂/S₁)²) tau⁴ with Sₙ = Σwⁿ, w = 1/v, and a gamma distribution with these.
    """
    rows, shape = batch.Rows.of(studies), studies.mask.shape[:-1]
    with np.errstate(all="ignore"):
        w = 1 / rows.v
        first, second, third = (np.add.reduce(w**power, axis=-1) for power in (1, 2, 3))
        slope = np.add.reduce(w * (1 - w / first[:, np.newaxis]), axis=-1)
        bend = second - 2 * third / first + (second / first) ** 2
        residual = rows.y - (np.vecdot(w, rows.y) / first)[:, np.newaxis]
        q = np.vecdot(w * residual, residual)
        wanted = np.broadcast_to(np.asarray(probability, dtype=np.float64), shape).reshape(-1)
        value, settled = _search((q, rows.k - 1, slope, bend), wanted)
    return result.solved(rows, value, settled, shape)


def _search(data: tuple[batch.Floats, ...], probability: batch.Floats) -> roots.Roots:
    q, df, slope, _ = data
    nought = np.zeros(q.size)
    usable = np.isfinite(q + slope) & (df > 0)
    value, settled = np.where(usable, 0.0, np.nan), usable.copy()
    todo = np.flatnonzero(usable & (_below(nought, *data) > probability))
    if todo.size:
        part = tuple(column[todo] for column in data)
        low, high = _doubled(part, probability[todo])
        value[todo], settled[todo] = roots.newton(_step, (*part, probability[todo]), low, high, 0.5 * (low + high))
    return roots.Roots(value, settled)


def _below(
    tau2: batch.Floats, q: batch.Floats, df: batch.Floats, slope: batch.Floats, bend: batch.Floats
) -> batch.Floats:
    """P(Q ≤ q) at tau²."""
    mean = df + slope * tau2
    variance = 2 * df + 4 * slope * tau2 + 2 * bend * tau2**2
    probability: batch.Floats = special.gammainc(mean**2 / variance, q * mean / variance)
    return probability


def _step(
    tau2: batch.Floats,
    q: batch.Floats,
    df: batch.Floats,
    slope: batch.Floats,
    bend: batch.Floats,
    probability: batch.Floats,
) -> tuple[batch.Floats, batch.Floats]:
    here = _below(tau2, q, df, slope, bend)
    nudge = NUDGE * (tau2 + df / slope)
    fall = (_below(tau2 + nudge, q, df, slope, bend) - here) / nudge
    rest = 1 - here
    gap = np.log(here / probability) - np.log(rest / (1 - probability))
    return here - probability, -gap * here * rest / fall


def _doubled(data: tuple[batch.Floats, ...], probability: batch.Floats) -> tuple[batch.Floats, batch.Floats]:
    """A bracket: its upper end is doubled until the probability there is small enough."""
    low, high = np.zeros(data[0].size), data[0] / data[2]
    todo = np.arange(high.size)
    for _ in range(DOUBLINGS):
        here = high[todo]
        above = _below(here, *(column[todo] for column in data)) > probability[todo]
        todo, here = todo[above], here[above]
        if todo.size == 0:
            break
        low[todo], high[todo] = here, 2 * here
    return low, high
