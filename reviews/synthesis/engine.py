"""The bridge to the engine: frozen inputs and options in, its results, figures and files out. No queries."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from analysis import canonical, data, options, r_script, results, synthesis, wording
from analysis.figures import forest, numerals, plotly, table
from reviews.synthesis import rules
from reviews.synthesis.models import Synthesis

DECIMALS = 2


def choices(spec: Synthesis) -> options.Options:
    """The engine's options for a specification; what it leaves open is the convention's default."""
    tau2_method = spec.tau2_method if spec.model == rules.Model.RANDOM else options.BY_CONVENTION
    return options.Options(measure=spec.measure, model=spec.model, convention=spec.convention, tau2_method=tau2_method)


def digest(inputs: rules.Inputs, chosen: options.Options) -> str:
    """SHA-256 of everything a run freezes: numbers, where they came from, words, options."""
    return canonical.digest({"inputs": inputs.to_dict(), "options": chosen.to_dict()})


def analyse(inputs: rules.Inputs, chosen: options.Options, without: Collection[int] = frozenset()) -> results.Analysis:
    """Pool the frozen rows, leaving out the studies ``without``. Raises the engine's InputError."""
    kept = [row for row in inputs.rows if row.study_id not in without]
    studies = data.ContinuousData.of(_study(row, inputs.texts.subgroup_by) for row in kept)
    return synthesis.analyse(studies, chosen)


def _study(row: rules.Row, subgroup_by: str) -> data.ContinuousStudy:
    return data.ContinuousStudy(
        key=str(row.study_id),
        label=row.label,
        n1=row.n1,
        mean1=row.mean1,
        sd1=row.sd1,
        n2=row.n2,
        mean2=row.mean2,
        sd2=row.sd2,
        subgroup=f"{subgroup_by}: {row.level}" if subgroup_by else None,
    )


def figure(analysis: results.Analysis, texts: rules.Texts, title: str = "") -> forest.Forest:
    """The forest plot of an analysis with the words that were frozen with it."""
    left, right = rules.favours(texts)
    return forest.build(
        analysis,
        forest.ForestTexts(
            title=title or texts.title,
            group1=texts.group_1,
            group2=texts.group_2,
            favours_left=left,
            favours_right=right,
            notice=texts.notice,
        ),
    )


def interactive(figure: forest.Forest) -> dict[str, Any]:
    """The figure for the browser, with its variants for dark colours and for phones (docs/frontend.md)."""
    variants = {
        name: plotly.render(figure, scheme, variant=variant)
        for name, scheme, variant in (
            ("dark", "dark", "full"),
            ("compact", "light", "compact"),
            ("compact-dark", "dark", "compact"),
        )
    }
    return {**plotly.render(figure), "variants": variants}


def table_rows(figure: forest.Forest) -> table.TableRows:
    """The figure as an accessible table."""
    return table.render(figure)


def script(inputs: rules.Inputs, analysis: results.Analysis) -> str:
    """The R script that reproduces an analysis, headed by what it is and the note on its data."""
    texts = inputs.texts
    heading = [texts.title, texts.notice, f"Group 1: {texts.group_1}. Group 2: {texts.group_2}."]
    lines = [f"# {' '.join(line.split())}\n" for line in heading if line]
    return "".join(lines) + r_script.script([row.study for row in analysis.studies], analysis.options)


def methods(spec: Synthesis) -> tuple[str, ...]:
    """One sentence for every choice of a specification."""
    return wording.methods(choices(spec))


@dataclass(frozen=True)
class Facts:
    """A pooled result in words and rounded numbers, as the figure prints them; empty where not defined."""

    measure: str
    level: str
    pooled: str
    p: str
    i2: str
    tau2: str
    q: str
    q_df: int
    q_p: str
    k: int
    participants: int


def facts(analysis: results.Analysis) -> Facts:
    pool, chosen = analysis.overall, analysis.options
    return Facts(
        measure=chosen.measure,
        level=wording.percent(chosen.level),
        pooled=numerals.interval(pool.estimate, pool.ci_low, pool.ci_high, DECIMALS),
        p=numerals.p_value(pool.p),
        i2="" if pool.i2 is None else numerals.percent(pool.i2),
        tau2="" if pool.tau2 is None else numerals.variance(pool.tau2),
        q=numerals.fixed(pool.q, DECIMALS),
        q_df=pool.q_df,
        q_p="" if pool.q_p is None else numerals.p_value(pool.q_p),
        k=pool.k,
        participants=pool.n1 + pool.n2,
    )


def as_json(inputs: rules.Inputs, run_results: Mapping[str, Any]) -> str:
    """Everything a run froze and found, as readable JSON."""
    content = {"notice": inputs.texts.notice, "inputs": inputs.to_dict(), "results": run_results}
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
