"""One analysis from beginning to end: effects, pooling, subgroups, notices."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from analysis import data, effects, errors, estimates, notices, options, results, version
from analysis.effects import catalogue
from analysis.integrity import shared_groups
from analysis.pooling import batch, intervals
from analysis.subgroups import between

# Beyond this many standard errors squares of squares leave the range of a double.
FARTHEST = 1e70


def analyse(studies: Iterable[Any] | data.StudySet[Any], choices: options.Options) -> results.Analysis:
    """Pool the studies overall and in their subgroups.

    `studies` are rows of one kind of `analysis.data`, in the order they are shown, or a set of them. Subgroups have
    their own tau² unless the options say otherwise, and are compared by their estimates; the overall estimate is pooled
    over all studies, and a study's weight is its share of that estimate.

    Raises InputError naming the study (see `analysis.data` and `effects.estimate`), when no study is estimable, when
    two studies are so far apart that no arithmetic of 16 digits can weigh them, and when the pooled estimate is not
    defined.
    """
    given = studies if isinstance(studies, data.StudySet) else data.StudySet.of(studies)
    if not isinstance(choices, options.Options):
        raise errors.OptionError(
            f"The options are {type(choices).__name__}; give analysis.Options(measure=…).", option="choices"
        )
    with np.errstate(all="ignore"):
        return _analysed(given, choices)


def _analysed(given: data.StudySet[Any], choices: options.Options) -> results.Analysis:
    found = _pooled(given, choices)
    return results.Analysis(
        studies=found.rows,
        overall=found.pools[0],
        subgroups=found.pools[1:],
        between=_between(found.pools[1:]),
        notices=(
            *notices.of(found.rows, found.pools, found.is_converged, choices),
            *notices.narrower_than_wald(found.pools, found.factor, choices),
            *notices.for_inputs(given, choices),
            *_double_counting(given, choices),
        ),
        options=choices,
        engine_version=version.ENGINE_VERSION,
        digest=results.inputs_digest(given.studies, choices),
    )


class _Found(NamedTuple):
    """Studies and pools of an analysis, which searches for τ² settled, and what intervals multiplied variances with."""

    rows: tuple[results.StudyResult, ...]
    pools: tuple[results.Pool, ...]
    is_converged: batch.Bools
    factor: batch.Floats


def _pooled(given: data.StudySet[Any], choices: options.Options) -> _Found:
    found = effects.estimate(
        given,
        choices.measure,
        convention=choices.profile.effects,
        zero_cell_rule=choices.zero_cell_rule,
        **choices.formulas,
    )
    is_estimable = np.isfinite(found.estimate)
    if not is_estimable.any():
        raise errors.InputError(
            f"No study says anything about the {catalogue.measure(choices.measure).label.lower()}: none has an event, "
            "or all have nothing but events. Choose the risk difference, or leave the analysis out."
        )
    _require_comparable(given, found)
    members = np.stack([np.ones(len(given), dtype=np.bool_), *map(given.members, given.subgroups)])
    pooled = estimates.pool(given, found, members & is_estimable, choices)
    _require_estimate(pooled, choices)
    pools = tuple(
        _describe(name, given, pooled, row, members[row], choices) for row, name in enumerate(["", *given.subgroups])
    )
    rows = _study_results(given, found, pooled.weights[0], choices.level)
    return _Found(rows, pools, pooled.is_converged, pooled.factor)


def _double_counting(given: data.StudySet[Any], choices: options.Options) -> Iterator[results.Notice]:
    """A notice for each group that stands in several rows, with the estimate that the rows give when combined."""
    found = shared_groups.find(given)
    combined = shared_groups.without_double_counting(given, found) if found else None
    overall = None
    if combined is not None:
        try:
            overall = _pooled(type(given)(combined), choices).pools[0]
        except errors.InputError:
            overall = None  # The combined rows give no estimate: the notice goes without it.
    for shared in found:
        yield notices.for_shared_group(given, shared, overall, choices)


def _require_comparable(given: data.StudySet[Any], found: effects.Effects) -> None:
    """The studies lie within `FARTHEST` standard errors of the most precise one, and so do their own errors."""
    precise = int(np.nanargmin(found.variance))
    with np.errstate(all="ignore"):
        error = np.sqrt(found.variance[precise])
        far = np.fmax(np.abs(found.estimate - found.estimate[precise]) / error, np.sqrt(found.variance) / error)
    place = int(np.nanargmax(far))
    if far[place] > FARTHEST:
        one, other = given.studies[place].label, given.studies[precise].label
        raise errors.InputError(
            f"Study “{one}” has the effect {found.estimate[place]:g} and the variance {found.variance[place]:g}, study "
            f"“{other}” {found.estimate[precise]:g} and {found.variance[precise]:g}: no weights can join numbers that "
            "far apart; check the unit and the decimal point of both.",
            study=one,
        )


def _require_estimate(pooled: estimates.Pooled, choices: options.Options) -> None:
    if not np.isfinite([pooled.estimate[0], pooled.se[0], pooled.q[0]]).all():
        label = catalogue.measure(choices.measure).label.lower()
        raise errors.InputError(
            f"The pooled {label} is not defined for these studies with method “{choices.method}”: one of the groups "
            "has no event, or nothing but events, in all of them. Choose another measure, or cells of 0 corrected."
            if choices.method == "MH"
            else f"The pooled {label} is beyond the numbers a computer knows; check the studies' units."
        )


def _describe(
    name: str,
    given: data.StudySet[Any],
    pooled: estimates.Pooled,
    row: int,
    members: batch.Bools,
    choices: options.Options,
) -> results.Pool:
    k = int(pooled.k[row])
    has_tau2 = choices.model == "random" and k > 1
    # A common τ² has no interval in a subgroup: that one would be of the subgroup's own τ².
    has_own = not name or choices.subgroup_tau2 == "separate" or choices.model == "common"
    has_i2 = has_own or choices.i2_definition == "Q"
    sizes = _participants(given, members)
    return results.Pool(
        name=name,
        k=k,
        n1=sizes.group1,
        n2=sizes.group2,
        estimate=float(pooled.estimate[row]),
        se=float(pooled.se[row]),
        ci_low=float(pooled.low[row]),
        ci_high=float(pooled.high[row]),
        z=float(pooled.statistic[row]),
        p=float(pooled.p[row]),
        q=float(pooled.q[row]),
        q_df=int(pooled.q_df[row]),
        q_p=_defined(pooled.q_p[row]),
        i2=_defined(pooled.i2[row]),
        h2=_defined(pooled.h2[row]),
        tau2=float(pooled.tau2[row]) if has_tau2 else None,
        prediction_low=_defined(pooled.prediction_low[row]),
        prediction_high=_defined(pooled.prediction_high[row]),
        weight=float(pooled.weights[0][members].sum()),
        df=_defined(pooled.df[row]),
        tau2_low=_defined(pooled.tau2_low[row]) if has_tau2 and has_own else None,
        tau2_high=_defined(pooled.tau2_high[row]) if has_tau2 and has_own else None,
        i2_low=_defined(pooled.i2_low[row]) if has_i2 else None,
        i2_high=_defined(pooled.i2_high[row]) if has_i2 else None,
        prediction_df=_defined(pooled.prediction_df[row]) if choices.prediction != "none" else None,
    )


class _Participants(NamedTuple):
    group1: int
    group2: int


def _participants(given: data.StudySet[Any], members: batch.Bools) -> _Participants:
    """How many people are in groups 1 and 2; a single group counts as the first."""
    found = []
    for names in (("n1", "n"), ("n2",)):
        name = next((name for name in names if hasattr(given.studies[0], name)), "")
        found.append(int(np.nansum(given.column(name)[members])) if name else 0)
    return _Participants(*found)


def _defined(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _study_results(
    given: data.StudySet[Any], found: effects.Effects, weights: batch.Floats, level: float
) -> tuple[results.StudyResult, ...]:
    se = np.sqrt(found.variance)
    low, high = intervals.wald(found.estimate, se, level)
    # Plain floats: a number of numpy's costs ten times as much to look at.
    columns = zip(*(column.tolist() for column in (*found, se, low, high, weights)), strict=True)
    return tuple(
        results.StudyResult(
            study,
            effect=_defined(effect),
            variance=_defined(variance),
            se=_defined(error),
            ci_low=_defined(lower),
            ci_high=_defined(upper),
            weight=weight,
        )
        for study, (effect, variance, error, lower, upper, weight) in zip(given.studies, columns, strict=True)
    )


def _between(subgroups: tuple[results.Pool, ...]) -> results.BetweenTest | None:
    with_studies = [pool for pool in subgroups if pool.k > 0 and pool.has_width]
    if len(with_studies) < 2:
        return None
    values = np.array([pool.estimate for pool in with_studies]), np.array([pool.se for pool in with_studies])
    found = between.of(*values)
    q, df = float(found.statistic), int(found.df)
    return results.BetweenTest(q, df, float(found.p), 100 * max(0.0, (q - df) / q) if q > 0 else 0.0)
