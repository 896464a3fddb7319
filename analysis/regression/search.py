"""tau² as the root or the highest maximum of a function of the data, for a whole batch at once.

Each row's search is kept inside a bracket that is known to hold the answer, so there is always one; a search that does
not settle is reported. With s² the residual variance of ordinary least squares over k - p degrees of freedom:

* Q(tau²) = Σ w r² lies between (k - p) s² / (max v + tau²) and (k - p) s² / (min v + tau²), which brackets the roots
  of Paule and Mandel's equation;
* both likelihoods only fall once (tau² + min v)² > s² (tau² + max v), which bounds their maxima. Below the bound they
  can have several: the range is scanned in steps of a factor of tau² + min v, every maximum is refined, and the
  highest is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.pooling import batch
from analysis.regression import model, moments

MAX_STEPS = 120
STEP = 0.35
SCAN_LIMITS = (4, 64)
CHUNK = 1 << 17
# A Newton step this small (relative to tau² + min v) leaves an error of its square.
CLOSE = 1e-9
NARROW = 4e-16


class Tau2(NamedTuple):
    """tau² of shape (...), and whether the search settled."""

    value: batch.Floats
    is_converged: batch.Bools


class Slope(NamedTuple):
    """A function that falls through 0 where the answer is, and its derivative by tau²."""

    value: batch.Floats
    derivative: batch.Floats


SlopeOf = Callable[[model.Model, batch.Floats], Slope]


def residual_variance(rows: model.Model) -> batch.Floats:
    """s² of ordinary least squares, in the model's unit; 0 without degrees of freedom."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(rows.df > 0, (rows.y**2).sum(axis=-1) / rows.df, 0.0)


def extremes(rows: model.Model) -> tuple[batch.Floats, batch.Floats]:
    """The smallest and the largest variance, shape (...)."""
    return np.where(rows.mask, rows.v, np.inf).min(axis=-1), np.where(rows.mask, rows.v, 0.0).max(axis=-1)


def generalised_q(rows: model.Model, target: batch.Floats) -> Tau2:
    """The tau² ≥ 0 at which Q(tau²) equals the target, shape (...); 0 where Q(0) is not above it."""
    smallest, largest = extremes(rows)
    with np.errstate(invalid="ignore", divide="ignore"):
        level = residual_variance(rows) * np.where(target > 0, rows.df / target, 0.0)
    low, high = np.maximum(level - largest, 0.0), np.maximum(level - smallest, 0.0)
    at_zero = moments.misfit(moments.solve(rows, rows.weights(np.zeros_like(low)))) <= target
    high = np.where(at_zero | (target <= 0), 0.0, high)

    def slope(part: model.Model, tau2: batch.Floats, goal: batch.Floats) -> Slope:
        solved = moments.solve(part, part.weights(tau2))
        q = moments.misfit(solved)
        # 1/Q is nearly a straight line in tau², Q itself a hyperbola.
        return Slope(1.0 / goal - 1.0 / q, -((solved.w * solved.residual) ** 2).sum(axis=-1) / q**2)

    return _refine(rows, np.minimum(low, high), high, lambda part, tau2, at: slope(part, tau2, target[at]))


def likelihood(rows: model.Model, *, restricted: bool) -> Tau2:
    """The tau² ≥ 0 with the highest (restricted) likelihood."""
    slope_of = restricted_slope if restricted else full_slope
    chunk = max(1, CHUNK // max(rows.mask.shape[-1], 1))
    value, settled = np.zeros(rows.unit.shape), np.ones(rows.unit.shape, dtype=np.bool_)
    for begin in range(0, value.size, chunk):
        part = slice(begin, begin + chunk)
        value[part], settled[part] = _highest(rows.take(part), slope_of, restricted)
    return Tau2(value, settled)


def restricted_slope(rows: model.Model, tau2: batch.Floats) -> Slope:
    """Twice the derivative of the restricted log-likelihood: y'PPy - tr P."""
    w = rows.weights(tau2)
    w2 = w * w
    one, two, three = rows.gram(np.stack([w, w2, w2 * w]))
    solved = moments.solve_with(rows, w, model.inverse(one))
    share = solved.spread @ two
    trace = w.sum(axis=-1) - np.trace(share, axis1=-2, axis2=-1)
    trace_of_two = (
        w2.sum(axis=-1)
        - 2 * (solved.spread * three).sum(axis=(-1, -2))
        + (share * np.swapaxes(share, -1, -2)).sum(axis=(-1, -2))
    )
    value = ((w * solved.residual) ** 2).sum(axis=-1) - trace
    return Slope(value, trace_of_two - 2 * moments.cubic(rows, solved))


def full_slope(rows: model.Model, tau2: batch.Floats) -> Slope:
    """Twice the derivative of the log-likelihood: y'PPy - Σw."""
    solved = moments.solve(rows, rows.weights(tau2))
    value = ((solved.w * solved.residual) ** 2 - solved.w).sum(axis=-1)
    return Slope(value, (solved.w**2).sum(axis=-1) - 2 * moments.cubic(rows, solved))


def log_likelihood(rows: model.Model, tau2: batch.Floats, *, restricted: bool) -> batch.Floats:
    """The (restricted) log-likelihood at tau², without what does not depend on tau²."""
    solved = moments.solve(rows, rows.weights(tau2))
    logs = np.log(np.where(rows.mask, rows.v + tau2[..., np.newaxis], 1.0)).sum(axis=-1)
    value = logs + moments.misfit(solved)
    if restricted:
        value = value + np.linalg.slogdet(rows.gram(solved.w))[1]
    half: batch.Floats = -0.5 * value
    return half


def _sign(rows: model.Model, tau2: batch.Floats, restricted: bool) -> batch.Bools:
    solved = moments.solve(rows, rows.weights(tau2))
    rising = ((solved.w * solved.residual) ** 2).sum(axis=-1)
    falling = moments.trace(rows, solved) if restricted else solved.w.sum(axis=-1)
    found: batch.Bools = rising > falling
    return found


def upper_bound(rows: model.Model) -> batch.Floats:
    """A tau² above which the likelihoods only fall."""
    s2 = residual_variance(rows)
    smallest, largest = extremes(rows)
    spread = largest - smallest
    bound: batch.Floats = np.maximum(0.5 * s2 + np.sqrt(0.25 * s2**2 + s2 * spread) - smallest, 0.0) * (1 + 1e-9)
    return bound


def _highest(rows: model.Model, slope_of: SlopeOf, restricted: bool) -> Tau2:
    at, low, high = _brackets(rows, restricted)
    found = _refine(rows.take(at), low, high, lambda part, tau2, _: slope_of(part, tau2))
    value, settled = np.zeros(rows.unit.size), np.ones(rows.unit.size, dtype=np.bool_)
    if at.size == rows.unit.size:
        value[at], settled[at] = found.value, found.is_converged
        return Tau2(value, settled)
    height = log_likelihood(rows.take(at), found.value, restricted=restricted)
    rising = np.argsort(height, kind="stable")
    # Where a row stands more than once, the last assignment is its highest maximum.
    value[at[rising]], settled[at[rising]] = found.value[rising], found.is_converged[rising]
    return Tau2(value, settled)


def _brackets(rows: model.Model, restricted: bool) -> tuple[NDArray[np.intp], batch.Floats, batch.Floats]:
    """Every interval of the scan that holds a maximum: its row and its ends, both 0 for a maximum at the boundary."""
    bound = upper_bound(rows)
    smallest, _ = extremes(rows)
    factor = np.log1p(bound / smallest)
    n = int(np.clip(np.ceil(factor.max(initial=0.0) / STEP), *SCAN_LIMITS))
    grid = np.linspace(0.0, 1.0, n + 1)
    points = smallest[:, np.newaxis] * np.expm1(factor[:, np.newaxis] * grid)
    is_rising = _sign(rows.spread(), points, restricted)
    # At the bound the likelihood falls in exact arithmetic; rounding must not lose the bracket.
    is_rising[:, -1] = False
    at_boundary = np.flatnonzero(~is_rising[:, 0])
    at, left = np.nonzero(is_rising[:, :-1] & ~is_rising[:, 1:])
    nought = np.zeros(at_boundary.size)
    return (
        np.concatenate([at_boundary, at]),
        np.concatenate([nought, points[at, left]]),
        np.concatenate([nought, points[at, left + 1]]),
    )


def _refine(
    rows: model.Model,
    low: batch.Floats,
    high: batch.Floats,
    slope_of: Callable[[model.Model, batch.Floats, NDArray[np.intp]], Slope],
) -> Tau2:
    """Newton's method kept inside [low, high]: the slope is positive at low and not at high."""
    low, high = low.copy(), high.copy()
    value, settled = (low + high) / 2, ~(high > low)
    todo, part = np.arange(value.size), rows
    for _ in range(MAX_STEPS):
        if settled[todo].any():
            todo = todo[~settled[todo]]
            part = rows.take(todo)
        if todo.size == 0:
            break
        now = value[todo]
        with np.errstate(invalid="ignore", divide="ignore"):
            slope = slope_of(part, now, todo)
            step = now - slope.value / slope.derivative
        is_up = slope.value > 0
        below, above = np.where(is_up, now, low[todo]), np.where(is_up, high[todo], now)
        is_newton = (slope.derivative < 0) & (step >= below) & (step <= above)
        moved = np.where(slope.value == 0, now, np.where(is_newton, step, (below + above) / 2))
        scale = moved + 1.0
        settled[todo] = (
            (is_newton & (np.abs(moved - now) <= CLOSE * scale))
            | (above - below <= NARROW * scale)
            | (slope.value == 0)
        )
        low[todo], high[todo], value[todo] = below, above, moved
    return Tau2(value, settled)
