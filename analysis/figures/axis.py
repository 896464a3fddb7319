"""The scale below a forest plot: a range that shows what matters and round numbers to read it by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis import results
from analysis.figures import numerals

SHORTER_SIDE = 0.35
TARGET_TICKS = 6
PADDING = 0.04


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis and its text."""

    position: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The visible range, its marks, and where "no effect" stands."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    null: float


def for_analysis(analysis: results.Analysis, null: float = 0.0) -> Axis:
    """An axis that holds every estimate and every pooled interval, and no effect with room on both sides.

    A study's interval may leave it: one imprecise study must not squeeze the others. What leaves is drawn as an arrow.
    """
    low, high = _reach(analysis, null)
    low, high = min(low, null - SHORTER_SIDE * (high - null)), max(high, null + SHORTER_SIDE * (null - low))
    if low == high:
        low, high = null - 1.0, null + 1.0
    step = _round_step((high - low) / TARGET_TICKS)
    margin = PADDING * (high - low)
    return _with_ticks(low - margin, high + margin, step, null)


def _reach(analysis: results.Analysis, null: float) -> tuple[float, float]:
    core = [null]
    for pool in (analysis.overall, *analysis.subgroups):
        limits = (pool.ci_low, pool.ci_high, pool.prediction_low, pool.prediction_high)
        core.extend(limit for limit in limits if limit is not None)
    core.extend(row.effect for row in analysis.studies)
    low, high = min(core), max(core)
    allowance = high - low
    ends = [end for row in analysis.studies for end in (row.ci_low, row.ci_high)]
    return max(min([*ends, low]), low - allowance), min(max([*ends, high]), high + allowance)


def _round_step(raw: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(raw))
    return next(size * magnitude for size in (1.0, 2.0, 2.5, 5.0, 10.0) if size * magnitude >= raw * (1 - 1e-9))


def _with_ticks(low: float, high: float, step: float, null: float) -> Axis:
    first, last = math.ceil((low - null) / step), math.floor((high - null) / step)
    positions = [null + index * step for index in range(first, last + 1)]
    decimals = numerals.decimals_for(positions, most=numerals.MOST_DECIMALS)
    return Axis(low, high, tuple(Tick(at, numerals.fixed(at, decimals)) for at in positions), null)


def clip(axis: Axis, values: Sequence[float]) -> tuple[float, ...]:
    """The values moved to the nearest end of the axis where they lie outside it."""
    return tuple(min(max(value, axis.low), axis.high) for value in values)
