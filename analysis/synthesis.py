"""One analysis from beginning to end: effects, pooling, subgroups, notices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from analysis import data, notices, options, results, version
from analysis.effects import continuous
from analysis.pooling import batch, heterogeneity, intervals, random, tau2


def analyse(studies: Iterable[data.ContinuousStudy], choices: options.Options) -> results.Analysis:
    """Pool the studies overall and in their subgroups.

    Subgroups have their own tau² and are compared by their estimates, as RevMan does; the overall estimate is
    pooled over all studies. Raises InputError (see `data.ContinuousData` and `effects.continuous.estimate`).
    """
    given = data.ContinuousData.of(studies)
    effect, variance = continuous.estimate(given, choices)
    membership = np.stack([np.ones(len(given.studies), dtype=np.bool_), *map(given.members, given.subgroups)])
    pooled = _pool(batch.Batch.of(effect, variance, membership), choices)
    weights = pooled.weights[0]
    pools = tuple(
        _describe(name, given, pooled, row, float(weights[membership[row]].sum()), choices)
        for row, name in enumerate(["", *given.subgroups])
    )
    return results.Analysis(
        studies=_study_results(given, effect, variance, weights, choices.level),
        overall=pools[0],
        subgroups=pools[1:],
        between=_between(pools[1:]),
        notices=notices.for_pools(pools, pooled.is_converged, choices),
        options=choices,
        engine_version=version.ENGINE_VERSION,
        digest=results.inputs_digest(list(given.studies), choices),
    )


class _Pooled(NamedTuple):
    """Everything about several pooled estimates, one row each: shape (rows,), weights (rows, k)."""

    studies: batch.Batch
    estimate: batch.Floats
    se: batch.Floats
    weights: batch.Floats
    tau2: batch.Floats
    is_converged: batch.Bools
    heterogeneity: heterogeneity.Heterogeneity
    interval: intervals.Interval
    test: intervals.WaldTest
    prediction: intervals.Interval


def _pool(studies: batch.Batch, choices: options.Options) -> _Pooled:
    between = _tau2(studies, choices)
    pooled = random.pool(studies, between.value)
    se = np.sqrt(pooled.variance)
    return _Pooled(
        studies=studies,
        estimate=pooled.estimate,
        se=se,
        weights=pooled.weights,
        tau2=between.value,
        is_converged=between.is_converged,
        heterogeneity=heterogeneity.describe(studies, between.value, i2_definition=choices.i2_definition),
        interval=intervals.wald(pooled.estimate, se, choices.level),
        test=intervals.wald_test(pooled.estimate, se),
        prediction=intervals.prediction(
            pooled.estimate, se, between.value, studies.k, kind=choices.prediction, level=choices.level
        ),
    )


def _tau2(studies: batch.Batch, choices: options.Options) -> tau2.Tau2:
    if choices.model == "common":
        return tau2.Tau2(np.zeros(studies.k.shape), np.ones(studies.k.shape, dtype=np.bool_))
    return tau2.estimate(studies, choices.tau2_method)


def _describe(
    name: str, given: data.ContinuousData, pooled: _Pooled, row: int, weight: float, choices: options.Options
) -> results.Pool:
    members = pooled.studies.mask[row]
    spread = pooled.heterogeneity
    k = int(members.sum())
    has_tau2 = choices.model == "random" and k > 1
    return results.Pool(
        name=name,
        k=k,
        n1=int(given.column("n1")[members].sum()),
        n2=int(given.column("n2")[members].sum()),
        estimate=float(pooled.estimate[row]),
        se=float(pooled.se[row]),
        ci_low=float(pooled.interval.low[row]),
        ci_high=float(pooled.interval.high[row]),
        z=float(pooled.test.z[row]),
        p=float(pooled.test.p[row]),
        q=float(spread.q[row]),
        q_df=int(spread.df[row]),
        q_p=_defined(spread.p[row]),
        i2=_defined(spread.i2[row]),
        h2=_defined(spread.h2[row]),
        tau2=float(pooled.tau2[row]) if has_tau2 else None,
        prediction_low=_defined(pooled.prediction.low[row]),
        prediction_high=_defined(pooled.prediction.high[row]),
        weight=weight,
    )


def _defined(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


def _study_results(
    given: data.ContinuousData,
    effect: batch.Floats,
    variance: batch.Floats,
    weights: batch.Floats,
    level: float,
) -> tuple[results.StudyResult, ...]:
    se = np.sqrt(variance)
    low, high = intervals.wald(effect, se, level)
    columns = zip(effect, variance, se, low, high, weights, strict=True)
    return tuple(
        results.StudyResult(study, *(float(value) for value in row))
        for study, row in zip(given.studies, columns, strict=True)
    )


def _between(subgroups: tuple[results.Pool, ...]) -> results.BetweenTest | None:
    if len(subgroups) < 2:
        return None
    estimates = np.array([pool.estimate for pool in subgroups])
    variances = np.array([pool.se for pool in subgroups]) ** 2
    found = heterogeneity.describe(batch.Batch.of(estimates, variances), np.array(0.0), i2_definition="Q")
    return results.BetweenTest(float(found.q), int(found.df), float(found.p), float(found.i2))
