"""The exact distribution of the generalised Q, Σa(y - ȳₐ)² with fixed weights a, and tau² from its quantiles.

Under the random-effects model Q is a positive quadratic form in normal variables (Biggerstaff and Jackson 2008,
Jackson 2013). The Laplace transform of its density at u is

    Π(1 + 2u aᵢsᵢ)^-½ · (Σ (aᵢ/Σa) / (1 + 2u aᵢsᵢ))^-½,     sᵢ = vᵢ + tau²,

which needs no eigenvalues: the determinant of a diagonal matrix minus one of rank 1. The distribution function is its
inverse Laplace transform, an integral around the negative axis; it is taken along the path of steepest descent of the
gamma distribution that fits best at the saddle point, u(θ) = û + c(θ cot θ - 1 + iθ), where the trapezoidal rule
converges geometrically (Talbot 1979; Weideman and Trefethen 2007). Errors are about 1e-14, absolute.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.pooling import batch, roots
from analysis.pooling.tau2 import moments, result

NODES = 64
SADDLE_STEPS = 8
DOUBLINGS = 400
CHUNK = 1 << 17
# How many standard deviations of the integrand the path reaches to each side.
REACH = 12.0
FAR = 25.0
_STEPS = (np.arange(NODES) + 0.5) / NODES

Complex = NDArray[np.complex128]


class Distribution(NamedTuple):
    """P(Q ≤ q) at a tau², and its derivative by tau² (which is negative), shape (rows,)."""

    probability: batch.Floats
    slope: batch.Floats


def distribution(tau2: batch.Floats, q: batch.Floats, a: batch.Floats, v: batch.Floats) -> Distribution:
    """The distribution function of Q at `q`, both of shape (rows,), for weights and variances of shape (rows, k).

    Where a weight is 0 the study does not count and its variance has to be finite.
    """
    scaled = 2 * a * (v + tau2[:, np.newaxis])
    share = a / np.add.reduce(a, axis=-1)[:, np.newaxis]
    saddle, rise, bend = _saddle(q, scaled, share)
    scale = (q - rise) / bend
    reach = np.minimum(REACH / np.sqrt(scale * (q - rise / 3)), np.pi)
    theta = reach[:, np.newaxis] * _STEPS
    cot = theta / np.tan(theta)
    u = np.empty(theta.shape, dtype=np.complex128)
    u.real = saddle[:, np.newaxis] + scale[:, np.newaxis] * (cot - 1)
    u.imag = scale[:, np.newaxis] * theta
    speed = (reach / np.pi * scale)[:, np.newaxis] * ((cot - cot**2 - theta**2) / theta + 1j)
    factor = 1 + u[:, :, np.newaxis] * scaled[:, np.newaxis]
    inverse: Complex = 1 / factor
    centre = (share[:, np.newaxis] * inverse).sum(axis=-1)
    logs = -0.5 * (np.log(factor).sum(axis=-1) + np.log(centre)) + u * q[:, np.newaxis]
    kernel = np.exp(logs) * speed / u
    bending = -0.5 * _slope(u, 2 * a, share, inverse, centre)
    probability, slope = kernel.imag.mean(axis=-1), (kernel * bending).imag.mean(axis=-1)
    # Far out in the tail the integrand is too great to sum exactly, and the answer is 1.
    is_far = (q - 0.5 * (scaled * (1 - share)).sum(axis=-1)) * saddle > FAR
    return Distribution(np.clip(np.where(is_far, 1.0, probability), 0.0, 1.0), np.where(is_far, 0.0, slope))


def _slope(u: Complex, doubled: batch.Floats, share: batch.Floats, inverse: Complex, centre: Complex) -> Complex:
    """The derivative of Σlog(1 + 2uas) + log Σp/(1 + 2uas) by tau²."""
    pull = doubled[:, np.newaxis] * inverse
    slope: Complex = u * (pull.sum(axis=-1) - (share[:, np.newaxis] * pull * inverse).sum(axis=-1) / centre)
    return slope


def _saddle(
    q: batch.Floats, scaled: batch.Floats, share: batch.Floats
) -> tuple[batch.Floats, batch.Floats, batch.Floats]:
    """Where the path crosses the real axis, right of the pole at 0, and the exponent's two derivatives there.

    That is where u q + log transform - log u, which is convex, is least, but never nearer to the pole than one over
    the standard deviation of Q. Near enough is enough: every crossing gives the same integral.
    """
    high = (0.5 * share.shape[-1] + 1) / q

    def step(
        u: batch.Floats, q: batch.Floats, scaled: batch.Floats, share: batch.Floats
    ) -> tuple[batch.Floats, batch.Floats]:
        slope, bend = _bends(u, q, scaled, share)
        slope, bend = slope - 1 / u, bend + 1 / u**2
        # Newton's step for u times the slope, in log u.
        return -slope, u * np.expm1(np.clip(-slope / (bend * u + slope), -2.0, 2.0))

    found = roots.newton(step, (q, scaled, share), np.zeros(q.size), high, high / 2, max_steps=SADDLE_STEPS)
    crossing = np.maximum(found.value, 1 / np.sqrt(_bends(np.zeros(q.size), q, scaled, share)[1]))
    return crossing, *_bends(crossing, q, scaled, share)


def _bends(
    u: batch.Floats, q: batch.Floats, scaled: batch.Floats, share: batch.Floats
) -> tuple[batch.Floats, batch.Floats]:
    """First and second derivative by u of u q - ½Σlog(1 + u s) - ½log Σp/(1 + u s)."""
    inverse = 1 / (1 + u[:, np.newaxis] * scaled)
    one = scaled * inverse
    centre = (share * inverse).sum(axis=-1)
    fall = (share * one * inverse).sum(axis=-1) / centre
    twice = 2 * (share * one**2 * inverse).sum(axis=-1) / centre
    slope = q - 0.5 * (one.sum(axis=-1) - fall)
    bend = 0.5 * ((one**2).sum(axis=-1) - twice + fall**2)
    return slope, bend


def probability(studies: batch.Batch, weights: ArrayLike | str, tau2: ArrayLike) -> batch.Floats:
    """P(Q ≤ observed Q) at tau², shape (...), for weights as in `tau2.estimate`; NaN below two studies."""
    rows, shape = batch.Rows.of(studies), studies.mask.shape[:-1]
    chosen = moments.chosen_weights(studies, weights)
    between = rows.scaled(np.broadcast_to(np.asarray(tau2, dtype=np.float64), shape).reshape(-1))
    with np.errstate(all="ignore"):
        q, a, v = _observed(rows, studies, chosen)
        found = np.full(rows.k.size, np.nan)
        todo = np.flatnonzero((rows.k > 1) & np.isfinite(q))
        size = max(1, CHUNK // (NODES * max(1, v.shape[-1])))
        for start in range(0, todo.size, size):
            part = todo[start : start + size]
            found[part] = distribution(between[part], q[part], a[part], v[part]).probability
    return np.where(q > 0, found, np.where(rows.k > 1, 0.0, np.nan)).reshape(shape)


def _observed(
    rows: batch.Rows, studies: batch.Batch, weights: batch.Floats
) -> tuple[batch.Floats, batch.Floats, batch.Floats]:
    """The observed Q, with weights and variances that are 0 and 1 outside the mask."""
    counts = np.isfinite(rows.v)
    a = np.where(counts, np.broadcast_to(weights, studies.mask.shape).reshape(rows.y.shape), 0.0)
    centre = (a * rows.y).sum(axis=-1) / a.sum(axis=-1)
    q: batch.Floats = (a * (rows.y - centre[:, np.newaxis]) ** 2).sum(axis=-1)
    return q, a, np.where(counts, rows.v, 1.0)


def tau2_at(studies: batch.Batch, weights: batch.Floats, probability: ArrayLike) -> result.Tau2:
    """The tau² ≥ 0 at which P(Q ≤ observed Q) is `probability`; 0 where it is already smaller at tau² = 0.

    `weights` and `probability` broadcast against the batch: shapes (..., k) and (...).
    """
    rows, shape = batch.Rows.of(studies), studies.mask.shape[:-1]
    wanted = np.broadcast_to(np.asarray(probability, dtype=np.float64), shape).reshape(-1)
    value, settled = np.empty(rows.k.size), np.empty(rows.k.size, dtype=np.bool_)
    with np.errstate(all="ignore"):
        q, a, v = _observed(rows, studies, weights)
        for place, _ in rows.chunks(CHUNK, NODES):
            value[place], settled[place] = _search(q[place], a[place], v[place], wanted[place])
    return result.solved(rows, value, settled, shape)


def _search(q: batch.Floats, a: batch.Floats, v: batch.Floats, probability: batch.Floats) -> roots.Roots:
    value, settled = np.full(q.size, np.nan), np.zeros(q.size, dtype=np.bool_)
    usable = np.isfinite(q) & ((a > 0).sum(axis=-1) > 1)
    value[usable], settled[usable] = 0.0, True
    todo = np.flatnonzero(usable & (q > 0))
    if todo.size == 0:
        return roots.Roots(value, settled)
    at_nought = distribution(np.zeros(todo.size), q[todo], a[todo], v[todo]).probability
    todo = todo[at_nought > probability[todo]]
    if todo.size:
        data = (q[todo], a[todo], v[todo], probability[todo])
        low, high = _doubled(*data)
        value[todo], settled[todo] = roots.newton(_step, data, low, high, 0.5 * (low + high))
    return roots.Roots(value, settled)


def _step(
    tau2: batch.Floats, q: batch.Floats, a: batch.Floats, v: batch.Floats, probability: batch.Floats
) -> tuple[batch.Floats, batch.Floats]:
    """How far the probability is above the one wanted, and Newton's step for its logit."""
    found = distribution(tau2, q, a, v)
    rest = 1 - found.probability
    gap = np.log(found.probability / probability) - np.log(rest / (1 - probability))
    return found.probability - probability, -gap * found.probability * rest / found.slope


def _doubled(
    q: batch.Floats, a: batch.Floats, v: batch.Floats, probability: batch.Floats
) -> tuple[batch.Floats, batch.Floats]:
    """A bracket: its upper end is doubled until the probability there is small enough."""
    low = np.zeros(q.size)
    high = q / (a * (1 - a / a.sum(axis=-1, keepdims=True))).sum(axis=-1)
    todo = np.arange(q.size)
    for _ in range(DOUBLINGS):
        here = high[todo]
        above = distribution(here, q[todo], a[todo], v[todo]).probability > probability[todo]
        todo, here = todo[above], here[above]
        if todo.size == 0:
            break
        low[todo], high[todo] = here, 2 * here
    return low, high
