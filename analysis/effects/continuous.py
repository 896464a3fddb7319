"""Continuous outcomes in two independent groups: mean difference and standardised mean difference.

Sources: Cochrane Handbook chapter 10 and RevMan 5's statistical algorithms (convention "revman5"); Hedges 1981
and the documentation of metafor's escalc, vtype "LS" (convention "metafor").
"""

from __future__ import annotations

import numpy as np
from scipy import special

from analysis import data, effects, errors, options
from analysis.pooling import batch

_REVMAN_OFFSET = 3.94
_SERIES_FROM = 300.0


def estimate(studies: data.ContinuousData, choices: options.Options) -> effects.Effects:
    """Effect and variance of every study, shape (k,).

    Raises InputError naming the study when its numbers are too large or too small for a finite, positive variance.
    """
    n1, mean1, sd1, n2, mean2, sd2 = (studies.column(name) for name in ("n1", "mean1", "sd1", "n2", "mean2", "sd2"))
    with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
        if choices.measure == "MD":
            found = mean_difference(n1, mean1, sd1, n2, mean2, sd2)
        else:
            found = standardised_mean_difference(n1, mean1, sd1, n2, mean2, sd2, convention=choices.convention)
    _require_usable(studies, found)
    return found


def mean_difference(
    n1: batch.Floats,
    mean1: batch.Floats,
    sd1: batch.Floats,
    n2: batch.Floats,
    mean2: batch.Floats,
    sd2: batch.Floats,
) -> effects.Effects:
    """Group 1 minus group 2, with variance sd1²/n1 + sd2²/n2. Arrays of any one shape."""
    return effects.Effects(mean1 - mean2, sd1**2 / n1 + sd2**2 / n2)


def standardised_mean_difference(
    n1: batch.Floats,
    mean1: batch.Floats,
    sd1: batch.Floats,
    n2: batch.Floats,
    mean2: batch.Floats,
    sd2: batch.Floats,
    *,
    convention: str,
) -> effects.Effects:
    """Hedges' g and its variance. Arrays of any one shape; N = n1 + n2, d = difference / pooled sd.

    revman5: g = d (1 - 3/(4N - 9)), variance N/(n1 n2) + g²/(2(N - 3.94)).
    metafor: g = d J with the exact J(N - 2), variance 1/n1 + 1/n2 + g²/(2N).
    """
    total = n1 + n2
    pooled_sd = np.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (total - 2))
    d = (mean1 - mean2) / pooled_sd
    if convention == "revman5":
        g = d * (1 - 3 / (4 * total - 9))
        return effects.Effects(g, total / (n1 * n2) + g**2 / (2 * (total - _REVMAN_OFFSET)))
    g = d * exact_correction(total - 2)
    return effects.Effects(g, 1 / n1 + 1 / n2 + g**2 / (2 * total))


def exact_correction(df: batch.Floats) -> batch.Floats:
    """Hedges' exact small-sample factor J(df) = Γ(df/2) / (√(df/2) Γ((df - 1)/2)), for df > 1.

    Gamma functions of large numbers lose digits when they are divided, so large df take the asymptotic series, which
    is exact to double precision there.
    """
    small = np.minimum(df, _SERIES_FROM)
    exact = np.sqrt(2 * np.pi / small) / special.beta((small - 1) / 2, 0.5)
    x = 1 / np.maximum(df, _SERIES_FROM)
    series = 1 - x * (3 / 4 + x * (7 / 32 + x * (9 / 128 - x * 59 / 2048)))
    return np.where(df < _SERIES_FROM, exact, series)


def _require_usable(studies: data.ContinuousData, found: effects.Effects) -> None:
    usable = np.isfinite(found.estimate) & np.isfinite(found.variance) & (found.variance > 0)
    if not usable.all():
        label = studies.studies[int(np.argmin(usable))].label
        raise errors.InputError(
            f"Study “{label}”: its means and standard deviations are too large or too small to compute with; "
            "check their unit.",
            study=label,
        )
