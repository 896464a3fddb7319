"""Events in matched pairs, or in people seen twice: difference and ratios of the two conditions.

Functions take the four kinds of pairs: with the event under both conditions, under the first only, under the second
only, under neither. Sources: Curtin, Elbourne and Altman 2002, Stat Med 21:2145-2159; Zou 2007, Stat Med 26:4032-4048;
the documentation of metafor's escalc.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.effects import core, zero_cells
from analysis.pooling import batch


@core.quietly
def risk_difference(
    both: ArrayLike,
    only1: ArrayLike,
    only2: ArrayLike,
    neither: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
) -> core.Effects:
    """(only1 - only2)/N, variance (p₁₂(1 - p₁₂) + 2 p₁₂ p₂₁ + p₂₁(1 - p₂₁))/N."""
    pairs = _pairs(both, only1, only2, neither, zero_cells)
    share1, share2 = pairs.b / pairs.total, pairs.c / pairs.total
    return core.settled(share1 - share2, _discordance(share1, share2) / pairs.total)


@core.quietly
def risk_ratio(
    both: ArrayLike,
    only1: ArrayLike,
    only2: ArrayLike,
    neither: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
) -> core.Effects:
    """The marginal log risk ratio, variance (p₁₂ + p₂₁)/(N p₁ p₂)."""
    pairs = _pairs(both, only1, only2, neither, zero_cells)
    risk1, risk2 = (pairs.a + pairs.b) / pairs.total, (pairs.a + pairs.c) / pairs.total
    discordant = (pairs.b + pairs.c) / pairs.total
    return core.settled(np.log(risk1) - np.log(risk2), discordant / (pairs.total * risk1 * risk2))


@core.quietly
def marginal_odds_ratio(
    both: ArrayLike,
    only1: ArrayLike,
    only2: ArrayLike,
    neither: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
) -> core.Effects:
    """The marginal log odds ratio: the same people under both conditions, averaged over people."""
    pairs = _pairs(both, only1, only2, neither, zero_cells)
    total = pairs.total
    events1, events2 = pairs.a + pairs.b, pairs.a + pairs.c
    rest1, rest2 = pairs.c + pairs.d, pairs.b + pairs.d
    estimate = np.log(events1 / rest1) - np.log(events2 / rest2)
    spread = _discordance(pairs.b / total, pairs.c / total) * total**3
    return core.settled(estimate, spread / (events1 * rest1 * events2 * rest2))


@core.quietly
def conditional_odds_ratio(
    both: ArrayLike,
    only1: ArrayLike,
    only2: ArrayLike,
    neither: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
) -> core.Effects:
    """The log odds ratio given the pair, log(only1/only2) (McNemar), variance 1/only1 + 1/only2."""
    pairs = _pairs(both, only1, only2, neither, zero_cells)
    return core.settled(np.log(pairs.b) - np.log(pairs.c), 1 / pairs.b + 1 / pairs.c)


@core.quietly
def peto_odds_ratio(
    both: ArrayLike,
    only1: ArrayLike,
    only2: ArrayLike,
    neither: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED,
) -> core.Effects:
    """Peto's conditional log odds ratio: 2(only1 - only2)/(only1 + only2), variance 4/(only1 + only2)."""
    pairs = _pairs(both, only1, only2, neither, zero_cells)
    discordant = pairs.b + pairs.c
    return core.settled(2 * (pairs.b - pairs.c) / discordant, 4 / discordant)


def _pairs(
    both: ArrayLike, only1: ArrayLike, only2: ArrayLike, neither: ArrayLike, rule: zero_cells.ZeroCells
) -> zero_cells.Table:
    cells = core.floats(both, only1, only2, neither)
    return zero_cells.correct(zero_cells.Table(*(np.where(cell >= 0, cell, np.nan) for cell in cells)), rule).table


def _discordance(share1: batch.Floats, share2: batch.Floats) -> batch.Floats:
    """The variance of one pair's difference; equal to p₁₂(1 - p₁₂) + 2 p₁₂ p₂₁ + p₂₁(1 - p₂₁)."""
    return share1 + share2 - (share1 - share2) ** 2
