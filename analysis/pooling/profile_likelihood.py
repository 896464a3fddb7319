"""The profile-likelihood interval of tau²: every tau² whose log-likelihood is near enough to the maximum."""

from __future__ import annotations

import functools

import numpy as np
from scipy import special

from analysis import errors
from analysis.pooling import batch, roots
from analysis.pooling.tau2 import likelihood

DOUBLINGS = 400
SCAN = 32
CHUNK = 1 << 19


def limits(studies: batch.Batch, *, level: float, method: str) -> tuple[tuple[batch.Floats, batch.Floats], batch.Bools]:
    """The least and the greatest tau² whose (restricted) log-likelihood is within χ²₁(level)/2 of the maximum.

    `method` is "REML" or "ML". The lower limit is 0 where tau² = 0 is itself near enough.
    """
    if method not in ("REML", "ML"):
        raise errors.OptionError(
            f"A profile-likelihood interval needs the estimator “REML” or “ML”, not “{method}”.", option="likelihood"
        )
    is_restricted = method == "REML"
    rows, shape = batch.Rows.of(studies), studies.mask.shape[:-1]
    drop = 0.5 * float(special.chdtri(1.0, 1 - level))
    with np.errstate(all="ignore"):
        best = (likelihood.reml if is_restricted else likelihood.maximum_likelihood)(studies)
        top = rows.scaled(best.value.reshape(-1))
        height = likelihood.profile(rows.y, rows.v, top, is_restricted) - drop
        low, is_low = _outermost(rows, top, height, is_restricted, is_upper=False)
        high, is_high = _outermost(rows, top, height, is_restricted, is_upper=True)
    several = rows.k > 1
    low, high = (np.where(several, rows.restored(limit), np.nan).reshape(shape) for limit in (low, high))
    return (low, high), (is_low & is_high & best.is_converged.reshape(-1) | ~several).reshape(shape)


def _outermost(
    rows: batch.Rows, top: batch.Floats, height: batch.Floats, is_restricted: bool, *, is_upper: bool
) -> roots.Roots:
    """The crossing of the height that lies farthest from the maximum on one side."""
    value, settled = np.zeros(top.size), np.isfinite(height)
    value[~settled] = np.nan
    todo = settled & (rows.k > 1)
    if not is_upper:
        todo &= (top > 0) & (likelihood.profile(rows.y, rows.v, np.zeros(top.size), is_restricted) < height)
    todo_rows = np.flatnonzero(todo)
    if todo_rows.size == 0:
        return roots.Roots(value, settled)
    y, v, level, peak = rows.y[todo_rows], rows.v[todo_rows], height[todo_rows], top[todo_rows]
    step = functools.partial(_step, is_restricted=is_restricted, sign=1.0 if is_upper else -1.0)
    near, far = _bracket(y, v, level, peak, is_restricted, is_upper)
    low, high = (near, far) if is_upper else (far, near)
    value[todo_rows], settled[todo_rows] = roots.newton(step, (y, v, level), low, high, 0.5 * (low + high))
    return roots.Roots(value, settled)


def _bracket(
    y: batch.Floats, v: batch.Floats, level: batch.Floats, peak: batch.Floats, is_restricted: bool, is_upper: bool
) -> tuple[batch.Floats, batch.Floats]:
    """A point above the level and, beyond it, one from which on outwards no scanned point is above."""
    if is_upper:
        least = np.nanmax(np.stack([peak, np.where(np.isfinite(v), v, np.inf).min(axis=-1)]), axis=0)
        far = 2 * least
        for _ in range(DOUBLINGS):
            is_above = likelihood.profile(y, v, far, is_restricted) > level
            if not is_above.any():
                break
            far = np.where(is_above, 2 * far, far)
        far = far * 4
    else:
        far = np.zeros(peak.size)
    share = np.linspace(0.0, 1.0, SCAN + 1)
    points = far[:, np.newaxis] + (peak - far)[:, np.newaxis] * share
    wide = (y.shape[0], SCAN + 1, y.shape[1])
    flat_y, flat_v = (np.broadcast_to(part[:, np.newaxis], wide).reshape(-1, wide[-1]) for part in (y, v))
    heights = likelihood.profile(flat_y, flat_v, points.reshape(-1), is_restricted).reshape(points.shape)
    is_above = heights >= level[:, np.newaxis]
    is_above[:, 0] = False
    is_above[:, -1] = True
    first = is_above.argmax(axis=-1)
    every = np.arange(first.size)
    return points[every, first], points[every, first - 1]


def _step(
    tau2: batch.Floats, y: batch.Floats, v: batch.Floats, level: batch.Floats, *, is_restricted: bool, sign: float
) -> tuple[batch.Floats, batch.Floats]:
    """The distance above the level (sign: 1 where the crossing falls, -1 where it rises) and Newton's step."""
    above = likelihood.profile(y, v, tau2, is_restricted) - level
    slope, _ = likelihood.newton_step(tau2, y, v, is_restricted=is_restricted)
    return sign * above, -above / (0.5 * slope)
