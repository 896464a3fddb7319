"""Kendall's rank correlation, and Begg and Mazumdar's test of funnel-plot asymmetry by it."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import special, stats

from analysis import choosing
from analysis.pooling import batch

P_VALUES = ("exact", "normal", "normal_corrected")
EXACT_UP_TO = 170
CHUNK = 1 << 21
# Beyond so many studies all pairs cost more than sorting each analysis.
WIDE = 1000


class Kendall(NamedTuple):
    """A rank correlation, every array of shape (...).

    score, score_se   S, concordant less discordant pairs, and its standard error, which allows for ties
    tau               Kendall's tau-b
    statistic, p      z and its two-sided p; where `is_exact`, p is by the distribution of S without ties
    k                 how many pairs of values count
    """

    score: batch.Floats
    score_se: batch.Floats
    tau: batch.Floats
    statistic: batch.Floats
    p: batch.Floats
    is_exact: batch.Bools
    k: batch.Floats


def correlate(x: batch.Floats, y: batch.Floats, mask: batch.Bools, *, p_value: str = "exact") -> Kendall:
    """Kendall's test of x against y, shape (..., k).

    `p_value`: "exact" as long as nothing is tied and k ≤ 170, otherwise normal; "normal"; "normal_corrected", with |S|
    less 1. The variance with ties is Kendall and Gibbons 1990, Rank Correlation Methods, p. 66-68.
    Raises OptionError for another.
    """
    choosing.require_option("p_value", p_value, P_VALUES)
    shape = mask.shape[:-1]
    flat = (math.prod(shape), mask.shape[-1])
    flat_x, flat_y = (np.where(mask, part, 0.0).reshape(flat) for part in (x, y))
    counted = _counted(flat_x, flat_y, mask.reshape(flat))
    score, same_x, same_y = (part.reshape((*shape, *part.shape[1:])) for part in counted)
    k = np.add.reduce(mask, axis=-1, dtype=np.float64)
    with np.errstate(all="ignore"):
        spread = np.sqrt(_variance(k, same_x, same_y, mask))
        pairs = k * (k - 1) / 2
        free = [pairs - _over_groups(same, mask, lambda t: t * (t - 1)) / 2 for same in (same_x, same_y)]
        tau = score / (np.sqrt(free[0]) * np.sqrt(free[1]))
        less = np.sign(score) if p_value == "normal_corrected" else 0.0
        statistic = (score - less) / spread
    p = 2 * special.ndtr(-np.abs(statistic))
    has_ties = (np.where(mask, same_x, 1) > 1).any(axis=-1) | (np.where(mask, same_y, 1) > 1).any(axis=-1)
    undefined = ~np.isfinite(np.where(mask, x + y, 0.0)).all(axis=-1)
    is_exact = ~undefined & ~has_ties & (k > 1) & (k <= EXACT_UP_TO) & (p_value == "exact")
    # S and k of each row decide its exact p.
    for size in np.unique(k[is_exact]):
        rows = is_exact & (k == size)
        p = np.where(rows, _exact_p(int(size), np.where(rows, score, 0.0)), p)
    score, spread, tau, statistic, p = (np.where(undefined, np.nan, x) for x in (score, spread, tau, statistic, p))
    return Kendall(score, spread, tau, statistic, p, is_exact, k)


def begg(studies: batch.Batch, *, p_value: str = "exact") -> Kendall:
    """Begg and Mazumdar 1994, Biometrics 50:1088-1101: standardised deviates against variances.

    The deviate of a study is (y - common-effect mean)/√(v - 1/Σw). metafor's ranktest takes "exact"; meta's and
    Stata's tests "normal", or "normal_corrected" on request.
    """
    return correlate(deviates(studies), studies.v, studies.mask, p_value=p_value)


def deviates(studies: batch.Batch) -> batch.Floats:
    """(y - common-effect mean)/√(v - 1/Σw), shape (..., k); a study of all the weight stands at 0."""
    weights = studies.weights()
    with np.errstate(all="ignore"):
        share = weights / weights.sum(axis=-1, keepdims=True)
        rest = _others(share)
        mean = (share * studies.y).sum(axis=-1, keepdims=True)
        found = np.where(rest > 0, (studies.y - mean) / np.sqrt(studies.v * rest), 0.0)
    return np.where(studies.mask, np.where(np.isnan(share), np.nan, found), 0.0)


def _others(share: batch.Floats) -> batch.Floats:
    """1 - share, from the other shares where the difference would lose digits."""
    is_largest = share == share.max(axis=-1, keepdims=True, initial=0.0)
    # Where one study has most of the weight it is the only largest.
    is_heavy = is_largest & (share > 0.5)
    return np.where(is_heavy, np.where(is_heavy, 0.0, share).sum(axis=-1, keepdims=True), 1.0 - share)


def _counted(x: batch.Floats, y: batch.Floats, mask: batch.Bools) -> tuple[batch.Floats, batch.Floats, batch.Floats]:
    """S (rows,), and for each study how many share its x and its y (rows, k); blocks bound the memory."""
    rows, k = mask.shape
    if k > WIDE:
        return _counted_by_sorting(x, y, mask)
    score, same_x, same_y = np.zeros(rows), np.zeros((rows, k)), np.zeros((rows, k))
    wide = max(1, min(k, CHUNK // max(1, k)))
    tall = max(1, CHUNK // max(1, k * wide))
    for top in range(0, rows, tall):
        part = slice(top, top + tall)
        for start in range(0, k, wide):
            other = slice(start, start + wide)
            both = mask[part, :, None] & mask[part, None, other]
            sign_x = np.sign(x[part, :, None] - x[part, None, other])
            sign_y = np.sign(y[part, :, None] - y[part, None, other])
            score[part] += np.where(both, sign_x * sign_y, 0.0).sum(axis=(-1, -2)) / 2
            same_x[part] += (both & (sign_x == 0)).sum(axis=-1)
            same_y[part] += (both & (sign_y == 0)).sum(axis=-1)
    return score, same_x, same_y


def _counted_by_sorting(
    x: batch.Floats, y: batch.Floats, mask: batch.Bools
) -> tuple[batch.Floats, batch.Floats, batch.Floats]:
    """The same in k log k steps for each row: S from scipy's tau-b, which sorts."""
    score, same_x, same_y = np.zeros(mask.shape[0]), np.zeros(mask.shape), np.zeros(mask.shape)
    for i, counted in enumerate(mask):
        free = []
        for values, same in ((x, same_x), (y, same_y)):
            _, place, sizes = np.unique(values[i, counted], return_inverse=True, return_counts=True)
            same[i, counted] = sizes[place]
            free.append(place.size * (place.size - 1) / 2 - (sizes * (sizes - 1) / 2).sum())
        if min(free) > 0:
            tau = stats.kendalltau(x[i, counted], y[i, counted], method="asymptotic").statistic
            score[i] = np.rint(tau * np.sqrt(free[0]) * np.sqrt(free[1]))
    return score, same_x, same_y


def _over_groups(same: batch.Floats, mask: batch.Bools, term: Callable[[batch.Floats], batch.Floats]) -> batch.Floats:
    """The sum of a term over groups of tied values: each of t members brings a t-th of it."""
    t = np.where(mask, same, 1.0)
    found: batch.Floats = np.where(mask, term(t) / t, 0.0).sum(axis=-1)
    return found


def _variance(k: batch.Floats, same_x: batch.Floats, same_y: batch.Floats, mask: batch.Bools) -> batch.Floats:
    ties = [(same_x, mask), (same_y, mask)]
    first = [_over_groups(*each, lambda t: t * (t - 1) * (2 * t + 5)) for each in ties]
    second = [_over_groups(*each, lambda t: t * (t - 1)) for each in ties]
    third = [_over_groups(*each, lambda t: t * (t - 1) * (t - 2)) for each in ties]
    whole = (k * (k - 1) * (2 * k + 5) - first[0] - first[1]) / 18 + second[0] * second[1] / (2 * k * (k - 1))
    triples = np.where(k > 2, 9 * k * (k - 1) * (k - 2), np.inf)
    return whole + third[0] * third[1] / triples


def _exact_p(k: int, score: batch.Floats) -> batch.Floats:
    """Twice the probability of an S as far from 0 in the same direction, at most 1, without ties."""
    discordant = np.rint((k * (k - 1) / 2 - np.abs(score)) / 2).astype(np.intp)
    table = _cumulated(k)
    return np.minimum(1.0, 2 * table[np.clip(discordant, 0, table.size - 1)])


@functools.cache
def _cumulated(k: int) -> batch.Floats:
    """P(at most d discordant pairs) among k untied studies, d up to half of the pairs.

    Discordant pairs are inversions of a random order: the sum of independent uniforms on 0..i-1, i = 2..k.
    """
    size = k * (k - 1) // 4 + 1
    density = np.zeros(size)
    density[0] = 1.0
    for i in range(2, k + 1):
        total = np.cumsum(density)
        total[i:] -= total[: max(0, size - i)].copy()
        density = total / i
    return np.cumsum(density)
