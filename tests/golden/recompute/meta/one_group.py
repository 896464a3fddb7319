"""Ready effects and single groups: correlations, proportions and means."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.effects import catalogue, core, proportion_intervals, zero_cells
from tests.golden import comparing
from tests.golden.collection import Case, column
from tests.golden.recompute.meta import inputs, model


def metagen(case: Case) -> Mapping[str, Any]:
    estimate, se = column(case.inputs["TE"]), column(case.inputs["seTE"])
    found = core.Effects(estimate, se**2)
    pooled_model = model.Model(model.studies_of(found), case, None)
    return {**model.per_study(found), **model.both(pooled_model), comparing.BETTER: pooled_model.better}


def metacor(case: Case) -> Mapping[str, Any]:
    found = inputs.effects_of(case, inputs.MEASURES[case.options["sm"]], {"r": "cor", "n": "n"})
    pooled_model = model.Model(model.studies_of(found), case, None)
    return {**model.per_study(found), **model.both(pooled_model), comparing.BETTER: pooled_model.better}


def metaprop(case: Case) -> Mapping[str, Any]:
    """Single proportions: meta prints no test of no effect, and Clopper and Pearson's interval for each study."""
    found = inputs.effects_of(case, inputs.MEASURES[case.options["sm"]], {"events": "event", "n": "n"})
    pooled_model = model.Model(model.studies_of(found), case, None)
    events, n = column(case.inputs["event"]), column(case.inputs["n"])
    limits = proportion_intervals.interval(events, n, method="clopper_pearson")
    shown = {"lower": _on_scale(case, limits.low, n), "upper": _on_scale(case, limits.high, n)}
    nothing = dict.fromkeys(("statistic_common", "pval_common", "statistic_random", "pval_random"), np.nan)
    return {
        **model.per_study(found, has_test=False),
        **shown,
        **model.both(pooled_model),
        **nothing,
        "study_ci_CP": shown,
        comparing.BETTER: pooled_model.better,
    }


def _on_scale(case: Case, proportion: np.ndarray, n: np.ndarray) -> np.ndarray:
    """A proportion on the scale of the analysis; nothing is added to cells of 0."""
    entry = catalogue.measure(inputs.MEASURES[case.options["sm"]])
    plain = {"zero_cells": zero_cells.UNCORRECTED} if entry.adds is not None else {}
    return entry.compute(proportion * n, n, **plain).estimate


def metamean(case: Case) -> Mapping[str, Any]:
    """Single means, raw and as logarithms, without a test of no effect."""
    together: dict[str, Any] = {}
    better: dict[str, str] = {}
    for name in ("MRAW", "MLN"):
        entry = catalogue.measure(inputs.MEASURES[name])
        fields = {"n": "ni", "mean": "mi", "sd": "sdi"}
        found = entry.compute(*(column(case.inputs[fields[field]]) for field in entry.fields))
        part = replace(case, outputs=case.outputs[name], options={})
        pooled_model = model.Model(model.studies_of(found), part, None)
        nothing = dict.fromkeys(("statistic_common", "pval_common", "statistic_random", "pval_random"), np.nan)
        together[name] = {**model.per_study(found, has_test=False), **model.both(pooled_model), **nothing}
        better |= {f"{name}.{key}": reason for key, reason in pooled_model.better.items()}
    return {**together, comparing.BETTER: better}
