"""Leave-one-out, cumulative meta-analysis, influence diagnostics and Baujat's coordinates, against metafor."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from analysis.pooling import batch
from analysis.pooling.tau2 import likelihood
from analysis.sensitivity import baujat as baujat_plot
from analysis.sensitivity import cumulative, influence, leave_one_out, pooled, subsets
from tests.golden import comparing
from tests.golden.collection import Case, column

ALONE = "one study cannot be heterogeneous: R prints I² = 0, the engine that it is not defined"
STOPPED = "R's search for the maximum of the likelihood stopped early or failed; the engine's is higher"
HEIGHTS = {"REML": likelihood.restricted_log_likelihood, "ML": likelihood.log_likelihood}
INTERVALS = {"z": "z", "knha": "HK", "t": "t", "adhoc": "HK-se"}


def studies_of(case: Case) -> batch.Batch:
    y, v = column(case.inputs["yi"]), column(case.inputs["vi"])
    return batch.Batch.of(y, v, np.isfinite(y) & np.isfinite(v))


def model_of(case: Case) -> pooled.Model:
    return pooled.Model(case.options["method"], INTERVALS[case.options.get("test", "z")])


def loo(case: Case) -> Mapping[str, Any]:
    """leave1out."""
    studies = studies_of(case)
    found = leave_one_out.estimate(studies, model_of(case))
    members = subsets.without_each(studies.mask.size)
    return {comparing.BETTER: _better_rows(case, studies, members, found), **_estimates(found)}


def cumul(case: Case) -> Mapping[str, Any]:
    """cumul, or refits in the order."""
    studies, order = studies_of(case), column(case.options["order"]).astype(int) - 1
    found = cumulative.estimate(studies, model_of(case), order=order)
    members = subsets.growing(order.size)[:, np.argsort(order)]
    return {comparing.BETTER: _better_rows(case, studies, members, found), **_estimates(found)}


def _better_rows(case: Case, studies: batch.Batch, members: np.ndarray, found: pooled.Estimates) -> Mapping[str, str]:
    """Single studies, whose heterogeneity R calls 0, and rows where R's search for tau² stopped early or failed."""
    better = {f"{name}.{row}": ALONE for row in np.flatnonzero(found.k < 2) for name in ("I2", "H2", "Qp")}
    if case.has_failed_in_r or "tau2" not in case.outputs:
        return better
    for row in _where_better(case, studies, members, found.tau2, column(case.outputs["tau2"])):
        better |= {f"{name}.{row}": STOPPED for name in case.outputs}
    return better


def _where_better(
    case: Case, studies: batch.Batch, members: np.ndarray, ours: np.ndarray, theirs: np.ndarray
) -> list[int]:
    """The rows in which the engine's tau² has a higher likelihood than R's, or R has none."""
    if case.options["method"] not in HEIGHTS:
        return []
    height = HEIGHTS[case.options["method"]]
    rows = batch.Batch.of(studies.y, studies.v, studies.mask & members)
    apart = ~np.isclose(ours, theirs, rtol=1e-9, atol=1e-12 * float(np.var(studies.y))) & np.isfinite(ours)
    higher = height(rows, ours) >= height(rows, np.where(np.isnan(theirs), ours, theirs))
    return [int(row) for row in np.flatnonzero(apart & higher & (rows.k > 1))]


def _estimates(found: pooled.Estimates) -> dict[str, Any]:
    return {
        "estimate": found.estimate, "se": found.se, "zval": found.statistic, "tval": found.statistic, "pval": found.p,
        "ci_lb": found.low, "ci_ub": found.high, "Q": found.q, "Qp": found.q_p, "tau2": found.tau2, "I2": found.i2,
        "H2": found.h2,
    }  # fmt: skip


def influential(case: Case) -> Mapping[str, Any]:
    """influence, rstandard and rstudent."""
    studies = studies_of(case)
    found = influence.diagnose(studies, model_of(case))
    better: dict[str, str] = {}
    if not case.has_failed_in_r:
        theirs = column(case.outputs["tau2_del"])
        members = subsets.without_each(studies.mask.size)
        for row in _where_better(case, studies, members, found.tau2_deleted, theirs):
            better |= {f"{name}.{row}": STOPPED for name in case.outputs}
    return {
        comparing.BETTER: better,
        "rstudent": found.studentised, "dffits": found.dffits, "cook_d": found.cook, "cov_r": found.covariance_ratio,
        "tau2_del": found.tau2_deleted, "QE_del": found.q_deleted, "hat": found.hat, "weight": found.weight,
        "dfbs": found.dfbetas, "is_infl": found.is_influential, "rstandard_z": found.standardised,
        "rstandard_se": found.standardised_se, "rstudent_se": found.residual_se, "rstudent_resid": found.residual,
    }  # fmt: skip


def baujat(case: Case) -> Mapping[str, Any]:
    """baujat."""
    found = baujat_plot.coordinates(studies_of(case), model_of(case))
    return {"x": found.x, "y": found.y}


def _floors(case: Case) -> Mapping[str, float]:
    """tau² of 1e-10 of the effects' variance is 0, as is the share of I² that comes of it."""
    studies = studies_of(case)
    nothing = 1e-10 * float(np.var(studies.y))
    share = nothing / float(studies.v.min())
    return {"tau2": nothing, "tau2_del": nothing, "I2": 100 * share, "H2": share}


MODULES: Mapping[str, Callable[[Case], Mapping[str, Any]]] = {
    "loo": loo,
    "cumul": cumul,
    "influence": influential,
    "baujat": baujat,
}
RULES: Mapping[str, comparing.Rules] = {name: comparing.Rules(tolerance=1e-7, floors=_floors) for name in MODULES}
