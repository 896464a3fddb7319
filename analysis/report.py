"""An analysis as plain text, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from analysis import natural, options, results, wording
from analysis import profiles as conventions
from analysis.effects import catalogue
from analysis.figures import numerals

DECIMALS = 4
NOT_DEFINED = "not defined"


def text(analysis: results.Analysis, *, is_natural: bool = True) -> str:
    """Studies, pooled estimates, heterogeneity, notices and the choices behind them.

    Ratios, proportions and correlations are transformed back to the scale people read unless `is_natural` is false.
    """
    return "\n".join(_lines(_Printing(analysis, is_natural)))


def profiles() -> str:
    """What each profile sets for a standardised mean difference and for an odds ratio."""
    lines: list[str] = []
    for profile in conventions.PROFILES.values():
        lines.append(f"{profile.label} (--profile {profile.name})")
        for measure in ("SMD", "OR"):
            said = wording.methods(options.Options(measure=measure, convention=profile.name))
            lines += [f"  {measure}", *(f"    {line}" for line in said)]
        lines += [*(f"  {note}" for note in profile.notes), ""]
    return "\n".join(lines).rstrip()


class _Printing(NamedTuple):
    """An analysis and the scale on which its numbers are printed."""

    analysis: results.Analysis
    is_natural: bool

    @property
    def options(self) -> options.Options:
        return self.analysis.options

    def shown(self, found: results.StudyResult | results.Pool, *values: float | None) -> list[str]:
        """Numbers of a result as text, on the scale asked for."""
        given = [float("nan") if value is None else value for value in values]
        if self.is_natural:
            given = natural.of(self.options.measure, given, self.analysis.size_of(found)).tolist()
        return [_number(value) for value in given]

    def interval(self, found: results.StudyResult | results.Pool, low: float | None, high: float | None) -> str:
        below, above = self.shown(found, low, high)
        return NOT_DEFINED if NOT_DEFINED in (below, above) else f"[{below}, {above}]"


def _lines(printing: _Printing) -> Iterator[str]:
    analysis = printing.analysis
    yield wording.effect_title(analysis.options)
    yield from _scale(printing)
    yield ""
    groups = [pool.name for pool in analysis.subgroups] or [""]
    for name in groups:
        if name:
            yield name
        yield from _table(printing, [row for row in analysis.studies if (row.subgroup or "") == name])
        for pool in analysis.subgroups:
            if pool.name == name:
                yield from _pool(f"Subtotal of {name}", pool, printing)
                yield ""
    yield from _pool("Total", analysis.overall, printing)
    if between := analysis.between:
        chi2 = f"Q = {_number(between.q)}, df = {between.df}, {numerals.p_value(between.p)}"
        yield f"Test for subgroup differences: {chi2}, I² = {between.i2:.1f}%"
    yield ""
    yield from (f"Note: {notice.text}" for notice in analysis.notices)
    yield from wording.methods(analysis.options)
    yield f"Tandem engine {analysis.engine_version}; digest of the inputs {analysis.digest[:16]}."


def _scale(printing: _Printing) -> Iterator[str]:
    """On which scale the numbers are, where there are two."""
    measure = printing.options.measure
    if not natural.is_transformed(measure):
        return
    if not printing.is_natural:
        yield f"Numbers are on the scale of the analysis ({natural.SCALE_NAMES[catalogue.measure(measure).scale]})."
        return
    if catalogue.measure(measure).scale == "log":
        return  # Who reads a ratio expects no logarithm.
    assumption = natural.assumption(measure)
    yield f"Numbers are transformed back to the scale people read. {assumption}".rstrip()


def _table(printing: _Printing, rows: Sequence[results.StudyResult]) -> Iterator[str]:
    width = max(5, *(len(row.label) for row in printing.analysis.studies))
    yield f"{'Study':<{width}}  {'Estimate':>10}  {'Interval':>24}  {'Weight':>7}"
    for row in rows:
        if row.effect is None or row.ci_low is None or row.ci_high is None:
            yield f"{row.label:<{width}}  {'not estimable':>36}  {0:>6.1f}%"
            continue
        (estimate,) = printing.shown(row, row.effect)
        interval = printing.interval(row, row.ci_low, row.ci_high)
        yield f"{row.label:<{width}}  {estimate:>10}  {interval:>24}  {row.weight:>6.1f}%"


def _pool(title: str, pool: results.Pool, printing: _Printing) -> Iterator[str]:
    if np.isnan(pool.estimate):
        yield f"{title}: no study says anything about the effect."
        return
    level = wording.percent(printing.options.level)
    (estimate,) = printing.shown(pool, pool.estimate)
    kind = "z" if pool.df is None else f"t({pool.df:.4g})"
    test = (
        f"{kind} = {_number(pool.z)}, {numerals.p_value(pool.p)}"
        if np.isfinite([pool.z, pool.p]).all()
        else f"test {NOT_DEFINED}"
    )
    interval = printing.interval(pool, pool.ci_low, pool.ci_high)
    yield f"{title}: {estimate} {interval} ({level} CI), k = {pool.k}, {test}"
    if pool.prediction_low is not None and pool.prediction_high is not None:
        df = "" if pool.prediction_df is None else f", t({pool.prediction_df:.4g})"
        yield f"  Prediction interval: {printing.interval(pool, pool.prediction_low, pool.prediction_high)}{df}"
    if pool.q_p is not None:
        between = "" if pool.tau2 is None else f"τ² = {pool.tau2:.6g}{_limits(pool.tau2_low, pool.tau2_high, '.4g')}, "
        chi2 = f"Q = {_number(pool.q)}, df = {pool.q_df}, {numerals.p_value(pool.q_p)}"
        yield f"  Heterogeneity: {between}{chi2}, I² = {_i2(pool)}"


def _i2(pool: results.Pool) -> str:
    return NOT_DEFINED if pool.i2 is None else f"{pool.i2:.1f}%{_limits(pool.i2_low, pool.i2_high, '.1f')}"


def _limits(low: float | None, high: float | None, form: str) -> str:
    return "" if low is None or high is None else f" [{low:{form}}, {high:{form}}]"


def _number(value: float) -> str:
    """Four decimals, or powers of ten; what is no number is said in words."""
    return wording.number(value, DECIMALS) if np.isfinite(value) else NOT_DEFINED
