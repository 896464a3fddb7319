"""What a reader should be told beside the numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from analysis import data, natural, options, results, wording
from analysis.integrity import shared_groups, studies
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


def for_inputs(given: data.StudySet[Any], choices: options.Options) -> tuple[results.Notice, ...]:
    """What the studies' own numbers give reason to ask about."""
    codes = {studies.SE_FOR_SD: "se_for_sd", studies.ASYMMETRIC: "asymmetric_interval"}
    found = studies.check(given, choices.measure)
    return tuple(results.Notice(codes[finding.check], finding.reason) for finding in found)


def for_shared_group(
    given: data.StudySet[Any], shared: shared_groups.Shared, combined: results.Pool | None, choices: options.Options
) -> results.Notice:
    """The notice on people who stand in two rows; `combined` is the overall estimate without counting them twice."""
    labels = [f"“{given.studies[place].label}”" for place in shared.places]
    rows = f"{', '.join(labels[:-1])} and {labels[-1]}"
    which = "control group" if shared.is_control else "first group"
    text = (
        f"Rows {rows} have the same {which} ({shared.shown}). If these are the same people, they count "
        f"{'twice' if len(labels) == 2 else 'several times'} and the pooled estimate is too precise: combine the rows."
    )
    if combined is not None and math.isfinite(combined.estimate):
        size = natural.size_of(given.studies, choices.measure)
        numbers = natural.of(choices.measure, [combined.estimate, combined.ci_low, combined.ci_high], size).tolist()
        estimate, low, high = (wording.number(value) for value in numbers)
        with_what = f" ({shared.combined_shown})" if shared.combined_shown else ""
        text += f" Combined{with_what}, the pooled estimate is {estimate} [{low}, {high}]."
    return results.Notice("shared_group", text)


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
    if pool.k == 2 and choices.model == "random" and choices.interval == "z":
        yield results.Notice(
            "wald_few_studies",
            f"{where} holds two studies: τ² can hardly be estimated from two, and the Wald interval and its z test do "
            "not allow for that, so that the interval is likely to be too narrow.",
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
