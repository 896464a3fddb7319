"""An analysis as plain text, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analysis import options, results, wording
from analysis import profiles as conventions
from analysis.effects import catalogue
from analysis.figures import numerals

DECIMALS = 4
# Numbers outside of these are printed with a power of ten.
SMALLEST, LARGEST = 0.5e-4, 1e7


def text(analysis: results.Analysis) -> str:
    """Studies, pooled estimates, heterogeneity, notices and the choices behind them."""
    return "\n".join(_lines(analysis))


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


def _lines(analysis: results.Analysis) -> Iterator[str]:
    yield wording.effect_title(analysis.options)
    yield ""
    groups = [pool.name for pool in analysis.subgroups] or [""]
    for name in groups:
        if name:
            yield name
        yield from _table(analysis, [row for row in analysis.studies if (row.subgroup or "") == name])
        for pool in analysis.subgroups:
            if pool.name == name:
                yield from _pool(f"Subtotal of {name}", pool, analysis.options)
                yield ""
    yield from _pool("Total", analysis.overall, analysis.options)
    if between := analysis.between:
        chi2 = f"Q = {_number(between.q)}, df = {between.df}, {numerals.p_value(between.p)}"
        yield f"Test for subgroup differences: {chi2}, I² = {between.i2:.1f}%"
    yield ""
    yield from (f"Note: {notice.text}" for notice in analysis.notices)
    yield from wording.methods(analysis.options)
    yield f"Tandem engine {analysis.engine_version}; digest of the inputs {analysis.digest[:16]}."


def _table(analysis: results.Analysis, rows: Sequence[results.StudyResult]) -> Iterator[str]:
    width = max(5, *(len(row.label) for row in analysis.studies))
    yield f"{'Study':<{width}}  {'Estimate':>10}  {'Interval':>24}  {'Weight':>7}"
    for row in rows:
        if row.effect is None or row.ci_low is None or row.ci_high is None:
            yield f"{row.label:<{width}}  {'not estimable':>36}  {0:>6.1f}%"
            continue
        yield f"{row.label:<{width}}  {_shown(row, analysis.options)}  {row.weight:>6.1f}%"


def _shown(row: results.StudyResult, choices: options.Options) -> str:
    estimate, low, high = (_back(value, choices) for value in (row.effect, row.ci_low, row.ci_high))
    return f"{_number(estimate):>10}  {f'[{_number(low)}, {_number(high)}]':>24}"


def _pool(title: str, pool: results.Pool, choices: options.Options) -> Iterator[str]:
    if np.isnan(pool.estimate):
        yield f"{title}: no study says anything about the effect."
        return
    level = wording.percent(choices.level)
    estimate, low, high = (_back(value, choices) for value in (pool.estimate, pool.ci_low, pool.ci_high))
    kind = "z" if pool.df is None else f"t({pool.df:.4g})"
    yield (
        f"{title}: {_number(estimate)} [{_number(low)}, {_number(high)}] ({level} CI), k = {pool.k}, "
        f"{kind} = {_number(pool.z)}, {numerals.p_value(pool.p)}"
    )
    if pool.prediction_low is not None and pool.prediction_high is not None:
        low, high = _back(pool.prediction_low, choices), _back(pool.prediction_high, choices)
        yield f"  Prediction interval: [{_number(low)}, {_number(high)}]"
    if pool.q_p is not None and pool.i2 is not None:
        between = "" if pool.tau2 is None else f"τ² = {pool.tau2:.6g}{_limits(pool)}, "
        chi2 = f"Q = {_number(pool.q)}, df = {pool.q_df}, {numerals.p_value(pool.q_p)}"
        yield f"  Heterogeneity: {between}{chi2}, I² = {pool.i2:.1f}%"


def _limits(pool: results.Pool) -> str:
    if pool.tau2_low is None or pool.tau2_high is None:
        return ""
    return f" [{pool.tau2_low:.4g}, {pool.tau2_high:.4g}]"


def _back(value: float | None, choices: options.Options) -> float:
    """A number on the scale that people read, where that needs nothing else."""
    entry = catalogue.measure(choices.measure)
    if value is None:
        return float("nan")
    with np.errstate(over="ignore", under="ignore"):
        return float(np.exp(value)) if entry.scale == "log" else value


def _number(value: float) -> str:
    """Four decimals, or powers of ten where those would say nothing or fill the line."""
    is_plain = value == 0 or SMALLEST <= abs(value) < LARGEST or not np.isfinite(value)
    return f"{value:.{DECIMALS}f}" if is_plain else f"{value:.{DECIMALS}e}"
