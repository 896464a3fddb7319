"""Tests of several coefficients at once, and how much of the heterogeneity the moderators explain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.pooling import batch
from analysis.regression import fit, model


class Omnibus(NamedTuple):
    """A Wald-type test of several coefficients, shapes (...).

    statistic  QM: chi² with tests by z; the F of QM/m with tests by t
    df         m, how many coefficients are tested
    test_df    k - p for an F, NaN for a chi²
    p          upper tail
    """

    statistic: batch.Floats
    df: int
    test_df: batch.Floats
    p: batch.Floats


def wald(fitted: fit.Fit, columns: Sequence[int]) -> Omnibus:
    """Whether the coefficients in these columns are all 0: b' V⁻¹ b over chi²(m), or divided by m over F(m, k - p)."""
    chosen = list(columns)
    b = fitted.coefficients[..., chosen]
    v = fitted.covariance[..., chosen, :][..., :, chosen]
    statistic = quadratic(b, v)
    m = len(chosen)
    if fitted.test == "z":
        p = np.asarray(special.chdtrc(m, statistic), dtype=np.float64)
    else:
        statistic = statistic / m
        p = np.asarray(special.fdtrc(m, fitted.test_df, statistic), dtype=np.float64)
    return Omnibus(statistic, m, fitted.test_df, p)


def quadratic(b: batch.Floats, v: batch.Floats) -> batch.Floats:
    """b' V⁻¹ b for vectors (..., m) and covariances (..., m, m)."""
    product: batch.Floats = (b * (model.inverse(v) @ b[..., np.newaxis])[..., 0]).sum(axis=-1)
    return product


def explained(studies: batch.Batch, fitted: fit.Fit, *, weights: ArrayLike | None = None) -> batch.Floats:
    """R² in per cent: the share of the heterogeneity that the moderators account for, shape (...).

    max(0, (tau0² - tau²)/tau0²) with tau0² of the model with an intercept alone by the same estimator (Raudenbush
    1994), 0 where tau0² is 0. For method "EE" the adjusted R² of weighted least squares. Meaningful only for a model
    with an intercept. Below about 40 studies it is very uncertain (López-López et al. 2014).
    """
    counted = batch.Batch(studies.y, studies.v, np.broadcast_to(fitted.counted, studies.mask.shape))
    none = fit.fit(counted, np.ones((studies.mask.shape[-1], 1)), method=fitted.method, weights=weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        if fitted.method == "EE":
            adjusted = 1 - (fitted.q / fitted.df) / (none.q / none.df)
            return np.where(none.q > 0, np.maximum(0.0, 100 * adjusted), 0.0)
        share = 100 * ((none.tau2 - fitted.tau2) / none.tau2)
    return np.where(none.tau2 > 0, np.maximum(0.0, share), np.where(np.isnan(fitted.tau2), np.nan, 0.0))


class Criteria(NamedTuple):
    """Fit statistics, shapes (...): log-likelihood, deviance, and the criteria AIC, BIC and AICc."""

    log_likelihood: batch.Floats
    deviance: batch.Floats
    aic: batch.Floats
    bic: batch.Floats
    aicc: batch.Floats


def full(fitted: fit.Fit) -> Criteria:
    """Criteria of the full likelihood: comparable between models with other moderators."""
    return _criteria(fitted, fitted.log_likelihood, fitted.deviance, fitted.k)


def restricted(fitted: fit.Fit) -> Criteria:
    """Criteria of the restricted likelihood, with k - p observations: not comparable between other moderators."""
    return _criteria(fitted, fitted.log_restricted, -2 * fitted.log_restricted, fitted.df)


def _criteria(fitted: fit.Fit, height: batch.Floats, deviance: batch.Floats, n: batch.Floats) -> Criteria:
    parameters = fitted.p + int(fitted.method != "EE")
    enough = np.maximum(n, parameters + 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        bic = -2 * height + parameters * np.log(n)
    return Criteria(
        height,
        deviance,
        -2 * height + 2 * parameters,
        bic,
        -2 * height + 2 * parameters * enough / (enough - parameters - 1),
    )
