"""GOSH: the result of every subset of the studies, to see whether there are several populations among them.

Olkin, Dahabreh and Trikalinos 2012, Research Synthesis Methods 3:214-223.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from analysis import data, errors, options
from analysis.pooling import batch
from analysis.sensitivity import effects_of, plain, pooled, subsets

LIMIT = 100_000
LARGEST = 5_000_000


class Subsets(NamedTuple):
    """The subsets, a row each: which studies are `members`, (rows, k), and their `estimates`, shapes (rows,).

    `is_complete` says whether these are all 2ᵏ - 1 subsets, or as many random ones as were asked for, drawn with
    `seed`. Columns of studies that do not count are False.
    """

    members: batch.Bools
    estimates: pooled.Estimates
    is_complete: bool
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Columns as lists; a subset's members as a text of 0 and 1, a digit a study."""
        digits = (self.members + ord("0")).astype(np.uint8)
        return {
            "is_complete": self.is_complete,
            "seed": self.seed,
            "members": [row.tobytes().decode("ascii") for row in digits],
            **self.estimates.to_dict(),
        }

    def holding(self, study: int) -> batch.Bools:
        """Which subsets hold a study, shape (rows,): to colour the plot by."""
        found: batch.Bools = self.members[:, study]
        return found


def estimate(studies: batch.Batch, model: pooled.Model | None = None, *, limit: int = LIMIT, seed: int = 1) -> Subsets:
    """Every subset of studies of shape (k,), or `limit` random ones where there are more than that.

    Random subsets have each of the 2ᵏ - 1 with the same probability, with replacement; the same seed gives the same.
    Without a model the common effect is estimated, as is usual. With no study there is no subset.

    Raises OptionError for an unknown method or interval, or a limit out of range.
    """
    if not 1 <= limit <= LARGEST:
        raise errors.OptionError(
            f"Option limit is {limit}; give a number of subsets from 1 to {LARGEST}.", option="limit"
        )
    if studies.mask.ndim != 1:
        raise errors.OptionError("GOSH takes one set of studies; give arrays of shape (k,).")
    places = np.flatnonzero(studies.mask)
    is_complete = places.size < 60 and 2**places.size - 1 <= limit
    chosen = subsets.every(places.size) if is_complete else subsets.drawn(places.size, limit, seed)
    members = np.zeros((len(chosen), studies.mask.size), dtype=np.bool_)
    members[:, places] = chosen
    return Subsets(members, pooled.pool(studies, members, model or pooled.Model(pooled.COMMON)), is_complete, seed)


def of_studies(
    given: data.StudySet[Any], choices: options.Options, *, limit: int = LIMIT, seed: int = 1
) -> plain.Labelled[Subsets]:
    """The same for studies and options, Mantel-Haenszel included; labels are those of the members' columns."""
    studies, model = effects_of.prepare(given, choices)
    return plain.Labelled("gosh", given.labels, estimate(studies, model, limit=limit, seed=seed), choices)
