"""Subsets of studies as memberships: boolean arrays of shape (rows, k), one row a subset."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from analysis import data, errors
from analysis.pooling import batch

ALL = "All studies"
MOST = 1_000_000


class Named(NamedTuple):
    """Subsets with a name each; `members` has shape (rows, k)."""

    names: tuple[str, ...]
    members: batch.Bools


def without_each(k: int) -> batch.Bools:
    """Every study left out in turn, shape (k, k)."""
    return ~np.eye(k, dtype=np.bool_)


def growing(k: int) -> batch.Bools:
    """The first study, the first two, and so on, shape (k, k)."""
    return np.tri(k, dtype=np.bool_)


def every(k: int) -> batch.Bools:
    """All 2ᵏ - 1 subsets that are not empty, shape (2ᵏ - 1, k), counted in binary with study 1 as the lowest digit."""
    numbers = np.arange(1, 1 << k, dtype=np.int64)
    members: batch.Bools = (numbers[:, np.newaxis] >> np.arange(k)) & 1 == 1
    return members


def drawn(k: int, rows: int, seed: int) -> batch.Bools:
    """Random subsets, each of the 2ᵏ - 1 with the same probability, shape (rows, k); the same seed gives the same.

    Subsets are drawn with replacement, by numpy's PCG64.
    """
    generator = np.random.default_rng(seed)
    members: batch.Bools = generator.integers(0, 2, size=(rows, k), dtype=np.uint8) == 1
    while k > 0 and (empty := np.flatnonzero(~members.any(axis=-1))).size:
        members[empty] = generator.integers(0, 2, size=(empty.size, k), dtype=np.uint8) == 1
    return members


def any_of(labels: Sequence[str], *, at_least: int = 2, limit: int = 10_000, seed: int = 1) -> Named:
    """All subsets of at least so many studies or, where all subsets are more than `limit`, that many random ones.

    Of the random ones those that are too small, and those that came up before, are left out.
    """
    k = len(labels)
    is_complete = k < 60 and 2**k - 1 <= limit
    members = every(k) if is_complete else np.unique(drawn(k, limit, seed), axis=0)
    members = members[members.sum(axis=-1) >= at_least][::-1]
    left_out = ([labels[place] for place in np.flatnonzero(~row).tolist()] for row in members)
    names = tuple("Without " + ", ".join(names) if names else ALL for names in left_out)
    return Named(names, members)


def all_studies(labels: Sequence[str]) -> Named:
    """The one subset of all studies."""
    return Named((ALL,), np.ones((1, len(labels)), dtype=np.bool_))


def leaving_out(labels: Sequence[str], up_to: int = 1) -> Named:
    """All studies, and all but every one, every two, … of them, as long as a study is left.

    Raises OptionError where that would be more than a million subsets.
    """
    count = sum(math.comb(len(labels), size) for size in range(up_to + 1))
    if count > MOST:
        raise errors.OptionError(
            f"Leaving out up to {up_to} of {len(labels)} studies makes {count} subsets; leave out fewer, or draw "
            "random subsets with any_of.",
            option="up_to",
        )
    names = [ALL]
    rows: list[tuple[int, ...]] = [()]
    for size in range(1, min(up_to, len(labels) - 1) + 1):
        for places in combinations(range(len(labels)), size):
            names.append("Without " + ", ".join(labels[place] for place in places))
            rows.append(places)
    members = np.ones((len(rows), len(labels)), dtype=np.bool_)
    for row, places in enumerate(rows):
        members[row, list(places)] = False
    return Named(tuple(names), members)


def by_subgroup(given: data.StudySet[Any]) -> Named:
    """All studies, then each subgroup alone."""
    members = [np.ones(len(given), dtype=np.bool_), *map(given.members, given.subgroups)]
    return Named((ALL, *(f"Only {name}" for name in given.subgroups)), np.stack(members))


def require(found: Named, k: int) -> None:
    """Raises InputError where the subsets are not of these studies, or their names do not fit."""
    if found.members.ndim != 2 or found.members.shape[1] != k:
        raise errors.InputError(
            f"The subsets have the shape {found.members.shape}, but there are {k} studies; give one row a subset and "
            f"one column a study."
        )
    if len(found.names) != len(found.members):
        raise errors.InputError(
            f"There are {len(found.members)} subsets and {len(found.names)} names for them; name each subset once."
        )
