"""The bridge to the engine: frozen inputs and options in, its results, figures and files out. No queries."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from analysis import canonical, data, options, results, synthesis
from analysis.figures import forest
from reviews.synthesis import rules
from reviews.synthesis.models import Synthesis


def choices(spec: Synthesis) -> options.Options:
    """The engine's options for a specification; what it leaves open is the convention's default."""
    tau2_method = spec.tau2_method if spec.model == rules.Model.RANDOM else options.BY_CONVENTION
    return options.Options(
        measure=spec.measure, model=spec.model, convention=spec.convention, tau2_method=tau2_method
    )


def digest(inputs: rules.Inputs, chosen: options.Options) -> str:
    """SHA-256 of everything a run freezes: numbers, where they came from, words, options."""
    return canonical.digest({"inputs": inputs.to_dict(), "options": chosen.to_dict()})


def analyse(
    inputs: rules.Inputs, chosen: options.Options, without: Collection[int] = frozenset()
) -> results.Analysis:
    """Pool the frozen rows, leaving out the studies ``without``. Raises the engine's InputError."""
    return synthesis.analyse([_study(row) for row in inputs.rows if row.study_id not in without], chosen)


def _study(row: rules.Row) -> data.ContinuousStudy:
    return data.ContinuousStudy(
        key=str(row.study_id),
        label=row.label,
        n1=row.n1,
        mean1=row.mean1,
        sd1=row.sd1,
        n2=row.n2,
        mean2=row.mean2,
        sd2=row.sd2,
        subgroup=row.level,
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


def stored(run_results: Mapping[str, Any]) -> results.Analysis:
    """The analysis that a finished run holds; the engine checks it against its own digest."""
    return results.Analysis.from_dict(run_results)


def as_json(inputs: rules.Inputs, run_results: Mapping[str, Any]) -> str:
    """Everything a run froze and found, as readable JSON."""
    content = {"notice": inputs.texts.notice, "inputs": inputs.to_dict(), "results": run_results}
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
