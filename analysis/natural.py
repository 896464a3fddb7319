"""Numbers on the scale that people read: ratios, proportions and correlations instead of their transforms."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.effects import back_transform, catalogue
from analysis.pooling import batch

FIELDS = ("effect", "estimate", "ci_low", "ci_high", "prediction_low", "prediction_high")
# The two Freeman-Tukey scales need a size to go back: of the study itself, of a pool the harmonic mean of its studies'.
_SIZED = {"double_arcsine": "n", "freeman_tukey_rate": "time"}

SCALE_NAMES = {
    "log": "logarithms",
    "logit": "log odds",
    "probit": "probits",
    "arcsine": "arcsines of roots",
    "double_arcsine": "double arcsines",
    "square_root": "square roots",
    "freeman_tukey_rate": "Freeman-Tukey roots",
    "fisher_z": "Fisher's z",
    "fisher_z_root": "Fisher's z of √R²",
    "alpha_cube_root": "cube roots of 1 − α",
    "alpha_log": "logarithms of 1 − α",
}


def is_transformed(measure: str) -> bool:
    """Whether the scale of the analysis is another than the one people read."""
    return catalogue.measure(measure).scale != "identity"


def assumption(measure: str) -> str:
    """What the way back rests on, a sentence; empty where it rests on nothing."""
    if catalogue.measure(measure).scale not in _SIZED:
        return ""
    return f"Pooled values are transformed back with {back_transform.ASSUMPTIONS['harmonic_mean']}."


def of(measure: str, value: ArrayLike, size: float = math.nan) -> batch.Floats:
    """Values of the analysis on the scale that people read; `size` where the scale needs one (`size_of`)."""
    entry = catalogue.measure(measure)
    if entry.scale == "double_arcsine":
        return back_transform.double_arcsine(value, size)
    if entry.scale == "freeman_tukey_rate":
        return back_transform.freeman_tukey_rate(value, size)
    with np.errstate(all="ignore"):
        return entry.back(value)


def size_of(studies: Iterable[Any], measure: str) -> float:
    """The size of one study, or the harmonic mean of several; NaN where the scale needs none."""
    field = _SIZED.get(catalogue.measure(measure).scale, "")
    if not field:
        return math.nan
    sizes = [float(getattr(study, field)) for study in studies]
    return len(sizes) / sum(1 / size for size in sizes) if sizes else math.nan


def numbers(found: Any, measure: str, size: float) -> dict[str, float | None]:
    """The estimate and its limits by name; empty where the analysis is on that scale itself. None if not defined."""
    if not is_transformed(measure):
        return {}
    names = [name for name in FIELDS if hasattr(found, name)]
    given = [math.nan if (value := getattr(found, name)) is None else value for name in names]
    values = of(measure, given, size).tolist()
    return {name: value if math.isfinite(value) else None for name, value in zip(names, values, strict=True)}
