"""Events in two groups: odds ratio, risk ratio, risk difference, Peto's odds ratio, arcsine difference.

Every function takes events and totals of both groups in any broadcastable shapes (the studies of one analysis along
the last axis) and gives the log ratio or the difference, group 1 against group 2, with its variance; NaN where a
study is not estimable. `zero_cells` is the rule for cells of 0, `variance` the formula:

    "LS"  large-sample, the default everywhere
    "UB"  unbiased (risk difference): n - 1 in place of n
    "AV"  from the average risks of the studies, which supposes that the studies share them
    "H0"  as if both groups had the same risk

Sources: Cochrane Handbook 10.4 and RevMan's statistical algorithms; Fleiss and Berlin 2009 in The Handbook of Research
Synthesis; Yusuf et al. 1985, Prog Cardiovasc Dis 27:335-371 (Peto); Rücker et al. 2009, Stat Med 28:721-738 (arcsine).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis import choosing
from analysis.effects import core, zero_cells
from analysis.effects.zero_cells import is_full
from analysis.pooling import batch

RATIO_VARIANCES = ("LS", "AV", "H0")
DIFFERENCE_VARIANCES = ("LS", "UB", "AV", "H0")


@core.quietly
def odds_ratio(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
    variance: str = "LS",
) -> core.Effects:
    """Log odds ratio log(ad / bc), variance 1/a + 1/b + 1/c + 1/d."""
    choosing.require_option("variance", variance, RATIO_VARIANCES)
    found = _corrected(events1, n1, events2, n2, zero_cells)
    a, b, c, d = found.raw if zero_cells.point == "raw" else found.table
    estimate = np.log(a) - np.log(b) - (np.log(c) - np.log(d))
    a, b, c, d = found.table
    if variance == "LS":
        return core.settled(estimate, 1 / a + 1 / b + 1 / c + 1 / d)
    risk1, risk2 = _shared_risks(found.table, variance)
    return core.settled(estimate, 1 / (risk1 * (1 - risk1) * (a + b)) + 1 / (risk2 * (1 - risk2) * (c + d)))


@core.quietly
def risk_ratio(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
    variance: str = "LS",
) -> core.Effects:
    """Log risk ratio log((a/n1) / (c/n2)), variance 1/a - 1/n1 + 1/c - 1/n2.

    Under totals "events_only" a study with events in everybody of both groups keeps its events in the variance, as
    meta does (Hartung and Knapp 2001, Stat Med 20:3875-3889, equation 18).
    """
    choosing.require_option("variance", variance, RATIO_VARIANCES)
    found = _corrected(events1, n1, events2, n2, zero_cells)
    total1, total2 = _totals(found, zero_cells.totals)
    shown = found.raw if zero_cells.point == "raw" else found.table
    shown1, shown2 = (shown.n1, shown.n2) if zero_cells.point == "raw" else (total1, total2)
    estimate = np.log(shown.a / shown1) - np.log(shown.c / shown2)
    if zero_cells.full == "equal":
        estimate = np.where(is_full(found.raw), 0.0, estimate)
    if variance == "LS":
        a, c = _events_of_variance(found, zero_cells.totals)
        return core.settled(estimate, (1 / a - 1 / total1) + (1 / c - 1 / total2))
    risk1, risk2 = _shared_risks(found.table, variance)
    return core.settled(estimate, (1 - risk1) / (risk1 * total1) + (1 - risk2) / (risk2 * total2))


@core.quietly
def risk_difference(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
    variance: str = "LS",
) -> core.Effects:
    """Risk difference p1 - p2, variance p1(1 - p1)/n1 + p2(1 - p2)/n2."""
    choosing.require_option("variance", variance, DIFFERENCE_VARIANCES)
    found = _corrected(events1, n1, events2, n2, zero_cells)
    shown = found.raw if zero_cells.point == "raw" else found.table
    estimate = shown.a / shown.n1 - shown.c / shown.n2
    total1, total2 = found.table.n1, found.table.n2
    if variance in ("LS", "UB"):
        risk1, risk2 = found.table.a / total1, found.table.c / total2
    else:
        risk1, risk2 = _shared_risks(found.table, variance)
    less = 1 if variance == "UB" else 0
    return core.settled(estimate, risk1 * (1 - risk1) / (total1 - less) + risk2 * (1 - risk2) / (total2 - less))


@core.quietly
def peto_odds_ratio(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED,
) -> core.Effects:
    """Peto's log odds ratio (O - E)/V with variance 1/V, V hypergeometric; not estimable when V is 0."""
    table = _corrected(events1, n1, events2, n2, zero_cells).table
    observed_less_expected, v = peto_statistics(table)
    return core.settled(observed_less_expected / v, 1 / v)


@core.quietly
def peto_statistics(table: zero_cells.Table) -> tuple[batch.Floats, batch.Floats]:
    """O - E of group 1 and its hypergeometric variance V."""
    n1, n2, total = table.n1, table.n2, table.total
    events = table.a + table.c
    expected = events * (n1 / total)
    v = events * ((table.b + table.d) / total) * (n1 / total) * (n2 / (total - 1))
    return table.a - expected, v


@core.quietly
def arcsine_difference(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED,
) -> core.Effects:
    """arcsin √p1 - arcsin √p2, variance 1/(4 n1) + 1/(4 n2): defined with events in nobody or everybody too."""
    table = _corrected(events1, n1, events2, n2, zero_cells).table
    estimate = np.arcsin(np.sqrt(table.a / table.n1)) - np.arcsin(np.sqrt(table.c / table.n2))
    return core.settled(estimate, 1 / (4 * table.n1) + 1 / (4 * table.n2))


def _corrected(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, rule: zero_cells.ZeroCells
) -> zero_cells.Corrected:
    return zero_cells.correct(zero_cells.table(events1, n1, events2, n2), rule)


def _totals(found: zero_cells.Corrected, totals: str) -> tuple[batch.Floats, batch.Floats]:
    if totals == "events_only":
        return found.raw.n1 + found.added1, found.raw.n2 + found.added2
    return found.table.n1, found.table.n2


def _events_of_variance(found: zero_cells.Corrected, totals: str) -> tuple[batch.Floats, batch.Floats]:
    if totals != "events_only":
        return found.table.a, found.table.c
    full = is_full(found.raw)
    return np.where(full, found.raw.a, found.table.a), np.where(full, found.raw.c, found.table.c)


def _shared_risks(table: zero_cells.Table, variance: str) -> tuple[batch.Floats, batch.Floats]:
    """The risks that the variances "AV" and "H0" put in place of the study's own."""
    if variance == "H0":
        both = (table.a + table.c) / table.total
        return both, both
    return core.weighted_mean(table.a / table.n1, table.n1), core.weighted_mean(table.c / table.n2, table.n2)
