"""From the kernels' arrays to one stored result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.pooling import batch
from analysis.regression import choices, design, fit, inflation, omnibus, results


def known(value: object) -> float | None:
    """A number, or None for one that is not defined."""
    number = float(np.asarray(value, dtype=np.float64))
    return number if np.isfinite(number) else None


def result(
    fitted: fit.Fit,
    model: design.Design,
    effects: batch.Batch,
    labels: Sequence[str],
    picked: choices.Choices,
    notices: tuple[results.Notice, ...],
) -> results.Regression:
    """The result of one regression; it holds the studies that count."""
    criteria = omnibus.full(fitted)
    has_moderators = fitted.p > int(model.has_intercept)
    is_free = float(fitted.df) > 0
    explains = model.has_intercept and has_moderators and is_free
    return results.Regression(
        k=int(fitted.k),
        coefficients=_coefficients(fitted, model),
        covariance=tuple(tuple(map(float, row)) for row in fitted.covariance),
        moderators=_moderators(fitted, model) if has_moderators else None,
        terms=_terms(fitted, model),
        df=known(fitted.test_df),
        tau2=None if picked.method == "EE" else known(fitted.tau2),
        tau2_se=known(fitted.tau2_error),
        is_converged=bool(fitted.is_converged),
        r2=known(omnibus.explained(effects, fitted)) if explains else None,
        q=float(fitted.q),
        q_df=int(fitted.df),
        q_p=known(fitted.q_p) if is_free else None,
        i2=known(fitted.i2) if is_free else None,
        h2=known(fitted.h2) if is_free else None,
        log_likelihood=float(fitted.log_likelihood),
        log_restricted_likelihood=float(fitted.log_restricted),
        aic=float(criteria.aic),
        bic=float(criteria.bic),
        aicc=float(criteria.aicc),
        notices=notices,
        options=picked,
        **_per_study(fitted, effects, labels),
    )


def _per_study(fitted: fit.Fit, effects: batch.Batch, labels: Sequence[str]) -> dict[str, Any]:
    kept = np.flatnonzero(fitted.counted).tolist()
    weights = effects.weights(fitted.tau2)[kept]
    return {
        "studies": tuple(labels[i] for i in kept),
        "fitted": tuple((effects.y - fitted.residuals)[kept].tolist()),
        "residuals": tuple(fitted.residuals[kept].tolist()),
        "hat": tuple(fitted.hat[kept].tolist()),
        "weights": tuple((100 * weights / weights.sum()).tolist()),
    }


def _coefficients(fitted: fit.Fit, model: design.Design) -> tuple[results.Coefficient, ...]:
    first = int(model.has_intercept)
    factors = [None] * first + [known(value) for value in inflation.of_columns(fitted, has_intercept=bool(first))]
    made = []
    for i, name in enumerate(model.names):
        made.append(
            results.Coefficient(
                name,
                float(fitted.coefficients[i]),
                known(fitted.errors[i]),
                known(fitted.statistics[i]),
                known(fitted.p_values[i]),
                known(fitted.lower[i]),
                known(fitted.upper[i]),
                factors[i],
            )
        )
    return tuple(made)


def _moderators(fitted: fit.Fit, model: design.Design) -> results.TermTest:
    return _tested("all moderators", omnibus.wald(fitted, range(int(model.has_intercept), fitted.p)), None)


def _terms(fitted: fit.Fit, model: design.Design) -> tuple[results.TermTest, ...]:
    made = []
    for term, span in zip(model.members, model.spans, strict=True):
        if span:
            grown = inflation.of_term(fitted, span, has_intercept=model.has_intercept).factor
            made.append(_tested(term.name, omnibus.wald(fitted, span), known(grown)))
    return tuple(made)


def _tested(name: str, found: omnibus.Omnibus, grown: float | None) -> results.TermTest:
    return results.TermTest(name, known(found.statistic), found.df, known(found.test_df), known(found.p), grown)
