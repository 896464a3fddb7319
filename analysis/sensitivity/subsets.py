"""Subsets of studies as memberships: boolean arrays of shape (rows, k), one row a subset."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from analysis import data, errors
from analysis.pooling import batch

ALL = "All studies"


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


def all_studies(labels: Sequence[str]) -> Named:
    """The one subset of all studies."""
    return Named((ALL,), np.ones((1, len(labels)), dtype=np.bool_))


def leaving_out(labels: Sequence[str], up_to: int = 1) -> Named:
    """All studies, and all but every one, every two, … of them, as long as a study is left."""
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
