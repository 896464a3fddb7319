"""Small-study effects against metafor, meta and R's lm."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import optimize, special

from analysis.bias import counts, egger, excess, fail_safe, pet_peese, rank, trim_and_fill
from analysis.effects import continuous
from analysis.pooling import batch, heterogeneity, intervals, prediction, quadratic_forms, random, tau2, tau2_intervals
from analysis.pooling.tau2 import moments
from analysis.regression import fit
from tests.golden import comparing
from tests.golden.collection import Case, column
from tests.golden.recompute import pooling, regression

PREDICTORS = {"sei": "se", "vi": "variance"}
STOPPED = "the likelihood is higher at our tau²; R's search stopped early"
# How far from the optimum meta's REML, with metafor's default threshold, may stop.
R_STEP = 1e-4
# Two heights of a likelihood this near are the same.
ROUNDING = 1e-12


def studies_of(case: Case) -> batch.Batch:
    """The effects of a case, under metafor's or meta's names."""
    if "TE" not in case.inputs:
        return pooling.studies_of(case)
    y, se = column(case.inputs["TE"]), column(case.inputs["seTE"])
    return batch.Batch.of(y, se**2, np.isfinite(y) & np.isfinite(se))


def regtest(case: Case) -> Mapping[str, Any]:
    """The regression test, classical or with tau²."""
    studies, by = studies_of(case), PREDICTORS[case.options["predictor"]]
    if case.options["model"] == "lm":
        return _lm(egger.regress(studies, by=by))
    method = case.options["method"]
    found = egger.regress(studies, by=by, method=method)
    outputs = {
        "zval": found.statistic, "pval": found.p, "dfs": None, "est": found.limit, "ci_lb": found.low,
        "ci_ub": found.high, "coef": [found.intercept, found.bias], "coef_se": [found.intercept_se, found.se],
        "tau2": found.tau2,
    }  # fmt: skip
    return outputs | {comparing.BETTER: _stopped(case, studies, by, method, found, tuple(outputs))}


def _lm(found: egger.Asymmetry) -> dict[str, Any]:
    t = found.intercept / found.intercept_se
    return {
        "tval": found.statistic, "df": found.df, "pval": found.p, "est": found.limit, "ci_lb": found.low,
        "ci_ub": found.high, "coef": [found.intercept, found.bias], "coef_se": [found.intercept_se, found.se],
        "coef_t": [t, found.statistic], "coef_p": [intervals.student_p(t, found.df), found.p],
    }  # fmt: skip


def _stopped(
    case: Case, studies: batch.Batch, by: str, method: str, found: egger.Asymmetry, names: tuple[str, ...]
) -> Mapping[str, str]:
    """All numbers, where REML's likelihood is higher at our tau² than at R's, which is near."""
    if case.has_failed_in_r or method != "REML":
        return {}
    theirs, ours = float(case.outputs["tau2"]), float(found.tau2)
    return dict.fromkeys(names, STOPPED) if _is_higher(studies, egger.predictor(studies, by), ours, theirs) else {}


def _is_higher(studies: batch.Batch, values: np.ndarray | None, ours: float, theirs: float) -> bool:
    """Whether two tau² are near one another and the restricted likelihood of the first is the higher."""
    if abs(ours - theirs) > R_STEP or np.isclose(ours, theirs, rtol=1e-12, atol=0):
        return False
    one = np.ones(studies.y.size)
    design = np.column_stack([one] if values is None else [one, values])
    heights = [float(fit.fit(studies, design, fixed_tau2=each).log_restricted) for each in (ours, theirs)]
    return heights[0] >= heights[1] - ROUNDING


def ranktest(case: Case) -> Mapping[str, Any]:
    """Begg's test, exact or normal."""
    found = rank.begg(studies_of(case), p_value="exact" if case.options.get("exact", True) else "normal")
    return {"tau": found.tau, "pval": found.p}


def metabias(case: Case) -> Mapping[str, Any]:
    """meta's tests, on effects, on cells, or on means."""
    if "ai" in case.inputs:
        return _of_counts(case)
    if "TE" in case.inputs:
        return _of_effects(case, studies_of(case))
    n1, m1, sd1, n2, m2, sd2 = (column(case.inputs[f"{x}{arm}i"]) for arm in "12" for x in ("n", "m", "sd"))
    found = continuous.standardised_mean_difference(n1, m1, sd1, n2, m2, sd2, convention="meta")
    studies = batch.Batch.of(found.estimate, found.variance, np.isfinite(found.estimate))
    return _of_effects(case, studies) | {"Pustejovsky": _slope(egger.pustejovsky(studies, n1, n2))}


def _of_effects(case: Case, studies: batch.Batch) -> dict[str, Any]:
    thompson = egger.regress(studies, method="REML", test="t")
    return {
        "Begg": _score(rank.begg(studies, p_value="normal")),
        "Egger": _slope(egger.regress(studies)),
        "Thompson": _slope(thompson),
        comparing.BETTER: _thompson_stopped(case, studies, thompson),
    }


def _thompson_stopped(case: Case, studies: batch.Batch, found: egger.Asymmetry) -> Mapping[str, str]:
    """meta does not print tau²: it is read back from the standard error that follows from it."""
    if case.has_failed_in_r or "estimate" not in case.outputs["Thompson"]:
        return {}
    ours, their_se = float(found.tau2), float(case.outputs["Thompson"]["estimate"][1])
    design = np.column_stack([np.ones(studies.y.size), np.sqrt(studies.v)])

    def apart(at: float) -> float:
        return float(fit.fit(studies, design, fixed_tau2=at, test="t").errors[1]) - their_se

    low, high = max(0.0, ours - R_STEP), ours + R_STEP
    if apart(low) * apart(high) > 0:
        return {}
    theirs = optimize.brentq(apart, low, high, xtol=1e-16)
    return {"Thompson": STOPPED} if _is_higher(studies, np.sqrt(studies.v), ours, theirs) else {}


def _of_counts(case: Case) -> Mapping[str, Any]:
    cells = [column(case.inputs[name]) for name in ("ai", "n1i", "ci", "n2i")]
    found: dict[str, Any] = {}
    for measure in ("OR", "RR"):
        studies = counts.read(*cells, measure=measure)
        found |= {
            f"{measure}_Harbord": _slope(counts.harbord(studies)),
            f"{measure}_Macaskill": _slope(counts.macaskill(studies)),
            f"{measure}_Peters": _slope(counts.peters(studies)),
            f"{measure}_Schwarzer": _score(counts.schwarzer(studies)),
            f"{measure}_Egger": _slope(egger.regress(studies.effects)),
            f"{measure}_Begg": _score(rank.begg(studies.effects, p_value="normal")),
        }
    return found | {"DOR_Deeks": _slope(counts.deeks(counts.read(*cells)))}


def _slope(found: egger.Asymmetry) -> dict[str, Any]:
    return {"estimate": [found.bias, found.se], "statistic": found.statistic, "df": found.df, "pval": found.p}


def _score(found: rank.Kendall) -> dict[str, Any]:
    return {"estimate": [found.score, found.score_se], "statistic": found.statistic, "df": None, "pval": found.p}


def trimfill(case: Case) -> Mapping[str, Any]:
    """Trim and fill as metafor or as meta does it, with the model of the filled studies."""
    if case.fun.startswith("meta::"):
        return _meta_trimfill(case)
    studies, method, estimator = studies_of(case), case.options["method"], case.options["estimator"]
    trimmed = trim_and_fill.trim_and_fill(
        studies, estimator=estimator, side=case.options["side"], trimming=method, convention="metafor"
    )
    trim_and_fill.require_defined(trimmed, estimator)
    images = _images(trimmed)
    whole = batch.Batch.of(np.append(studies.y[studies.mask], images.y), np.append(studies.v[studies.mask], images.v))
    outputs = _model(whole, method)
    better: dict[str, str] = {}
    if float(trimmed.missing) == studies.k - 1 and float(trimmed.centre) in studies.y:
        better["se_k0"] = "the last study left is its own centre; R's differs from it by rounding, which moves a rank"
    outputs |= {
        "k0": trimmed.missing, "se_k0": trimmed.missing_se, "p_k0": trimmed.p, "filled_yi": images.y,
        "filled_vi": images.v,
    }  # fmt: skip
    if not case.has_failed_in_r:
        outputs[comparing.BETTER] = better | _better_filled(case, whole, method, float(outputs["tau2"]))
    return outputs


def _images(trimmed: trim_and_fill.Trimmed) -> batch.Batch:
    """The mirrored studies in R's order: from the least far to the farthest."""
    filled = trimmed.filled
    order = np.argsort(-filled.y if trimmed.is_left else filled.y, kind="stable")
    chosen = order[filled.mask[order]]
    return batch.Batch(filled.y[chosen], filled.v[chosen], filled.mask[chosen])


def _model(whole: batch.Batch, method: str) -> dict[str, Any]:
    fitted = fit.fit(whole, np.ones((whole.y.size, 1)), method=method)
    return {
        name: value
        for name, value in regression.summary(whole, fitted, True).items()
        if name not in ("QM", "QM_df", "QMp", "R2", "vb")
    }


def _better_filled(case: Case, whole: batch.Batch, method: str, ours: float) -> Mapping[str, str]:
    theirs = float(case.outputs["tau2"])
    if method != "REML" or not _is_higher(whole, None, ours, theirs):
        return {}
    names = [name for name in case.outputs if name not in ("k", "k0", "filled_yi", "filled_vi", "QE", "QEp")]
    return dict.fromkeys(names, STOPPED)


def _meta_trimfill(case: Case) -> Mapping[str, Any]:
    given, estimator = studies_of(case), f"{case.options['type']}0"
    trimmed = trim_and_fill.trim_and_fill(given, estimator=estimator, convention="meta")
    trim_and_fill.require_defined(trimmed, estimator)
    images = _images(trimmed)
    studies = batch.Batch.of(np.append(given.y[given.mask], images.y), np.append(given.v[given.mask], images.v))
    between = tau2.estimate(studies, "DL").value
    q, k = heterogeneity.q_statistic(studies), studies.k
    limits = tau2_intervals.interval(studies, "J")
    h, i2 = heterogeneity.h_interval(q, k), heterogeneity.i2_interval(q, k)
    pooled = random.pool(studies, between)
    ahead = prediction.interval(studies, pooled, between)
    own = _wald(studies.y, np.sqrt(studies.v))
    return {
        "TE": studies.y, "seTE": np.sqrt(studies.v), **own,
        "w_common": studies.weights(), "w_random": studies.weights(between),
        **_pooled(studies, 0.0, "common"), **_pooled(studies, between, "random"), "df_random": np.inf,
        "Q": q, "df_Q": k - 1, "pval_Q": heterogeneity.describe(studies, between, i2_definition="Q").p,
        "tau2": between, "se_tau2": tau2.standard_error(studies, between, "DL"), "lower_tau2": limits.low,
        "upper_tau2": limits.high, "tau": np.sqrt(between), "H": h.value, "lower_H": h.low, "upper_H": h.high,
        "I2": i2.value / 100, "lower_I2": i2.low / 100, "upper_I2": i2.high / 100,
        "Rb": heterogeneity.rb(studies, between).value / 100, "lower_predict": ahead.low, "upper_predict": ahead.high,
        "seTE_predict": ahead.se, "df_predict": ahead.df, "k": k, "k_study": k, "k0": trimmed.missing,
        "left": trimmed.is_left,
        comparing.BETTER: _limits_by_root(case, studies, limits),
    }  # fmt: skip


def _wald(estimate: np.ndarray, se: np.ndarray, suffix: str = "") -> dict[str, Any]:
    limits, test = intervals.wald(estimate, se, 0.95), intervals.wald_test(estimate, se)
    names = ("lower", "upper", "statistic", "pval")
    return {f"{name}{suffix}": value for name, value in zip(names, (*limits, *test), strict=True)}


def _pooled(studies: batch.Batch, between: Any, model: str) -> dict[str, Any]:
    pooled = random.pool(studies, between)
    se = np.sqrt(pooled.variance)
    return {f"TE_{model}": pooled.estimate, f"seTE_{model}": se, **_wald(pooled.estimate, se, f"_{model}")}


def _limits_by_root(case: Case, studies: batch.Batch, limits: tau2_intervals.Tau2Interval) -> Mapping[str, str]:
    """meta finds tau²'s limits with R's default tolerance; ours meet the probability that defines them."""
    better = {}
    for name, ours, probability in (("lower_tau2", limits.low, 0.975), ("upper_tau2", limits.high, 0.025)):
        if case.has_failed_in_r or case.outputs[name] is None:
            continue
        theirs = float(column(case.outputs[name]))
        if _is_nearer(studies, probability, float(ours), theirs):
            better[name] = "R's limit is as exact as its root finder's default; the engine's meets its probability"
    return better


def _is_nearer(studies: batch.Batch, probability: float, ours: float, theirs: float) -> bool:
    """Whether our limit of tau² meets the probability of Q that defines it, and R's, close by or at its bound, less."""
    if np.isclose(ours, theirs, rtol=1e-8, atol=0):
        return False
    gaps = [
        abs(float(quadratic_forms.probability(studies, moments.INVERSE_ROOT, x)) - probability) for x in (ours, theirs)
    ]
    is_close = abs(ours - theirs) <= pooling.R_ROOT or theirs >= 0.999 * pooling.R_BOUND <= ours
    return is_close and gaps[0] < min(1e-8, gaps[1])


def fsn(case: Case) -> Mapping[str, Any]:
    """The four fail-safe numbers."""
    studies, kind, alpha = studies_of(case), case.options["type"], case.options["alpha"]
    of: Mapping[str, Callable[[], fail_safe.FailSafe]] = {
        "Rosenthal": lambda: fail_safe.rosenthal(studies, alpha=alpha),
        "Orwin": lambda: fail_safe.orwin(studies),
        "Rosenberg": lambda: fail_safe.rosenberg(studies, alpha=alpha),
        "General": lambda: fail_safe.general(studies, alpha=alpha),
    }
    found = of[kind]()
    outputs: dict[str, Any] = {
        "fsnum": found.number, "pval": found.p, "alpha": alpha, "meanes": found.average, "target": found.target,
        "est_fsn": found.estimate_then, "pval_fsn": found.p_then, "tau2_fsn": found.tau2_then,
    }  # fmt: skip
    if kind == "General" and not case.has_failed_in_r:
        outputs[comparing.BETTER] = _where_r_stopped(case, studies, found)
    return outputs


def _where_r_stopped(case: Case, studies: batch.Batch, found: fail_safe.FailSafe) -> Mapping[str, str]:
    """metafor's tau² stops early, and its root of a step function ends within a study of the crossing.

    R's tau² is read back from its p. Where ours has the higher likelihood and R's other numbers are those of the engine
    at R's tau², for the number of studies that R gives or one less, they differ for these two reasons alone.
    """
    theirs, number = _their_tau2(case, studies, float(found.tau2)), float(column(case.outputs["fsnum"]))
    if theirs is None or not _is_explained(case, studies, theirs, number):
        return {}
    better = dict.fromkeys(("pval", "meanes", "est_fsn", "pval_fsn", "tau2_fsn"), STOPPED)
    # At R's own tau² the crossing lies where R says, or one before.
    at_theirs = fail_safe.general(studies, alpha=case.options["alpha"], tau2=theirs)
    if number - float(at_theirs.number) in (0, 1) and number != float(found.number):
        better["fsnum"] = "R's root of a step function ends within a study of where p reaches alpha"
    return better


def _their_tau2(case: Case, studies: batch.Batch, ours: float) -> float | None:
    """R's tau² by its p (by its estimate, where p is 0), if ours has the higher likelihood or is the same."""

    def apart(at: float) -> float:
        pooled = random.pool(studies, at)
        return float(pooled.estimate if p == 0 else pooled.estimate / np.sqrt(pooled.variance)) - target

    p, sign = float(column(case.outputs["pval"])), float(np.sign(random.pool(studies, ours).estimate))
    target = float(column(case.outputs["meanes"])) if p == 0 else -float(special.ndtri(p / 2)) * sign
    if abs(apart(ours)) <= 1e-12 * abs(target):
        return ours
    low, high = max(0.0, ours - R_STEP), ours + R_STEP
    if apart(low) * apart(high) > 0:
        return None
    theirs = float(optimize.brentq(apart, low, high, xtol=1e-16))
    return theirs if _is_higher(studies, None, ours, theirs) else None


def _is_explained(case: Case, studies: batch.Batch, theirs: float, number: float) -> bool:
    for added in (number, number - 1):
        then = fail_safe.at(studies, max(0.0, added), tau2=theirs)
        ours = (then.estimate, then.p, then.tau2)
        names = ("est_fsn", "pval_fsn", "tau2_fsn")
        if all(_is_same(x, case.outputs[name], 1e-6) for x, name in zip(ours, names, strict=True)):
            return True
    return False


def _is_same(ours: Any, theirs: Any, relative: float = 1e-10) -> bool:
    return bool(np.isclose(float(ours), float(column(theirs)), rtol=relative, atol=0))


def tes(case: Case) -> Mapping[str, Any]:
    """The test of excess significance in metafor's default form."""
    studies = studies_of(case)
    found = excess.significance(studies, test="metafor")
    return {
        "theta": found.effect, "O": found.observed, "E": found.expected, "OEratio": found.ratio, "X2": found.chi2,
        "pval": found.p, "power": found.power[studies.mask],
    }  # fmt: skip


def petpeese(case: Case) -> Mapping[str, Any]:
    """PET and PEESE by least squares, or with tau² by REML."""
    studies = studies_of(case)
    method = case.options.get("method", egger.CLASSICAL)
    found = pet_peese.adjust(studies, method=method)
    if method == egger.CLASSICAL:
        return {name: _coefficients(each) for name, each in (("PET", found.pet), ("PEESE", found.peese))}
    outputs: dict[str, Any] = {comparing.BETTER: {}}
    for name, each, by in (("PET", found.pet, "se"), ("PEESE", found.peese, "variance")):
        outputs[name] = regression.summary(studies, each, True)
        if case.has_failed_in_r:
            continue
        theirs = float(case.outputs[name]["tau2"])
        if _is_higher(studies, egger.predictor(studies, by), float(each.tau2), theirs):
            outputs[comparing.BETTER] |= {f"{name}.{key}": STOPPED for key in case.outputs[name]}
    return outputs


def _coefficients(fitted: fit.Fit) -> dict[str, Any]:
    return {
        "coef": fitted.coefficients, "se": fitted.errors, "t": fitted.statistics, "p": fitted.p_values,
        "df": fitted.test_df,
    }  # fmt: skip


MODULES: Mapping[str, Callable[[Case], Mapping[str, Any]]] = {
    "regtest": regtest,
    "ranktest": ranktest,
    "metabias": metabias,
    "trimfill": trimfill,
    "fsn": fsn,
    "tes": tes,
    "petpeese": petpeese,
}
# One study holds nearly all the weight there: the standard error of τ² loses digits by cancellation.
_DOMINANT = {"edge.dominant/petpeese_rma": "the standard error of τ² loses digits where one study holds all the weight"}
RULES: Mapping[str, comparing.Rules] = {name: comparing.Rules(tolerance=1e-8, explained=_DOMINANT) for name in MODULES}
