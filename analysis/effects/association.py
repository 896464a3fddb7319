"""Association in two-by-two tables on other scales: φ, Yule's Q and Y, standardised differences behind the table.

Functions take events and totals of two groups as in `binary`. Sources: Yule 1912, J R Stat Soc 75:579-652; Sánchez-
Meca, Marín-Martínez and Chacón-Moscoso 2003, Psychol Methods 8:448-467; the documentation of metafor's escalc.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing
from analysis.effects import binary, core, zero_cells
from analysis.pooling import batch

PHI_VARIANCES = ("LS", "CS", "ST")
LOGISTIC = np.sqrt(3) / np.pi
COX = 1 / 1.65


@core.quietly
def phi(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED,
    variance: str = "LS",
) -> core.Effects:
    """φ = (ad - bc)/√(n1 n2 m1 m2), with m1 and m2 the totals of events and non-events.

    Variance "LS" or "CS" for cross-sectional sampling (Yule 1912, p. 603), "ST" for groups of fixed size.
    """
    choosing.require_option("variance", variance, PHI_VARIANCES)
    table = _table(events1, n1, events2, n2, zero_cells)
    a, b, c, d = table
    found = (a * d - b * c) / (np.sqrt(table.n1) * np.sqrt(table.n2) * np.sqrt(a + c) * np.sqrt(b + d))
    spread = _phi_stratified(table) if variance == "ST" else _phi_cross_sectional(table, found)
    return core.settled(found, spread)


@core.quietly
def fisher_z_of_phi(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED,
    variance: str = "LS",
) -> core.Effects:
    """artanh φ with the delta-method variance; it does not stabilise the variance of φ."""
    return fisher_z(phi(events1, n1, events2, n2, zero_cells=zero_cells, variance=variance))


@core.quietly
def fisher_z(found: core.Effects) -> core.Effects:
    """artanh of correlations of any kind with the delta-method variance v/(1 - r²)²."""
    r, v = found
    return core.settled(np.arctanh(np.clip(r, -1, 1)), v / (1 - np.minimum(r**2, 1)) ** 2)


@core.quietly
def yule_q(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
) -> core.Effects:
    """Q = (OR - 1)/(OR + 1), variance (1 - Q²)²/4 times that of the log odds ratio."""
    return _yule(binary.odds_ratio(events1, n1, events2, n2, zero_cells=zero_cells), 2)


@core.quietly
def yule_y(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
) -> core.Effects:
    """Y = (√OR - 1)/(√OR + 1), variance (1 - Y²)²/16 times that of the log odds ratio."""
    return _yule(binary.odds_ratio(events1, n1, events2, n2, zero_cells=zero_cells), 4)


def _yule(ratio: core.Effects, divisor: int) -> core.Effects:
    found = np.tanh(ratio.estimate / divisor)
    return core.settled(found, ((1 - found**2) / divisor) ** 2 * ratio.variance)


@core.quietly
def probit_difference(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
) -> core.Effects:
    """z(p1) - z(p2), the standardised mean difference of normal outcomes cut at a threshold.

    Variance Σ 2π p(1 - p) exp(z²)/n (Sánchez-Meca 2003, equation 21).
    """
    table = _table(events1, n1, events2, n2, zero_cells)
    total = np.zeros_like(table.a)
    scores = []
    for events, n in ((table.a, table.n1), (table.c, table.n2)):
        risk = events / n
        scores.append(special.ndtri(risk))
        total = total + 2 * np.pi * risk * (1 - risk) * np.exp(scores[-1] ** 2) / n
    return core.settled(scores[0] - scores[1], total)


@core.quietly
def smd_from_odds_ratio(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
    variance: str = "LS",
    distribution: str = "logistic",
) -> core.Effects:
    """The standardised mean difference that a log odds ratio stands for.

    Times √3/π with a "logistic" outcome behind the table (Hasselblad and Hedges 1995), over 1.65 with a "normal" one
    (Cox and Snell 1989).
    """
    choosing.require_option("distribution", distribution, ("logistic", "normal"))
    ratio = binary.odds_ratio(events1, n1, events2, n2, zero_cells=zero_cells, variance=variance)
    scale = LOGISTIC if distribution == "logistic" else COX
    return core.settled(ratio.estimate * scale, ratio.variance * scale**2)


def _table(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, rule: zero_cells.ZeroCells
) -> zero_cells.Table:
    return zero_cells.correct(zero_cells.table(events1, n1, events2, n2), rule).table


def _phi_cross_sectional(table: zero_cells.Table, found: batch.Floats) -> batch.Floats:
    a, b, c, d = table
    total = table.total
    row1, row2, column1, column2 = table.n1 / total, table.n2 / total, (a + c) / total, (b + d) / total
    skew_row, skew_column = (row1 - row2) / np.sqrt(row1 * row2), (column1 - column2) / np.sqrt(column1 * column2)
    linear = found * (1 + found**2 / 2) * skew_row * skew_column
    squares: batch.Floats = 0.75 * found**2 * (skew_row**2 + skew_column**2)
    return (1 - found**2 + linear - squares) / total


def _phi_stratified(table: zero_cells.Table) -> batch.Floats:
    """The delta method over two independent binomials, group sizes fixed."""
    a, b, c, d = table
    n1, n2 = table.n1, table.n2
    p1, p2 = a / n1, c / n2
    events, others = a + c, b + d
    # φ = (p1 - p2) √(n1 n2 / (events · others)); its slopes in p1 and p2.
    scale = np.sqrt(n1 * n2 / events / others)
    tilt = (p1 - p2) * (others - events) / (2 * events * others)
    slope1, slope2 = scale * (1 - n1 * tilt), scale * (-1 - n2 * tilt)
    spread: batch.Floats = slope1**2 * p1 * (1 - p1) / n1 + slope2**2 * p2 * (1 - p2) / n2
    return spread
