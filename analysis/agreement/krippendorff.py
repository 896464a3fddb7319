"""Krippendorff's α: agreement of any number of raters, with any number of missing judgements."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis import choosing, errors
from analysis.pooling import batch

METRICS = ("nominal", "ordinal", "interval", "ratio")
BOOTSTRAPS = 2000


class Alpha(NamedTuple):
    """α with a percentile interval of a bootstrap over the things judged; NaN where it is not estimable.

    `units` counts the things that at least two raters judged: the others say nothing about agreement.
    """

    estimate: float
    low: float
    high: float
    units: int


def alpha(
    ratings: ArrayLike, *, metric: str = "nominal", level: float = 0.95, bootstraps: int = BOOTSTRAPS, seed: int = 1
) -> Alpha:
    """α = 1 - observed/expected disagreement, from ratings of shape (things, raters) with NaN for no judgement.

    `metric` says what a difference of two values means: "nominal" (0 or 1), "ordinal" (by ranks), "interval"
    ((a - b)²) or "ratio" (((a - b)/(a + b))²). The bootstrap draws things with replacement, the metric held; the same
    seed gives the same interval. Raises InputError when nothing was judged twice, OptionError for another metric.
    Sources: Krippendorff, Content Analysis, 2013, ch. 12; Hayes and Krippendorff 2007.
    """
    choosing.require_option("metric", metric, METRICS)
    values, pairs = _coincidences(np.asarray(ratings, dtype=np.float64))
    disagreement = _disagreement(values, pairs.sum(axis=(0, 2)), metric)
    estimate = float(_alpha(pairs.sum(axis=0), disagreement))
    draws = np.random.default_rng(seed).multinomial(len(pairs), np.full(len(pairs), 1 / len(pairs)), bootstraps)
    resampled = (draws @ pairs.reshape(len(pairs), -1)).reshape(bootstraps, len(values), len(values))
    found = _alpha(resampled, disagreement)
    found = found[np.isfinite(found)]
    low, high = np.quantile(found, [0.5 - level / 2, 0.5 + level / 2]) if found.size else (np.nan, np.nan)
    return Alpha(estimate, float(low), float(high), len(pairs))


def _coincidences(ratings: batch.Floats) -> tuple[batch.Floats, batch.Floats]:
    """The values used, shape (q,), and the coincidences of each thing judged at least twice, shape (things, q, q)."""
    if ratings.ndim != 2:
        raise errors.InputError("Ratings need one row for each thing and one column for each rater.")
    judged = np.isfinite(ratings)
    ratings, judged = ratings[judged.sum(axis=1) > 1], judged[judged.sum(axis=1) > 1]
    if not len(ratings):
        raise errors.InputError("Nothing was judged by two raters, so their agreement cannot be computed.")
    values = np.unique(ratings[judged])
    counts = (ratings[:, :, np.newaxis] == values).sum(axis=1).astype(np.float64)
    pairs = counts[:, :, np.newaxis] * counts[:, np.newaxis, :]
    places = np.arange(len(values))
    pairs[:, places, places] -= counts
    return values, pairs / (judged.sum(axis=1) - 1)[:, np.newaxis, np.newaxis]


def _disagreement(values: batch.Floats, used: batch.Floats, metric: str) -> batch.Floats:
    """The squared difference of each pair of values, shape (q, q); `used` counts how often each value was given."""
    if metric == "nominal":
        return 1.0 - np.eye(len(values))
    if metric == "ordinal":
        rank = np.cumsum(used) - used / 2
        return np.subtract.outer(rank, rank) ** 2
    apart: batch.Floats = np.subtract.outer(values, values) ** 2
    if metric == "interval":
        return apart
    total = np.add.outer(values, values) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, apart / total, 0.0)


def _alpha(pairs: batch.Floats, disagreement: batch.Floats) -> batch.Floats:
    """α from coincidences of shape (..., q, q); NaN when only one value was ever given."""
    used = pairs.sum(axis=-1)
    n = used.sum(axis=-1)
    observed = (pairs * disagreement).sum(axis=(-2, -1))
    expected = (used[..., :, np.newaxis] * used[..., np.newaxis, :] * disagreement).sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - (n - 1) * observed / expected, np.nan)
