"""From studies and options to what the kernels take."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from analysis import data, effects, estimates, options
from analysis.pooling import batch, common
from analysis.sensitivity import pooled


class Prepared(NamedTuple):
    """The studies' effects, shape (k,), masked where a study says nothing, and how they are pooled."""

    studies: batch.Batch
    model: pooled.Model


def prepare(given: data.StudySet[Any], choices: options.Options) -> Prepared:
    """Effects and model as the options say; Mantel-Haenszel comes in as a centre.

    Raises InputError naming the study, as `effects.estimate` does.
    """
    found = compute(given, choices)
    is_estimable = np.isfinite(found.estimate)
    return Prepared(batch.Batch.of(found.estimate, found.variance, is_estimable), model(given, found, choices))


def compute(given: data.StudySet[Any], choices: options.Options) -> effects.Effects:
    """The studies' effects under the options, NaN where a study says nothing."""
    return effects.estimate(
        given,
        choices.measure,
        convention=choices.profile.effects,
        zero_cell_rule=choices.zero_cell_rule,
        **choices.formulas,
    )


def model(given: data.StudySet[Any], found: effects.Effects, choices: options.Options) -> pooled.Model:
    """The model of the options."""
    is_common = choices.model == "common"
    is_needed = choices.method == "MH" and (is_common or choices.q_centre == "method")
    return pooled.Model(
        method=pooled.COMMON if is_common else choices.tau2_method,
        interval=choices.interval,
        level=choices.level,
        i2_definition=choices.i2_definition,
        centre=centre(given, found, choices) if is_needed else None,
        q_about_centre=choices.q_centre == "method",
        counted_in_q=estimates.counted_in_q(given, choices),
    )


def centre(given: data.StudySet[Any], found: effects.Effects, choices: options.Options) -> pooled.Centre:
    """Mantel-Haenszel estimates of any subsets of the studies, on the cells that the options name."""
    names = ("measure", "convention", "level", "zero_increment", "zero_amount", "zero_when", "zero_drop")
    chosen = options.Options(
        **{name: getattr(choices, name) for name in (*names, "mantel_haenszel")}, model="common", method="MH"
    )

    def pool(members: batch.Bools) -> common.Pooled:
        whole = estimates.pool(given, found, members, chosen)
        return common.Pooled(whole.estimate, whole.se**2, whole.weights)

    return pool
