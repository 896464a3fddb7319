"""Meta-regression and permutation tests against metafor."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from analysis.pooling import batch
from analysis.regression import design, fit, inflation, omnibus, permutation, predictions, residuals, terms
from tests.golden import comparing
from tests.golden.collection import Case, column

# Where R's own QE is off by more than this (years beside an intercept cost its normal equations half of the digits)
# and ours by less than the second, what follows from QE is ours.
R_IS_OFF, OURS_IS_RIGHT, STILL_NEAR, AGREES = 1e-9, 1e-12, 1e-5, 5e-8
AFTER_QE = (
    "beta", "se", "zval", "pval", "ci_lb", "ci_ub", "tau2", "se_tau2", "QE", "QEp", "I2", "H2", "s2w", "QM", "QMp",
    "R2", "vb", "hat", "rstudent_z", "cook_d", "pred", "fit_ML", "fit_REML", "btt2", "level_means",
)  # fmt: skip


def studies(case: Case, effect: str = "yi", variance: str = "vi") -> batch.Batch:
    """The effects of a case; a study without an effect or with a missing variance does not count."""
    y, v = column(case.inputs[effect]), column(case.inputs[variance])
    return batch.Batch.of(y, v, np.isfinite(y) & np.isfinite(v))


def the_terms(case: Case) -> list[terms.Term]:
    """The moderators of a case as terms: those that its formula calls factors are."""
    formula, found = case.options.get("formula", ""), []
    for name in _listed(case.options["mods"]):
        is_factor = f"factor( {name} )" in formula
        found.append(terms.Factor(name, levels=tuple(case.options["levels"])) if is_factor else terms.Numeric(name))
    return found


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def metareg(case: Case) -> Mapping[str, Any]:
    """rma.uni with moderators."""
    effects, chosen = studies(case), the_terms(case)
    model = design.build(chosen, case.inputs, counted=effects.mask, missing="leave_out", redundant="leave_out")
    fitted = fit.fit(effects, model.matrix, method=case.options["method"], test=case.options["test"])
    found = summary(effects, fitted, model.has_intercept)
    if "pred_at" in case.outputs:
        found["pred"], found["pred_at"] = _predictions(case, fitted), case.outputs["pred_at"]
    if "hat" in case.outputs:
        deleted = residuals.delete_one(effects, model.matrix, fitted)
        kept = fitted.counted
        found["hat"], found["cook_d"] = fitted.hat[kept], deleted.cook[kept]
        found["rstudent_z"] = deleted.studentised[kept]
        centred = residuals.delete_one(effects, _centred(model.matrix), fit.fit(effects, _centred(model.matrix)))
        found[comparing.BETTER] = {
            **_where_r_failed(case, deleted.is_converged[kept]),
            **_where_r_is_off(case, deleted.cook[kept], centred.cook[kept]),
        }
    if "vif" in case.outputs:
        found["vif"] = inflation.of_columns(fitted, has_intercept=model.has_intercept)
    if "btt2" in case.outputs:
        found["btt2"] = _tested(omnibus.wald(fitted, [1]), "QMp", "QMdf")
    if "QM_factor" in case.outputs:
        found["QM_factor"] = _tested(omnibus.wald(fitted, model.spans[-1]), "p", "df")
    found[comparing.BETTER] = better(case, effects, model.matrix, fitted, found) | found.get(comparing.BETTER, {})
    return found


def _where_r_failed(case: Case, is_converged: np.ndarray) -> dict[str, str]:
    """Studies without which R's search for tau² failed, and ours settled."""
    reason = "R's Fisher scoring failed without this study; ours settled"
    lost = np.isnan(column(case.outputs["cook_d"])) & is_converged
    return {f"{key}.{place}": reason for place in np.flatnonzero(lost) for key in ("cook_d", "rstudent_z")}


def _centred(matrix: np.ndarray) -> np.ndarray:
    """The same model with moderators counted from their means: the distances stay what they are."""
    return np.column_stack([matrix[:, :1], matrix[:, 1:] - np.nanmean(matrix[:, 1:], axis=0)])


def _where_r_is_off(case: Case, ours: np.ndarray, again: np.ndarray) -> dict[str, str]:
    """Cook's distances, which do not depend on where a moderator's zero lies: ours do not, R's do."""
    theirs = column(case.outputs["cook_d"])
    is_off = (np.abs(theirs / ours - 1) > 1e-7) & (np.abs(again / ours - 1) < 1e-9)
    reason = "Cook's distance is invariant to centring; ours is to 1e-9, R's inverse of the covariance is not"
    return {f"cook_d.{place}": reason for place in np.flatnonzero(is_off & _near(ours, theirs))}


def _near(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return np.isclose(ours, theirs, rtol=STILL_NEAR, atol=0)


def summary(effects: batch.Batch, fitted: fit.Fit, has_intercept: bool) -> dict[str, Any]:
    """What rma.uni returns, under its names."""
    moderators = list(range(int(has_intercept and fitted.p > 1), fitted.p))
    tested = omnibus.wald(fitted, moderators)
    return {
        "k": fitted.k, "p": fitted.p, "beta": fitted.coefficients, "se": fitted.errors, "zval": fitted.statistics,
        "pval": fitted.p_values, "ci_lb": fitted.lower, "ci_ub": fitted.upper, "vb": fitted.covariance,
        "tau2": fitted.tau2, "se_tau2": fitted.tau2_error, "QE": fitted.q, "QE_df": fitted.df, "QEp": fitted.q_p,
        "I2": fitted.i2, "H2": fitted.h2, "vt": fitted.typical_variance, "s2w": fitted.scale, "ddf": fitted.test_df,
        "QM": tested.statistic, "QM_df": [tested.df, tested.test_df], "QMp": tested.p,
        "R2": omnibus.explained(effects, fitted), "fit_ML": _criteria(omnibus.full(fitted)),
        "fit_REML": _criteria(omnibus.restricted(fitted)),
    }  # fmt: skip


def _criteria(found: omnibus.Criteria) -> dict[str, Any]:
    return {"ll": found.log_likelihood, "dev": found.deviance, "AIC": found.aic, "BIC": found.bic, "AICc": found.aicc}


def _tested(tested: omnibus.Omnibus, p: str, df: str) -> dict[str, Any]:
    return {"QM": tested.statistic, df: [tested.df, tested.test_df], p: tested.p}


def _predictions(case: Case, fitted: fit.Fit) -> dict[str, Any]:
    rows = np.column_stack([np.ones(len(case.outputs["pred_at"])), column(case.outputs["pred_at"])])
    at = predictions.predict(fitted, rows)
    # Without a random effect R prints one NA for all.
    none = fitted.method == "EE"
    return {
        "pred": at.estimates, "se": at.errors, "ci_lb": at.lower, "ci_ub": at.upper,
        "pi_lb": None if none else at.prediction_lower, "pi_ub": None if none else at.prediction_upper,
        "pi_se": at.prediction_errors, "pi_ddf": [fitted.test_df] * rows.shape[0],
    }  # fmt: skip


def better(
    case: Case, effects: batch.Batch, x: np.ndarray, fitted: fit.Fit, found: Mapping[str, Any]
) -> dict[str, str]:
    """The numbers that differ a little from R's because R lost digits or stopped early, as is shown for this case."""
    apart = [
        key for key in AFTER_QE if key in case.outputs and not _is_within(found[key], case.outputs[key], AGREES, 0.0)
    ]
    near = [key for key in apart if _is_within(found[key], case.outputs[key], STILL_NEAR, 1e-6)]
    reason = near and (_lost_digits(case, effects, x, fitted) or _stopped_early(case, effects, x, fitted))
    return dict.fromkeys(near, reason) if reason else {}


def _lost_digits(case: Case, effects: batch.Batch, x: np.ndarray, fitted: fit.Fit) -> str:
    kept = fitted.counted
    if float(fitted.q) == 0:
        return ""
    exact = exact_q(effects.y[kept], effects.v[kept], np.asarray(x)[kept])
    theirs, ours = (abs(float(value) / exact - 1) for value in (case.outputs["QE"], fitted.q))
    is_proven = theirs > R_IS_OFF and ours < OURS_IS_RIGHT
    return "QE with 100 digits is ours, not R's, whose normal equations lose digits" if is_proven else ""


def _stopped_early(case: Case, effects: batch.Batch, x: np.ndarray, fitted: fit.Fit) -> str:
    name = {"ML": "log_likelihood", "REML": "log_restricted"}.get(fitted.method)
    if name is None:
        return ""
    theirs = fit.fit(effects, x, method=fitted.method, fixed_tau2=float(case.outputs["tau2"]))
    is_proven = float(getattr(fitted, name)) > float(getattr(theirs, name))
    return "the likelihood is higher at our tau²; R's search stopped early" if is_proven else ""


def _is_within(ours: Any, theirs: Any, relative: float, floor: float) -> bool:
    if isinstance(theirs, Mapping):
        words = [key for key in theirs if not isinstance(theirs[key], str)]
        return all(_is_within(ours[key], theirs[key], relative, floor) for key in words)
    a, b = np.ravel(np.asarray(ours, dtype=np.float64)), np.ravel(column(theirs))
    return (1 in (a.size, b.size) or a.size == b.size) and bool(
        np.allclose(a, b, rtol=relative, atol=floor, equal_nan=True)
    )


def exact_q(y: np.ndarray, v: np.ndarray, x: np.ndarray) -> float:
    """The weighted residual sum of squares of these very numbers, by elimination with 100 digits."""
    with localcontext(prec=100):
        rows = [[Decimal(float(each)) for each in (*row, effect)] for row, effect in zip(x, y, strict=True)]
        w = [1 / Decimal(float(each)) for each in v]
        size = len(rows[0])
        m = [[sum(w[s] * r[a] * r[b] for s, r in enumerate(rows)) for b in range(size)] for a in range(size)]
        for step in range(size - 1):
            for below in range(step + 1, size):
                factor = m[below][step] / m[step][step]
                m[below] = [each - factor * above for each, above in zip(m[below], m[step], strict=True)]
        return float(m[-1][-1])


def permutest(case: Case) -> Mapping[str, Any]:
    """The exact test of an intercept alone."""
    effects = studies(case)
    found = permutation.permute(effects, np.ones((effects.y.size, 1)), method=case.options["method"], exact=True)
    return {"pval": found.p_values, "zval": found.statistics, "X_iter": None}


def floors(case: Case) -> Mapping[str, float]:
    """tau² of about 1e-12 means 0, whatever the scale; I² follows it."""
    spread = float(np.nanvar(column(case.inputs.get("yi", case.inputs.get("TE")))))
    return {"tau2": 1e-10 * spread, "I2": 1e-7, "R2": 1e-7}


RULES: Mapping[str, comparing.Rules] = {
    "metareg": comparing.Rules(tolerance=1e-7, floors=floors),
    "permutest": comparing.Rules(tolerance=1e-12),
}
MODULES: Mapping[str, comparing.Recompute] = {
    "metareg": metareg,
    "permutest": permutest,
}
