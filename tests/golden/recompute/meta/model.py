"""Both models at once, as meta prints them under its names."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import special

from analysis.effects import core
from analysis.pooling import (
    batch,
    common,
    heterogeneity,
    intervals,
    prediction,
    random,
    tau2,
    tau2_intervals,
)
from analysis.pooling.tau2 import likelihood
from tests.golden.collection import Case, column

LEVEL = 0.95
_ADHOC = {"se": "HK-se", "ci": "HK-ci", "IQWiG6": "HK-IQWiG6", None: "HK"}
_EARLY = "R's search for τ² stops at its default precision; what follows from τ² is compared at R's own value"
_ROUGH = "R's limits of τ² are as exact as its root finder's default; what follows from them is compared at R's own"
# The default precision of R's root finder, absolute.
ROOT = 1.3e-4


def studies_of(effect: core.Effects) -> batch.Batch:
    return batch.Batch.of(*effect, np.isfinite(effect.estimate) & np.isfinite(effect.variance))


def _interval(options: Mapping[str, Any]) -> str:
    kind = options.get("method.random.ci", "classic")
    if kind == "HK":
        return _ADHOC[options.get("adhoc.hakn.ci")]
    return {"classic": "z", "KR": "KR"}[kind]


def _prediction(options: Mapping[str, Any]) -> str:
    kind = options.get("method.predict", "V")
    return {"HK": "HK-se", "HK-PR": "HK-se-PR"}.get(kind, kind) if options.get("adhoc.hakn.pi") == "se" else kind


class Model:
    """Both models of one set of studies, as meta prints them under its names.

    Where R's τ² or its limits are within its own default precision of the engine's, everything that follows from them
    is computed at R's values, so that it is compared closely; `better` then says so.
    """

    def __init__(self, studies: batch.Batch, case: Case, centre: common.Pooled | None) -> None:
        self.studies, self.options, self.better = studies, case.options, dict[str, str]()
        outputs = case.outputs or {}
        method = self.options.get("method.tau", "REML")
        is_cochrane = self.options.get("Q.Cochrane", case.module.startswith("metabin"))
        moved = centre is not None and is_cochrane and method == "DL"
        self.fixed = common.pool(studies) if centre is None else centre
        self.q = heterogeneity.q_statistic(studies, self.fixed.estimate if moved else None)
        self.own_tau2 = tau2.estimate(studies, method, q=self.q if moved else None).value
        self.tau2 = self._rounded(outputs, method)
        self.has_own_q = moved
        self.limits = self._tau2_limits(outputs)
        self.mean = random.pool(studies, self.tau2)
        self.found = intervals.infer(studies, self.mean, self.tau2, method=_interval(self.options), level=LEVEL)
        self.ahead = prediction.interval(studies, self.mean, self.tau2, kind=_prediction(self.options), level=LEVEL)

    def _rounded(self, outputs: Mapping[str, Any], method: str) -> np.ndarray:
        theirs = outputs.get("tau2")
        if method not in ("REML", "PM") or not isinstance(theirs, int | float):
            return self.own_tau2
        other = np.asarray(theirs, dtype=np.float64)
        is_near = abs(float(self.own_tau2) - theirs) <= ROOT
        if method == "REML":
            height = likelihood.restricted_log_likelihood
            is_near = float(height(self.studies, self.own_tau2)) >= float(height(self.studies, other)) - 1e-12
        if not is_near:
            return self.own_tau2
        self.better |= {"tau2": _EARLY, "tau": _EARLY}
        return other

    def _tau2_limits(self, outputs: Mapping[str, Any]) -> list[np.ndarray]:
        if self.has_own_q:
            return [np.full(self.studies.k.shape, np.nan)] * 2
        method = self.options.get("method.tau.ci", "J" if self.options.get("method.tau") == "DL" else "QP")
        found = tau2_intervals.interval(self.studies, method, level=LEVEL)
        theirs = [column(outputs.get(name)) for name in ("lower_tau2", "upper_tau2")]
        if any(np.isnan(value) for value in theirs):
            return [found.low, found.high]
        apart = [abs(float(own) - float(other)) for own, other in zip((found.low, found.high), theirs, strict=True)]
        for place, name in enumerate(("lower_tau2", "upper_tau2")):
            if apart[place] <= max(ROOT, 1e-6 * float(theirs[place])) or (
                method == "QP" and self._misses((found.low, found.high)[place], theirs[place], place)
            ):
                self.better[name] = _ROUGH
            else:
                theirs[place] = (found.low, found.high)[place]
        return theirs

    def _misses(self, ours: np.ndarray, theirs: np.ndarray, place: int) -> bool:
        """Whether the engine's limit meets the quantile that defines it and R's does not (its search has a bound)."""
        goal = special.chdtri(self.studies.k - 1, (0.025, 0.975)[place])
        apart = []
        for limit in (ours, theirs):
            wider = batch.Batch(self.studies.y, self.studies.v + float(limit), self.studies.mask)
            apart.append(abs(float(heterogeneity.q_statistic(wider)) - float(goal)))
        return apart[0] <= 1e-8 * float(goal) < apart[1]

    def fixed_part(self) -> Mapping[str, Any]:
        se = np.sqrt(self.fixed.variance)
        if self.options.get("method.common.ci") == "IVhet":
            se = np.sqrt(common.ivhet(self.studies, self.tau2).variance)
        low, high = intervals.wald(self.fixed.estimate, se, LEVEL)
        z, p = intervals.wald_test(self.fixed.estimate, se)
        names = ("TE_common", "seTE_common", "lower_common", "upper_common", "statistic_common", "pval_common")
        return dict(zip(names, (self.fixed.estimate, se, low, high, z, p), strict=True))

    def random_part(self) -> Mapping[str, Any]:
        found, is_hk = self.found, _interval(self.options).startswith("HK")
        return {
            "TE_random": self.mean.estimate,
            "seTE_random": found.se,
            "lower_random": found.low,
            "upper_random": found.high,
            "statistic_random": found.statistic,
            "pval_random": found.p,
            "df_random": found.df,
            "df_hakn": np.where(is_hk & np.isfinite(found.df), self.studies.k - 1, np.nan),
            "lower_predict": self.ahead.low,
            "upper_predict": self.ahead.high,
            "seTE_predict": self.ahead.se,
            "df_predict": self.ahead.df,
        }

    def heterogeneity(self) -> Mapping[str, Any]:
        k = self.studies.k
        df = k - 1
        spread = heterogeneity.describe(self.studies, self.tau2, i2_definition="Q", q=self.q)
        h = heterogeneity.h_interval(self.q, k, level=LEVEL)
        i2 = heterogeneity.i2_interval(self.q, k, level=LEVEL)
        nothing = np.full(k.shape, np.nan)
        found = {
            "Q": self.q,
            "df_Q": df,
            "pval_Q": spread.p,
            "tau2": self.tau2,
            "se_tau2": nothing
            if self.has_own_q
            else tau2.standard_error(self.studies, self.tau2, self.options.get("method.tau", "REML")),
            "lower_tau2": self.limits[0],
            "upper_tau2": self.limits[1],
            "tau": np.sqrt(self.tau2),
            "Rb": heterogeneity.rb(self.studies, self.tau2).value / 100,
        }
        if self.options.get("method.I2", "Q") == "tau2":
            values = [self.tau2, *self.limits]
            shares = [heterogeneity.i2_from_tau2(self.studies, value) / 100 for value in values]
            hs = [np.sqrt(heterogeneity.h2_from_tau2(self.studies, value)) for value in values]
        else:
            shares, hs = [part / 100 for part in i2], list(h)
        names = ("", "lower_", "upper_")
        return {
            **found,
            **{f"{name}H": value for name, value in zip(names, hs, strict=True)},
            **{f"{name}I2": value for name, value in zip(names, shares, strict=True)},
        }


def per_study(found: core.Effects, has_test: bool = True) -> Mapping[str, Any]:
    se = np.sqrt(found.variance)
    low, high = intervals.wald(found.estimate, se, LEVEL)
    z, p = intervals.wald_test(found.estimate, se)
    tested = (z, p) if has_test else (np.full_like(z, np.nan),) * 2
    return {
        "TE": found.estimate,
        "seTE": se,
        "lower": low,
        "upper": high,
        "zval": tested[0],
        "statistic": tested[0],
        "pval": tested[1],
    }


def both(model: Model, weights: np.ndarray | None = None) -> Mapping[str, Any]:
    studies = model.studies
    fixed = studies.weights() if weights is None else weights
    return {
        **model.fixed_part(),
        **model.random_part(),
        **model.heterogeneity(),
        "w_common": fixed,
        "w_random": studies.weights(model.tau2),
        "k": studies.k,
        "k_study": studies.k,
    }
