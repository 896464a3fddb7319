"""Standard deviations that a scale cannot have, or that look like standard errors."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analysis import errors
from analysis.integrity import findings
from analysis.pooling import batch

FEWEST_TO_COMPARE = 3
# An SE entered as an SD is √n times too small; half of that (on the log scale) is where the two readings meet.
SUSPICIOUS = 0.5


def bounded_scale(mean: str | float, sd: str | float, n: int, *, low: float, high: float) -> findings.Finding:
    """Whether a mean and an SD are possible on a scale from `low` to `high`.

    The largest SD puts everybody at an end of the scale: √(n/(n - 1)·(m - low)(high - m)) (Bhatia and Davis 2000, for
    a sample). Rounding of the mean and of the SD is allowed for.
    """
    given_mean, given_sd = findings.reported(mean, "mean"), findings.reported(sd, "standard deviation")
    size = findings.group_size(n)
    if not low < high:
        raise errors.InputError(
            f"The scale from {low:g} to {high:g} is empty; give its lowest value first.", field="low"
        )
    if given_mean.high < low or given_mean.low > high:
        reason = f"The mean {given_mean.text} lies outside the scale from {low:g} to {high:g}."
        return findings.Finding("bounded scale", False, reason)
    nearest = min(max((low + high) / 2, given_mean.low), given_mean.high)
    nearest = min(max(nearest, low), high)
    largest = math.sqrt(size / (size - 1) * (nearest - low) * (high - nearest))
    fits = given_sd.low <= largest * (1 + 1e-12)
    verb = "at most" if fits else "no more than"
    reason = (
        f"On a scale from {low:g} to {high:g} a mean of {given_mean.text} allows an SD of {verb} {largest:.4g}; "
        f"{given_sd.text} is reported."
    )
    return findings.Finding("bounded scale", fits, reason, {"largest_sd": largest})


def se_for_sd(labels: Sequence[str], sds: Sequence[float], ns: Sequence[int]) -> tuple[findings.Finding, ...]:
    """For groups measured with one instrument: whether a group's SD looks like a standard error.

    Each SD is compared with the median of the others: it is suspicious when it is nearer (as a ratio) to an SE of that
    size, median/√n, than to the median itself. Needs at least three groups. Raises InputError for lists of different
    lengths or an SD that is not positive.
    """
    if not len(labels) == len(sds) == len(ns):
        raise errors.InputError("Labels, standard deviations and group sizes must be equally many.")
    for label, sd in zip(labels, sds, strict=True):
        if not (math.isfinite(sd) and sd > 0):
            raise errors.InputError(f"Group “{label}”: the SD is {sd:g}; it must be positive.", study=label, field="sd")
    return tuple(_compared(place, labels, sds, ns) for place in range(len(labels)))


def _compared(place: int, labels: Sequence[str], sds: Sequence[float], ns: Sequence[int]) -> findings.Finding:
    label, sd, n = labels[place], sds[place], findings.group_size(ns[place])
    others = [value for at, value in enumerate(sds) if at != place]
    if len(others) < FEWEST_TO_COMPARE - 1:
        reason = f"{label}: at least {FEWEST_TO_COMPARE} groups are needed to compare standard deviations."
        return findings.Finding("SE for SD", None, reason)
    typical = float(np.median(others))
    is_suspicious = math.log(typical / sd) > SUSPICIOUS * math.log(math.sqrt(n))
    numbers = {"typical_sd": typical, "as_sd": sd * math.sqrt(n)}
    if is_suspicious and n > FEWEST_TO_COMPARE:
        reason = (
            f"{label}: the SD of {sd:g} is much smaller than the others' {typical:.3g}; read as a standard error of "
            f"{n} people it would be an SD of {sd * math.sqrt(n):.3g}."
        )
        return findings.Finding("SE for SD", False, reason, numbers)
    return findings.Finding("SE for SD", True, f"{label}: the SD of {sd:g} is like the others'.", numbers)


def median_of_others(values: batch.Floats) -> batch.Floats:
    """For each number the median of all the others, NaN where there is none; NaN among them do not count."""
    given = np.asarray(values, dtype=np.float64)
    counted = np.isfinite(given)
    found = np.full(given.shape, np.nan)
    m = int(counted.sum())
    if m < 2:
        return found
    ordered = np.sort(given[counted])
    ranks = np.empty(m, dtype=np.intp)
    ranks[np.argsort(given[counted], kind="stable")] = np.arange(m)
    # Without the number of rank r the j-th of the others is the j-th of all below r and the one after it from r on.
    below, above = (m - 2) // 2, (m - 1) // 2
    lower, upper = (ordered[place + (ranks <= place)] for place in (below, above))
    found[counted] = (lower + upper) / 2
    return found


def looks_like_se(sds: batch.Floats, ns: batch.Floats, *, least: float = 1.0) -> batch.Bools:
    """Which SDs are nearer to a standard error of their group than to the others' median, as in `se_for_sd`.

    `least` is how many times smaller than that median an SD has to be at least. None is with fewer than three groups.
    """
    given, sizes = np.asarray(sds, dtype=np.float64), np.asarray(ns, dtype=np.float64)
    if int(np.isfinite(given).sum()) < FEWEST_TO_COMPARE:
        return np.zeros(given.shape, dtype=np.bool_)
    with np.errstate(all="ignore"):
        ratio = median_of_others(given) / given
        found: batch.Bools = (ratio > np.maximum(sizes ** (SUSPICIOUS / 2), least)) & (sizes > FEWEST_TO_COMPARE)
    return found
