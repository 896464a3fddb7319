"""The test whether subgroups differ."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.pooling import batch


class Between(NamedTuple):
    """Shapes (...). NaN with fewer than two subgroups that have an estimate.

    statistic  Q between: chi² with df degrees of freedom; or Q/df, an F with df and test_df
    df         number of subgroups with an estimate, minus 1
    test_df    second degrees of freedom of an F; NaN for chi²
    p          upper tail
    """

    statistic: batch.Floats
    df: batch.Floats
    test_df: batch.Floats
    p: batch.Floats


def test_df_of_chi2(shape: tuple[int, ...]) -> batch.Floats:
    """What `of` takes for a chi² test: NaN of this shape."""
    return np.full(shape, np.nan)


def of(estimates: ArrayLike, standard_errors: ArrayLike, *, test_df: ArrayLike | None = None) -> Between:
    """Q = Σ (θ_g - θ̄)²/se_g², θ̄ the mean weighted by 1/se_g², over independent estimates of shape (..., G).

    By chi²(G - 1) (Deeks, Altman and Bradburn 2001; Cochrane Handbook 10.11.3.1; RevMan, meta), whatever the estimates
    and errors come from (common or random effects, Mantel-Haenszel, Peto). With `test_df`, shape (...), Q/(G - 1) by
    F(G - 1, test_df): the test of metafor's regression on the subgroups with Knapp and Hartung's errors.
    Subgroups without an estimate or with an error of 0 do not count.
    """
    theta, error = np.broadcast_arrays(np.asarray(estimates, float), np.asarray(standard_errors, float))
    counts = np.isfinite(theta) & np.isfinite(error) & (error > 0)
    # In units of the smallest error no weight can overflow; the unit cancels.
    unit = np.where(counts, error, np.inf).min(axis=-1, keepdims=True, initial=np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        w = np.where(counts, (unit / error) ** 2, 0.0)
        scaled = np.where(counts, theta / unit, 0.0)
        centre = (w * scaled).sum(axis=-1, keepdims=True) / w.sum(axis=-1, keepdims=True)
        q = np.where(counts, w * (scaled - centre) ** 2, 0.0).sum(axis=-1)
    df = counts.sum(axis=-1) - 1.0
    several = df > 0
    df, q = np.where(several, df, np.nan), np.where(several, q, np.nan)
    if test_df is None:
        return Between(q, df, test_df_of_chi2(df.shape), np.asarray(special.chdtrc(df, q), dtype=np.float64))
    second = np.broadcast_to(np.asarray(test_df, dtype=np.float64), df.shape)
    second = np.where(second > 0, second, np.nan)
    return Between(q / df, df, second, np.asarray(special.fdtrc(df, second, q / df), dtype=np.float64))
