"""Computes a multiverse: one batch for each measure and rule for cells of 0, broadcast over everything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from analysis import data, effects, errors, options
from analysis.effects import catalogue
from analysis.pooling import batch, common, heterogeneity, intervals, random, tau2
from analysis.sensitivity import effects_of, pooled, shared_scan, subsets
from analysis.sensitivity.multiverse import axes as choices_of
from analysis.sensitivity.multiverse import table

CHUNK = 1 << 17
UNCHANGED = "It changes no number of these studies."


def run(
    studies: Iterable[Any] | data.StudySet[Any],
    choices: options.Options,
    *,
    axes: choices_of.Axes | None = None,
    members: subsets.Named | None = None,
) -> table.Multiverse:
    """The specification table of studies: every coherent combination of the axes, for every subset of the studies.

    Parameters
    ----------
    studies : rows of one kind of `analysis.data`, or a set of them
    choices : the analysis at hand: its convention, level, definition of I² and formulas hold throughout
    axes : what is varied; by default `axes.usual` for the measure at hand
    members : subsets of the studies; by default all of them, and all but each one

    A measure that the studies' numbers do not allow is listed in `left_out` with its reason, as is a rule for cells of
    0 that changes nothing. A subset in which nothing is estimable has k = 0 and no numbers.

    Raises InputError where the subsets do not fit the studies.
    """
    given = studies if isinstance(studies, data.StudySet) else data.StudySet.of(studies)
    varied = axes or choices_of.usual(choices.measure)
    chosen = members or subsets.leaving_out(given.labels)
    subsets.require(chosen, len(given))
    blocks: list[table.Block] = []
    left_out: list[table.LeftOut] = []
    for measure in varied.measures:
        _measure(given, choices, varied, chosen, measure, blocks, left_out)
    rows = table.rows_of(blocks, chosen.names, varied.measures)
    return table.Multiverse(rows, tuple(left_out), choices, varied, given.labels, chosen)


class _Effects(NamedTuple):
    """The studies' effects under one rule, which of them each subset has, and their Mantel-Haenszel estimates."""

    found: effects.Effects
    members: batch.Bools
    centre: common.Pooled | None


def _measure(
    given: data.StudySet[Any],
    choices: options.Options,
    varied: choices_of.Axes,
    chosen: subsets.Named,
    measure: str,
    blocks: list[table.Block],
    left_out: list[table.LeftOut],
) -> None:
    """Add the blocks of a measure, one a rule for cells of 0, or what is left out and why."""
    seen: list[_Effects] = []
    for rule in varied.rules(measure):
        ways = tuple(varied.choices(measure, rule))
        try:
            computed = _effects(given, choices, chosen, ways, rule)
        except (errors.InputError, errors.OptionError) as refusal:
            left_out.append(table.LeftOut(measure, rule.name, str(refusal)))
            continue
        fresh = _fresh(ways, computed, seen)
        if fresh:
            blocks.append(_block(computed, fresh, choices))
        elif ways:
            left_out.append(table.LeftOut(measure, rule.name, UNCHANGED))
        seen.append(computed)


def _effects(
    given: data.StudySet[Any],
    choices: options.Options,
    chosen: subsets.Named,
    ways: tuple[choices_of.Choice, ...],
    rule: choices_of.ZeroRule,
) -> _Effects:
    if not ways:
        nothing = np.full(len(given), np.nan)
        return _Effects(effects.Effects(nothing, nothing), chosen.members, None)
    found = effects_of.compute(given, table.options_for(choices, ways[0], rule))
    members = chosen.members & np.isfinite(found.estimate)
    counted = next((way for way in ways if way.method == choices_of.MANTEL_HAENSZEL), None)
    if counted is None:
        return _Effects(found, members, None)
    pool = effects_of.centre(given, found, table.options_for(choices, counted, rule))
    parts = [pool(members[part]) for part in _parts(members, 1)]
    return _Effects(found, members, common.Pooled(*(np.concatenate(column) for column in zip(*parts, strict=True))))


def _fresh(
    ways: tuple[choices_of.Choice, ...], computed: _Effects, seen: list[_Effects]
) -> tuple[choices_of.Choice, ...]:
    """The ways whose numbers no earlier rule has given already."""
    same = [other for other in seen if _is_equal(computed.found, other.found)]
    if not same:
        return ways
    if computed.centre is None or any(
        other.centre is not None and _is_equal(computed.centre, other.centre) for other in same
    ):
        return ()
    return tuple(way for way in ways if way.method == choices_of.MANTEL_HAENSZEL)


def _is_equal(one: tuple[batch.Floats, ...], other: tuple[batch.Floats, ...]) -> bool:
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def _parts(members: batch.Bools, times: int) -> list[slice]:
    """Parts of the subsets of bounded size, when each is looked at `times` over."""
    size = max(1, CHUNK // max(members.shape[1] * times, 1))
    return [slice(start, start + size) for start in range(0, max(len(members), 1), size)]


class _Fit(NamedTuple):
    """What decides about the estimate; the interval comes on top."""

    model: str
    method: str
    tau2_method: str


def _block(computed: _Effects, ways: tuple[choices_of.Choice, ...], choices: options.Options) -> table.Block:
    fits = tuple(dict.fromkeys(_Fit(way.model, way.method, way.tau2_method) for way in ways))
    found, members = computed.found, computed.members
    everything = batch.Batch.of(found.estimate, found.variance, np.isfinite(found.estimate))
    scan = shared_scan.prepare(everything.y, everything.v, everything.mask)
    parts = []
    for part in _parts(members, len(fits)):
        studies = batch.Batch.of(found.estimate, found.variance, members[part])
        centre = computed.centre and common.Pooled(*(column[part] for column in computed.centre))
        parts.append(_columns(_Task(studies, scan, centre, choices), fits, ways))
    return table.Block(ways, {name: np.concatenate([part[name] for part in parts], axis=1) for name in parts[0]})


class _Task(NamedTuple):
    """Subsets of the studies, shape (subsets, k), and what goes with them."""

    studies: batch.Batch
    scan: shared_scan.Scan
    centre: common.Pooled | None
    choices: options.Options


def _columns(task: _Task, fits: tuple[_Fit, ...], ways: tuple[choices_of.Choice, ...]) -> dict[str, batch.Floats]:
    """Every column, shape (ways, subsets)."""
    studies, place = task.studies, [fits.index(_Fit(way.model, way.method, way.tau2_method)) for way in ways]
    q = _q(task, fits)
    between = [_tau2(task, fit, own) for fit, own in zip(fits, q, strict=True)]
    value = np.stack([found.value for found in between])
    wide = _wide(studies, len(fits))
    pooled_at = _pooled(task, fits, random.pool(wide, value))
    columns: dict[str, batch.Floats] = {
        "k": np.broadcast_to(studies.k, (len(ways), studies.k.size)),
        "estimate": pooled_at.estimate[place],
        "tau2": value[place],
        "i2": _i2(task, fits, value, q)[place],
        "is_converged": np.stack([found.is_converged for found in between])[place].astype(np.float64),
        **{name: np.empty((len(ways), studies.k.size)) for name in ("low", "high", "p")},
    }
    for interval in dict.fromkeys(way.interval for way in ways):
        rows = [row for row, way in enumerate(ways) if way.interval == interval]
        own = [place[row] for row in rows]
        some = batch.Batch(wide.y[own], wide.v[own], wide.mask[own])
        pooled_some = common.Pooled(*(column[own] for column in pooled_at))
        found = intervals.infer(some, pooled_some, value[own], method=interval, level=task.choices.level)
        columns["low"][rows], columns["high"][rows], columns["p"][rows] = found.low, found.high, found.p
    if np.isnan(catalogue.measure(ways[0].measure).null):
        columns["p"][:] = np.nan
    return columns


def _wide(studies: batch.Batch, times: int) -> batch.Batch:
    """The same studies `times` over along a new first axis, as views."""
    shape = (times, *studies.mask.shape)
    return batch.Batch(
        np.broadcast_to(studies.y, shape), np.broadcast_to(studies.v, shape), np.broadcast_to(studies.mask, shape)
    )


def _q(task: _Task, fits: tuple[_Fit, ...]) -> batch.Floats:
    """Cochran's Q of every fit, about the Mantel-Haenszel estimate where that is meant, shape (fits, subsets)."""
    usual = heterogeneity.q_statistic(task.studies)
    about = usual if task.centre is None else heterogeneity.q_statistic(task.studies, task.centre.estimate)
    is_about = [
        fit.method == choices_of.MANTEL_HAENSZEL
        and (fit.model == choices_of.RANDOM or task.choices.q_centre == "method")
        for fit in fits
    ]
    return np.where(np.array(is_about)[:, np.newaxis], about, usual)


def _tau2(task: _Task, fit: _Fit, q: batch.Floats) -> tau2.Tau2:
    if fit.model == choices_of.COMMON:
        shape = task.studies.k.shape
        return tau2.Tau2(np.zeros(shape), np.ones(shape, dtype=np.bool_))
    if fit.tau2_method in pooled.LIKELIHOODS:
        return shared_scan.tau2(task.scan, task.studies, is_restricted=fit.tau2_method == "REML")
    is_about = fit.method == choices_of.MANTEL_HAENSZEL
    return tau2.estimate(task.studies, fit.tau2_method, q=q if is_about else None)


def _pooled(task: _Task, fits: tuple[_Fit, ...], found: common.Pooled) -> common.Pooled:
    """The inverse-variance estimates, with the Mantel-Haenszel ones of the common effect in their places."""
    if task.centre is None:
        return found
    is_counted = [fit[:2] == (choices_of.COMMON, choices_of.MANTEL_HAENSZEL) for fit in fits]
    where = np.array(is_counted)[:, np.newaxis]
    return found._replace(
        estimate=np.where(where, task.centre.estimate, found.estimate),
        variance=np.where(where, task.centre.variance, found.variance),
    )


def _i2(task: _Task, fits: tuple[_Fit, ...], value: batch.Floats, q: batch.Floats) -> batch.Floats:
    found = heterogeneity.describe(task.studies, value, i2_definition="Q", q=q).i2
    if task.choices.i2_definition == "Q":
        return found
    by_tau2 = heterogeneity.describe(task.studies, value, i2_definition="tau2", q=q).i2
    is_random = np.array([fit.model == choices_of.RANDOM for fit in fits])[:, np.newaxis]
    return np.where(is_random, by_tau2, found)
