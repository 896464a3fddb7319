"""Several pooled estimates at once, as the options say: one row of a membership is one estimate."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from analysis import data, effects, options
from analysis.effects import zero_cells
from analysis.pooling import (
    batch,
    common,
    heterogeneity,
    intervals,
    mantel_haenszel,
    mantel_haenszel_rates,
    prediction,
    random,
    tau2,
    tau2_intervals,
)
from analysis.subgroups import within

# RevMan, meta and Stata take Greenland and Robins' variance of a risk difference, metafor takes Sato's.
_RD_VARIANCE = {"metafor": "Sato"}


class Pooled(NamedTuple):
    """Everything about pooled estimates, one row each: shape (rows,), weights in per cent (rows, k).

    `df` of the interval is infinite for the normal distribution. NaN where something is not defined.
    """

    k: batch.Floats
    estimate: batch.Floats
    se: batch.Floats
    df: batch.Floats
    low: batch.Floats
    high: batch.Floats
    statistic: batch.Floats
    p: batch.Floats
    weights: batch.Floats
    tau2: batch.Floats
    tau2_low: batch.Floats
    tau2_high: batch.Floats
    is_converged: batch.Bools
    q: batch.Floats
    q_df: batch.Floats
    q_p: batch.Floats
    i2: batch.Floats
    h2: batch.Floats
    prediction_low: batch.Floats
    prediction_high: batch.Floats
    prediction_df: batch.Floats
    i2_low: batch.Floats
    i2_high: batch.Floats
    factor: batch.Floats


def pool(given: data.StudySet[Any], found: effects.Effects, members: batch.Bools, choices: options.Options) -> Pooled:
    """The estimates of the groups of studies in `members`, shape (rows, k); the first row is the overall one.

    `found` holds the studies' effects; studies outside `members` may be NaN. Mantel-Haenszel estimates are made of the
    studies' own cells. Undefined where no event is left: NaN, as the estimates are.
    """
    studies = batch.Batch.of(found.estimate, found.variance, members)
    if choices.method == "IV":
        return of_effects(studies, choices)
    centre = _mantel_haenszel(given, members, choices)
    return of_effects(studies, choices, centre, counted_in_q(given, choices))


def counted_in_q(given: data.StudySet[Any], choices: options.Options) -> batch.Bools | None:
    """The studies, shape (k,), over which Q about a Mantel-Haenszel estimate is taken; None for all."""
    is_about_method = choices.method == "MH" and choices.model == "common" and choices.q_centre == "method"
    if not is_about_method or choices.measure not in mantel_haenszel.MEASURES:
        return None
    cells = zero_cells.table(*(given.column(name) for name in ("events1", "n1", "events2", "n2")))
    counted: batch.Bools = ~zero_cells.is_dropped(cells, choices.profile.q_drop)
    return counted


def of_effects(
    studies: batch.Batch,
    choices: options.Options,
    centre: common.Pooled | None = None,
    counted: batch.Bools | None = None,
) -> Pooled:
    """Estimates of a batch of shape (rows, k); `centre` is the Mantel-Haenszel estimate where there is one.

    With the common effect it is the estimate. With random effects the estimate is by inverse variance, and `centre`
    only moves Q, where the options say so. Q is taken over the studies `counted`, shape (k,), where that is given.
    """
    q, spreading = None, studies if counted is None else batch.Batch.of(studies.y, studies.v, studies.mask & counted)
    if centre is not None and choices.q_centre == "method":
        q = heterogeneity.q_statistic(spreading, centre.estimate)
    between = _tau2(studies, choices, q)
    pooled = random.pool(studies, between.value)
    if centre is not None and choices.model == "common":
        pooled = centre
    found = intervals.infer(studies, pooled, between.value, method=choices.interval, level=choices.level)
    spread = heterogeneity.describe(spreading, between.value, i2_definition=choices.i2_definition, q=q)
    ahead = prediction.interval(studies, pooled, between.value, kind=choices.prediction, level=choices.level)
    limits = tau2_intervals.interval(studies, choices.tau2_interval, level=choices.level)
    i2_limits = _i2_limits(spreading, spread.q, limits, choices)
    return Pooled(
        k=studies.k,
        estimate=pooled.estimate,
        se=found.se,
        df=found.df,
        low=found.low,
        high=found.high,
        statistic=found.statistic,
        p=found.p,
        weights=pooled.weights,
        tau2=between.value,
        tau2_low=limits.low,
        tau2_high=limits.high,
        is_converged=between.is_converged & (limits.is_converged | (choices.tau2_interval == "none")),
        q=spread.q,
        q_df=spread.df,
        q_p=spread.p,
        i2=spread.i2,
        h2=spread.h2,
        prediction_low=ahead.low,
        prediction_high=ahead.high,
        prediction_df=ahead.df,
        i2_low=i2_limits[0],
        i2_high=i2_limits[1],
        factor=found.factor,
    )


def _i2_limits(
    studies: batch.Batch, q: batch.Floats, tau2_limits: tau2_intervals.Tau2Interval, choices: options.Options
) -> tuple[batch.Floats, batch.Floats]:
    """The interval of I²: from Q's test-based one of H, or from that of τ² (the Q-profile where none was asked for)."""
    if choices.i2_definition == "Q":
        found = heterogeneity.i2_interval(q, studies.k, level=choices.level)
        return found.low, found.high
    if choices.tau2_interval == "none":
        tau2_limits = tau2_intervals.interval(studies, "QP", level=choices.level)
    low, high = (heterogeneity.i2_from_tau2(studies, limit) for limit in (tau2_limits.low, tau2_limits.high))
    return low, high


def _mantel_haenszel(given: data.StudySet[Any], members: batch.Bools, choices: options.Options) -> common.Pooled:
    if choices.measure in ("IRR", "IRD"):
        columns = [given.column(name) for name in ("events1", "time1", "events2", "time2")]
        x1, t1, x2, t2 = columns
        rates = mantel_haenszel_rates.rates(x1, t1, x2, t2, members)
        is_ratio = choices.measure == "IRR"
        return mantel_haenszel_rates.rate_ratio(rates) if is_ratio else mantel_haenszel_rates.rate_difference(rates)
    cells = zero_cells.table(*(given.column(name) for name in ("events1", "n1", "events2", "n2")))
    tables = raw = mantel_haenszel.tables(cells.a, cells.n1, cells.c, cells.n2, members)
    rule = choices.zero_cell_rule
    if choices.mantel_haenszel == "corrected" and rule is not None:
        cells = zero_cells.correct(cells, rule).table
        tables = mantel_haenszel.tables(cells.a, cells.n1, cells.c, cells.n2, members)
    variance = _RD_VARIANCE.get(choices.convention, "Greenland-Robins")
    is_revman = choices.profile.effects == "revman"
    is_equal = rule is not None and rule.full == "equal" and choices.mantel_haenszel == "corrected"
    return mantel_haenszel.pool(
        tables,
        choices.measure,
        rd_variance=variance,
        point=raw,
        is_raw_weighted=is_revman,
        equal=raw.mask & (raw.b == 0) & (raw.d == 0) if is_equal else None,
    )


def _tau2(studies: batch.Batch, choices: options.Options, q: batch.Floats | None) -> tau2.Tau2:
    if choices.model == "common":
        return tau2.Tau2(np.zeros(studies.k.shape), np.ones(studies.k.shape, dtype=np.bool_))
    found = tau2.estimate(studies, choices.tau2_method, q=q if choices.tau2_method == "DL" else None)
    if choices.subgroup_tau2 == "separate" or len(studies.k) < 3:
        return found
    return _common_to_subgroups(studies, found, choices)


def _common_to_subgroups(studies: batch.Batch, found: tau2.Tau2, choices: options.Options) -> tau2.Tau2:
    """The overall tau² as it is, and the residual one of the regression on the subgroups for each of them."""
    parts = studies.mask[1:]
    counted: batch.Bools = np.logical_or.reduce(parts, axis=0)
    overall = batch.Batch(studies.y[0], studies.v[0], counted)
    place = np.where(counted, parts.argmax(axis=0), -1)
    shared = within.analyse(overall, place, len(parts), method=choices.tau2_method, tau2="common")
    value, settled = found.value.copy(), found.is_converged.copy()
    value[1:], settled[1:] = shared.tau2, shared.is_converged
    return tau2.Tau2(value, settled)
