"""Pooling one set of studies: against metafor's rma.uni, confint, rma.mh, rma.peto, meta's measures, R's lm."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from analysis.effects import binary, rates, zero_cells
from analysis.pooling import (
    batch,
    blup,
    common,
    fit,
    hartung_knapp,
    heterogeneity,
    intervals,
    mantel_haenszel,
    mantel_haenszel_rates,
    mantel_haenszel_tests,
    peto,
    prediction,
    quadratic_forms,
    random,
    tau2,
    tau2_intervals,
)
from analysis.pooling.tau2 import likelihood, moments
from tests.golden import comparing
from tests.golden.collection import Case, column

TESTS = {"z": "z", "t": "t", "knha": "HK", "adhoc": "HK-se"}
OWN_PREDICTION = {"z": "z", "t": "t_k-1", "knha": "HK", "adhoc": "HK-se"}
STEPS = ("beta", "se", "zval", "pval", "ci_lb", "ci_ub", "tau2", "se_tau2", "I2", "H2", "s2w")
ON_THE_SCALE = ("beta", "ci_lb", "ci_ub", "pred", "pi_lb", "pi_ub")
FOLLOWS_TAU2 = (*STEPS, "fit_ML", "fit_REML", "weights_pct", "blup", "pi")
STOPPED = "R's search stopped before the {}, where the engine's is {}"
CLOSED_FORMS = ("EE", "DL", "HE", "HS", "HSk", "SJ", "GENQ")
# uniroot's tolerance, .Machine$double.eps^0.25, with which confint and meta look for limits of tau².
R_ROOT = 1.3e-4
R_BOUND = 100.0


def studies_of(case: Case) -> batch.Batch:
    y, v = column(case.inputs["yi"]), column(case.inputs["vi"])
    return batch.Batch.of(y, v, np.isfinite(y) & np.isfinite(v))


def pool(case: Case) -> Mapping[str, Any]:
    """metafor's rma.uni without moderators, the intercept's vectors and all."""
    studies, method, test = studies_of(case), case.options["method"], case.options["test"]
    given = column(case.inputs["weights"]) if "weights" in case.inputs else None
    between, error = _between(studies, method, given)
    pooled = random.pool(studies, between) if given is None else common.under(studies, given, between)
    found = intervals.infer(studies, pooled, between, method=TESTS[test])
    differ = heterogeneity.describe(studies, between, i2_definition="Q" if method == "EE" else "tau2")
    has_tau2 = method != "EE"
    outputs = {
        "k": studies.k, "p": 1, "beta": pooled.estimate, "se": found.se, "zval": found.statistic, "pval": found.p,
        "ci_lb": found.low, "ci_ub": found.high, "tau2": between, "se_tau2": error, "QE": differ.q,
        "QE_df": differ.df, "QEp": differ.p, "I2": differ.i2, "H2": differ.h2, "s2w": found.factor,
        "vt": heterogeneity.typical_variance(studies), "ddf": np.where(np.isinf(found.df), np.nan, found.df),
        "fit_ML": _criteria(fit.maximum_likelihood(studies, pooled.estimate, between, has_tau2=has_tau2)),
        "fit_REML": _criteria(fit.restricted(studies, pooled.estimate, between, has_tau2=has_tau2)),
        "weights_pct": pooled.weights, "blup": _blup(studies, pooled, between),
    }  # fmt: skip
    if has_tau2:
        outputs["pi"] = _predictions(studies, pooled, between, found, test)
    if case.status == "ok" and method != "EE":
        near = 1e-9 if case.module == "pool" else 1e-5
        outputs[comparing.BETTER] = _better(studies, method, between, float(case.outputs["tau2"]), near)
    return outputs


def _between(studies: batch.Batch, method: str, weights: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    if method == "EE":
        return np.zeros(()), np.array(np.nan)
    value = tau2.estimate(studies, method, weights=weights).value
    return value, tau2.standard_error(studies, value, method, weights=weights)


def _criteria(found: fit.Fit) -> Mapping[str, Any]:
    return dict(zip(("ll", "dev", "AIC", "BIC", "AICc"), found, strict=True))


def _blup(studies: batch.Batch, pooled: common.Pooled, between: np.ndarray) -> Mapping[str, Any]:
    found = blup.predict(studies, pooled, between)
    return {"pred": found.estimate, "se": found.se, "pi_lb": found.low, "pi_ub": found.high}


def _predictions(
    studies: batch.Batch, pooled: common.Pooled, between: np.ndarray, mean: intervals.Inference, test: str
) -> Mapping[str, Any]:
    """metafor's four: its default takes the test's distribution; riley and t change the degrees of freedom alone."""
    suffix = {"knha": "HK", "adhoc": "HK-se"}.get(test)
    riley, student = (f"{suffix}-riley", suffix) if suffix else ("riley", "t_k-1")
    kinds = {"default": OWN_PREDICTION[test], "riley": riley, "t": student, "simple": "simple"}
    limits = {"pred": pooled.estimate, "se": mean.se, "ci_lb": mean.low, "ci_ub": mean.high}
    return {name: limits | _prediction(studies, pooled, between, kind) for name, kind in kinds.items()}


def _prediction(studies: batch.Batch, pooled: common.Pooled, between: np.ndarray, kind: str) -> Mapping[str, Any]:
    found = prediction.interval(studies, pooled, between, kind=kind)
    df = np.where(np.isinf(found.df), np.nan, found.df)
    return {"pi_lb": found.low, "pi_ub": found.high, "pi_se": found.se, "pi_ddf": df}


def _better(
    studies: batch.Batch, method: str, ours: np.ndarray, theirs: float, near: float = 1e-9
) -> Mapping[str, str]:
    """Which numbers are no target because the engine's tau² satisfies its own definition better than R's."""
    if method in CLOSED_FORMS or np.isclose(float(ours), theirs, rtol=near, atol=0):
        return {}
    what, own, other = _merits(studies, method, ours, np.array(theirs))
    if own < other:
        return {}
    reason = STOPPED.format(*{
        "likelihood": ("maximum of the likelihood", "higher"),
        "equation": ("root of its equation", "exact"),
    }[what])  # fmt: skip
    return dict.fromkeys(FOLLOWS_TAU2, reason)


def _merits(studies: batch.Batch, method: str, ours: np.ndarray, theirs: np.ndarray) -> tuple[str, float, float]:
    if method in ("ML", "REML"):
        height = likelihood.log_likelihood if method == "ML" else likelihood.restricted_log_likelihood
        return "likelihood", float(height(studies, ours)), float(height(studies, theirs))
    if method not in ("PM", "EB", "DLIT", "SJIT"):
        return "equation", 0.0, 1.0
    misses = [abs(float(hartung_knapp.factor(studies, at)) - 1) for at in (ours, theirs)]
    return "equation", -misses[0], -misses[1]


def _pool_floors(case: Case) -> Mapping[str, float]:
    """tau² of 1e-10 of the effects' variance is 0, as are the parts of I² and H² that come of it."""
    studies = studies_of(case)
    nothing = 1e-10 * float(np.var(studies.y))
    share = nothing / float(heterogeneity.typical_variance(studies)) if studies.k > 1 else 0.0
    small = dict.fromkeys(ON_THE_SCALE, 1e-10 * float(np.abs(studies.y).max()))
    return small | {"tau2": nothing, "I2": 100 * share, "H2": share}


def tau2ci(case: Case) -> Mapping[str, Any]:
    """metafor's confint and meta's method.tau.ci, each limit by its own definition."""
    studies, options = studies_of(case), case.options
    level = options["level"] / 100
    if "type" not in options:
        return _meta_limits(case, studies, level)
    given = column(case.inputs["weights"]) if options["method"] == "GENQ" else None
    choices = {"weights": given} if given is not None else {"likelihood": options["method"]}
    found = tau2_intervals.interval(studies, options["type"], level=level, **_allowed(options["type"], choices))
    value = tau2.estimate(studies, options["method"], weights=given).value
    limits = np.array([value, found.low, found.high])
    outputs = {
        "tau2": limits, "tau": np.sqrt(limits), "I2": heterogeneity.i2_from_tau2(studies, limits),
        "H2": heterogeneity.h2_from_tau2(studies, limits),
    }  # fmt: skip
    outputs[comparing.BETTER] = _better_limits(case, studies, limits, given)
    return outputs


def _allowed(kind: str, choices: Mapping[str, Any]) -> Mapping[str, Any]:
    return choices if kind in ("PL", "GENQ") else {}


def _better_limits(
    case: Case, studies: batch.Batch, limits: np.ndarray, weights: np.ndarray | None
) -> Mapping[str, str]:
    """Limits at R's search bound, and those that R's root finder left farther from the quantile than the engine's."""
    theirs, better = column(case.outputs["tau2"]), {}
    for place, sign, probability in ((1, "lb_sign", 0.975), (2, "ub_sign", 0.025)):
        ours, other = limits[place], theirs[place]
        apart = _probability_gap(studies, case.options["type"], weights, probability)
        if np.isclose(ours, other, rtol=1e-7, atol=0) or apart is None:
            continue
        reason = ""
        if case.outputs[sign] == ">" and other >= R_BOUND <= ours and apart(ours) < 1e-8:
            reason = "R's limit is its search bound of 100; the engine's meets the quantile"
        elif abs(ours - other) <= R_ROOT and apart(ours) < min(1e-8, apart(other)):
            reason = "R's limit is as exact as its root finder's default; the engine's meets the quantile"
        if reason:
            better |= {f"{name}.{place}": reason for name in ("tau2", "tau", "I2", "H2")}
    if limits[0] == 0 < theirs[0] <= 1e-10 * np.var(studies.y):
        better |= {f"{name}.0": "a tau² of rounding noise is 0" for name in ("tau", "I2", "H2")}
    if case.options["method"] in ("REML", "ML", "PM"):
        first = _better(studies, case.options["method"], limits[0], float(theirs[0]))
        better |= {f"{name}.0": first[name] for name in ("tau2", "I2", "H2") if name in first}
        better |= {"tau.0": first["tau2"]} if first else {}
    return better


def _probability_gap(
    studies: batch.Batch, kind: str, weights: Any, probability: float
) -> Callable[[float], float] | None:
    """How far P(Q ≤ observed Q) at a tau² is from the probability that defines a limit."""
    if kind in ("GENQ", "J", "BJ"):
        chosen = {"J": moments.INVERSE_ROOT, "BJ": moments.INVERSE}.get(kind, weights)
        return lambda at: abs(float(quadratic_forms.probability(studies, chosen, at)) - probability)
    if kind == "QP":
        return lambda at: abs(float(tau2_intervals.q_profile_probability(studies, np.array(at))) - probability)
    return None


def _meta_limits(case: Case, studies: batch.Batch, level: float) -> Mapping[str, Any]:
    value = tau2.estimate(studies, "DL").value
    outputs: dict[str, Any] = {}
    better: dict[str, str] = {}
    for kind in ("J", "BJ", "QP", "BT"):
        found = tau2_intervals.interval(studies, kind, level=level)
        outputs[kind] = {"tau2": value, "lower": found.low, "upper": found.high}
        for name, ours, probability in (("lower", found.low, 0.975), ("upper", found.high, 0.025)):
            apart = _probability_gap(studies, kind, None, probability)
            other = float(case.outputs[kind][name])
            if apart is None or np.isclose(ours, other, rtol=1e-7, atol=0):
                continue
            is_bound = other >= R_BOUND * 0.999 and ours >= R_BOUND
            if (is_bound or abs(ours - other) <= R_ROOT) and apart(float(ours)) < min(1e-8, apart(other)):
                better[f"{kind}.{name}"] = "R's limit is as exact as its root finder's default, or its search bound"
    outputs["BT"]["Q"] = heterogeneity.q_statistic(studies)
    outputs[comparing.BETTER] = better
    return outputs


def het(case: Case) -> Mapping[str, Any]:
    """meta's H, I² and Rb, all as proportions; I² from tau² with the limits of the Q-profile."""
    studies, level = studies_of(case), case.options["level"] / 100
    between = tau2.estimate(studies, "REML").value
    q, k = heterogeneity.q_statistic(studies), studies.k
    h, i2 = heterogeneity.h_interval(q, k, level=level), heterogeneity.i2_interval(q, k, level=level)
    rb = heterogeneity.rb(studies, between, level=level)
    limits = tau2_intervals.interval(studies, "QP", level=level)
    by_tau2 = [heterogeneity.i2_from_tau2(studies, at) / 100 for at in (between, limits.low, limits.high)]
    return {
        comparing.BETTER: _better_shares(case, studies, between, limits),
        "Q": q, "df": k - 1, "H": h.value, "H_lb": h.low, "H_ub": h.high, "I2": i2.value / 100,
        "I2_lb": i2.low / 100, "I2_ub": i2.high / 100, "Rb": rb.value / 100, "Rb_lb": rb.low / 100,
        "Rb_ub": rb.high / 100, "I2_tau2": by_tau2[0], "I2_tau2_lb": by_tau2[1], "I2_tau2_ub": by_tau2[2],
    }  # fmt: skip


def _better_shares(
    case: Case, studies: batch.Batch, between: np.ndarray, limits: tau2_intervals.Tau2Interval
) -> Mapping[str, str]:
    """meta takes tau² and its limits with R's default tolerances; they show in I², from which they are read back."""
    if case.status != "ok":
        return {}
    s2, better = heterogeneity.typical_variance(studies), {}
    shares = column([case.outputs[name] for name in ("I2_tau2", "I2_tau2_lb", "I2_tau2_ub")])
    theirs = s2 * shares / (1 - shares)
    _, own, other = _merits(studies, "REML", between, theirs[0])
    if own >= other:
        better |= dict.fromkeys(("I2_tau2", "Rb", "Rb_lb", "Rb_ub"), "R's REML stops early; the engine's is higher")
    for name, at, ours, probability in (
        ("I2_tau2_lb", theirs[1], limits.low, 0.975),
        ("I2_tau2_ub", theirs[2], limits.high, 0.025),
    ):
        gap = _probability_gap(studies, "QP", None, probability)
        is_root = gap is not None and gap(float(ours)) < min(1e-8, gap(float(at)))
        is_bound = at >= 0.999 * R_BOUND <= ours
        if is_root and (abs(float(ours) - at) <= R_ROOT or is_bound):
            better[name] = "R's limit is as exact as its root finder's default; the engine's meets the quantile"
    return better


def mh(case: Case) -> Mapping[str, Any]:
    """metafor's rma.mh: the estimate from raw cells, Q from effects with ½ added to tables with a zero."""
    if "x1i" in case.inputs:
        return _mh_rates(case)
    counts = [column(case.inputs[name]) for name in ("ai", "n1i", "ci", "n2i")]
    measure, options = case.options["measure"], case.options
    cells = mantel_haenszel.tables(*counts)
    pooled = mantel_haenszel.pool(cells, measure)
    rule = zero_cells.ZeroCells(when="none" if "add" in options else "only0", drop="no_events")
    effects = {"OR": binary.odds_ratio, "RR": binary.risk_ratio, "RD": binary.risk_difference}[measure]
    outputs = _mh_summary(pooled, effects(*counts, zero_cells=rule), cells.mask)
    outputs["weights_pct"] = pooled.weights
    if measure != "OR":
        return outputs | dict.fromkeys(("MH", "MHp", "BD", "BDp", "TA", "TAp", "k_pos", "MHdf"))
    same = mantel_haenszel_tests.association(cells, is_corrected=_is_corrected(options))
    one = mantel_haenszel_tests.one_odds_ratio(cells, pooled.estimate)
    return outputs | {
        "MH": same.statistic, "MHp": same.p, "MHdf": None, "BD": one.breslow_day.statistic, "BDp": one.breslow_day.p,
        "TA": one.tarone.statistic, "TAp": one.tarone.p, "k_pos": one.k,
    }  # fmt: skip


def _is_corrected(options: Mapping[str, Any]) -> bool:
    """metafor's default is a continuity correction; the cases called default were made without one."""
    return bool(options.get("correct", "add" in options))


def _mh_rates(case: Case) -> Mapping[str, Any]:
    counts = [column(case.inputs[name]) for name in ("x1i", "t1i", "x2i", "t2i")]
    given, is_ratio = mantel_haenszel_rates.rates(*counts), case.options["measure"] == "IRR"
    pooled = (mantel_haenszel_rates.rate_ratio if is_ratio else mantel_haenszel_rates.rate_difference)(given)
    outputs = _mh_summary(pooled, (rates.rate_ratio if is_ratio else rates.rate_difference)(*counts), given.mask)
    if not is_ratio:
        return outputs | {"MH": None, "MHp": None}
    same = mantel_haenszel_rates.association(given, is_corrected=True)
    return outputs | {"MH": same.statistic, "MHp": same.p}


def _mh_summary(pooled: common.Pooled, effects: Any, counted: np.ndarray) -> dict[str, Any]:
    se = np.sqrt(pooled.variance)
    low, high = intervals.wald(pooled.estimate, se, 0.95)
    test = intervals.wald_test(pooled.estimate, se)
    estimable = np.isfinite(effects.estimate) & np.isfinite(effects.variance)
    studies = batch.Batch.of(effects.estimate, effects.variance, estimable)
    q = heterogeneity.q_statistic(studies, pooled.estimate)
    differ = heterogeneity.describe(studies, np.zeros(()), i2_definition="Q", q=q)
    alone = "fewer than two estimable studies: R prints p = 1 and I² = 0, the engine that they are not defined"
    return {
        comparing.BETTER: dict.fromkeys(("QEp", "I2", "H2"), alone) if studies.k < 2 else {},
        "k": counted.sum(), "beta": pooled.estimate, "se": se, "zval": test.z, "pval": test.p, "ci_lb": low,
        "ci_ub": high, "QE": differ.q, "QEp": differ.p, "I2": differ.i2, "H2": differ.h2,
    }  # fmt: skip


def peto_method(case: Case) -> Mapping[str, Any]:
    """metafor's rma.peto."""
    cells = mantel_haenszel.tables(*(column(case.inputs[name]) for name in ("ai", "n1i", "ci", "n2i")))
    given = peto.scores(cells)
    pooled, effects = peto.pool(given), peto.effects(given)
    outputs = _mh_summary(pooled, _Effects(effects.y, np.where(effects.mask, effects.v, np.nan)), cells.mask)
    return outputs | {"weights_pct": pooled.weights}


class _Effects:
    """A batch's effects under the names of `effects.core.Effects`."""

    def __init__(self, estimate: np.ndarray, variance: np.ndarray) -> None:
        self.estimate, self.variance = estimate, variance


def uwls(case: Case) -> Mapping[str, Any]:
    """R's lm(yi ~ 1, weights = 1/vi)."""
    studies = studies_of(case)
    pooled = common.unrestricted(studies)
    se, df = np.sqrt(pooled.variance), studies.k - 1
    t = intervals.wald_test(pooled.estimate, se).z
    factor = hartung_knapp.factor(studies, 0.0)
    return {
        "estimate": pooled.estimate, "se": se, "t": t, "p": intervals.student_p(t, df), "df": df,
        "sigma": np.sqrt(factor),
    }  # fmt: skip


MODULES: Mapping[str, Callable[[Case], Mapping[str, Any]]] = {
    "pool": pool,
    "pool_default": pool,
    "tau2ci": tau2ci,
    "het": het,
    "mh": mh,
    "peto": peto_method,
    "uwls": uwls,
}
RULES: Mapping[str, comparing.Rules] = {
    "pool": comparing.Rules(tolerance=1e-8, floors=_pool_floors),
    "pool_default": comparing.Rules(tolerance=1e-3, floors=_pool_floors),
    "tau2ci": comparing.Rules(tolerance=1e-6, floors=_pool_floors),
    "het": comparing.Rules(tolerance=1e-8),
    "mh": comparing.Rules(tolerance=1e-10),
    "peto": comparing.Rules(tolerance=1e-10),
    "uwls": comparing.Rules(tolerance=1e-8),
}
