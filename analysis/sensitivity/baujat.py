"""Baujat plot: which studies make the heterogeneity, and which move the result.

Baujat, Mahé, Pignon and Hill 2002, Statistics in Medicine 21:2641-2652.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from analysis import data, options
from analysis.pooling import batch
from analysis.sensitivity import effects_of, leave_one_out, plain, pooled


class Coordinates(NamedTuple):
    """Places of the studies, shape (..., k); NaN where a study does not count or is the only one.

    x  contribution to heterogeneity: the squared Pearson residual (y - μ)²/(v + τ²). With the common effect they add up
       to Q
    y  influence on the result: (μ - μ₍ᵢ₎)²/Var μ₍ᵢ₎ with the mean μ₍ᵢ₎ without the study
    """

    x: batch.Floats
    y: batch.Floats

    def to_dict(self) -> dict[str, Any]:
        """Both as lists, None where not defined."""
        return plain.columns(self)


def coordinates(
    studies: batch.Batch, model: pooled.Model | None = None, *, without: pooled.Estimates | None = None
) -> Coordinates:
    """Coordinates of studies of shape (..., k); without a model by the common effect, as the paper has it.

    `without`, where it is known already, is what `leave_one_out.estimate` gives for the same model.

    Raises OptionError for an unknown method or interval.
    """
    chosen = model or pooled.Model(pooled.COMMON)
    deleted = leave_one_out.estimate(studies, chosen) if without is None else without
    everything = np.ones((1, studies.mask.shape[-1]), dtype=np.bool_)
    whole = pooled.pool(studies, everything, chosen)
    with np.errstate(all="ignore"):
        x = (studies.y - whole.estimate) ** 2 / (studies.v + whole.tau2)
        y = ((whole.estimate - deleted.estimate) / deleted.se) ** 2
    defined = studies.mask & (deleted.k > 0)
    return Coordinates(np.where(defined, x, np.nan), np.where(defined, y, np.nan))


def of_studies(given: data.StudySet[Any], choices: options.Options) -> plain.Labelled[Coordinates]:
    """The same for studies and options, Mantel-Haenszel included."""
    studies, model = effects_of.prepare(given, choices)
    return plain.Labelled("baujat", given.labels, coordinates(studies, model), choices)
