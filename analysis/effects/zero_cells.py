"""Cells of 0 in two-by-two tables: what is added to which cells of which studies, and when a study says nothing.

Sources: Sweeting, Sutton and Lambert 2004, Stat Med 23:1351-1375 (treatment-arm and empirical corrections); RevMan's
statistical algorithms; the documentation of metafor's escalc (`add`, `to`, `drop00`) and of meta's metabin (`incr`,
`method.incr`, `allstudies`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis import choosing, errors
from analysis.effects import core
from analysis.pooling import batch

AMOUNTS = ("constant", "treatment_arm", "empirical")
WHEN = ("only0", "if0all", "all", "none")
DROPS = ("never", "no_events", "no_or_only_events")
POINTS = ("corrected", "raw")
TOTALS = ("both_cells", "events_only")
FULL = ("corrected", "equal")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroCells:
    """One complete rule.

    increment  what is added to each cell; the two arms share twice this by their sizes when `amount` is not constant
    amount     "constant": the same in both arms; "treatment_arm": in proportion to the arm's size; "empirical": so
               that the correction pulls towards the pooled odds ratio of the studies without a 0, not towards 1
    when       "only0": studies with a 0 in any of the four cells (a full arm has one); "if0all": all studies when one
               has a 0; "all"; "none"
    drop       studies that are not estimable: "never"; "no_events": no event in either arm; "no_or_only_events"
    point      "corrected", or "raw": the estimate from the cells as they are, only the variance from corrected ones
    totals     "both_cells": an arm's total grows by both its cells; "events_only": by the event cell alone (risk
               ratios of meta); the increment is then added to events and total
    full       risk ratio where everybody in both arms has the event: of the "corrected" cells, or "equal" risks, the
               ratio being 1 exactly (RevMan); its variance is that of the corrected cells either way

    Raises OptionError with the allowed values.
    """

    increment: float = 0.5
    amount: str = "constant"
    when: str = "only0"
    drop: str = "never"
    point: str = "corrected"
    totals: str = "both_cells"
    full: str = "corrected"

    def __post_init__(self) -> None:
        for name, allowed in _ALLOWED.items():
            choosing.require_option(name, getattr(self, name), allowed)
        if not (math.isfinite(self.increment) and self.increment >= 0):
            raise errors.OptionError(
                f"Option increment is {self.increment}; give a number from 0 up, such as 0.5.", option="increment"
            )


_ALLOWED = {"amount": AMOUNTS, "when": WHEN, "drop": DROPS, "point": POINTS, "totals": TOTALS, "full": FULL}

METAFOR = ZeroCells()
REVMAN_ODDS_RATIO = META_ODDS_RATIO = ZeroCells(drop="no_or_only_events")
REVMAN_RISK_RATIO = ZeroCells(drop="no_events", full="equal")
META_RISK_RATIO = ZeroCells(drop="no_events", totals="events_only")
REVMAN_RISK_DIFFERENCE = META_RISK_DIFFERENCE = ZeroCells(point="raw")
META_RATE_DIFFERENCE = META_PROPORTION = ZeroCells(point="raw")
META_LOG_PROPORTION = ZeroCells(totals="events_only")
UNCORRECTED = ZeroCells(when="none")


class Table(NamedTuple):
    """Two-by-two tables, one shape: a, b are events and non-events of group 1, c, d of group 2."""

    a: batch.Floats
    b: batch.Floats
    c: batch.Floats
    d: batch.Floats

    @property
    def n1(self) -> batch.Floats:
        return self.a + self.b

    @property
    def n2(self) -> batch.Floats:
        return self.c + self.d

    @property
    def total(self) -> batch.Floats:
        return self.a + self.b + self.c + self.d


class Corrected(NamedTuple):
    """Tables after a rule, the tables as they were (NaN where dropped), and what was added to each arm's cells."""

    table: Table
    raw: Table
    added1: batch.Floats
    added2: batch.Floats


def table(events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike) -> Table:
    """The four cells from events and totals, of any broadcastable shapes. Impossible counts give NaN."""
    a, total1, c, total2 = core.floats(events1, n1, events2, n2)
    is_possible = (a >= 0) & (c >= 0) & (a <= total1) & (c <= total2) & (total1 > 0) & (total2 > 0)
    cells = (a, total1 - a, c, total2 - c)
    return Table(*(np.where(is_possible, cell, np.nan) for cell in cells))


def has_zero(tables: Table) -> batch.Bools:
    """Which tables have a 0 in any cell."""
    a, b, c, d = tables
    zeros: batch.Bools = (a == 0) | (b == 0) | (c == 0) | (d == 0)
    return zeros


def is_full(tables: Table) -> batch.Bools:
    """Which tables have nothing but events in both arms."""
    full: batch.Bools = (tables.b == 0) & (tables.d == 0)
    return full


def is_dropped(tables: Table, drop: str) -> batch.Bools:
    """Which tables a rule calls not estimable."""
    without: batch.Bools = (tables.a == 0) & (tables.c == 0)
    if drop == "never":
        return np.zeros_like(without)
    if drop == "no_or_only_events":
        without = without | ((tables.b == 0) & (tables.d == 0))
    return without


def correct(tables: Table, rule: ZeroCells) -> Corrected:
    """Tables under a rule; the studies of one analysis lie along the last axis."""
    dropped = is_dropped(tables, rule.drop)
    kept = Table(*(np.where(dropped, np.nan, cell) for cell in tables))
    touched = _is_touched(has_zero(kept), rule.when)
    added1, added2 = _increments(kept, rule)
    added1, added2 = np.where(touched, added1, 0.0), np.where(touched, added2, 0.0)
    a, b, c, d = kept
    return Corrected(Table(a + added1, b + added1, c + added2, d + added2), kept, added1, added2)


def _is_touched(zeros: batch.Bools, when: str) -> batch.Bools:
    if when == "only0" or (when == "if0all" and zeros.ndim == 0):
        return zeros
    if when == "if0all":
        return np.broadcast_to(zeros.any(axis=-1, keepdims=True), zeros.shape)
    return np.full_like(zeros, when == "all")


def _increments(kept: Table, rule: ZeroCells) -> tuple[batch.Floats, batch.Floats]:
    if rule.amount == "constant":
        constant = np.full_like(kept.a, rule.increment)
        return constant, constant
    pooled = _odds_ratio_without_zeros(kept) if rule.amount == "empirical" else np.ones(())
    with core.quiet():
        ratio = kept.n2 / kept.n1
        share = pooled / (pooled + ratio)
    return 2 * rule.increment * share, 2 * rule.increment * (1 - share)


@core.quietly
def _odds_ratio_without_zeros(kept: Table) -> batch.Floats:
    """The Mantel-Haenszel odds ratio of the studies without a 0, kept as a last axis of 1; 1 when there is none."""
    a, b, c, d = (np.atleast_1d(cell) for cell in kept)
    usable = np.atleast_1d(~has_zero(kept)) & np.isfinite(a)
    total = a + b + c + d
    above = np.where(usable, a * d / total, 0.0).sum(axis=-1, keepdims=True)
    below = np.where(usable, b * c / total, 0.0).sum(axis=-1, keepdims=True)
    pooled: batch.Floats = np.where(below > 0, above / below, 1.0)
    return pooled if kept.a.ndim else pooled[0]


def correct_counts(counts: tuple[batch.Floats, ...], rule: ZeroCells) -> tuple[batch.Floats, ...]:
    """Counts that are not a two-by-two table (rates, single proportions): the constant increment to each of them.

    A study has a 0 when one of its counts is 0; "no_events" and "no_or_only_events" both drop a study of two or more
    counts that are all 0.
    """
    if rule.amount != "constant":
        raise errors.OptionError(
            f"Option amount “{rule.amount}” is for two-by-two tables; choose “constant”.", option="amount"
        )
    zeros = np.logical_or.reduce([count == 0 for count in counts])
    dropped = np.zeros_like(zeros)
    if rule.drop != "never" and len(counts) > 1:
        dropped = np.logical_and.reduce([count == 0 for count in counts])
    touched = _is_touched(zeros & ~dropped, rule.when)
    return tuple(np.where(dropped, np.nan, count + np.where(touched, rule.increment, 0.0)) for count in counts)
