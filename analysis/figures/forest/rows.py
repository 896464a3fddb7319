"""From an analysis to a forest plot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from analysis import errors, results, wording
from analysis.effects import catalogue
from analysis.figures import axis, numerals
from analysis.figures.forest import parts

# The data of each arm by the kind of study; what other kinds hold is not shown beside the plot.
_ARMS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "continuous": (("mean", "Mean"), ("sd", "SD"), ("n", "Total")),
    "binary": (("events", "Events"), ("n", "Total")),
    "rates": (("events", "Events"), ("time", "Person-time")),
}
# The logarithm of the largest ratio that is drawn.
LARGEST_LOG = 690.0
NOT_ESTIMABLE = "Not estimable"
_RESULT = ("effect", "variance", "se", "ci_low", "ci_high", "weight")
_POOL = ("k", "n1", "n2", "se", "ci_low", "ci_high", "weight", "z", "p", "q", "q_df", "q_p", "i2", "h2", "tau2",
         "i2_low", "i2_high", "prediction_df")  # fmt: skip


def build(analysis: results.Analysis, texts: parts.ForestTexts) -> parts.Forest:
    """The figure of an analysis: subgroups with their own diamonds, the overall diamond, tests and footer.

    Raises FigureError for single groups, which have no line of no effect.
    """
    entry = catalogue.measure(analysis.options.measure)
    if math.isnan(entry.null):
        raise errors.FigureError(
            f"A forest plot of {entry.label.lower()} is not drawn yet: it has no line of no effect."
        )
    _require_drawable(analysis)
    return parts.Forest(
        title=texts.title,
        columns=_columns(analysis, texts),
        rows=tuple(_rows(analysis, texts)),
        axis=axis.for_analysis(analysis, entry.null),
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


def _require_drawable(analysis: results.Analysis) -> None:
    """Raises FigureError where a ratio is beyond the numbers that a computer knows."""
    if not catalogue.measure(analysis.options.measure).is_ratio:
        return
    for found in (*analysis.studies, analysis.overall, *analysis.subgroups):
        names = ("effect", "estimate", "ci_low", "ci_high", "prediction_low", "prediction_high")
        values = [value for name in names if (value := getattr(found, name, None)) is not None]
        if any(abs(value) > LARGEST_LOG for value in values):
            where = f"“{found.label}”" if isinstance(found, results.StudyResult) else "the pooled estimate"
            raise errors.FigureError(
                f"The ratio or its interval for {where} is too far from 1 to be drawn; check the data, or choose "
                "another interval."
            )


def _columns(analysis: results.Analysis, texts: parts.ForestTexts) -> tuple[parts.Column, ...]:
    arms = (
        parts.Column(f"{key}{arm}", title, arm, name)
        for arm, name in ((1, texts.group1), (2, texts.group2))
        for key, title in _arms(analysis)
    )
    heading = texts.study_heading or ("Study or subgroup" if analysis.subgroups else "Study")
    return (
        parts.Column(parts.LABEL, heading, is_numeric=False),
        *arms,
        parts.Column("weight", "Weight"),
        parts.Column("effect", wording.effect_title(analysis.options)),
    )


def _arms(analysis: results.Analysis) -> tuple[tuple[str, str], ...]:
    return _ARMS.get(catalogue.measure(analysis.options.measure).family, ())


def _raw(analysis: results.Analysis) -> tuple[str, ...]:
    return tuple(f"{key}{arm}" for arm in (1, 2) for key, _ in _arms(analysis))


def _rows(analysis: results.Analysis, texts: parts.ForestTexts) -> Iterator[parts.Row]:
    level = wording.percent(analysis.options.level)
    if not analysis.subgroups:
        yield from _studies(analysis, "", texts)
    for pool in analysis.subgroups:
        yield parts.Row(parts.Kind.SUBGROUP, pool.name, subgroup=pool.name)
        yield from _studies(analysis, pool.name, texts)
        yield _diamond(parts.Kind.SUBTOTAL, f"Subtotal ({level} CI)", pool, analysis, texts)
        yield from _tests(pool)
    yield _diamond(parts.Kind.TOTAL, f"Total ({level} CI)", analysis.overall, analysis, texts)
    yield from _prediction(analysis, level, texts)
    yield from _tests(analysis.overall)
    if analysis.between:
        yield parts.Row(parts.Kind.NOTE, _between(analysis.between))


def _studies(analysis: results.Analysis, subgroup: str, texts: parts.ForestTexts) -> Iterator[parts.Row]:
    heaviest = max(row.weight for row in analysis.studies)
    raw, decimals = _raw(analysis), _raw_decimals(analysis)
    for row in analysis.studies:
        if (row.subgroup or "") != subgroup:
            continue
        yield parts.Row(
            parts.Kind.STUDY,
            row.label,
            key=row.key,
            subgroup=subgroup,
            cells=(
                *((name, numerals.fixed(getattr(row.study, name), decimals[name])) for name in raw),
                ("weight", numerals.percent(row.weight, 1)),
                ("effect", _interval(analysis, (row.effect, row.ci_low, row.ci_high), texts)),
            ),
            numbers=(
                *((name, getattr(row.study, name)) for name in raw),
                *((name, getattr(row, name)) for name in _RESULT),
            ),
            mark=_square(row, heaviest),
        )


def _square(row: results.StudyResult, heaviest: float) -> parts.Mark | None:
    if row.effect is None or row.ci_low is None or row.ci_high is None:
        return None
    return parts.Mark(parts.Shape.SQUARE, row.effect, row.ci_low, row.ci_high, math.sqrt(row.weight / heaviest))


def _interval(analysis: results.Analysis, values: tuple[float | None, ...], texts: parts.ForestTexts) -> str:
    """Estimate and limits as people read them: ratios on their natural scale."""
    shown = [_read(analysis, value) for value in values if value is not None]
    if len(shown) < len(values):
        return NOT_ESTIMABLE
    if len(shown) == 2:
        return numerals.limits(shown[0], shown[1], texts.decimals)
    return numerals.interval(shown[0], shown[1], shown[2], texts.decimals)


def _read(analysis: results.Analysis, value: float) -> float:
    return math.exp(value) if catalogue.measure(analysis.options.measure).is_ratio else value


def _raw_decimals(analysis: results.Analysis) -> dict[str, int]:
    """Per column the decimals as entered, up to what shows two digits of the smallest standard deviation."""
    raw = _raw(analysis)
    spreads = [getattr(row.study, name) for row in analysis.studies for name in raw if name.startswith("sd")]
    most = max(2, min(numerals.MOST_DECIMALS, 1 - math.floor(math.log10(min(spreads))))) if spreads else 2
    return {
        name: 0
        if name.startswith(("n", "events"))
        else numerals.decimals_for((getattr(row.study, name) for row in analysis.studies), most=most)
        for name in raw
    }


def _diamond(
    kind: parts.Kind, label: str, pool: results.Pool, analysis: results.Analysis, texts: parts.ForestTexts
) -> parts.Row:
    sizes = [(name, numerals.count(getattr(pool, name))) for name in ("n1", "n2") if name in _raw(analysis)]
    is_estimable = math.isfinite(pool.estimate)
    values = (pool.estimate, pool.ci_low, pool.ci_high) if is_estimable else (None, None, None)
    return parts.Row(
        kind,
        label,
        subgroup=pool.name,
        cells=(
            *sizes,
            ("weight", numerals.percent(pool.weight, 1)),
            ("effect", _interval(analysis, values, texts)),
        ),
        numbers=(("effect", pool.estimate), *((name, getattr(pool, name)) for name in _POOL)),
        mark=parts.Mark(parts.Shape.DIAMOND, pool.estimate, pool.ci_low, pool.ci_high) if is_estimable else None,
    )


def _prediction(analysis: results.Analysis, level: str, texts: parts.ForestTexts) -> Iterator[parts.Row]:
    pool = analysis.overall
    if pool.prediction_low is None or pool.prediction_high is None:
        return
    low, high = pool.prediction_low, pool.prediction_high
    yield parts.Row(
        parts.Kind.PREDICTION,
        f"Prediction interval ({level})",
        cells=(("effect", _interval(analysis, (low, high), texts)),),
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
    if math.isnan(pool.z):
        return "Test for overall effect: not applicable"
    statistic = "Z" if pool.df is None else f"t({numerals.fixed(pool.df, numerals.decimals_for([pool.df]))})"
    return f"Test for overall effect: {statistic} = {numerals.fixed(abs(pool.z), 2)} ({numerals.p_value(pool.p)})"


def _between(test: results.BetweenTest) -> str:
    chi2 = f"χ² = {numerals.fixed(test.q, 2)}, df = {test.df} ({numerals.p_value(test.p)})"
    return f"Test for subgroup differences: {chi2}; I² = {numerals.percent(test.i2)}"


def _summary(analysis: results.Analysis, texts: parts.ForestTexts) -> str:
    pool, choices = analysis.overall, analysis.options
    number = "1 study" if pool.k == 1 else f"{pool.k} studies"
    pooled = _interval(analysis, (pool.estimate, pool.ci_low, pool.ci_high), texts)
    spread = "" if pool.i2 is None else f", I² = {numerals.percent(pool.i2)}"
    title = f"{texts.title}: forest plot" if texts.title else "Forest plot"
    return f"{title} of {number}; {wording.measure(choices)}, {wording.MODEL[choices.model]}: {pooled}{spread}."
