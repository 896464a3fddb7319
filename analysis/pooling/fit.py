"""How well a model fits: log-likelihoods and the criteria derived from them, as metafor prints them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.pooling import batch


class Fit(NamedTuple):
    """Log-likelihood, deviance, and Akaike's, Bayes' and the corrected Akaike criterion, shape (...)."""

    log_likelihood: batch.Floats
    deviance: batch.Floats
    aic: batch.Floats
    bic: batch.Floats
    aicc: batch.Floats


def maximum_likelihood(studies: batch.Batch, estimate: batch.Floats, tau2: ArrayLike, *, has_tau2: bool = True) -> Fit:
    """The fit by the likelihood at an estimate and tau².

    log L = -½(k log 2π + Σlog(v + tau²) + Σw(y - estimate)²), w = 1/(v + tau²); the deviance is twice the distance to
    the saturated model. `has_tau2` counts tau² as a parameter beside the mean; it is none in the common-effect model.
    """
    value = _log_likelihood(studies, estimate, np.asarray(tau2, dtype=np.float64))
    logs = np.log(np.where(studies.mask, studies.v, 1.0)).sum(axis=-1)
    saturated = -0.5 * (studies.k * np.log(2 * np.pi) + logs)
    return _criteria(value, -2 * (value - saturated), studies.k, 1 + has_tau2)


def restricted(studies: batch.Batch, estimate: batch.Floats, tau2: ArrayLike, *, has_tau2: bool = True) -> Fit:
    """The fit by the restricted likelihood.

    log L = -½((k - 1) log 2π - log k + Σlog(v + tau²) + log Σw + Σw(y - estimate)²). The term log k, the determinant of
    XᵀX, is constant; metafor includes it, Stata does not. The deviance is -2 log L.
    """
    between = np.asarray(tau2, dtype=np.float64)
    with np.errstate(all="ignore"):
        total = np.log(studies.weights(between).sum(axis=-1))
        value = _log_likelihood(studies, estimate, between) + 0.5 * (np.log(2 * np.pi) + np.log(studies.k) - total)
    value = np.where(studies.k > 0, value, np.nan)
    return _criteria(value, -2 * value, studies.k - 1, 1 + has_tau2)


def _log_likelihood(studies: batch.Batch, estimate: batch.Floats, tau2: batch.Floats) -> batch.Floats:
    logs = np.log(np.where(studies.mask, studies.v + tau2[..., np.newaxis], 1.0)).sum(axis=-1)
    with np.errstate(all="ignore"):
        apart = np.where(studies.mask, studies.y - np.asarray(estimate)[..., np.newaxis], 0.0)
        misfit = (studies.weights(tau2) * apart**2).sum(axis=-1)
        value: batch.Floats = -0.5 * (studies.k * np.log(2 * np.pi) + logs + misfit)
    return np.where(studies.k > 0, value, np.nan)


def _criteria(value: batch.Floats, deviance: batch.Floats, n: batch.Floats, parameters: int) -> Fit:
    enough = np.maximum(n, parameters + 2)
    with np.errstate(all="ignore"):
        bic = -2 * value + parameters * np.log(n)
    aicc = -2 * value + 2 * parameters * enough / (enough - parameters - 1)
    return Fit(value, deviance, -2 * value + 2 * parameters, bic, aicc)
