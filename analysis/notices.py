"""What a reader should be told beside the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis import options, results
from analysis.pooling import batch

FEWEST_FOR_PREDICTION = {"z": 2, "t_k-1": 2, "t_k-2": 3}


def for_pools(
    pools: Sequence[results.Pool], is_converged: batch.Bools, choices: options.Options
) -> tuple[results.Notice, ...]:
    """The notices of the overall estimate and of each subgroup, in that order."""
    found: list[results.Notice] = []
    for pool, settled in zip(pools, is_converged, strict=True):
        found.extend(_for_pool(pool, bool(settled), choices))
    return tuple(found)


def _for_pool(pool: results.Pool, settled: bool, choices: options.Options) -> Iterator[results.Notice]:
    where = f"Subgroup “{pool.name}”" if pool.name else "This analysis"
    if pool.k == 1:
        yield results.Notice(
            "single_study",
            f"{where} holds one study: its own result is shown, and heterogeneity cannot be estimated.",
        )
    if not settled:
        yield results.Notice(
            "tau2_not_converged",
            f"{where}: the search for τ² ({choices.tau2_method}) did not settle; do not rely on the estimate.",
        )
    fewest = FEWEST_FOR_PREDICTION.get(choices.prediction, 0)
    if pool.k < fewest:
        yield results.Notice(
            "no_prediction_interval",
            f"{where}: a prediction interval ({choices.prediction}) needs at least {fewest} studies.",
        )
