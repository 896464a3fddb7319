"""Intervals and tests around a pooled estimate. Everything has shape (...)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.pooling import batch


class Interval(NamedTuple):
    """Lower and upper limit; NaN where the interval is not defined."""

    low: batch.Floats
    high: batch.Floats


class WaldTest(NamedTuple):
    """z and its two-sided p-value."""

    z: batch.Floats
    p: batch.Floats


def wald(estimate: batch.Floats, se: batch.Floats, level: float) -> Interval:
    """estimate ± z·se with the normal quantile of the level."""
    reach = special.ndtri(0.5 + level / 2) * se
    return Interval(estimate - reach, estimate + reach)


def wald_test(estimate: batch.Floats, se: batch.Floats) -> WaldTest:
    """The test that the effect is 0."""
    z = estimate / se
    return WaldTest(z, 2 * special.ndtr(-np.abs(z)))


def prediction(
    estimate: batch.Floats, se: batch.Floats, tau2: batch.Floats, k: batch.Floats, *, kind: str, level: float
) -> Interval:
    """Where the true effect of a new study would lie: estimate ± c·√(tau² + se²).

    `kind` names c: "z" the normal quantile, "t_k-1" and "t_k-2" those of Student's t (Higgins, Thompson and
    Spiegelhalter 2009 use k - 2). NaN for "none", for one study, and where there are no degrees of freedom.
    """
    upper = 0.5 + level / 2
    spare = {"none": np.inf, "z": 1.0, "t_k-1": 1.0, "t_k-2": 2.0}[kind]
    df = np.where(k > max(spare, 1.0), k - spare, np.nan)
    quantile = special.ndtri(upper) if kind == "z" else special.stdtrit(df, upper)
    reach = np.where(np.isnan(df), np.nan, quantile) * np.sqrt(tau2 + se**2)
    return Interval(estimate - reach, estimate + reach)
