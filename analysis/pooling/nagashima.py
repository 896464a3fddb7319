"""The prediction interval of Nagashima, Noma and Furukawa 2019, which needs no large number of studies.

tau² is drawn from its exact confidence distribution, H(tau²) = P(Q > observed Q), with Q as DerSimonian and Laird take
it; for each draw a new study's effect is drawn about the mean that goes with that tau². The seed is fixed, so that the
same input gives the same bytes.
"""

from __future__ import annotations

import numpy as np

from analysis.pooling import batch, quadratic_forms
from analysis.pooling.tau2 import moments

DRAWS = 25_000
SEED = 20190601
KNOTS = 257
CHUNK = 1 << 20


def interval(studies: batch.Batch, *, level: float = 0.95, draws: int = DRAWS) -> tuple[batch.Floats, batch.Floats]:
    """Lower and upper limit, shape (...); NaN below two studies. The limits carry Monte Carlo error of about 1 %."""
    wide, shape = studies.mask.shape[-1], studies.mask.shape[:-1]
    flat = studies.flat()
    limits = np.full((2, len(flat.mask)), np.nan)
    size = max(1, CHUNK // (draws * max(wide, 1)))
    several = np.flatnonzero((flat.k > 1) & np.isfinite(flat.y.sum(axis=-1) + flat.v.sum(axis=-1)))
    for start in range(0, several.size, size):
        rows = several[start : start + size]
        with np.errstate(all="ignore"):
            limits[:, rows] = _limits(flat.taken(rows), level, draws)
    low, high = limits
    return low.reshape(shape), high.reshape(shape)


def _limits(studies: batch.Batch, level: float, draws: int) -> batch.Floats:
    random = np.random.default_rng(SEED)
    tau2 = _drawn_tau2(studies, random.random(draws))
    spread = studies.repeated()
    w = spread.weights(tau2)
    total = w.sum(axis=-1)
    mean = (w * spread.y).sum(axis=-1) / total
    df = (studies.k - 1)[:, np.newaxis]
    error = np.sqrt((w * (spread.y - mean[..., np.newaxis]) ** 2).sum(axis=-1) / (df * total))
    new = mean + random.standard_normal(draws) * np.sqrt(tau2) - random.standard_t(df, (df.size, draws)) * error
    limits: batch.Floats = np.quantile(new, [0.5 - level / 2, 0.5 + level / 2], axis=-1)
    return limits


def _drawn_tau2(studies: batch.Batch, probability: batch.Floats) -> batch.Floats:
    """The tau² with P(Q > observed Q) at each probability, (rows, draws); between knots √tau² is a straight line."""
    knots = (np.arange(KNOTS) + 0.5) / KNOTS
    a = moments.chosen_weights(studies, moments.INVERSE)[:, np.newaxis]
    tau = np.sqrt(quadratic_forms.tau2_at(studies.repeated(KNOTS), a, 1 - knots).value)
    place = np.clip(probability * KNOTS - 0.5, 0, KNOTS - 1)
    left = np.minimum(place.astype(np.intp), KNOTS - 2)
    drawn: batch.Floats = tau[:, left] + (place - left) * (tau[:, left + 1] - tau[:, left])
    return drawn**2
