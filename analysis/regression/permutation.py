"""Permutation tests: how often chance alone gives statistics as extreme as the observed ones.

For a model with moderators the rows of the design are dealt to the studies anew (Higgins and Thompson 2004); for an
intercept alone the signs of the effects are flipped (Follmann and Proschan 1999). Dealing the studies to the rows is
the same and keeps one design for all: the whole test is one batch of fits, in chunks of bounded memory.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis import choosing, errors
from analysis.pooling import batch
from analysis.regression import fit, model, moments, omnibus, tau2

CHUNK = 1 << 17
MOST_EXACT = 2_000_000
# Statistics that differ by less are ties (metafor's comparison, √eps).
TIE = float(np.finfo(np.float64).eps ** 0.5)


class Permutation(NamedTuple):
    """A permutation test.

    p_values       (p,) two-sided: the share of permutations whose |statistic| is at least the observed one
    omnibus_p      the same for the test of the chosen coefficients together
    iterations     how many permutations were compared
    is_exact       whether they are all there are
    not_fitted     permutations whose search for tau² did not settle (they count with the value reached)
    statistics     (p,) the observed ones
    """

    p_values: batch.Floats
    omnibus_p: float
    iterations: int
    is_exact: bool
    not_fitted: int
    statistics: batch.Floats


class _Statistics(NamedTuple):
    single: batch.Floats
    together: batch.Floats
    is_converged: batch.Bools


def count(design: ArrayLike) -> int:
    """How many different permutations a design (k, p) has: 2^k for an intercept alone, else orderings of its rows."""
    x = np.asarray(design, dtype=np.float64)
    if _is_intercept(x):
        return int(2 ** x.shape[0])
    number = math.factorial(x.shape[0])
    for same in Counter(map(tuple, x.tolist())).values():
        number //= math.factorial(same)
    return number


def permute(
    studies: batch.Batch,
    design: ArrayLike,
    *,
    method: str = "REML",
    kind: str = "z",
    columns: Sequence[int] | None = None,
    iterations: int = 1000,
    seed: int = 0,
    exact: bool | None = None,
    weights: ArrayLike | None = None,
) -> Permutation:
    """The permutation test of one meta-regression: studies (k,), design (k, p) of full rank.

    Exact when there are no more permutations than `iterations`, or when `exact` is True; else `iterations` random ones
    drawn with `seed`, the first of which is the observed order (so that no p is 0). `kind` is the test whose statistic
    is compared ("z", "t", "knha", "adhoc"); `columns` are tested together, by default all but the intercept.

    Raises OptionError for an exact test with more than two million permutations, InputError for data that cannot be
    fitted.
    """
    choosing.require_option("method", method, tau2.METHODS)
    choosing.require_option("test", kind, fit.TESTS)
    kept = studies.mask & np.isfinite(np.asarray(design, dtype=np.float64)).all(axis=-1)
    x = np.asarray(design, dtype=np.float64)[kept]
    data = batch.Batch.of(studies.y[kept], studies.v[kept])
    extra = None if weights is None else np.asarray(weights, dtype=np.float64)[kept]
    base = fit.orthonormal(x, data.mask[np.newaxis]) if x.size else model.Basis(x, x, np.asarray(False))
    if not bool(base.is_full):
        raise errors.InputError("The studies do not determine the coefficients of this model; leave terms out.")
    number = count(x)
    is_exact = number <= iterations if exact is None else exact
    _require_feasible(is_exact, number, iterations)
    chosen = list(columns) if columns is not None else _tested(x)
    task = _Task(data, extra, base, method, kind, chosen)
    orders = _exact_orders(x) if is_exact else _random_orders(x, iterations, seed)
    return _counted(task, orders, is_exact)


class _Task(NamedTuple):
    data: batch.Batch
    weights: batch.Floats | None
    base: model.Basis
    method: str
    kind: str
    columns: list[int]


class _Order(NamedTuple):
    """Permutations: (n, k) which study stands in each row of the design, and (n, k) or () the sign of its effect."""

    places: NDArray[np.intp]
    signs: batch.Floats


def _require_feasible(is_exact: bool, number: int, iterations: int) -> None:
    if is_exact and number > MOST_EXACT:
        raise errors.OptionError(
            f"An exact test would need {number} permutations; more than {MOST_EXACT} are not computed: choose a random "
            "test with, say, 10000.",
            option="exact",
        )
    if iterations < 2:
        raise errors.OptionError("Option iterations has to be 2 or more.", option="iterations")


def _is_intercept(x: batch.Floats) -> bool:
    return x.shape[1] == 1 and bool((x == x[:1]).all())


def _tested(x: batch.Floats) -> list[int]:
    first = int(x.shape[1] > 1 and bool((x[:, 0] == 1).all()))
    return list(range(first, x.shape[1]))


def _counted(task: _Task, orders: Iterator[_Order], is_exact: bool) -> Permutation:
    k = task.data.y.size
    observed = _statistics(task, _Order(np.arange(k)[np.newaxis], np.ones((1, 1))))
    if not np.isfinite(observed.single).all():
        raise errors.InputError("This model cannot be fitted to these studies, so there is nothing to permute.")
    single, together, total, failed = np.zeros(observed.single.shape[-1]), 0, 0, 0
    for order in orders:
        found = _statistics(task, order)
        single += (np.abs(found.single) >= np.abs(observed.single) - TIE).sum(axis=0)
        together += int((found.together >= observed.together - TIE).sum())
        total += order.places.shape[0]
        failed += int((~found.is_converged).sum())
    return Permutation(single / total, together / total, total, is_exact, failed, observed.single[0])


def _statistics(task: _Task, order: _Order) -> _Statistics:
    """z or t of every coefficient, (n, p), and QM or F of the chosen ones, (n,)."""
    y, v = task.data.y[order.places] * order.signs, task.data.v[order.places]
    studies = batch.Batch(y, v, np.ones(y.shape, dtype=np.bool_))
    rows, _ = fit.ready(studies, task.base)
    weights = None if task.weights is None else task.weights[order.places]
    between = tau2.estimate(rows, task.method, fit.given(rows, y, weights))
    solved = moments.solve(rows, rows.weights(between.value))
    back = np.linalg.inv(task.base.r)
    scale = fit.scale_of(moments.misfit(solved), rows.df, task.kind)
    with np.errstate(invalid="ignore", divide="ignore"):
        b = (rows.start + solved.shift) @ back.T
        covariance = (back @ solved.spread @ back.T) * scale[:, np.newaxis, np.newaxis]
        single = b / np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
        part = covariance[:, task.columns][:, :, task.columns]
        together = omnibus.quadratic(b[:, task.columns], part)
    if task.kind != "z":
        together = together / len(task.columns)
    return _Statistics(single, together, between.is_converged)


def _random_orders(x: batch.Floats, iterations: int, seed: int) -> Iterator[_Order]:
    draw = np.random.default_rng(seed)
    k = x.shape[0]
    rows = max(1, CHUNK // k)
    flips = _is_intercept(x)
    for begin in range(0, iterations, rows):
        n = min(rows, iterations - begin)
        places = np.broadcast_to(np.arange(k), (n, k))
        signs = np.ones((n, 1))
        if flips:
            signs = 2.0 * draw.integers(0, 2, size=(n, k)) - 1.0
        else:
            places = draw.permuted(places, axis=1)
        if begin == 0:
            places, signs = places.copy(), signs.copy()
            places[0], signs[0] = np.arange(k), 1.0
        yield _Order(places, signs)


def _exact_orders(x: batch.Floats) -> Iterator[_Order]:
    k = x.shape[0]
    rows = max(1, CHUNK // k)
    if _is_intercept(x):
        for begin in range(0, 2**k, rows):
            numbers = np.arange(begin, min(begin + rows, 2**k))
            signs = np.asarray(1.0 - 2.0 * ((numbers[:, np.newaxis] >> np.arange(k)) & 1), dtype=np.float64)
            yield _Order(np.broadcast_to(np.arange(k), signs.shape), signs)
        return
    _, kinds = np.unique(x, axis=0, return_inverse=True)
    group = np.asarray(kinds).reshape(-1)
    for dealt in _arrangements(group, rows):
        # Row kinds dealt to studies, turned into studies dealt to the rows of the one design.
        to_rows = np.argsort(dealt, axis=1, kind="stable")
        places = np.empty_like(to_rows)
        places[:, np.argsort(group, kind="stable")] = to_rows
        yield _Order(places, np.ones((dealt.shape[0], 1)))


def _arrangements(group: NDArray[np.intp], rows: int) -> Iterator[NDArray[np.intp]]:
    """Every different arrangement of a multiset, in lexicographic order, in arrays of up to `rows`."""
    now = np.sort(group)
    found: list[NDArray[np.intp]] = []
    while True:
        found.append(now.copy())
        if len(found) == rows:
            yield np.array(found)
            found = []
        rises = np.flatnonzero(now[:-1] < now[1:])
        if rises.size == 0:
            break
        at = int(rises[-1])
        other = at + int(np.flatnonzero(now[at:] > now[at])[-1])
        now[at], now[other] = now[other], now[at]
        now[at + 1 :] = now[at + 1 :][::-1].copy()
    if found:
        yield np.array(found)
