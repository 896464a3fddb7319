"""Contours of funnel plots: regions of significance about the null, and where studies would lie about the estimate.

Peters et al. 2008, J Clin Epidemiol 61:991-996 (contour-enhanced funnel plots); Sterne and Egger 2001, J Clin Epidemiol
54:1046-1055 (pseudo-confidence limits).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import errors
from analysis.pooling import batch

LEVELS = (0.90, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Contour:
    """Where one level's boundary runs: effects `low` and `high` at each standard error of the funnel.

    About the null, studies outside have two-sided p < 1 - level; about the estimate, `level` of the studies are
    expected inside.
    """

    level: float
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Funnel:
    """What a funnel plot needs beside its points; effects on the scale of the analysis (ratios as logarithms)."""

    errors: tuple[float, ...]
    null: float
    regions: tuple[Contour, ...]
    estimate: float | None
    pseudo_limits: Contour | None

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def contours(
    studies: batch.Batch,
    *,
    null: float = 0.0,
    levels: tuple[float, ...] = LEVELS,
    estimate: float | None = None,
    tau2: float = 0.0,
    pseudo_level: float = 0.95,
    points: int = 2,
) -> Funnel:
    """The contours of one analysis, from a standard error of 0 to a twentieth above the largest.

    `levels` in rising order; with `estimate` the pseudo-confidence limits estimate ± z√(se² + tau²) too. Without tau²
    the boundaries are straight lines: two points say all; with it take more. One analysis at a time.

    Raises OptionError for levels that are not proportions, or fewer than two points.
    """
    for level in (*levels, pseudo_level):
        if not 0 < level < 1:
            raise errors.OptionError(
                f"Option levels holds {level}; give proportions such as 0.90, 0.95, 0.99.", option="levels"
            )
    if points < 2:
        raise errors.OptionError(f"Option points is {points}; a contour needs at least 2.", option="points")
    used = studies.v[studies.mask]
    height = 1.05 * float(np.sqrt(used.max())) if used.size else 1.0
    se = np.linspace(0.0, height, points)
    pseudo = None if estimate is None else _contour(pseudo_level, estimate, np.sqrt(se**2 + tau2))
    return Funnel(
        tuple(se.tolist()), null, tuple(_contour(level, null, se) for level in sorted(levels)), estimate, pseudo
    )


def _contour(level: float, middle: float, spread: batch.Floats) -> Contour:
    reach = special.ndtri(0.5 + level / 2) * spread
    return Contour(level, tuple((middle - reach).tolist()), tuple((middle + reach).tolist()))


def region(studies: batch.Batch, *, null: ArrayLike = 0.0, levels: tuple[float, ...] = LEVELS) -> batch.Floats:
    """In which region each study lies, shape (..., k): 0 inside every contour, len(levels) outside all."""
    bars = special.ndtri(0.5 + np.sort(np.asarray(levels)) / 2)
    z = np.abs(studies.y - np.asarray(null, dtype=np.float64)[..., np.newaxis]) / np.sqrt(studies.v)
    passed: batch.Floats = (z[..., np.newaxis] > bars).sum(axis=-1).astype(np.float64)
    return np.where(studies.mask, passed, np.nan)
