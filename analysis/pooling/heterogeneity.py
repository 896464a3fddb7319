"""How much the studies differ: Cochran's Q and what is derived from it and from tau².

Source: Higgins and Thompson 2002. I² is in per cent. With one study nothing can differ: Q is 0, the rest NaN.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.pooling import batch, common


class Heterogeneity(NamedTuple):
    """Q, its degrees of freedom and p-value; I² (per cent) and H² by the named definition. Shape (...)."""

    q: batch.Floats
    df: batch.Floats
    p: batch.Floats
    i2: batch.Floats
    h2: batch.Floats


def describe(studies: batch.Batch, tau2: batch.Floats, *, i2_definition: str) -> Heterogeneity:
    """All measures at once; `i2_definition` is "Q" or "tau2"."""
    q = q_statistic(studies)
    df = np.maximum(studies.k - 1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        if i2_definition == "Q":
            i2, h2 = 100 * np.where(q > df, (q - df) / q, 0.0), q / df
        else:
            s2 = typical_variance(studies)
            i2, h2 = 100 * tau2 / (tau2 + s2), 1 + tau2 / s2
        p = special.chdtrc(df, q)
    several = df > 0
    return Heterogeneity(
        q, df, np.where(several, p, np.nan), np.where(several, i2, np.nan), np.where(several, h2, np.nan)
    )


def q_statistic(studies: batch.Batch) -> batch.Floats:
    """Cochran's Q about the common-effect estimate."""
    weights = studies.weights()
    centre = np.nan_to_num(common.weighted(studies, weights).estimate)
    spread: batch.Floats = (weights * (studies.y - centre[..., np.newaxis]) ** 2).sum(axis=-1)
    return np.where(studies.k > 1, spread, 0.0)


def typical_variance(studies: batch.Batch) -> batch.Floats:
    """Higgins and Thompson's typical within-study variance s² = (k - 1) Σw / ((Σw)² - Σw²)."""
    weights = studies.weights()
    share = weights / weights.sum(axis=-1, keepdims=True)
    typical: batch.Floats = (studies.k - 1) / (weights * (1 - share)).sum(axis=-1)
    return typical
