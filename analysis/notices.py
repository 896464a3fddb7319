"""What a reader should be told beside the numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from analysis import options, results
from analysis.pooling import batch, intervals


def of(
    rows: Sequence[results.StudyResult],
    pools: Sequence[results.Pool],
    is_converged: batch.Bools,
    choices: options.Options,
) -> tuple[results.Notice, ...]:
    """The notices on studies, on the overall estimate and on each subgroup, in that order."""
    found = [*for_studies(rows)]
    for pool, settled in zip(pools, is_converged, strict=True):
        found.extend(_for_pool(pool, bool(settled), choices))
    return tuple(found)


def narrower_than_wald(
    pools: Sequence[results.Pool], factors: batch.Floats, choices: options.Options
) -> tuple[results.Notice, ...]:
    """The notices on Hartung-Knapp intervals that say more than the studies' own errors allow.

    `factors` are what the interval multiplied the variance of each pool's estimate with.
    """
    if choices.interval != "HK":
        return ()
    found = []
    for pool, factor in zip(pools, factors, strict=True):
        if pool.k < 2 or not pool.has_width or not factor > 0:
            continue
        wald = intervals.wald(np.asarray(pool.estimate), np.asarray(pool.se / math.sqrt(factor)), choices.level)
        if pool.ci_high - pool.ci_low < wald.high - wald.low:
            where = f"Subgroup “{pool.name}”" if pool.name else "This analysis"
            text = (
                f"{where}: the Hartung-Knapp interval is narrower than the Wald interval, which goes from "
                f"{wald.low:.3f} to {wald.high:.3f} on the scale of the analysis; the studies agree more than chance "
                "would have them. Choose interval “HK-ci”, which takes the wider of the two."
            )
            found.append(results.Notice("narrower_than_wald", text))
    return tuple(found)


def for_studies(rows: Sequence[results.StudyResult]) -> tuple[results.Notice, ...]:
    """The notice on studies that say nothing about the effect."""
    labels = [f"“{row.label}”" for row in rows if not row.is_estimable]
    if not labels:
        return ()
    verb = "is" if len(labels) == 1 else "are"
    text = f"{', '.join(labels)} {verb} not estimable for this measure and {verb} left out of the pooled estimate."
    return (results.Notice("not_estimable", text),)


def _for_pool(pool: results.Pool, settled: bool, choices: options.Options) -> Iterator[results.Notice]:
    where = f"Subgroup “{pool.name}”" if pool.name else "This analysis"
    if pool.k == 0:
        yield results.Notice("no_study", f"{where} holds no study that says anything about the effect.")
        return
    if math.isnan(pool.estimate):
        yield results.Notice(
            "not_defined",
            f"{where}: the pooled estimate is not defined, because one of the groups has no event, or nothing but "
            "events, in all of its studies.",
        )
        return
    if pool.k == 1:
        yield results.Notice(
            "single_study",
            f"{where} holds one study: its own result is shown, and heterogeneity cannot be estimated.",
        )
    if pool.k > 1 and not pool.has_width:
        yield results.Notice(
            "no_width",
            f"{where}: the studies' effects are equal, so that the interval “{choices.interval}” has no width; choose "
            "“HK-se” or “z”.",
        )
    if not settled:
        yield results.Notice(
            "tau2_not_converged",
            f"{where}: the search for τ² ({choices.tau2_method}) did not settle; do not rely on the estimate.",
        )
    if choices.prediction != "none" and pool.prediction_low is None:
        number = "one study is" if pool.k == 1 else f"{pool.k} studies are"
        text = f"{where}: {number} too few for a prediction interval ({choices.prediction})."
        yield results.Notice("no_prediction_interval", text)
