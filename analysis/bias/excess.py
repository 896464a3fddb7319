"""The test of excess significance: are more studies significant than their power lets expect?

Ioannidis and Trikalinos 2007, Clin Trials 4:245-253.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing, errors
from analysis.pooling import batch, random

TESTS = ("exact", "chi2", "binomial", "metafor")
ALTERNATIVES = ("two.sided", "greater", "less")
# metafor enumerates up to this many sets of studies, and takes chi² beyond.
METAFOR_SETS = 1e6


class Excess(NamedTuple):
    """Arrays of shape (...), `power` and `is_significant` (..., k).

    effect               the effect that power is computed for
    observed, expected   significant studies; the sum of the powers
    ratio                observed/expected
    chi2                 (O - E)²/(E(1 - E/k)), NaN unless the test is by it
    p                    one-sided, for an excess
    """

    effect: batch.Floats
    observed: batch.Floats
    expected: batch.Floats
    ratio: batch.Floats
    chi2: batch.Floats
    p: batch.Floats
    is_exact: batch.Bools
    power: batch.Floats
    is_significant: batch.Bools
    k: batch.Floats


def significance(
    studies: batch.Batch,
    *,
    tau2: ArrayLike = 0.0,
    effect: ArrayLike | None = None,
    null: float = 0.0,
    alpha: float = 0.05,
    alternative: str = "two.sided",
    test: str = "exact",
) -> Excess:
    """Test studies of shape (..., k).

    tau2 : between-study variance, shape (...): power is then averaged over the studies' true effects
    effect : the true (mean) effect, shape (...); by default the pooled one with weights 1/(v + tau²)
    null, alpha, alternative : the test that each study made of itself, by z
    test : "exact", the Poisson-binomial distribution of the number of significant studies; "chi2" and "binomial", which
        take every power as the mean power; "metafor", exact up to a million sets of studies and chi² beyond

    Raises OptionError for an unknown choice.
    """
    _require_choices(test, alternative, alpha)
    between = np.asarray(tau2, dtype=np.float64)
    chosen = random.pool(studies, between).estimate if effect is None else np.asarray(effect, dtype=np.float64)
    mean = np.broadcast_to(chosen, studies.k.shape)
    critical = float(special.ndtri(1 - alpha / 2 if alternative == "two.sided" else 1 - alpha))
    with np.errstate(all="ignore"):
        z = (studies.y - null) / np.sqrt(studies.v)
        toward = {"two.sided": np.abs(z), "greater": z, "less": -z}[alternative]
        is_significant = studies.mask & (toward >= critical)
        power = _power(studies, mean - null, between, critical, alternative)
    observed = np.add.reduce(is_significant, axis=-1, dtype=np.float64)
    expected, k = power.sum(axis=-1), studies.k
    is_exact = np.full(k.shape, test == "exact") if test != "metafor" else _sets(k, observed) <= METAFOR_SETS
    p, chi2 = _tested(power, observed, k, is_exact, "chi2" if test == "metafor" else test)
    none = (k == 0) | np.isnan(expected)
    with np.errstate(all="ignore"):
        ratio = observed / expected
    values = (np.where(none, np.nan, value) for value in (mean, observed, expected, ratio, chi2, p))
    named = dict(zip(Excess._fields, values, strict=False))
    return Excess(**named, is_exact=is_exact, power=power, is_significant=is_significant, k=k)


def _require_choices(test: str, alternative: str, alpha: float) -> None:
    choosing.require_option("test", test, TESTS)
    choosing.require_option("alternative", alternative, ALTERNATIVES)
    if not 0 < alpha < 1:
        raise errors.OptionError(f"Option alpha is {alpha}; give a number between 0 and 1.", option="alpha")


def _power(
    studies: batch.Batch, distance: batch.Floats, tau2: batch.Floats, critical: float, alternative: str
) -> batch.Floats:
    """The probability of a significant z, averaged over true effects N(mean, tau²); 0 outside the mask."""
    se = np.sqrt(studies.v)
    spread = np.sqrt(studies.v + tau2[..., np.newaxis])
    away, bar = distance[..., np.newaxis] / spread, critical * se / spread
    above, below = special.ndtr(away - bar), special.ndtr(-away - bar)
    power = {"two.sided": above + below, "greater": above, "less": below}[alternative]
    return np.where(studies.mask, power, 0.0)


def _tested(
    power: batch.Floats, observed: batch.Floats, k: batch.Floats, is_exact: batch.Bools, other: str
) -> tuple[batch.Floats, batch.Floats]:
    expected = power.sum(axis=-1)
    p, chi2 = np.full(k.shape, np.nan), np.full(k.shape, np.nan)
    with np.errstate(all="ignore"):
        mean = expected / k
        if other == "chi2":
            z = (observed - expected) / np.sqrt(expected * (1 - mean))
            p, chi2 = special.ndtr(-z), np.where(is_exact, np.nan, z**2)
        elif other == "binomial":
            p = np.where(observed > 0, special.bdtrc(observed - 1, k.astype(np.intp), np.clip(mean, 0, 1)), 1.0)
    if is_exact.any():
        p = np.where(is_exact, at_least(power, observed), p)
    return p, chi2


def at_least(power: batch.Floats, observed: batch.Floats) -> batch.Floats:
    """P(at least `observed` of independent events), shape (...), given their probabilities (..., k).

    The distribution is built study by study from positive terms, so that small tails keep their digits.
    """
    k = power.shape[-1]
    chance = np.zeros((*power.shape[:-1], k + 1))
    chance[..., 0] = 1.0
    for i in range(k):
        one = power[..., i, np.newaxis]
        chance[..., 1:] = chance[..., 1:] * (1 - one) + chance[..., :-1] * one
        chance[..., :1] *= 1 - one
    tail: batch.Floats = np.where(np.arange(k + 1) >= observed[..., np.newaxis], chance, 0.0).sum(axis=-1)
    return np.asarray(np.minimum(tail, 1.0), dtype=np.float64)


def _sets(k: batch.Floats, observed: batch.Floats) -> batch.Floats:
    """How many sets of at least `observed` studies there are."""
    j = np.arange(int(k.max(initial=0)) + 1)
    with np.errstate(all="ignore"):
        each = np.asarray(special.binom(k[..., np.newaxis], j), dtype=np.float64)
    is_one = (j >= observed[..., np.newaxis]) & (j <= k[..., np.newaxis])
    sets: batch.Floats = np.where(is_one, each, 0.0).sum(axis=-1)
    return sets
