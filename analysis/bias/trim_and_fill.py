"""Trim and fill: how many studies one side of the funnel lacks, and the estimate when their mirror images are added.

Duval and Tweedie 2000, J Am Stat Assoc 95:89-98 and Biometrics 56:455-463. The studies farthest to one side are
trimmed, the centre of the rest is found, the number missing is estimated from the ranks of the distances to that
centre, and so on until nothing changes. All analyses of a batch go through the rounds together; settled ones step out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis import choosing, errors
from analysis.bias import egger
from analysis.pooling import batch, random, tau2

ESTIMATORS = ("L0", "R0", "Q0")
SIDES = ("auto", "left", "right")
COMMON = "EE"
CONVENTIONS = ("metafor", "meta")
ROUNDS = 100
# A distance this small beside the largest effect is rounding: the study lies at the centre.
NOISE = 8 * np.finfo(np.float64).eps


class Trimmed(NamedTuple):
    """What trim and fill finds, arrays of shape (...) unless said otherwise.

    missing       estimated number of missing studies, NaN where the estimator is not defined (Q0 when its root is of a
                  negative number) or the side cannot be told
    missing_se    its standard error
    p             for "R0" the probability of so many or more when none is missing, ½^(missing + 1); otherwise NaN
    is_left       whether studies are missing on the left
    centre        the mean about which studies were mirrored
    filled        Batch (..., k): in the place of each mirrored study its image, elsewhere masked
    is_converged  whether the rounds settled
    """

    missing: batch.Floats
    missing_se: batch.Floats
    p: batch.Floats
    is_left: batch.Bools
    centre: batch.Floats
    filled: batch.Batch
    is_converged: batch.Bools


class _Sorted(NamedTuple):
    """Studies (rows, k) from the far end of the side that may lack studies, those that count first; k is (rows,)."""

    y: batch.Floats
    v: batch.Floats
    k: batch.Floats


def trim_and_fill(
    studies: batch.Batch,
    *,
    estimator: str = "L0",
    side: str = "auto",
    trimming: str = COMMON,
    convention: str = "metafor",
) -> Trimmed:
    """Estimate how many studies are missing, and mirror as many.

    Parameters
    ----------
    studies : Batch of shape (..., k)
    estimator : "L0", "R0" or "Q0"
    side : on which side studies are missing: "left", "right", or "auto": right when the slope of the effects on their
        standard errors is negative
    trimming : model of the centre while trimming: "EE" common effect, or an estimator of tau² for random effects
    convention : "metafor": tied distances are ranked in the order of the effects, halves round to the even number, and
        the slope for the side comes from the model of the trimming; "meta": tied distances share their mean rank,
        halves round up, and the side comes from the classical Egger test

    Raises OptionError for an unknown choice.
    """
    _require_choices(estimator, side, trimming, convention)
    flat = studies.flat()
    is_left, is_known = _side(flat, side, trimming if convention == "metafor" else COMMON, convention)
    sign = np.where(is_left, 1.0, -1.0)[:, np.newaxis]
    order = np.argsort(np.where(flat.mask, sign * flat.y, np.inf), axis=-1, kind="stable")
    given = _Sorted(
        np.take_along_axis(sign * flat.y, order, axis=-1), np.take_along_axis(flat.v, order, axis=-1), flat.k
    )
    found = _rounds(given, estimator, trimming, convention)
    missing, error, centre = (np.where(is_known & (flat.k > 1), value, np.nan) for value in found[:3])
    filled = _filled(studies.mask.shape, given, order, np.nan_to_num(missing), centre, sign)
    shape = studies.mask.shape[:-1]
    p = 0.5 ** (missing + 1) if estimator == "R0" else np.full(missing.shape, np.nan)
    missing, error, p, middle = (part.reshape(shape) for part in (missing, error, p, sign[:, 0] * centre))
    return Trimmed(missing, error, p, is_left.reshape(shape), middle, filled, found[3].reshape(shape))


def _require_choices(estimator: str, side: str, trimming: str, convention: str) -> None:
    choosing.require_option("estimator", estimator, ESTIMATORS)
    choosing.require_option("side", side, SIDES)
    choosing.require_option("trimming", trimming, (COMMON, *tau2.METHODS))
    choosing.require_option("convention", convention, CONVENTIONS)


def completed(studies: batch.Batch, trimmed: Trimmed) -> batch.Batch:
    """The studies and, after them, the images: shape (..., 2k). Pool it by any model for the adjusted estimate."""
    pairs = zip(_parts(studies), _parts(trimmed.filled), strict=True)
    y, v, mask = (np.concatenate(pair, axis=-1) for pair in pairs)
    return batch.Batch(y, v, mask)


def _parts(studies: batch.Batch) -> tuple[batch.Floats, batch.Floats, batch.Bools]:
    return studies.y, studies.v, studies.mask


def require_defined(trimmed: Trimmed, estimator: str) -> None:
    """Raises InputError, saying what to choose instead, where a single analysis has no answer."""
    if np.isnan(trimmed.missing).any():
        raise errors.InputError(
            f"Trim and fill with {estimator} has no answer here: "
            + (
                "Q0 is not defined for ranks as lopsided as these; choose L0 or R0."
                if estimator == "Q0"
                else "with fewer than two studies, or equal variances, no side can be told; choose a side."
            )
        )


def _side(studies: batch.Batch, side: str, method: str, convention: str) -> tuple[batch.Bools, batch.Bools]:
    """Whether studies are missing on the left, and whether that is known."""
    rows = studies.k.shape
    if side != "auto":
        return np.full(rows, side == "left"), np.ones(rows, dtype=np.bool_)
    slope = egger.regress(studies, method=method).bias
    is_left = slope > 0 if convention == "meta" else ~(slope < 0)
    # Two studies fit a line exactly; it still has a slope.
    return is_left, ~np.isnan(slope)


def _rounds(
    given: _Sorted, estimator: str, trimming: str, convention: str
) -> tuple[batch.Floats, batch.Floats, batch.Floats, batch.Bools]:
    rows = given.k.size
    missing, error, centre = np.zeros(rows), np.full(rows, np.nan), np.full(rows, np.nan)
    is_settled = given.k < 1
    for _ in range(ROUNDS):
        active = np.flatnonzero(~is_settled)
        if active.size == 0:
            break
        part = _Sorted(given.y[active], given.v[active], given.k[active])
        middle = _centre(part, missing[active], trimming)
        number, spread = _estimated(part, middle, estimator, convention)
        is_settled[active] = (number == missing[active]) | np.isnan(number)
        missing[active], error[active], centre[active] = number, spread, middle
    return missing, error, centre, is_settled


def _centre(given: _Sorted, missing: batch.Floats, trimming: str) -> batch.Floats:
    kept = np.arange(given.y.shape[-1]) < (given.k - missing)[:, np.newaxis]
    rest = batch.Batch.of(given.y, given.v, kept)
    between = np.zeros(given.k.shape) if trimming == COMMON else tau2.estimate(rest, trimming).value
    # A study left alone is its own centre, to the last digit.
    return np.where(rest.k == 1, given.y[:, 0] + 0.0 * rest.v[:, 0], random.pool(rest, between).estimate)


def _estimated(
    given: _Sorted, centre: batch.Floats, estimator: str, convention: str
) -> tuple[batch.Floats, batch.Floats]:
    """The whole number of missing studies and the standard error of the number before rounding."""
    k = given.k
    counted = np.arange(given.y.shape[-1]) < k[:, np.newaxis]
    away = given.y - centre[:, np.newaxis]
    noise = NOISE * np.abs(np.where(counted, given.y, 0.0)).max(axis=-1, keepdims=True, initial=0.0)
    apart = np.where(counted, np.where(np.abs(away) <= noise, 0.0, away), np.inf)
    far = np.abs(apart)
    if convention == "meta":
        ranks = stats.rankdata(far, method="average", axis=-1)
    else:
        ranks = stats.rankdata(far, method="ordinal", axis=-1).astype(np.float64)
    with np.errstate(all="ignore"):
        if estimator == "R0":
            # With every study at the centre nothing lies beyond it.
            behind = np.where(counted & (apart < 0), ranks, 0.0).max(axis=-1)
            beyond = (counted & (apart > 0)).any(axis=-1)
            raw = np.where(beyond, k - behind - 1, 0.0)
            spread = np.sqrt(2 * np.maximum(0.0, raw) + 2)
        else:
            raw, spread = _by_rank_sum(k, np.where(counted & (apart > 0), ranks, 0.0).sum(axis=-1), estimator)
        whole = np.floor(raw + 0.5) if convention == "meta" else np.rint(raw)
        number = np.clip(whole, 0.0, np.maximum(k - 1, 0))
    lost = np.isnan(centre)
    return np.where(lost, np.nan, number), np.where(lost, np.nan, np.maximum(0.0, spread))


def _by_rank_sum(k: batch.Floats, s: batch.Floats, estimator: str) -> tuple[batch.Floats, batch.Floats]:
    """L0 or Q0 from the sum of the ranks on the far side, with the standard error."""
    is_l0 = estimator == "L0"
    raw = (4 * s - k * (k + 1)) / (2 * k - 1) if is_l0 else k - 0.5 - np.sqrt(2 * k**2 - 4 * s + 0.25)
    variance = (
        k * (k + 1) * (2 * k + 1)
        + 10 * raw**3
        + 27 * raw**2
        + 17 * raw
        - 18 * k * raw**2
        - 18 * k * raw
        + 6 * k**2 * raw
    ) / 24
    if is_l0:
        return raw, 4 * np.sqrt(variance) / (2 * k - 1)
    return raw, 2 * np.sqrt(variance) / np.sqrt((k - 0.5) ** 2 - raw * (2 * k - raw - 1))


def _filled(
    shape: tuple[int, ...],
    given: _Sorted,
    order: NDArray[np.intp],
    missing: batch.Floats,
    centre: batch.Floats,
    sign: batch.Floats,
) -> batch.Batch:
    """The images in the places of the studies they mirror; y of `given` and `centre` (rows,) as they were turned."""
    place, k = np.arange(given.y.shape[-1]), given.k[:, np.newaxis]
    chosen = (place >= k - missing[:, np.newaxis]) & (place < k)
    image = np.where(chosen, sign * (2 * centre[:, np.newaxis] - given.y), 0.0)
    y, v, mask = np.zeros(image.shape), np.ones(image.shape), np.zeros(image.shape, dtype=np.bool_)
    np.put_along_axis(y, order, image, axis=-1)
    np.put_along_axis(v, order, np.where(chosen, given.v, 1.0), axis=-1)
    np.put_along_axis(mask, order, chosen, axis=-1)
    return batch.Batch(y.reshape(shape), v.reshape(shape), mask.reshape(shape))
