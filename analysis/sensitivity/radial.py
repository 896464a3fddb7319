"""Radial plot of Galbraith: each study's effect in its standard errors against its precision.

Galbraith 1988, Statistics in Medicine 7:889-894.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import special

from analysis import data, options
from analysis.pooling import batch
from analysis.sensitivity import effects_of, plain, pooled


class Coordinates(NamedTuple):
    """What the plot shows. Shapes (..., k) for studies and (...) for the rest; NaN where not defined.

    x, z        1/√(v + τ²) and (y - zero)/√(v + τ²) of each study
    zero        what the effects are counted from: 0, or the estimate when the plot is centred
    slope       of the line through the origin: the estimate, counted from zero
    low, high   slopes of the limits of its confidence interval
    reach       half the height of the band about the line in which `level` of the studies are expected
    is_outside  whether a study lies outside of that band, (..., k)
    """

    x: batch.Floats
    z: batch.Floats
    zero: batch.Floats
    slope: batch.Floats
    low: batch.Floats
    high: batch.Floats
    reach: batch.Floats
    is_outside: batch.Bools

    def to_dict(self) -> dict[str, Any]:
        """Every part as a list or number, None where not defined."""
        return plain.columns(self)


def coordinates(studies: batch.Batch, model: pooled.Model | None = None, *, is_centred: bool = False) -> Coordinates:
    """Coordinates of studies of shape (..., k); without a model by the common effect, as Galbraith has it.

    Raises OptionError for an unknown method or interval.
    """
    chosen = model or pooled.Model(pooled.COMMON)
    everything = np.ones((1, studies.mask.shape[-1]), dtype=np.bool_)
    whole = pooled.pool(studies, everything, chosen)
    zero = whole.estimate if is_centred else np.zeros(whole.estimate.shape)
    slope, reach = whole.estimate - zero, special.ndtri(0.5 + chosen.level / 2)
    with np.errstate(all="ignore"):
        x = np.where(studies.mask, np.sqrt(studies.weights(whole.tau2[..., 0])), np.nan)
        z = x * (studies.y - zero)
        is_outside = np.abs(z - slope * x) > reach
    return Coordinates(
        x=x,
        z=z,
        zero=zero[..., 0],
        slope=slope[..., 0],
        low=(whole.low - zero)[..., 0],
        high=(whole.high - zero)[..., 0],
        reach=np.full(zero.shape[:-1], reach),
        is_outside=is_outside,
    )


def of_studies(
    given: data.StudySet[Any], choices: options.Options, *, is_centred: bool = False
) -> plain.Labelled[Coordinates]:
    """The same for studies and options, Mantel-Haenszel included."""
    studies, model = effects_of.prepare(given, choices)
    return plain.Labelled("radial", given.labels, coordinates(studies, model, is_centred=is_centred), choices)
