"""The between-study variance tau²: DerSimonian-Laird and restricted maximum likelihood.

The restricted likelihood can have several maxima. The whole range in which one can lie is scanned for them, each is
refined by Newton's method inside a bracket that halves whenever Newton would leave it, and the highest is taken; so
there is always an answer, the boundary 0 is exact, and a failure to settle is reported, not raised.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.pooling import batch, heterogeneity

MAX_STEPS = 120
RELATIVE_TOLERANCE = 1e-13
FLOOR = 1e-16
SCAN = np.concatenate([[0.0], np.geomspace(1e-8, 1.0, 31)])
CHUNK = 1 << 19


class Tau2(NamedTuple):
    """tau² of shape (...), and whether the search settled. NaN where no study counts, 0 for one study."""

    value: batch.Floats
    is_converged: batch.Bools


def estimate(studies: batch.Batch, method: str) -> Tau2:
    """tau² by the named method, "DL" or "REML"."""
    return {"DL": dersimonian_laird, "REML": reml}[method](studies)


def dersimonian_laird(studies: batch.Batch) -> Tau2:
    """max(0, (Q - df) / (Σw - Σw²/Σw)); DerSimonian and Laird 1986."""
    weights = studies.weights()
    total = weights.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = (weights * (1 - weights / total)).sum(axis=-1)
        raw = (heterogeneity.q_statistic(studies) - (studies.k - 1)) / scale
    value = np.where(studies.k > 1, np.maximum(raw, 0.0), np.where(studies.k == 1, 0.0, np.nan))
    return Tau2(value, np.ones(value.shape, dtype=np.bool_))


def reml(studies: batch.Batch) -> Tau2:
    """The tau² ≥ 0 with the highest restricted likelihood, to 1e-12 of its value."""
    shape, k = studies.mask.shape[:-1], studies.mask.shape[-1]
    flat = batch.Batch(studies.y.reshape(-1, k), studies.v.reshape(-1, k), studies.mask.reshape(-1, k))
    rows = max(1, CHUNK // (max(k, 1) * SCAN.size))
    value, settled = np.empty(flat.mask.shape[0]), np.empty(flat.mask.shape[0], dtype=np.bool_)
    for start in range(0, value.size, rows):
        part = slice(start, start + rows)
        value[part], settled[part] = _reml_rows(batch.Batch(flat.y[part], flat.v[part], flat.mask[part]))
    return Tau2(value.reshape(shape), settled.reshape(shape))


def _reml_rows(studies: batch.Batch) -> Tau2:
    several = studies.k > 1
    value = np.where(studies.k > 0, 0.0, np.nan)
    settled = np.ones(value.shape, dtype=np.bool_)
    if several.any():
        rows, unit = _rescaled(_take(studies, several))
        found = _highest(rows)
        value[several], settled[several] = found.value * unit, found.is_converged
    return Tau2(value, settled)


def _take(studies: batch.Batch, rows: NDArray[Any]) -> batch.Batch:
    return batch.Batch(studies.y[rows], studies.v[rows], studies.mask[rows])


def _rescaled(studies: batch.Batch) -> tuple[batch.Batch, batch.Floats]:
    """The same data with the smallest variance as unit, so that no power of a weight can overflow."""
    unit = np.where(studies.mask, studies.v, np.inf).min(axis=-1)
    per_study = unit[..., np.newaxis]
    return batch.Batch(studies.y / np.sqrt(per_study), studies.v / per_study, studies.mask), unit


def upper_bound(studies: batch.Batch) -> batch.Floats:
    """A tau² above which the likelihood only falls: s² + √(s² · max v), where s² is the variance of the effects."""
    centre = studies.y.sum(axis=-1, keepdims=True) / studies.k[..., np.newaxis]
    spread = np.where(studies.mask, studies.y - centre, 0.0)
    s2 = (spread**2).sum(axis=-1) / (studies.k - 1)
    widest = np.where(studies.mask, studies.v, 0.0).max(axis=-1)
    bound: batch.Floats = s2 + np.sqrt(s2 * widest)
    return bound


def restricted_log_likelihood(studies: batch.Batch, tau2: batch.Floats) -> batch.Floats:
    """The restricted log-likelihood at tau², without its constant; every set needs at least one study."""
    weights = studies.weights(tau2)
    total = weights.sum(axis=-1)
    centre = (weights * studies.y).sum(axis=-1) / total
    misfit = (weights * (studies.y - centre[..., np.newaxis]) ** 2).sum(axis=-1)
    logs = np.log(np.where(studies.mask, studies.v + tau2[..., np.newaxis], 1.0)).sum(axis=-1)
    value: batch.Floats = -0.5 * (logs + np.log(total) + misfit)
    return value


def _highest(studies: batch.Batch) -> Tau2:
    """The highest of all maxima of each row, for data whose smallest variance is 1."""
    rows, low, high = _brackets(studies)
    found = _refine(_take(studies, rows), low, high)
    height = restricted_log_likelihood(_take(studies, rows), found.value)
    rising = np.argsort(height, kind="stable")
    value, settled = np.zeros(studies.k.size), np.zeros(studies.k.size, dtype=np.bool_)
    # Where a row stands more than once, the last assignment is its highest maximum.
    value[rows[rising]], settled[rows[rising]] = found.value[rising], found.is_converged[rising]
    return Tau2(value, settled)


def _brackets(studies: batch.Batch) -> tuple[NDArray[np.intp], batch.Floats, batch.Floats]:
    """Every interval of the scan that holds a maximum: its row and its ends, both 0 for a maximum at the boundary."""
    points = upper_bound(studies)[:, np.newaxis] * SCAN
    spread = batch.Batch(studies.y[:, np.newaxis], studies.v[:, np.newaxis], studies.mask[:, np.newaxis])
    is_rising = _slope(spread, points) > 0
    at_boundary = np.flatnonzero(~is_rising[:, 0])
    rows, left = np.nonzero(is_rising[:, :-1] & ~is_rising[:, 1:])
    nought = np.zeros(at_boundary.size)
    return (
        np.concatenate([at_boundary, rows]),
        np.concatenate([nought, points[rows, left]]),
        np.concatenate([nought, points[rows, left + 1]]),
    )


def _slope(studies: batch.Batch, tau2: batch.Floats) -> batch.Floats:
    """Twice the derivative of the restricted log-likelihood by tau²."""
    w = studies.weights(tau2)
    total = w.sum(axis=-1, keepdims=True)
    residual = studies.y - (w * studies.y).sum(axis=-1, keepdims=True) / total
    slope: batch.Floats = ((w * residual) ** 2 - w * (1 - w / total)).sum(axis=-1)
    return slope


def _curvature(studies: batch.Batch, tau2: batch.Floats) -> batch.Floats:
    """Twice the second derivative of the restricted log-likelihood by tau²."""
    w = studies.weights(tau2)
    w2, w3 = w**2, w**3
    total, second = w.sum(axis=-1), w2.sum(axis=-1)
    residual = studies.y - ((w * studies.y).sum(axis=-1) / total)[..., np.newaxis]
    fixed = second - 2 * w3.sum(axis=-1) / total + (second / total) ** 2
    curvature: batch.Floats = (
        fixed - 2 * (w3 * residual**2).sum(axis=-1) + 2 * (w2 * residual).sum(axis=-1) ** 2 / total
    )
    return curvature


def _refine(studies: batch.Batch, low: batch.Floats, high: batch.Floats) -> Tau2:
    """Newton's method kept inside [low, high], where the likelihood rises at low and does not at high."""
    low, high = low.copy(), high.copy()
    value, settled = (low + high) / 2, low == high
    for _ in range(MAX_STEPS):
        todo = np.flatnonzero(~settled)
        if todo.size == 0:
            break
        rows, now = _take(studies, todo), value[todo]
        slope, curvature = _slope(rows, now), _curvature(rows, now)
        low[todo], high[todo] = np.where(slope > 0, now, low[todo]), np.where(slope > 0, high[todo], now)
        moved = _newton_or_half(now, slope, curvature, low[todo], high[todo])
        close = RELATIVE_TOLERANCE * moved + FLOOR
        settled[todo] = (np.abs(moved - now) <= close) | (high[todo] - low[todo] <= close) | (slope == 0)
        value[todo] = np.where(slope == 0, now, moved)
    return Tau2(value, settled)


def _newton_or_half(
    now: batch.Floats, slope: batch.Floats, curvature: batch.Floats, low: batch.Floats, high: batch.Floats
) -> batch.Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        step = now - slope / curvature
    is_inside = (curvature < 0) & (step > low) & (step < high)
    return np.where(is_inside, step, (low + high) / 2)
