"""Fail-safe N: how many studies without an effect would make the result insignificant, or unimportant.

None of these numbers says whether studies are missing; the Cochrane Handbook (13.3.5.4) advises not to rely on them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import errors
from analysis.pooling import batch, common, intervals, random
from analysis.pooling import tau2 as estimators

METHODS = ("Rosenthal", "Orwin", "Rosenberg", "General")
LARGEST = 10**7
NEARLY_WHOLE = np.sqrt(np.finfo(np.float64).eps)


class FailSafe(NamedTuple):
    """Fail-safe N with what it started from, arrays of shape (...); NaN where not defined.

    number                          of studies to be added; ∞ where no number is enough
    p                               of the studies as they are: one-sided by Stouffer (Rosenthal), two-sided (others)
    average, target                 pooled effect, and the effect to get down to (Orwin, General with a target)
    tau2                            General: of the studies as they are
    estimate_then, p_then, tau2_then  General: with the studies added
    is_capped                       General: the search ended at 10,000,000
    """

    number: batch.Floats
    p: batch.Floats
    average: batch.Floats
    target: batch.Floats
    tau2: batch.Floats
    estimate_then: batch.Floats
    p_then: batch.Floats
    tau2_then: batch.Floats
    is_capped: batch.Bools


class Then(NamedTuple):
    """The random-effects model with n studies of no effect added, shape (...)."""

    estimate: batch.Floats
    p: batch.Floats
    tau2: batch.Floats


def rosenthal(studies: batch.Batch, *, alpha: float = 0.05) -> FailSafe:
    """Rosenthal 1979, Psychol Bull 86:638-641: N = (Σz)²/z_alpha² - k with z = y/√v, one-sided (Stouffer)."""
    _require_alpha(alpha)
    k = studies.k
    with np.errstate(all="ignore"):
        z = np.abs(np.where(studies.mask, studies.y / np.sqrt(studies.v), 0.0).sum(axis=-1)) / np.sqrt(k)
        number = k * (z / special.ndtri(1 - alpha)) ** 2 - k
    return _simple(studies, number, p=special.ndtr(-z))


def orwin(studies: batch.Batch, target: ArrayLike | None = None, *, is_weighted: bool = True) -> FailSafe:
    """Orwin 1983, J Educ Stat 8:157-159: N = k(average - target)/target, with added studies of average effect 0.

    `target` is taken with the sign of the average; without one it is half the average. `is_weighted`: the average by
    weights 1/v (metafor), otherwise the plain mean (Orwin).
    """
    plain = np.where(studies.mask, 1.0, 0.0)
    average = common.weighted(studies, studies.weights() if is_weighted else plain).estimate
    goal = average / 2 if target is None else np.abs(np.asarray(target, dtype=np.float64)) * np.sign(average) + 0.0
    with np.errstate(all="ignore"):
        number = np.where(goal == 0, np.inf, studies.k * (average - goal) / goal)
    return _simple(studies, number, average=average, target=np.broadcast_to(goal, average.shape))


def rosenberg(studies: batch.Batch, *, alpha: float = 0.05) -> FailSafe:
    """Rosenberg 2005, Evolution 59:464-468: studies of no effect and average weight until p = alpha.

    N = ((Σwy)²/z² - Σw)/w̄ with w = 1/v, w̄ their mean and z two-sided.
    """
    _require_alpha(alpha)
    pooled, weights = common.pool(studies), studies.weights()
    total = weights.sum(axis=-1)
    with np.errstate(all="ignore"):
        z = pooled.estimate / np.sqrt(pooled.variance)
        number = studies.k * ((z / special.ndtri(1 - alpha / 2)) ** 2 - 1)
    number = np.where(total > 0, number, np.nan)
    return _simple(studies, number, p=intervals.wald_test(pooled.estimate, np.sqrt(pooled.variance)).p,
                   average=pooled.estimate)  # fmt: skip


def general(
    studies: batch.Batch,
    *,
    alpha: float = 0.05,
    method: str = "REML",
    tau2: ArrayLike | None = None,
    target: ArrayLike | None = None,
) -> FailSafe:
    """The same question for the random-effects model, metafor's "General" in its default, approximate form.

    The smallest number of added studies with average effect 0, the harmonic mean of the variances, and the same tau²,
    at which the pooled effect's two-sided p reaches `alpha`, or, with a `target`, the effect comes down to it (`at`
    says how the model with n added studies is computed). metafor itself stops within a study of that number, because
    it looks for a root of a step function. `method` is an estimator of tau², or "EE"; `tau2`, shape (...), takes its
    place as the tau² of the studies as they are.
    """
    _require_alpha(alpha)
    between = _between(studies, method, tau2)
    pooled = random.pool(studies, between)
    now = intervals.wald_test(pooled.estimate, np.sqrt(pooled.variance)).p
    has_tau2 = method != "EE"
    goal = None if target is None else np.abs(np.asarray(target, dtype=np.float64))

    def reached(n: batch.Floats) -> batch.Bools:
        then = _after(studies, pooled.estimate, between, n, has_tau2=has_tau2)
        return then.p >= alpha if goal is None else np.abs(then.estimate) <= goal

    is_there = now >= alpha if goal is None else np.abs(pooled.estimate) <= goal
    is_defined = ~np.isnan(now) & (studies.k > 1)
    number = _smallest(reached, is_there | ~is_defined)
    then = _after(studies, pooled.estimate, between, number, has_tau2=has_tau2)
    never = np.zeros(number.shape, dtype=np.bool_) if goal is None else np.broadcast_to(goal == 0, number.shape)
    capped = (number >= LARGEST) & ~never
    number = np.where(never & ~is_there, np.inf, number)
    wanted = np.full(number.shape, np.nan) if goal is None else goal * np.sign(pooled.estimate)
    values = (number, now, pooled.estimate, wanted, between, then.estimate, then.p, then.tau2)
    known = dict(zip(FailSafe._fields, (np.where(is_defined, value, np.nan) for value in values), strict=False))
    return FailSafe(**known, is_capped=np.asarray(capped & is_defined))


def at(studies: batch.Batch, n: ArrayLike, *, method: str = "REML", tau2: ArrayLike | None = None) -> Then:
    """The random-effects model when n studies of no effect are added, by moments.

    tau² becomes ((k - 1)τ² + (n - 1)τ² + kμ̂² (n/(k + n))² + n (kμ̂/(k + n))²)/(k + n - 1), the added studies having
    variance 1/mean(1/v); the estimate and its z test follow from the weights 1/(v + tau²).
    """
    between = _between(studies, method, tau2)
    pooled = random.pool(studies, between)
    return _after(studies, pooled.estimate, between, np.asarray(n, dtype=np.float64), has_tau2=method != "EE")


def _between(studies: batch.Batch, method: str, known: ArrayLike | None) -> batch.Floats:
    if known is not None:
        return np.broadcast_to(np.asarray(known, dtype=np.float64), studies.k.shape)
    return np.zeros(studies.k.shape) if method == "EE" else estimators.estimate(studies, method).value


def _after(
    studies: batch.Batch, average: batch.Floats, between: batch.Floats, n: batch.Floats, *, has_tau2: bool
) -> Then:
    k = studies.k
    with np.errstate(all="ignore"):
        added = k / studies.weights().sum(axis=-1)
        middle = k * average / (k + n)
        spread = (k - 1 + np.maximum(0.0, n - 1)) * between + k * (average - middle) ** 2 + n * middle**2
        then = spread / (k + n - 1) if has_tau2 else np.zeros(k.shape)
        weights = studies.weights(then)
        total = weights.sum(axis=-1) + n / (added + then)
        estimate = (weights * studies.y).sum(axis=-1) / total
        return Then(estimate, intervals.wald_test(estimate, 1 / np.sqrt(total)).p, then)


def _smallest(reached: Callable[[batch.Floats], batch.Bools], is_there: batch.Bools) -> batch.Floats:
    """The number at which a condition is first met, by doubling and halving for the whole batch; 0 where it is."""
    below, above = np.zeros(is_there.shape), np.where(is_there, 0.0, 1.0)
    while True:
        open_ended = ~is_there & (above < LARGEST) & ~reached(above)
        if not open_ended.any():
            break
        below = np.where(open_ended, above, below)
        above = np.where(open_ended, np.minimum(2 * above, LARGEST), above)
    while True:
        is_apart = above - below > 1
        if not is_apart.any():
            return above
        middle = np.floor((below + above) / 2)
        is_met = reached(middle)
        above = np.where(is_apart & is_met, middle, above)
        below = np.where(is_apart & ~is_met, middle, below)


def _simple(studies: batch.Batch, number: batch.Floats, **known: batch.Floats) -> FailSafe:
    """The whole number, at least 0; a number within rounding of a whole one is that."""
    near = np.rint(number)
    with np.errstate(invalid="ignore"):
        whole = np.where(np.abs(number - near) < NEARLY_WHOLE, near, np.ceil(number))
    none = np.full(number.shape, np.nan)
    found = dict.fromkeys(FailSafe._fields, none) | known
    found["number"] = np.where(studies.k > 0, np.maximum(0.0, whole), np.nan)
    return FailSafe(**{**found, "is_capped": np.zeros(number.shape, dtype=np.bool_)})


def _require_alpha(alpha: float) -> None:
    if not 0 < alpha < 0.5:
        raise errors.OptionError(f"Option alpha is {alpha}; give a number between 0 and 0.5.", option="alpha")
