"""Tests of funnel-plot asymmetry made for events in two groups, where an effect and its standard error depend on each
other and Egger's test finds asymmetry too often.

Each takes the events and totals of both groups in shapes that broadcast to (..., k). A study that says nothing about
the effect (by `rule`) does not count. The rule is meta's: ½ to all cells of a study with a 0, studies without events
left out (for odds ratios those with only events too). Scores are made from the cells as they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis import choosing
from analysis.bias import egger, hypergeometric, rank
from analysis.effects import binary, core, zero_cells
from analysis.pooling import batch, mantel_haenszel

MEASURES = ("OR", "RR")
RULES = {"OR": zero_cells.META_ODDS_RATIO, "RR": zero_cells.META_RISK_RATIO}


class Counts(NamedTuple):
    """Studies that count events: effects on the log scale, and raw cells of shape (..., k)."""

    effects: batch.Batch
    cells: zero_cells.Table
    measure: str


def read(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    measure: str = "OR",
    rule: zero_cells.ZeroCells | None = None,
) -> Counts:
    """Effects and cells for the tests. `measure` is "OR" or "RR"; `rule` replaces meta's for cells of 0."""
    choosing.require_option("measure", measure, MEASURES)
    of = binary.odds_ratio if measure == "OR" else binary.risk_ratio
    found = of(events1, n1, events2, n2, zero_cells=rule or RULES[measure])
    effects = batch.Batch.of(found.estimate, found.variance, np.isfinite(found.estimate))
    return Counts(effects, zero_cells.table(events1, n1, events2, n2), measure)


@core.quietly
def harbord(studies: Counts) -> egger.Asymmetry:
    """Harbord, Egger and Sterne 2006, Stat Med 25:3443-3457: Z/V on 1/√V by weights V.

    Odds ratio: Z is the efficient score O - E and V its hypergeometric variance. Risk ratio (Harbord, Harris and Sterne
    2009, Stata Journal 9:197-210): Z = (aN - (a + c)n1)/(b + d); V as meta takes it, N(a + c)/(4(b + d)).
    """
    cells = studies.cells
    events, others = cells.a + cells.c, cells.b + cells.d
    if studies.measure == "OR":
        z, v = binary.peto_statistics(cells)
    else:
        z = (cells.a * cells.total - events * cells.n1) / others
        v = cells.total / 4 * events / others
    counted = studies.effects.mask & (v > 0) & np.isfinite(v)
    scores = batch.Batch.of(z / v, 1 / v, counted)
    return egger.regress(scores)


@core.quietly
def peters(studies: Counts) -> egger.Asymmetry:
    """Peters et al. 2006, JAMA 295:676-680: effects on 1/N, weights 1/(1/events + 1/non-events) over both groups."""
    cells = studies.cells
    v = 1 / (cells.a + cells.c) + 1 / (cells.b + cells.d)
    return egger.regress(_with_variance(studies.effects, v), by="1/n", n=cells.total)


@core.quietly
def deeks(studies: Counts) -> egger.Asymmetry:
    """Deeks, Macaskill and Irwig 2005, J Clin Epidemiol 58:882-893: effects on 1/√ESS by weights ESS = 4n1n2/N."""
    cells = studies.cells
    size = 4 * cells.n1 / cells.total * cells.n2
    return egger.regress(_with_variance(studies.effects, 1 / size), by="se")


def macaskill(studies: Counts) -> egger.Asymmetry:
    """Macaskill, Walter and Irwig 2001, Stat Med 20:641-654: effects on N, weighted by their own variances (meta)."""
    return egger.macaskill(studies.effects, studies.cells.total)


def schwarzer(studies: Counts, *, p_value: str = "normal") -> rank.Kendall:
    """Schwarzer, Antes and Schumacher 2007, Stat Med 26:721-733: rank correlation of standardised events with 1/V.

    Mean and variance V of the events of group 1 are those of Fisher's non-central hypergeometric distribution at the
    Mantel-Haenszel odds ratio (of cells corrected by ½ where one is 0, as in meta).
    """
    cells, mask = studies.cells, studies.effects.mask
    corrected = zero_cells.correct(cells, zero_cells.META_ODDS_RATIO).table
    pooled = mantel_haenszel.odds_ratio(
        mantel_haenszel.tables(corrected.a, corrected.n1, corrected.c, corrected.n2, mask)
    )
    found = hypergeometric.moments(cells.n1, cells.a + cells.c, cells.total, pooled.estimate[..., np.newaxis], mask)
    with core.quiet():
        counted = mask & (found.variance > 0)
        deviates = np.where(counted, (cells.a - found.mean) / np.sqrt(found.variance), 0.0)
        return rank.correlate(deviates, np.where(counted, 1 / found.variance, 0.0), counted, p_value=p_value)


def _with_variance(effects: batch.Batch, v: batch.Floats) -> batch.Batch:
    """The same effects, weighted by another variance."""
    return batch.Batch.of(effects.y, v, effects.mask)
