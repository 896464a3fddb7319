"""Events over person-time, in two groups and in one.

Arrays of any broadcastable shapes; the studies of one analysis along the last axis. Sources: Rothman, Greenland and
Lash 2008, chapter 14; the documentation of metafor's escalc.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.effects import core, zero_cells
from analysis.pooling import batch


@core.quietly
def rate_ratio(
    events1: ArrayLike,
    time1: ArrayLike,
    events2: ArrayLike,
    time2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
) -> core.Effects:
    """Log rate ratio log((x1/t1)/(x2/t2)), variance 1/x1 + 1/x2."""
    x1, t1, x2, t2 = _two(events1, time1, events2, time2, zero_cells)
    return core.settled(np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2)


@core.quietly
def rate_difference(
    events1: ArrayLike,
    time1: ArrayLike,
    events2: ArrayLike,
    time2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
) -> core.Effects:
    """Rate difference x1/t1 - x2/t2, variance x1/t1² + x2/t2²; under point "raw" only the variance is corrected."""
    x1, t1, x2, t2 = _two(events1, time1, events2, time2, zero_cells)
    shown1, _, shown2, _ = (
        core.floats(events1, time1, events2, time2) if zero_cells.point == "raw" else (x1, t1, x2, t2)
    )
    return core.settled(shown1 / t1 - shown2 / t2, x1 / t1 / t1 + x2 / t2 / t2)


@core.quietly
def root_rate_difference(
    events1: ArrayLike,
    time1: ArrayLike,
    events2: ArrayLike,
    time2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED,
) -> core.Effects:
    """√(x1/t1) - √(x2/t2), variance 1/(4 t1) + 1/(4 t2)."""
    x1, t1, x2, t2 = _two(events1, time1, events2, time2, zero_cells)
    return core.settled(np.sqrt(x1 / t1) - np.sqrt(x2 / t2), 1 / (4 * t1) + 1 / (4 * t2))


@core.quietly
def rate(events: ArrayLike, time: ArrayLike, *, zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR) -> core.Effects:
    """x/t, variance x/t²."""
    x, t = _one(events, time, zero_cells)
    return core.settled(x / t, x / t / t)


@core.quietly
def log_rate(
    events: ArrayLike, time: ArrayLike, *, zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR
) -> core.Effects:
    """log(x/t), variance 1/x."""
    x, t = _one(events, time, zero_cells)
    return core.settled(np.log(x / t), 1 / x)


@core.quietly
def root_rate(
    events: ArrayLike, time: ArrayLike, *, zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED
) -> core.Effects:
    """√(x/t), variance 1/(4t)."""
    x, t = _one(events, time, zero_cells)
    return core.settled(np.sqrt(x / t), 1 / (4 * t))


@core.quietly
def freeman_tukey_rate(
    events: ArrayLike, time: ArrayLike, *, zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED
) -> core.Effects:
    """(√(x/t) + √((x + 1)/t))/2, variance 1/(4t) (Freeman and Tukey 1950, Ann Math Stat 21:607-611)."""
    x, t = _one(events, time, zero_cells)
    return core.settled((np.sqrt(x / t) + np.sqrt((x + 1) / t)) / 2, 1 / (4 * t))


def _two(
    events1: ArrayLike, time1: ArrayLike, events2: ArrayLike, time2: ArrayLike, rule: zero_cells.ZeroCells
) -> tuple[batch.Floats, batch.Floats, batch.Floats, batch.Floats]:
    x1, t1, x2, t2 = core.floats(events1, time1, events2, time2)
    x1, x2 = zero_cells.correct_counts((_possible(x1, t1), _possible(x2, t2)), rule)
    return x1, t1, x2, t2


def _one(events: ArrayLike, time: ArrayLike, rule: zero_cells.ZeroCells) -> tuple[batch.Floats, batch.Floats]:
    x, t = core.floats(events, time)
    (x,) = zero_cells.correct_counts((_possible(x, t),), rule)
    return x, t


def _possible(events: batch.Floats, time: batch.Floats) -> batch.Floats:
    return np.where((events >= 0) & (time > 0), events, np.nan)
