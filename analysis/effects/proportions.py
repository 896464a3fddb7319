"""The proportion with an event in one group, raw and transformed.

Arrays of any broadcastable shapes; the studies of one analysis along the last axis. Intervals of single proportions are
in `proportion_intervals`, the way back in `back_transform`. Sources: Freeman and Tukey 1950, Ann Math Stat 21:607-611;
Schwarzer et al. 2019, Res Synth Methods 10:476-483 (why the double arcsine is not the default); metafor's escalc.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing
from analysis.effects import core, zero_cells
from analysis.pooling import batch

RAW_VARIANCES = ("LS", "UB", "AV")
LOG_VARIANCES = ("LS", "AV")


@core.quietly
def proportion(
    events: ArrayLike,
    n: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
    variance: str = "LS",
) -> core.Effects:
    """p = x/n, variance p(1 - p)/n; "UB" with n - 1; "AV" from the studies' average p.

    Under point "raw" only the variance is corrected.
    """
    choosing.require_option("variance", variance, RAW_VARIANCES)
    x, rest = _counts(events, n, zero_cells)
    size = x + rest
    p = x / size
    shown, people = core.floats(events, n) if zero_cells.point == "raw" else (x, size)
    centre = core.weighted_mean(p, size) if variance == "AV" else p
    return core.settled(shown / people, centre * (1 - centre) / (size - 1 if variance == "UB" else size))


@core.quietly
def log_proportion(
    events: ArrayLike,
    n: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
    variance: str = "LS",
) -> core.Effects:
    """log p, variance 1/x - 1/n; "AV" from the studies' average p.

    Under totals "events_only" n grows by the event cell alone, and a study with events in everybody keeps its events in
    the variance, as meta does.
    """
    choosing.require_option("variance", variance, LOG_VARIANCES)
    x, rest = _counts(events, n, zero_cells)
    size = x + rest
    counted = x
    if zero_cells.totals == "events_only":
        raw, people = core.floats(events, n)
        size = people + (x - raw)
        counted = np.where(raw == people, raw, x)
    expected = core.weighted_mean(x / size, size) * size if variance == "AV" else counted
    return core.settled(np.log(x / size), 1 / expected - 1 / size)


@core.quietly
def logit_proportion(
    events: ArrayLike,
    n: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR,
    variance: str = "LS",
) -> core.Effects:
    """log(p/(1 - p)), variance 1/x + 1/(n - x); "AV" from the studies' average p."""
    choosing.require_option("variance", variance, LOG_VARIANCES)
    x, rest = _counts(events, n, zero_cells)
    size = x + rest
    expected = core.weighted_mean(x / size, size) * size if variance == "AV" else x
    return core.settled(np.log(x) - np.log(rest), 1 / expected + 1 / (size - expected))


@core.quietly
def probit_proportion(
    events: ArrayLike, n: ArrayLike, *, zero_cells: zero_cells.ZeroCells = zero_cells.METAFOR
) -> core.Effects:
    """z(p), variance 2π p(1 - p) exp(z²)/n."""
    x, rest = _counts(events, n, zero_cells)
    size = x + rest
    z = special.ndtri(x / size)
    return core.settled(z, 2 * np.pi * (x / size) * (rest / size) * np.exp(z**2) / size)


@core.quietly
def arcsine_proportion(
    events: ArrayLike, n: ArrayLike, *, zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED
) -> core.Effects:
    """arcsin √p, variance 1/(4n)."""
    x, rest = _counts(events, n, zero_cells)
    size = x + rest
    return core.settled(np.arcsin(np.sqrt(x / size)), 1 / (4 * size))


@core.quietly
def double_arcsine_proportion(
    events: ArrayLike, n: ArrayLike, *, zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED
) -> core.Effects:
    """(arcsin √(x/(n + 1)) + arcsin √((x + 1)/(n + 1)))/2, variance 1/(4n + 2) (Freeman and Tukey)."""
    x, rest = _counts(events, n, zero_cells)
    size = x + rest
    return core.settled(double_arcsine(x, size), 1 / (4 * size + 2))


@core.quietly
def double_arcsine(events: ArrayLike, n: ArrayLike) -> batch.Floats:
    """The Freeman-Tukey transformation of counts, which need not be whole."""
    x, size = core.floats(events, n)
    found: batch.Floats = (np.arcsin(np.sqrt(x / (size + 1))) + np.arcsin(np.sqrt((x + 1) / (size + 1)))) / 2
    return found


def _counts(events: ArrayLike, n: ArrayLike, rule: zero_cells.ZeroCells) -> tuple[batch.Floats, batch.Floats]:
    """Events and non-events under the rule; a study of one group is never dropped."""
    x, size = core.floats(events, n)
    is_possible = (x >= 0) & (x <= size) & (size > 0)
    counts = (np.where(is_possible, x, np.nan), np.where(is_possible, size - x, np.nan))
    x, rest = zero_cells.correct_counts(counts, rule)
    return x, rest
