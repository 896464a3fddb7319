"""From an analysis to a forest plot."""

from __future__ import annotations

import math
from collections.abc import Iterator

from analysis import results, wording
from analysis.figures import axis, numerals
from analysis.figures.forest import parts

_RAW = ("mean1", "sd1", "n1", "mean2", "sd2", "n2")
_RESULT = ("effect", "variance", "se", "ci_low", "ci_high", "weight")
_POOL = ("k", "n1", "n2", "se", "ci_low", "ci_high", "weight", "z", "p", "q", "q_df", "q_p", "i2", "h2", "tau2")


def build(analysis: results.Analysis, texts: parts.ForestTexts) -> parts.Forest:
    """The figure of an analysis: subgroups with their own diamonds, the overall diamond, tests and footer."""
    return parts.Forest(
        title=texts.title,
        columns=_columns(analysis, texts),
        rows=tuple(_rows(analysis, texts)),
        axis=axis.for_analysis(analysis),
        pooled=analysis.overall.estimate,
        favours_left=texts.favours_left,
        favours_right=texts.favours_right,
        notice=texts.notice,
        footer=(
            *(notice.text for notice in analysis.notices),
            *wording.methods(analysis.options),
            f"Tandem engine {analysis.engine_version}.",
        ),
        summary=_summary(analysis, texts),
    )


def _columns(analysis: results.Analysis, texts: parts.ForestTexts) -> tuple[parts.Column, ...]:
    arms = (
        parts.Column(f"{key}{arm}", title, arm, name)
        for arm, name in ((1, texts.group1), (2, texts.group2))
        for key, title in (("mean", "Mean"), ("sd", "SD"), ("n", "Total"))
    )
    heading = texts.study_heading or ("Study or subgroup" if analysis.subgroups else "Study")
    return (
        parts.Column(parts.LABEL, heading, is_numeric=False),
        *arms,
        parts.Column("weight", "Weight"),
        parts.Column("effect", wording.effect_title(analysis.options)),
    )


def _rows(analysis: results.Analysis, texts: parts.ForestTexts) -> Iterator[parts.Row]:
    level = wording.percent(analysis.options.level)
    if not analysis.subgroups:
        yield from _studies(analysis, "", texts)
    for pool in analysis.subgroups:
        yield parts.Row(parts.Kind.SUBGROUP, pool.name, subgroup=pool.name)
        yield from _studies(analysis, pool.name, texts)
        yield _diamond(parts.Kind.SUBTOTAL, f"Subtotal ({level} CI)", pool, texts)
        yield from _tests(pool)
    yield _diamond(parts.Kind.TOTAL, f"Total ({level} CI)", analysis.overall, texts)
    yield from _prediction(analysis, level, texts)
    yield from _tests(analysis.overall)
    if analysis.between:
        yield parts.Row(parts.Kind.NOTE, _between(analysis.between))


def _studies(analysis: results.Analysis, subgroup: str, texts: parts.ForestTexts) -> Iterator[parts.Row]:
    heaviest = max(row.weight for row in analysis.studies)
    decimals = _raw_decimals(analysis)
    for row in analysis.studies:
        if (row.subgroup or "") == subgroup:
            yield parts.Row(
                parts.Kind.STUDY,
                row.label,
                key=row.key,
                subgroup=subgroup,
                cells=(
                    *((name, numerals.fixed(getattr(row.study, name), decimals[name])) for name in _RAW),
                    ("weight", numerals.percent(row.weight, 1)),
                    ("effect", numerals.interval(row.effect, row.ci_low, row.ci_high, texts.decimals)),
                ),
                numbers=(
                    *((name, getattr(row.study, name)) for name in _RAW),
                    *((name, getattr(row, name)) for name in _RESULT),
                ),
                mark=parts.Mark(
                    parts.Shape.SQUARE, row.effect, row.ci_low, row.ci_high, math.sqrt(row.weight / heaviest)
                ),
            )


def _raw_decimals(analysis: results.Analysis) -> dict[str, int]:
    """Per column the decimals as entered, up to what shows two digits of the smallest standard deviation."""
    smallest = min(min(row.study.sd1, row.study.sd2) for row in analysis.studies)
    most = max(2, min(numerals.MOST_DECIMALS, 1 - math.floor(math.log10(smallest))))
    return {
        name: 0
        if name.startswith("n")
        else numerals.decimals_for((getattr(row.study, name) for row in analysis.studies), most=most)
        for name in _RAW
    }


def _diamond(kind: parts.Kind, label: str, pool: results.Pool, texts: parts.ForestTexts) -> parts.Row:
    return parts.Row(
        kind,
        label,
        subgroup=pool.name,
        cells=(
            ("n1", numerals.count(pool.n1)),
            ("n2", numerals.count(pool.n2)),
            ("weight", numerals.percent(pool.weight, 1)),
            ("effect", numerals.interval(pool.estimate, pool.ci_low, pool.ci_high, texts.decimals)),
        ),
        numbers=(("effect", pool.estimate), *((name, getattr(pool, name)) for name in _POOL)),
        mark=parts.Mark(parts.Shape.DIAMOND, pool.estimate, pool.ci_low, pool.ci_high),
    )


def _prediction(analysis: results.Analysis, level: str, texts: parts.ForestTexts) -> Iterator[parts.Row]:
    pool = analysis.overall
    if pool.prediction_low is None or pool.prediction_high is None:
        return
    low, high = pool.prediction_low, pool.prediction_high
    yield parts.Row(
        parts.Kind.PREDICTION,
        f"Prediction interval ({level})",
        cells=(("effect", numerals.limits(low, high, texts.decimals)),),
        numbers=(("ci_low", low), ("ci_high", high)),
        mark=parts.Mark(parts.Shape.BAR, pool.estimate, low, high),
    )


def _tests(pool: results.Pool) -> Iterator[parts.Row]:
    for text in (_heterogeneity(pool), _overall_effect(pool)):
        yield parts.Row(parts.Kind.NOTE, text, subgroup=pool.name)


def _heterogeneity(pool: results.Pool) -> str:
    if pool.q_p is None or pool.i2 is None:
        return "Heterogeneity: not applicable"
    tau2 = "" if pool.tau2 is None else f"τ² = {numerals.variance(pool.tau2)}; "
    chi2 = f"χ² = {numerals.fixed(pool.q, 2)}, df = {pool.q_df} ({numerals.p_value(pool.q_p)})"
    return f"Heterogeneity: {tau2}{chi2}; I² = {numerals.percent(pool.i2)}"


def _overall_effect(pool: results.Pool) -> str:
    return f"Test for overall effect: Z = {numerals.fixed(abs(pool.z), 2)} ({numerals.p_value(pool.p)})"


def _between(test: results.BetweenTest) -> str:
    chi2 = f"χ² = {numerals.fixed(test.q, 2)}, df = {test.df} ({numerals.p_value(test.p)})"
    return f"Test for subgroup differences: {chi2}; I² = {numerals.percent(test.i2)}"


def _summary(analysis: results.Analysis, texts: parts.ForestTexts) -> str:
    pool, choices = analysis.overall, analysis.options
    number = "1 study" if pool.k == 1 else f"{pool.k} studies"
    pooled = numerals.interval(pool.estimate, pool.ci_low, pool.ci_high, texts.decimals)
    spread = "" if pool.i2 is None else f", I² = {numerals.percent(pool.i2)}"
    title = f"{texts.title}: forest plot" if texts.title else "Forest plot"
    return f"{title} of {number}; {wording.MEASURE[choices.measure]}, {wording.MODEL[choices.model]}: {pooled}{spread}."
