"""The between-study variance tau²: DerSimonian-Laird and restricted maximum likelihood.

The restricted likelihood can have several maxima. It is scanned over the whole range in which one can lie, and
the best is refined by Newton's method inside a bracket that halves whenever Newton would leave it; so there is
always an answer, the boundary 0 is exact, and a failure to settle is reported, not raised.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.pooling import batch, heterogeneity

MAX_STEPS = 120
RELATIVE_TOLERANCE = 1e-13
FLOOR = 1e-16
PEAK_TOLERANCE = 1e-9
SCAN = np.concatenate([[0.0], np.geomspace(1e-8, 1.0, 25)])
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
        rows, unit = _rescaled(batch.Batch(studies.y[several], studies.v[several], studies.mask[several]))
        low, high, peak = _bracket(rows)
        found = _refine(rows, low, high)
        is_peak = restricted_log_likelihood(rows, found.value) >= peak - PEAK_TOLERANCE * np.abs(peak)
        value[several], settled[several] = found.value * unit, found.is_converged & is_peak
    return Tau2(value, settled)


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


def _bracket(studies: batch.Batch) -> tuple[batch.Floats, batch.Floats, batch.Floats]:
    """The interval beside the scan's best point that holds the maximum, and the likelihood at that point.

    Both ends are equal when the boundary 0 is the maximum.
    """
    points = upper_bound(studies)[..., np.newaxis] * SCAN
    spread = batch.Batch(studies.y[:, np.newaxis], studies.v[:, np.newaxis], studies.mask[:, np.newaxis])
    heights = restricted_log_likelihood(spread, points)
    best = np.argmax(heights, axis=-1)
    rows = np.arange(best.size)
    middle = points[rows, best]
    is_rising = _score(studies, middle)[0] > 0
    below = points[rows, np.maximum(best - 1, 0)]
    above = points[rows, np.minimum(best + 1, SCAN.size - 1)]
    return np.where(is_rising, middle, below), np.where(is_rising, above, middle), heights[rows, best]


def _score(studies: batch.Batch, tau2: batch.Floats) -> tuple[batch.Floats, batch.Floats]:
    """Twice the first and second derivative of the restricted log-likelihood."""
    w = studies.weights(tau2)
    a1, a2, a3 = w.sum(axis=-1), (w**2).sum(axis=-1), (w**3).sum(axis=-1)
    residual = studies.y - ((w * studies.y).sum(axis=-1) / a1)[..., np.newaxis]
    c2 = (w**2 * residual).sum(axis=-1)
    b2, b3 = ((w * residual) ** 2).sum(axis=-1), (w**3 * residual**2).sum(axis=-1)
    slope = b2 - (w * (1 - w / a1[..., np.newaxis])).sum(axis=-1)
    curvature = a2 - 2 * a3 / a1 + (a2 / a1) ** 2 - 2 * b3 + 2 * c2**2 / a1
    return slope, curvature


def _refine(studies: batch.Batch, low: batch.Floats, high: batch.Floats) -> Tau2:
    """Newton's method kept inside [low, high], for data whose smallest variance is 1."""
    low, high = low.copy(), high.copy()
    value, settled = (low + high) / 2, low == high
    for _ in range(MAX_STEPS):
        todo = np.flatnonzero(~settled)
        if todo.size == 0:
            break
        rows = batch.Batch(studies.y[todo], studies.v[todo], studies.mask[todo])
        now = value[todo]
        slope, curvature = _score(rows, now)
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
