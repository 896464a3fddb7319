"""Hedges' factor against the small-sample bias of a standardised mean difference."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing
from analysis.effects import core
from analysis.pooling import batch

CORRECTIONS = ("exact", "approximate", "none")
_SERIES_FROM = 300.0


def factor(df: ArrayLike, correction: str) -> batch.Floats:
    """The factor J of a named correction, NaN for df ≤ 1; "none" is 1. `df` may have any shape.

    "exact" is Hedges' gamma-function ratio, "approximate" is 1 - 3/(4 df - 1), which with df = N - 2 is RevMan's
    1 - 3/(4N - 9). Source: Hedges 1981, J Educ Stat 6:107-128, equations 6d and 6e.
    """
    return 1 - lack(df, correction)


def lack(df: ArrayLike, correction: str) -> batch.Floats:
    """1 - J, whose digits J itself loses for large df; NaN for df ≤ 1; "none" is 0."""
    choosing.require_option("correction", correction, CORRECTIONS)
    degrees = np.asarray(df, dtype=np.float64)
    if correction == "none":
        return np.zeros_like(degrees)
    with core.quiet():
        found = _exact_lack(degrees) if correction == "exact" else 3 / (4 * degrees - 1)
        return np.where(degrees > 1, found, np.nan)


def exact(df: ArrayLike) -> batch.Floats:
    """Hedges' exact small-sample factor J(df) = Γ(df/2) / (√(df/2) Γ((df - 1)/2)), for df > 1."""
    return 1 - _exact_lack(np.asarray(df, dtype=np.float64))


def unbiased_share(df: ArrayLike, lacking: ArrayLike) -> batch.Floats:
    """K = 1 - (df - 2)/(df J²) from 1 - J: the unbiased variance of g is that of d = 0 plus K g².

    K is near 1/(2 df), so that it would drown in the difference from 1. Source: Hedges 1983, equation 9.
    """
    degrees, missing = core.floats(df, lacking)
    with core.quiet():
        found: batch.Floats = (2 / degrees - missing * (2 - missing)) / (1 - missing) ** 2
    return found


def _exact_lack(df: batch.Floats) -> batch.Floats:
    """1 - J(df). Gamma functions of large numbers lose digits when they are divided, so large df take the asymptotic
    series, which is exact to double precision there."""
    small = np.minimum(df, _SERIES_FROM)
    with core.quiet():
        near = 1 - np.sqrt(2 * np.pi / small) / special.beta((small - 1) / 2, 0.5)
    x = 1 / np.maximum(df, _SERIES_FROM)
    series = x * (3 / 4 + x * (7 / 32 + x * (9 / 128 - x * (59 / 2048 + x * (483 / 8192 - x * 2323 / 65536)))))
    # The comparison keeps a missing df missing.
    return np.where(df >= _SERIES_FROM, series, near)
