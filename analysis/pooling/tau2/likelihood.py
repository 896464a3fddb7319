"""Maximum likelihood and restricted maximum likelihood estimates of tau².

The likelihood can have several maxima. The whole range in which one can lie is scanned for them, each is refined by
Newton's method inside its bracket, and the highest is taken; so there is always an answer, the boundary 0 is exact,
and a failure to settle is reported, not raised. Formulas: Viechtbauer 2005, equations 10 to 18.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.pooling import batch, roots
from analysis.pooling.tau2 import result

MAX_STEPS = roots.MAX_STEPS
CHUNK = 1 << 17
BLOCK = 1 << 10
# Below a hundredth of the smallest variance nothing about the likelihood can turn.
NEAREST = 0.01
GRID = np.linspace(0.0, 1.0, 31)


def reml(studies: batch.Batch) -> result.Tau2:
    """The tau² ≥ 0 with the highest restricted likelihood, to about 1e-13 of its value."""
    return _estimate(studies, is_restricted=True)


def maximum_likelihood(studies: batch.Batch) -> result.Tau2:
    """The tau² ≥ 0 with the highest likelihood, to about 1e-13 of its value; biased downwards."""
    return _estimate(studies, is_restricted=False)


def upper_bound(studies: batch.Batch) -> batch.Floats:
    """A tau² above which the likelihood only falls: s² + √(s² · max v), where s² is the variance of the effects."""
    centre = studies.y.sum(axis=-1, keepdims=True) / studies.k[..., np.newaxis]
    spread = np.where(studies.mask, studies.y - centre, 0.0)
    s2 = (spread**2).sum(axis=-1) / (studies.k - 1)
    widest = np.where(studies.mask, studies.v, 0.0).max(axis=-1)
    bound: batch.Floats = s2 + np.sqrt(s2 * widest)
    return bound


def log_likelihood(studies: batch.Batch, tau2: batch.Floats) -> batch.Floats:
    """The log-likelihood at tau² and the mean that goes with it, without its constant, shape (...)."""
    logs, _, misfit = _parts(studies, tau2)
    value: batch.Floats = -0.5 * (logs + misfit)
    return value


def restricted_log_likelihood(studies: batch.Batch, tau2: batch.Floats) -> batch.Floats:
    """The restricted log-likelihood at tau², without its constant; every set needs at least one study."""
    logs, total, misfit = _parts(studies, tau2)
    value: batch.Floats = -0.5 * (logs + np.log(total) + misfit)
    return value


def _parts(studies: batch.Batch, tau2: batch.Floats) -> tuple[batch.Floats, batch.Floats, batch.Floats]:
    """Σlog(v + tau²), Σw and Σw(y - ȳ)²."""
    weights = studies.weights(tau2)
    total = weights.sum(axis=-1)
    centre = (weights * studies.y).sum(axis=-1) / total
    misfit = (weights * (studies.y - centre[..., np.newaxis]) ** 2).sum(axis=-1)
    between = np.asarray(tau2)[..., np.newaxis]
    logs = np.log(np.where(studies.mask, studies.v + between, 1.0)).sum(axis=-1)
    return logs, total, misfit


def _estimate(studies: batch.Batch, *, is_restricted: bool) -> result.Tau2:
    rows, shape = batch.Rows.of(studies), studies.mask.shape[:-1]
    value, settled = np.empty(rows.k.size), np.empty(rows.k.size, dtype=np.bool_)
    with np.errstate(all="ignore"):
        for place, part in rows.chunks(CHUNK, GRID.size + 1):
            value[place], settled[place] = _highest(part, is_restricted)
    return result.solved(rows, value, settled, shape)


class _Brackets(NamedTuple):
    """Every interval that holds a maximum: its row, ends and a first guess; all three 0 for one at the boundary."""

    row: NDArray[np.intp]
    low: batch.Floats
    high: batch.Floats
    start: batch.Floats


def _highest(rows: batch.Rows, is_restricted: bool) -> roots.Roots:
    """The highest of all maxima of each row."""
    bound = _bound(rows)
    if rows.k.size == 0 or rows.y.shape[-1] == 0:
        return roots.Roots(bound, np.isfinite(bound))
    found = _brackets(rows, bound, is_restricted)
    single = found.row.size == rows.k.size
    taken = (rows.y, rows.v) if single else (rows.y[found.row], rows.v[found.row])
    step = functools.partial(newton_step, is_restricted=is_restricted)
    refined = roots.newton(step, taken, found.low, found.high, found.start, max_steps=MAX_STEPS)
    if single:
        value, settled = refined
    else:
        height = profile(*taken, refined.value, is_restricted)
        rising = np.argsort(height, kind="stable")
        value, settled = np.zeros(rows.k.size), np.zeros(rows.k.size, dtype=np.bool_)
        # Where a row stands more than once, the last assignment is its highest maximum.
        value[found.row[rising]], settled[found.row[rising]] = refined.value[rising], refined.is_converged[rising]
    broken = ~np.isfinite(bound)
    return roots.Roots(np.where(broken, np.nan, value), settled & ~broken)


def _bound(rows: batch.Rows) -> batch.Floats:
    """`upper_bound` for rows."""
    counts = np.isfinite(rows.v)
    centre = np.add.reduce(rows.y, axis=-1) / rows.k
    apart = np.where(counts, rows.y - centre[:, np.newaxis], 0.0)
    s2 = np.vecdot(apart, apart) / (rows.k - 1)
    widest = np.where(np.isinf(rows.v), 0.0, rows.v).max(axis=-1, initial=0.0)
    bound: batch.Floats = s2 + np.sqrt(s2 * widest)
    return bound


def _brackets(rows: batch.Rows, bound: batch.Floats, is_restricted: bool) -> _Brackets:
    """Where the slope of the likelihood turns from rising to falling on a scan from 0 to the bound."""
    nearest = np.minimum(bound, NEAREST)
    points = np.zeros((bound.size, GRID.size + 1))
    points[:, 1:] = nearest[:, np.newaxis] * (bound / nearest)[:, np.newaxis] ** GRID
    first, second = _sums(rows, points)
    total, mean = first[..., 0], first[..., 1] / first[..., 0]
    slope = second[..., 2] - mean * (2 * second[..., 1] - mean * second[..., 0]) - total
    if is_restricted:
        slope += second[..., 0] / total
    is_rising = slope > 0
    at_boundary = np.flatnonzero(~is_rising[:, 0])
    is_rising[:, -1] = False
    row, left = np.nonzero(is_rising[:, :-1] & ~is_rising[:, 1:])
    low, high = points[row, left], points[row, left + 1]
    # The slope divided by (Σw)² is nearly straight in tau².
    at_low, at_high = slope[row, left] / total[row, left] ** 2, slope[row, left + 1] / total[row, left + 1] ** 2
    start = (low * at_high - high * at_low) / (at_high - at_low)
    start = np.where((start >= low) & (start <= high), start, 0.5 * (low + high))
    if at_boundary.size == 0:
        return _Brackets(row, low, high, start)
    nought = np.zeros(at_boundary.size)
    return _in_order(np.concatenate([at_boundary, row]), *(np.concatenate([nought, x]) for x in (low, high, start)))


def _sums(rows: batch.Rows, points: batch.Floats) -> tuple[batch.Floats, batch.Floats]:
    """Σw, Σwy and Σw², Σw²y, Σw²y² at every point, shapes (rows, points, 2) and (rows, points, 3)."""
    powers = np.empty((*rows.y.shape, 3))
    powers[:, :, 0], powers[:, :, 1] = 1.0, rows.y
    np.multiply(rows.y, rows.y, out=powers[:, :, 2])
    first, second = np.zeros((*points.shape, 2)), np.zeros((*points.shape, 3))
    # Many studies are taken block by block, so that the numbers at all points stay in the processor's cache.
    for start in range(0, rows.y.shape[1], BLOCK):
        part = slice(start, start + BLOCK)
        w = 1.0 / (rows.v[:, np.newaxis, part] + points[:, :, np.newaxis])
        first += w @ powers[:, part, :2]
        np.multiply(w, w, out=w)
        second += w @ powers[:, part]
    return first, second


def _in_order(row: NDArray[np.intp], low: batch.Floats, high: batch.Floats, start: batch.Floats) -> _Brackets:
    order = np.argsort(row, kind="stable")
    return _Brackets(row[order], low[order], high[order], start[order])


def newton_step(
    tau2: batch.Floats, y: batch.Floats, v: batch.Floats, *, is_restricted: bool
) -> tuple[batch.Floats, batch.Floats]:
    """Twice the slope of the log-likelihood by tau², and Newton's step for that slope divided by (Σw)²."""
    w = 1.0 / (v + tau2[:, np.newaxis])
    total = np.add.reduce(w, axis=-1)
    residual = y - (np.vecdot(w, y) / total)[:, np.newaxis]
    weighted = w * residual
    w2, squared = w * w, weighted * weighted
    second = np.add.reduce(w2, axis=-1)
    pull = np.vecdot(w, weighted)
    slope = np.add.reduce(squared, axis=-1) - total
    curve = second - 2 * np.vecdot(squared, w) + 2 * pull * pull / total
    share = second / total
    if is_restricted:
        slope = slope + share
        curve = curve - 2 * np.vecdot(w2, w) / total + share * share
    return slope, -slope / (curve + 2 * slope * share)


def profile(y: batch.Floats, v: batch.Floats, tau2: batch.Floats, is_restricted: bool) -> batch.Floats:
    """The (restricted) log-likelihood of rows at tau², shape (rows,), without its constant."""
    counts = np.isfinite(v)
    studies = batch.Batch(y, np.where(counts, v, 1.0), counts)
    return restricted_log_likelihood(studies, tau2) if is_restricted else log_likelihood(studies, tau2)
