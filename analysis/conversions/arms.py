"""Groups put together, and a shared group split between comparisons: Cochrane Handbook, tables 6.5.a and 23.3.4."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.conversions import converted
from analysis.pooling import batch


class Group(NamedTuple):
    """Size, mean and standard deviation of a group, shape (...)."""

    n: batch.Floats
    mean: batch.Floats
    sd: batch.Floats


class Combined(NamedTuple):
    """A combined group with the method and what was assumed."""

    group: Group
    method: str
    assumed: tuple[str, ...]


def combine(ns: ArrayLike, means: ArrayLike, sds: ArrayLike) -> Combined:
    """One group from several, given along the last axis: exact, as if the raw data were pooled.

    N = Σn; mean = Σn·m/N; SD² = (Σ(n - 1)SD² + Σn(m - mean)²)/(N - 1). Same as Table 6.5.a applied one after another.
    """
    n, sd = converted.size(ns, "group size", 1), converted.finite(sds, "standard deviation")
    mean = converted.finite(means, "mean")
    total = n.sum(axis=-1)
    centre = (n * mean).sum(axis=-1) / total
    squares = ((n - 1) * sd**2 + n * (mean - centre[..., np.newaxis]) ** 2).sum(axis=-1)
    found = Group(total, centre, np.sqrt(squares / (total - 1)))
    return Combined(found, "combined groups", ("no participant is in two of the groups",))


def combine_counts(events: ArrayLike, ns: ArrayLike) -> converted.Converted:
    """Events and participants of several groups, summed along the last axis; shape (..., 2)."""
    both = np.stack([converted.finite(events, "events"), converted.size(ns, "group size", 1)], axis=-1)
    return converted.Converted(both.sum(axis=-2), "summed groups", ("no participant is in two of the groups",))


def split(n: ArrayLike, parts: int, *, events: ArrayLike | None = None) -> converted.Converted:
    """A shared group in equal parts, one for each comparison: its size, and its events when they are given.

    Means and standard deviations stay. Rather combine the other groups: splitting leaves the comparisons correlated.
    """
    shared = [converted.size(n, "group size", 1)] + ([] if events is None else [converted.finite(events, "events")])
    assumed = ("the comparisons are treated as independent, which they are not quite",)
    return converted.Converted(np.stack(shared, axis=-1) / parts, f"group split in {parts}", assumed)
