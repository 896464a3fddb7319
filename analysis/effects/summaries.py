"""Single studies' effects as people read them: standard error, test, confidence interval."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.effects import core
from analysis.pooling import batch


class Summary(NamedTuple):
    """One study's effect on the scale of the analysis, arrays of one shape; p two-sided."""

    estimate: batch.Floats
    se: batch.Floats
    z: batch.Floats
    p: batch.Floats
    ci_low: batch.Floats
    ci_high: batch.Floats


@core.quietly
def summarise(found: core.Effects, level: float = 0.95) -> Summary:
    """Wald's z, p and interval of every effect; `level` is a proportion."""
    se = np.sqrt(found.variance)
    z = found.estimate / se
    reach = special.ndtri((1 + level) / 2) * se
    p = 2 * special.ndtr(-np.abs(z))
    return Summary(found.estimate, se, z, p, found.estimate - reach, found.estimate + reach)
