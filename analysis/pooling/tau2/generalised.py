"""The median-unbiased estimate from the generalised Q with fixed weights."""

from __future__ import annotations

from numpy.typing import ArrayLike

from analysis.pooling import batch, quadratic_forms
from analysis.pooling.tau2 import moments, result


def median_unbiased(studies: batch.Batch, *, weights: ArrayLike | str = moments.INVERSE_ROOT) -> result.Tau2:
    """The tau² ≥ 0 under which the observed Q would be the median of its exact distribution, or 0 (metafor's GENQM)."""
    return quadratic_forms.tau2_at(studies, moments.chosen_weights(studies, weights), 0.5)
