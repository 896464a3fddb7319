"""Subgroups against metafor and meta."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis.pooling import batch, heterogeneity, tau2_intervals
from analysis.regression import design, fit, predictions, terms
from analysis.subgroups import within
from tests.golden import comparing
from tests.golden.collection import Case, column
from tests.golden.recompute import regression

UNIROOT = float(np.finfo(float).eps ** 0.25)


def subgroup(case: Case) -> Mapping[str, Any]:
    """metafor's two ways: regression on the factor, or a model per level and a Q between."""
    effects = regression.studies(case)
    method, test = case.options["method"], case.options["test"]
    levels = list(case.options["levels"])
    if case.options["tau2"] == "separate":
        return _separate(effects, case, levels)
    factor = terms.Factor("subgroup", levels=tuple(levels))
    model = design.build([factor], case.inputs, counted=effects.mask, missing="leave_out")
    fitted = fit.fit(effects, model.matrix, method=method, test=test)
    found = regression.summary(effects, fitted, True)
    each = within.analyse(
        effects, _membership(case, levels), len(levels), method=method, test=test, tau2="common",
        errors_from="regression",
    ).groups  # fmt: skip
    found["level_means"] = {"beta": each.estimates, "se": each.errors, "ci_lb": each.lower, "ci_ub": each.upper}
    found[comparing.BETTER] = regression.better(case, effects, model.matrix, fitted, found)
    return found


def _separate(effects: batch.Batch, case: Case, levels: Sequence[str]) -> Mapping[str, Any]:
    found = within.analyse(
        effects, _membership(case, levels), len(levels), method=case.options["method"], test=case.options["test"]
    )
    each, tested = found.groups, found.between
    return {
        "k": each.k, "beta": each.estimates, "se": each.errors, "ci_lb": each.lower, "ci_ub": each.upper,
        "tau2": each.tau2, "I2": each.i2_q if case.options["method"] == "EE" else each.i2_tau2, "QE": each.q,
        "Qb": tested.statistic, "Qb_df": tested.df, "Qb_p": tested.p,
    }  # fmt: skip


def _membership(case: Case, levels: Sequence[str]) -> np.ndarray:
    return np.array([levels.index(each) if each in levels else -1 for each in map(str, case.inputs["subgroup"])])


def subgroup_meta(case: Case) -> Mapping[str, Any]:
    """metagen with subgroups; the pooled estimate of all studies is that of a regression on an intercept."""
    errors = column(case.inputs["seTE"])
    y = column(case.inputs["TE"])
    effects = batch.Batch.of(y, errors**2, np.isfinite(y) & np.isfinite(errors))
    names, levels = list(map(str, case.inputs["subgroup"])), list(map(str, case.outputs["subgroup_levels"]))
    membership = np.array([levels.index(name) for name in names])
    method, kind = case.options["method.tau"], "common" if case.options["tau.common"] else "separate"
    common = within.analyse(effects, membership, len(levels), method="EE")
    random = within.analyse(effects, membership, len(levels), method=method, tau2=kind, prediction="t_k-p")
    found = {
        **_each_study(effects),
        **_overall(effects, method),
        **_in_each(effects, common, random, method, membership, len(levels)),
    }
    return found | {comparing.BETTER: _stopped_early(case, effects, random, membership, found)}


def _stopped_early(
    case: Case, effects: batch.Batch, random: within.Subgroups, membership: np.ndarray, found: Mapping[str, Any]
) -> dict[str, str]:
    """What follows from a tau² at which R's search stopped early: the restricted likelihood is higher at ours."""
    if case.options["method.tau"] != "REML":
        return {}
    members = membership == np.arange(random.groups.k.size)[:, np.newaxis]
    is_common = case.options["tau.common"]
    each = batch.Batch.of(effects.y, effects.v, members)
    ones, cells = np.ones((effects.y.size, 1)), members.T.astype(float)
    claims = [(effects, ones, column(case.outputs["tau2"]), found["tau2"])]
    claims += [(effects, cells, column(case.outputs["tau2_resid"]), random.tau2)] if is_common else []
    claims += [] if is_common else [(each, ones, column(case.outputs["tau2_w"]), random.groups.tau2)]
    for data, x, theirs, ours in claims:
        at = [
            fit.fit(data, x, fixed_tau2=np.where(np.isnan(theirs), 0.0, each)).log_restricted for each in (theirs, ours)
        ]
        is_higher = bool((np.isnan(theirs) | (at[1] >= at[0] - 1e-12)).all())
        if not is_higher or bool((np.abs(theirs - ours) > 2e-5).any()):
            return {}
    reason = "the restricted likelihood is higher at our tau²; R stops once tau² moves by less than 1e-5"
    return {
        key: reason
        for key, theirs in case.outputs.items()
        if key in found and ("random" in key or "predict" in key or "tau" in key) and not _is_equal(found[key], theirs)
    }


def _is_equal(ours: Any, theirs: Any) -> bool:
    a, b = np.ravel(np.asarray(ours, dtype=np.float64)), np.ravel(column(theirs))
    return bool(np.allclose(a, b, rtol=5e-5, atol=0, equal_nan=True))


def _each_study(effects: batch.Batch) -> dict[str, Any]:
    one = fit.fit(batch.Batch.of(effects.y[:, None], effects.v[:, None], effects.mask[:, None]), [[1.0]], method="EE")
    return {
        "TE": one.coefficients[:, 0], "seTE": one.errors[:, 0], "lower": one.lower[:, 0], "upper": one.upper[:, 0],
        "zval": one.statistics[:, 0], "statistic": one.statistics[:, 0], "pval": one.p_values[:, 0],
    }  # fmt: skip


def _overall(effects: batch.Batch, method: str) -> dict[str, Any]:
    ones = np.ones((effects.y.size, 1))
    found: dict[str, Any] = {"k": effects.k, "k_study": effects.k, "df_random": np.inf, "df_hakn": None}
    for name, one in (("common", "EE"), ("random", method)):
        fitted = fit.fit(effects, ones, method=one)
        found |= {
            f"w_{name}": effects.weights(fitted.tau2), f"TE_{name}": fitted.coefficients[0],
            f"seTE_{name}": fitted.errors[0], f"lower_{name}": fitted.lower[0], f"upper_{name}": fitted.upper[0],
            f"statistic_{name}": fitted.statistics[0], f"pval_{name}": fitted.p_values[0],
        }  # fmt: skip
    ahead = predictions.predict(fitted, [[1.0]], interval="t_k-p")
    return found | {
        "Q": fitted.q, "df_Q": fitted.df, "pval_Q": fitted.q_p, "tau2": fitted.tau2, "tau": np.sqrt(fitted.tau2),
        "se_tau2": fitted.tau2_error, **_measured(effects, fitted, method),
        "lower_predict": ahead.prediction_lower[0], "upper_predict": ahead.prediction_upper[0],
        "seTE_predict": ahead.prediction_errors[0], "df_predict": fitted.df,
    }  # fmt: skip


def _measured(effects: batch.Batch, fitted: fit.Fit, method: str) -> dict[str, Any]:
    """H, I² and Rb, as proportions, and the interval of tau²: Jackson's for DerSimonian-Laird, else the Q-profile."""
    h, i2 = (ask(fitted.q, fitted.k) for ask in (heterogeneity.h_interval, heterogeneity.i2_interval))
    limits = tau2_intervals.interval(effects, "J" if method == "DL" else "QP")
    return {
        "H": h.value, "lower_H": h.low, "upper_H": h.high, "I2": i2.value / 100, "lower_I2": i2.low / 100,
        "upper_I2": i2.high / 100, "Rb": heterogeneity.rb(effects, fitted.tau2).value / 100,
        "lower_tau2": limits.low, "upper_tau2": limits.high,
    }  # fmt: skip


def _in_each(
    effects: batch.Batch,
    common: within.Subgroups,
    random: within.Subgroups,
    method: str,
    membership: np.ndarray,
    number: int,
) -> dict[str, Any]:
    found: dict[str, Any] = {"k_w": common.groups.k}
    overall = fit.fit(effects, np.ones((effects.y.size, 1)), method=method).tau2
    weights = {"common": effects.weights(0.0), "random": effects.weights(overall)}
    for name, kind in (("common", common), ("random", random)):
        each, tested = kind.groups, kind.between
        found |= {
            f"TE_{name}_w": each.estimates, f"seTE_{name}_w": each.errors, f"lower_{name}_w": each.lower,
            f"upper_{name}_w": each.upper, f"w_{name}_w": np.bincount(membership, weights[name], number),
            f"Q_b_{name}": tested.statistic, f"df_Q_b_{name}": tested.df, f"pval_Q_b_{name}": tested.p,
        }  # fmt: skip
    each, is_single = random.groups, random.groups.k < 2
    is_separate = np.isnan(random.tau2)
    return found | {
        "Q_w": each.q, "df_Q_w": random.df, "pval_Q_w": np.where(is_single, np.nan, each.q_p),
        "tau2_w": np.where(is_single & is_separate, np.nan, each.tau2),
        "I2_w": np.where(is_single, np.nan, each.i2_q / 100), "H_w": np.sqrt(np.maximum(each.h2, 1.0)),
        "Q_w_common": common.q, "pval_Q_w_common": common.q_p, "Q_w_random": None if is_separate else random.q,
        "tau2_resid": random.tau2, "I2_resid": None if is_separate else random.i2 / 100,
        "lower_predict_w": each.prediction_lower, "upper_predict_w": each.prediction_upper,
    }  # fmt: skip


def floors(case: Case) -> Mapping[str, float]:
    """meta looks for the limits of tau² with R's uniroot, whose default stops within 1.2e-4."""
    return {**regression.floors(case), "lower_tau2": UNIROOT, "upper_tau2": UNIROOT}


RULES: Mapping[str, comparing.Rules] = {
    "subgroup": comparing.Rules(tolerance=1e-8, floors=regression.floors),
    "subgroup_meta": comparing.Rules(tolerance=1e-4, floors=floors),
}
MODULES: Mapping[str, comparing.Recompute] = {"subgroup": subgroup, "subgroup_meta": subgroup_meta}
