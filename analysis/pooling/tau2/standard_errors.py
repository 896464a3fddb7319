"""Large-sample standard errors of the estimators of tau².

For an estimator of moments with weights a the variance of Σa(y - ȳₐ)² is 2 tr(PMPM), with P = diag(a) - aaᵀ/Σa and
M = diag(v + tau²); for ML and REML it is the inverse of the expected information. Viechtbauer 2005 gives both, and
metafor prints these.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.pooling import batch
from analysis.pooling.tau2 import moments


class _Traces(NamedTuple):
    """tr(P), tr(PP), tr(PVP) and tr(PVPV), shape (...)."""

    p: batch.Floats
    pp: batch.Floats
    pvp: batch.Floats
    pvpv: batch.Floats


def of(
    studies: batch.Batch, tau2: batch.Floats, method: str, *, weights: ArrayLike | str | None = None
) -> batch.Floats:
    """The standard error by the named method, shape (...); NaN below two studies."""
    k = studies.k
    if method == "ML":
        error = np.sqrt(2 / (studies.weights(tau2) ** 2).sum(axis=-1))
    elif method == "REML":
        error = np.sqrt(2 / _traces(studies, studies.weights(tau2)).pp)
    elif method in ("EB", "PM", "PMM", "DLIT", "SJIT"):
        error = np.sqrt(2 * k**2 / (k - 1)) / studies.weights(tau2).sum(axis=-1)
    else:
        error = _of_moments(studies, tau2, method, weights)
    return np.where(k > 1, error, np.nan)


def _of_moments(studies: batch.Batch, tau2: batch.Floats, method: str, weights: ArrayLike | str | None) -> batch.Floats:
    k = studies.k
    if method in ("HS", "HSk"):
        w = studies.weights()
        spread = np.sqrt(_variance(_traces(studies, w), tau2)) / w.sum(axis=-1)
        corrected: batch.Floats = spread * k / (k - 1)
        return corrected if method == "HSk" else spread
    if method == "SJ":
        first = moments.first_guess(studies)
        spread = np.sqrt(_variance(_traces(studies, studies.weights(first)), tau2))
        error: batch.Floats = first * spread / (k - 1)
        return error
    traces = _traces(studies, _weights_of(studies, method, weights))
    return np.sqrt(_variance(traces, tau2)) / traces.p


def _weights_of(studies: batch.Batch, method: str, weights: ArrayLike | str | None) -> batch.Floats:
    if method == "HE":
        return np.where(studies.mask, 1.0, 0.0)
    if method == "DL2":
        return studies.weights(moments.dersimonian_laird(studies).value)
    if method in ("GENQ", "GENQM"):
        return moments.chosen_weights(studies, moments.INVERSE_ROOT if weights is None else weights)
    return studies.weights()


def _variance(traces: _Traces, tau2: batch.Floats) -> batch.Floats:
    between = np.maximum(tau2, 0.0)
    variance: batch.Floats = 2 * traces.pvpv + 4 * between * traces.pvp + 2 * between**2 * traces.pp
    return variance


def _traces(studies: batch.Batch, a: batch.Floats) -> _Traces:
    v = studies.v
    total = a.sum(axis=-1)

    def trace(left: batch.Floats, right: batch.Floats) -> batch.Floats:
        """Σᵢⱼ lᵢ Pᵢⱼ² rⱼ for diagonal matrices l and r."""
        cross = (a**2 * left).sum(axis=-1) * (a**2 * right).sum(axis=-1)
        value: batch.Floats = (a**2 * left * right * (1 - 2 * a / total[..., np.newaxis])).sum(
            axis=-1
        ) + cross / total**2
        return value

    one = np.ones(v.shape)
    share = 1 - a / total[..., np.newaxis]
    return _Traces((a * share).sum(axis=-1), trace(one, one), trace(one, v), trace(v, v))
