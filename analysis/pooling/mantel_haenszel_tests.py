"""Tests on two-by-two tables: no association (Cochran, Mantel, Haenszel), one odds ratio (Breslow, Day, Tarone)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.pooling import batch, mantel_haenszel


class Test(NamedTuple):
    """A χ² statistic, its degrees of freedom and p-value, shape (...); NaN where not defined."""

    statistic: batch.Floats
    df: batch.Floats
    p: batch.Floats


class OneOddsRatio(NamedTuple):
    """Breslow and Day's test, Tarone's correction of it, and how many tables they use, shape (...)."""

    breslow_day: Test
    tarone: Test
    k: batch.Floats


def chi_squared(statistic: batch.Floats, df: batch.Floats) -> Test:
    """A test from its statistic; NaN where there is no degree of freedom."""
    usable = np.where(df > 0, df, 1.0)
    p = np.where(df > 0, special.chdtrc(usable, statistic), np.nan)
    return Test(statistic, df, p)


def association(cells: mantel_haenszel.Tables, *, is_corrected: bool = False, has_fixed_margins: bool = True) -> Test:
    """The Cochran-Mantel-Haenszel χ² on 1 degree of freedom.

    (|Σ(a - n₁m/N)| - c)²/Σ(n₁n₂m(N - m)/(N²(N - 1))) with m = a + c events in a table; c is ½ with continuity
    correction, else 0; Mantel and Haenszel 1959. Without fixed margins N - 1 becomes N, as in Cochran 1954 and in
    package meta. NaN where no table has both events and non-events.
    """
    a, b, c, d, n1, n2, total, mask = cells
    events, others = a + c, b + d
    apart = np.abs((a - n1 / total * events).sum(axis=-1)) - (0.5 if is_corrected else 0.0)
    with np.errstate(all="ignore"):
        terms = n1 / total * (n2 / total) * events * (others / (total - has_fixed_margins))
        spread = np.where(mask & (total > 1), terms, 0.0).sum(axis=-1)
        statistic = np.where(spread > 0, apart**2 / spread, np.nan)
    return chi_squared(statistic, np.ones(statistic.shape))


def one_odds_ratio(cells: mantel_haenszel.Tables, log_odds_ratio: batch.Floats) -> OneOddsRatio:
    """Whether all tables have the same odds ratio, given the Mantel-Haenszel estimate of its log, shape (...).

    Σ(a - E)²/V with E the cell that the common odds ratio would give and V = 1/(1/E + ...); Breslow and Day 1980,
    equation 4.30. Tarone 1985 takes (Σ(a - E))²/ΣV off. Tables without events, or without non-events, do not count.
    """
    a, b, c, d, n1, n2, total, _ = cells
    events = a + c
    with np.errstate(all="ignore"):
        expected = _expected(np.exp(log_odds_ratio)[..., np.newaxis], n1, n2, events, total)
        counted = (expected > 0) & (events > 0) & (b + d > 0)
        rest = (n1 - expected, events - expected, expected - n1 - events + total)
        spread = 1 / (1 / expected + sum(1 / cell for cell in rest))
        apart = np.where(counted, a - expected, 0.0)
        plain = np.where(counted, apart**2 / spread, 0.0).sum(axis=-1)
        tarone = plain - apart.sum(axis=-1) ** 2 / np.where(counted, spread, 0.0).sum(axis=-1)
    k = counted.sum(axis=-1).astype(np.float64)
    defined = np.isfinite(log_odds_ratio)
    statistics = (np.where(defined, np.maximum(x, 0.0), np.nan) for x in (plain, tarone))
    first, second = (chi_squared(x, np.where(defined, k - 1, 0.0)) for x in statistics)
    return OneOddsRatio(first, second, np.where(defined, k, 0.0))


def _expected(
    odds_ratio: batch.Floats, n1: batch.Floats, n2: batch.Floats, events: batch.Floats, total: batch.Floats
) -> batch.Floats:
    """The events in group 1 that give the odds ratio with the table's margins: the smaller root of a quadratic."""
    pull = odds_ratio * (n1 + events) + (n2 - events)
    root = np.sqrt(pull**2 - 4 * n1 * events * odds_ratio * (odds_ratio - 1))
    # In this form nothing cancels, and an odds ratio of 1 needs no case of its own.
    expected: batch.Floats = 2 * odds_ratio * n1 * events / (pull + root)
    return expected
