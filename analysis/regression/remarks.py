"""What a reader of a meta-regression should be told beside the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analysis.pooling import batch
from analysis.regression import design, fit, results

# Cochrane Handbook 10.11.5.1: at least ten studies for each moderator.
STUDIES_PER_MODERATOR = 10


def of(
    fitted: fit.Fit, model: design.Design, effects: batch.Batch, labels: Sequence[str]
) -> tuple[results.Notice, ...]:
    """The notices of one regression, in a fixed order."""
    return tuple(_notices(fitted, model, effects, labels))


def _notices(
    fitted: fit.Fit, model: design.Design, effects: batch.Batch, labels: Sequence[str]
) -> Iterator[results.Notice]:
    k, own = int(fitted.k), fitted.p - int(model.has_intercept)
    if not bool(fitted.is_converged):
        yield results.Notice(
            "tau2_not_converged",
            f"The search for τ² ({fitted.method}) did not settle; do not rely on the estimate.",
        )
    left = [labels[i] for i in np.flatnonzero(effects.mask & ~model.counted).tolist()]
    if left:
        names = ", ".join(f"“{label}”" for label in left)
        yield results.Notice("studies_left_out", f"Left out because a moderator has no value: {names}.")
    if model.dropped:
        names = ", ".join(f"“{name}”" for name in model.dropped)
        yield results.Notice("columns_left_out", f"Left out because other columns determine them: {names}.")
    if int(fitted.df) == 0:
        yield results.Notice(
            "saturated",
            f"The model has as many coefficients as studies ({k}): it fits them exactly, and heterogeneity cannot be "
            "estimated.",
        )
    elif own and k < STUDIES_PER_MODERATOR * own:
        yield results.Notice(
            "few_studies",
            f"{k} studies for {own} coefficients beside the intercept: with fewer than {STUDIES_PER_MODERATOR} for "
            "each, chance findings are likely; consider a permutation test.",
        )
