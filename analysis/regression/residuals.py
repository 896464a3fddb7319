"""What single studies do to a meta-regression: standardised and deleted residuals, Cook's distance, and so on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.pooling import batch
from analysis.regression import fit


class Deleted(NamedTuple):
    """Every study left out in turn. Shapes (..., k); NaN where a study does not count or the rest cannot be fitted.

    residuals, errors  y minus its prediction by the others, and its standard error
    studentised        their ratio: the externally studentised residual
    dffits             change of the prediction, in its standard errors
    cook               Cook's distance b'V⁻¹b of the change b of all coefficients
    covariance_ratio   |V without the study| / |V|
    tau2, q            without the study
    is_converged       whether the search for that tau² settled
    dfbetas            (..., k, p) change of each coefficient, in its standard errors without the study
    """

    residuals: batch.Floats
    errors: batch.Floats
    studentised: batch.Floats
    dffits: batch.Floats
    cook: batch.Floats
    covariance_ratio: batch.Floats
    tau2: batch.Floats
    q: batch.Floats
    is_converged: batch.Bools
    dfbetas: batch.Floats


def standardised(studies: batch.Batch, fitted: fit.Fit) -> batch.Floats:
    """Internally standardised residuals r/√((1 - h)(v + tau²)), shape (..., k); NaN outside the mask.

    Exact for weights 1/(v + tau²), where Var(r) = (I - H)(V + tau² I).
    """
    total = studies.v + fitted.tau2[..., np.newaxis]
    with np.errstate(invalid="ignore", divide="ignore"):
        value = fitted.residuals / np.sqrt((1 - fitted.hat) * total)
    return np.where(fitted.counted, value, np.nan)


def delete_one(
    studies: batch.Batch, design: ArrayLike, fitted: fit.Fit, *, weights: ArrayLike | None = None
) -> Deleted:
    """Fit again without each study, all as one batch (in chunks of bounded memory); the design is (k, p)."""
    x = np.nan_to_num(np.asarray(design, dtype=np.float64))
    k = x.shape[0]
    keep = fitted.counted[..., np.newaxis, :] & ~np.eye(k, dtype=np.bool_)
    rest = batch.Batch.of(studies.y[..., np.newaxis, :], studies.v[..., np.newaxis, :], keep)
    extra = None if weights is None else np.asarray(weights, dtype=np.float64)[..., np.newaxis, :]
    without = fit.fit(rest, x, method=fitted.method, test=fitted.test, level=fitted.level, weights=extra)
    return _compared(studies, x, fitted, without)


def _compared(studies: batch.Batch, x: batch.Floats, fitted: fit.Fit, without: fit.Fit) -> Deleted:
    predicted = (without.coefficients * x).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        variance = (x[..., np.newaxis, :] @ without.covariance @ x[..., :, np.newaxis])[..., 0, 0]
        scaled = without.scale * (studies.v + without.tau2)
        error = np.sqrt(scaled + variance)
        residual = studies.y - predicted
        change = fitted.coefficients[..., np.newaxis, :] - without.coefficients
        whole = np.broadcast_to(fitted.covariance[..., np.newaxis, :, :], without.covariance.shape)
        found = Deleted(
            residual,
            error,
            residual / error,
            (change * x).sum(axis=-1) / np.sqrt(fitted.hat * scaled),
            _distance(studies, x, fitted, change),
            np.exp(np.linalg.slogdet(without.covariance)[1] - np.linalg.slogdet(whole)[1]),
            without.tau2,
            without.q,
            without.is_converged,
            change / np.sqrt(_variances_of_all(studies, x, fitted, without)),
        )
    counted = fitted.counted
    parts = (np.where(counted if part.ndim == counted.ndim else counted[..., None], part, np.nan) for part in found)
    return Deleted(*parts)._replace(is_converged=without.is_converged & counted)


def _distance(studies: batch.Batch, x: batch.Floats, fitted: fit.Fit, change: batch.Floats) -> batch.Floats:
    """b'V⁻¹b as Σ w (Xb)² over the scale factor: V is never inverted, so that its condition does no harm."""
    w = studies.weights(fitted.tau2)[..., np.newaxis, :] * fitted.counted[..., np.newaxis, :]
    total: batch.Floats = (w * (change @ x.T) ** 2).sum(axis=-1)
    return total / fitted.scale[..., np.newaxis]


def _variances_of_all(studies: batch.Batch, x: batch.Floats, fitted: fit.Fit, without: fit.Fit) -> batch.Floats:
    """Variances of the coefficients of all studies at the tau² (and scale) estimated without each: (..., k, p)."""
    mask = np.broadcast_to(fitted.counted[..., np.newaxis, :], without.counted.shape)
    everything = batch.Batch.of(studies.y[..., np.newaxis, :], studies.v[..., np.newaxis, :], mask)
    again = fit.fit(everything, x, method=fitted.method, fixed_tau2=np.nan_to_num(without.tau2))
    own = np.diagonal(again.covariance, axis1=-2, axis2=-1)
    return np.where(np.isnan(without.tau2)[..., np.newaxis], np.nan, own * without.scale[..., np.newaxis])
