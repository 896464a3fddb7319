"""The scale below a forest plot: a range that shows what matters and round numbers to read it by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis import results
from analysis.effects import catalogue
from analysis.figures import numerals

SHORTER_SIDE = 0.35
TARGET_TICKS = 6
PADDING = 0.04
# A factor of about two.
NARROW = 0.8
FACTORS = (2, 4, 10, 100, 1000, 1_000_000)


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
    Ratios stand at their logarithms and are labelled as ratios.
    """
    low, high = _reach(analysis, null)
    low, high = min(low, null - SHORTER_SIDE * (high - null)), max(high, null + SHORTER_SIDE * (null - low))
    if low == high:
        low, high = null - 1.0, null + 1.0
    margin = PADDING * (high - low)
    if catalogue.measure(analysis.options.measure).is_ratio:
        return _with_ratios(low - margin, high + margin, null)
    return _with_ticks(low - margin, high + margin, _round_step((high - low) / TARGET_TICKS), null)


def _reach(analysis: results.Analysis, null: float) -> tuple[float, float]:
    core = [null]
    for pool in (analysis.overall, *analysis.subgroups):
        limits = (pool.ci_low, pool.ci_high, pool.prediction_low, pool.prediction_high)
        core.extend(limit for limit in limits if limit is not None)
    core.extend(row.effect for row in analysis.studies if row.effect is not None)
    low, high = min(core), max(core)
    allowance = high - low
    ends = [end for row in analysis.studies for end in (row.ci_low, row.ci_high) if end is not None]
    return max(min([*ends, low]), low - allowance), min(max([*ends, high]), high + allowance)


def _round_step(raw: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(raw))
    return next(size * magnitude for size in (1.0, 2.0, 2.5, 5.0, 10.0) if size * magnitude >= raw * (1 - 1e-9))


def _with_ticks(low: float, high: float, step: float, null: float) -> Axis:
    first, last = math.ceil((low - null) / step), math.floor((high - null) / step)
    positions = [null + index * step for index in range(first, last + 1)]
    decimals = numerals.decimals_for(positions, most=numerals.MOST_DECIMALS)
    return Axis(low, high, tuple(Tick(at, numerals.fixed(at, decimals)) for at in positions), null)


def _with_ratios(low: float, high: float, null: float) -> Axis:
    """Ticks at equal factors from 1, or at round ratios where the axis spans less than a factor of about two."""
    if high - low < NARROW:
        step = _round_step((math.exp(high) - math.exp(low)) / TARGET_TICKS)
        first, last = math.ceil((math.exp(low) - 1) / step), math.floor((math.exp(high) - 1) / step)
        ratios = [1 + index * step for index in range(first, last + 1)]
    else:
        factor = next(size for size in FACTORS if (high - low) / math.log(size) <= TARGET_TICKS or size == FACTORS[-1])
        reach = range(math.ceil(low / math.log(factor)), math.floor(high / math.log(factor)) + 1)
        ratios = [float(factor) ** index for index in reach]
    ticks = (Tick(math.log(ratio) if ratio != 1 else null, f"{ratio:.6g}") for ratio in ratios if ratio > 0)
    return Axis(low, high, tuple(ticks), null)


def clip(axis: Axis, values: Sequence[float]) -> tuple[float, ...]:
    """The values moved to the nearest end of the axis where they lie outside it."""
    return tuple(min(max(value, axis.low), axis.high) for value in values)
