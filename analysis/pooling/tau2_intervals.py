"""Confidence intervals of tau².

Every one inverts a test: its limits are the values of tau² at which the observed statistic sits at a quantile of its
distribution. A limit is 0 where even tau² = 0 makes the statistic too small, so an interval can be [0, 0]: the effects
differ less than chance alone would have it, and `is_high_below` says so.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing
from analysis.pooling import (
    batch,
    biggerstaff_tweedie,
    hartung_knapp,
    profile_likelihood,
    quadratic_forms,
)
from analysis.pooling.tau2 import moments, q_roots, result

METHODS = ("QP", "J", "BJ", "GENQ", "BT", "PL", "none")


class Tau2Interval(NamedTuple):
    """Limits of tau², shape (...); NaN below two studies. `is_low_below`, `is_high_below`: the limit was set to 0."""

    low: batch.Floats
    high: batch.Floats
    is_low_below: batch.Bools
    is_high_below: batch.Bools
    is_converged: batch.Bools


def interval(
    studies: batch.Batch,
    method: str = "QP",
    *,
    level: float = 0.95,
    weights: ArrayLike | str = moments.INVERSE_ROOT,
    likelihood: str = "REML",
) -> Tau2Interval:
    """The interval of the named kind.

    Parameters
    ----------
    studies : Batch of shape (..., k)
    method : "QP"    Q-profile: Q with weights 1/(v + tau²) at the quantiles of χ² on k - 1; Viechtbauer 2007
             "GENQ"  generalised Q with fixed `weights`, exact distribution; Jackson 2013
             "J"     that with weights 1/√v (package meta's name)
             "BJ"    that with weights 1/v; Biggerstaff and Jackson 2008
             "BT"    DerSimonian and Laird's Q with a gamma distribution of the same mean and variance;
                     Biggerstaff and Tweedie 1997
             "PL"    profile likelihood: where the log-likelihood, restricted unless `likelihood` is "ML", is less than
                     its maximum by half a quantile of χ² on 1; Hardy and Thompson 1996
             "none"  no interval: NaN
    level : as a proportion
    weights : of "GENQ", as in `tau2.estimate`
    """
    choosing.require_option("tau2_interval", method, METHODS)
    if method == "none":
        return _none(studies)
    if method == "PL":
        limits, settled = profile_likelihood.limits(studies, level=level, method=likelihood)
    else:
        found = _both(studies, method, np.array([0.5 + level / 2, 0.5 - level / 2]), weights)
        limits = (found.value[..., 0], found.value[..., 1])
        settled = found.is_converged[..., 0] & found.is_converged[..., 1]
    several = studies.k > 1
    low, high = (np.where(several, limit, np.nan) for limit in limits)
    return Tau2Interval(low, high, low == 0, high == 0, settled)


def q_profile_probability(studies: batch.Batch, tau2: batch.Floats) -> batch.Floats:
    """P(χ² ≤ Q(tau²)) on k - 1 degrees of freedom, shape (...): 0.975 and 0.025 at the limits of a 95 % Q-profile."""
    df = studies.k - 1
    q = hartung_knapp.factor(studies, tau2) * df
    return np.asarray(special.chdtr(np.maximum(df, 1.0), q), dtype=np.float64)


def _none(studies: batch.Batch) -> Tau2Interval:
    nothing, never = np.full(studies.k.shape, np.nan), np.zeros(studies.k.shape, dtype=np.bool_)
    return Tau2Interval(nothing, nothing, never, never, ~never)


def _both(studies: batch.Batch, method: str, probability: batch.Floats, weights: ArrayLike | str) -> result.Tau2:
    """The tau² at which P(Q ≤ observed Q) is each probability, shape (..., 2)."""
    twice = studies.repeated(2)
    if method == "QP":
        df = np.maximum(twice.k - 1, 1.0)
        return q_roots.at(twice, np.asarray(special.chdtri(df, 1 - probability), dtype=np.float64))
    if method == "BT":
        return biggerstaff_tweedie.tau2_at(twice, probability)
    chosen = {"J": moments.INVERSE_ROOT, "BJ": moments.INVERSE}.get(method, weights)
    return quadratic_forms.tau2_at(twice, moments.chosen_weights(studies, chosen)[..., np.newaxis, :], probability)
