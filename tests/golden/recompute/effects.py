"""Effect sizes: metafor's escalc, RevMan's standardised differences and published rows, intervals of proportions."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import special

from analysis.effects import (
    back_transform,
    catalogue,
    continuous,
    conventions,
    core,
    proportion_intervals,
    proportions,
    summaries,
    tetrachoric,
    zero_cells,
)
from analysis.pooling import batch, common, heterogeneity, intervals, mantel_haenszel, random, tau2
from tests.golden import collection, comparing
from tests.golden.collection import Case, Uncovered

# R's names of the inputs, by the names of our studies' fields.
ARMS = {"events1": "ai", "n1": "n1i", "events2": "ci", "n2": "n2i"}
PAIRS = {"both": "ai", "only1": "bi", "only2": "ci", "neither": "di"}
GROUPS = {"n1": "n1i", "mean1": "m1i", "sd1": "sd1i", "n2": "n2i", "mean2": "m2i", "sd2": "sd2i"}
NAMES: Mapping[str, Mapping[str, str]] = {
    "binary": ARMS,
    "matched": PAIRS,
    "rates": {"events1": "x1i", "time1": "t1i", "events2": "x2i", "time2": "t2i"},
    "single_rates": {"events": "xi", "time": "ti"},
    "proportions": {"events": "xi", "n": "ni"},
    "continuous": GROUPS,
    "means": {"n": "ni", "mean": "mi", "sd": "sdi"},
    "paired": {"n": "ni", "mean1": "m1i", "sd1": "sd1i", "mean2": "m2i", "sd2": "sd2i", "r": "ri"},
    "correlations": {"r": "ri", "n": "ni"},
    "partial_correlations": {"r": "ri", "n": "ni", "predictors": "mi", "r2": "r2i"},
    "determination": {"r2": "r2i", "n": "ni", "predictors": "mi"},
    "reliability": {"alpha": "ai", "items": "mi", "n": "ni"},
}
PUBLISHED = {
    "events1": "Experimental_cases",
    "events2": "Control_cases",
    "n1": "Experimental_N",
    "n2": "Control_N",
    "mean1": "Experimental_mean",
    "mean2": "Control_mean",
    "sd1": "Experimental_SD",
    "sd2": "Control_SD",
}
ALIASES = {"OR2D": "OR2DL", "D2OR": "D2ORL", "AUCN": "CLESN"}
ESCALC = ("yi", "sei", "zi", "pval", "ci_lb", "ci_ub")
INTERVALS = {
    "CP": "clopper_pearson",
    "WS": "wilson",
    "WSCC": "wilson_cc",
    "AC": "agresti_coull",
    "SA": "wald",
    "SACC": "wald_cc",
    "NAsm": "logit",
}
BOUND = "the estimate is at its bound, where it has no variance; R prints what its optimiser left behind"
EXACT = "R's optimiser stops early; ours gives back the table exactly"


def escalc(case: Case) -> Mapping[str, Any]:
    measure = case.options["measure"]
    entry = _entry(measure)
    found = entry.compute(*_columns(case, entry), **_choices(case.options, entry))
    outputs = _escalc_outputs(found)
    if measure in ("RTET", "ZTET"):
        outputs[comparing.BETTER] = _better_tetrachoric(case, outputs, entry)
    return outputs


def _entry(measure: str) -> catalogue.Measure:
    name = ALIASES.get(measure, measure)
    if name not in catalogue.MEASURES:
        raise Uncovered(f"the measure {measure} of escalc is not computed")
    return catalogue.measure(name)


def _columns(case: Case, entry: catalogue.Measure) -> list[np.ndarray]:
    names = NAMES[entry.family]
    inputs = {name: collection.column(values) for name, values in case.inputs.items()}
    if "bi" in inputs and "n1i" not in inputs and entry.family == "binary":
        inputs |= {"n1i": inputs["ai"] + inputs["bi"], "n2i": inputs["ci"] + inputs["di"]}
    if "n1i" in inputs and "bi" not in inputs and entry.family == "matched":
        inputs |= {"bi": inputs["n1i"] - inputs["ai"], "di": inputs["n2i"] - inputs["ci"]}
    if any(names[name] not in inputs for name in entry.fields):
        raise Uncovered("the inputs are given in another form than the measure takes")
    return [inputs[names[name]] for name in entry.fields]


def _choices(options: Mapping[str, Any], entry: catalogue.Measure) -> dict[str, Any]:
    """The options of escalc as ours."""
    chosen = conventions.choices(entry.name, "metafor")
    if "vtype" in options:
        if "variance" not in entry.options:
            raise Uncovered(f"the measure {entry.name} has one variance only")
        chosen["variance"] = options["vtype"]
    if "correct" in options:
        chosen["correction"] = _correction(options["correct"], entry.options["correction"])
    if entry.adds is not None and {"add", "to", "drop00"} & set(options):
        chosen["zero_cells"] = zero_cells.ZeroCells(
            increment=options.get("add", 0.5 if entry.adds else 0.0),
            when=options.get("to", chosen["zero_cells"].when if entry.adds else "only0"),
            drop="no_or_only_events" if options.get("drop00") else "never",
        )
    return chosen


def _correction(correct: Any, allowed: tuple[str, ...]) -> str:
    if correct == "approx":
        return "approximate"
    return allowed[0] if correct else "none"


def _escalc_outputs(found: core.Effects) -> dict[str, Any]:
    summary = summaries.summarise(found)
    return {**dict(zip(ESCALC, summary, strict=True)), "vi": found.variance}


def _better_tetrachoric(case: Case, outputs: Mapping[str, Any], entry: catalogue.Measure) -> Mapping[str, str]:
    """Rows in which R's optimiser is short of the maximum, or at a bound; each with the proof at hand."""
    columns = _columns(case, entry)
    is_bound = np.abs(tetrachoric.tetrachoric(*columns).estimate) == 1
    theirs = collection.column(case.outputs["yi"])
    back = np.tanh if entry.name == "ZTET" else np.asarray
    ours_apart = tetrachoric.misfit(*columns, back(outputs["yi"]))
    theirs_apart = tetrachoric.misfit(*columns, back(theirs))
    spread = collection.column(case.outputs["vi"])
    is_near = (np.abs(theirs - outputs["yi"]) < 1e-3) & (np.abs(spread / outputs["vi"] - 1) < 0.02)
    is_exact = is_near & (ours_apart <= np.maximum(theirs_apart, 1e-14))
    reasons = {}
    for row in range(len(theirs)):
        for name in (*ESCALC, "vi"):
            if is_bound[row]:
                if name != "yi" or entry.name == "ZTET":
                    reasons[f"{name}.{row}"] = BOUND
            elif is_exact[row]:
                reasons[f"{name}.{row}"] = EXACT
    return reasons


def revman_smd(case: Case) -> Mapping[str, Any]:
    groups = [collection.column(case.inputs[name]) for name in GROUPS.values()]
    found = continuous.standardised_mean_difference(*groups, convention="revman5")
    return {"g": found.estimate, "se": np.sqrt(found.variance)}


def smd_from_statistic(case: Case) -> Mapping[str, Any]:
    n1, n2 = collection.column(case.inputs["n1i"]), collection.column(case.inputs["n2i"])
    statistic = next(name for name in ("di", "ti", "pi") if name in case.inputs)
    values = collection.column(case.inputs[statistic])
    compute: Mapping[str, Callable[..., core.Effects]] = {
        "di": continuous.from_d,
        "ti": continuous.from_t,
        "pi": continuous.from_p,
    }
    found = compute[statistic](values, n1, n2)
    return {"yi": found.estimate, "vi": found.variance}


def proportion_interval(case: Case) -> Mapping[str, Any]:
    events, n = collection.column(case.inputs["event"]), collection.column(case.inputs["n"])
    found = {}
    for name in case.options["methods"]:
        limits = proportion_intervals.interval(events, n, method=INTERVALS[name])
        with np.errstate(divide="ignore"):
            low, high = special.logit(limits.low), special.logit(limits.high)
        found[name] = {"lower": low, "upper": high}
    return found


def double_arcsine_back(case: Case) -> Mapping[str, Any]:
    """Proportions pooled on the double arcsine scale by REML, and the way back by the harmonic mean of the sizes."""
    events, n = collection.column(case.inputs["xi"]), collection.column(case.inputs["ni"])
    found = proportions.double_arcsine_proportion(events, n)
    studies = batch.Batch.of(*found)
    pooled = random.pool(studies, tau2.estimate(studies, "REML").value)
    limits = intervals.wald(pooled.estimate, np.sqrt(pooled.variance), 0.95)
    values = np.array([pooled.estimate, *limits])
    back = back_transform.double_arcsine_of_pool(values, n)
    own = back_transform.double_arcsine_of_pool(found.estimate, n, assume="own")
    names = ("pooled_yi", "ci_lb", "ci_ub", "prop", "prop_lb", "prop_ub")
    return {**dict(zip(names, (*values, *back.value), strict=True)), "hm": back.size, "study": own.value}


def revman_rows(case: Case) -> Mapping[str, Any]:
    """Published rows of Cochrane reviews: each study's estimate, interval and weight under RevMan's formulas."""
    measure = {"PETO_OR": "PETO"}.get(case.options["sm"], case.options["sm"])
    entry = catalogue.measure(measure)
    columns = [collection.column(case.inputs[PUBLISHED[name]]) for name in entry.fields]
    found = entry.compute(*columns, **conventions.choices(measure, "revman"))
    summary = summaries.summarise(found)
    shown = [entry.back(part) for part in (summary.estimate, summary.ci_low, summary.ci_high)]
    weights = _published_weights(case.options["model"], entry, columns, found)
    return {"estimate": shown[0], "ci_lb": shown[1], "ci_ub": shown[2], "weight_pct": weights}


def _published_weights(
    model: str, entry: catalogue.Measure, columns: list[np.ndarray], found: core.Effects
) -> np.ndarray:
    """RevMan's weights; its Mantel-Haenszel random effects take Q about the Mantel-Haenszel estimate."""
    studies = batch.Batch.of(*found, np.isfinite(found.estimate) & np.isfinite(found.variance))
    if model == "IV_fixed":
        return common.pool(studies).weights
    if model.startswith("IV_random"):
        return random.pool(studies, tau2.estimate(studies, model.removeprefix("IV_random_")).value).weights
    pooled = _mantel_haenszel(entry, columns)
    if model == "MH_fixed":
        return pooled.weights
    q = heterogeneity.q_statistic(studies, pooled.estimate)
    return random.pool(studies, tau2.estimate(studies, "DL", q=q).value).weights


def _mantel_haenszel(entry: catalogue.Measure, columns: list[np.ndarray]) -> common.Pooled:
    rule = conventions.zero_cell_rule(entry.name, "revman")
    cells = zero_cells.correct(zero_cells.table(*columns), rule).table
    return mantel_haenszel.pool(mantel_haenszel.tables(cells.a, cells.n1, cells.c, cells.n2), entry.name)


RULES = {
    "escalc": comparing.Rules(tolerance=1e-10),
    "revman_smd": comparing.Rules(
        tolerance=1e-12, ignored={"max_abs_diff_vs_meta": "a difference between two programs of R, not a result"}
    ),
    "conv_smd": comparing.Rules(tolerance=1e-10),
    "metaprop_ci": comparing.Rules(tolerance=1e-8),
    "transf": comparing.Rules(tolerance=1e-8),
    "revman_rows": comparing.Rules(tolerance=1e-10, floor=2e-6),
}
MODULES = {
    "escalc": escalc,
    "revman_smd": revman_smd,
    "conv_smd": smd_from_statistic,
    "metaprop_ci": proportion_interval,
    "transf": double_arcsine_back,
    "revman_rows": revman_rows,
}
