"""The jobs in other Python packages, where they have them; long ones are measured in part and scaled."""

import warnings
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pimeta
import pymare
from pymare import estimators
from statsmodels.stats import meta_analysis

from analysis import effects
from tests.bench.engine import drawn, jobs, timing


class Piece(NamedTuple):
    """A part of a job, and how many times it has to be done."""

    work: Callable[[], object]
    times: float = 1


NAMES = ("PyMARE", "statsmodels", "pimeta")


def measured() -> dict[str, dict[str, float]]:
    """CPU seconds by package and job."""
    pieces = dict(zip(NAMES, (_pymare(), _statsmodels(), _pimeta()), strict=True))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return {
            name: {key: piece.times * _seconds(piece) for key, piece in own.items()} for name, own in pieces.items()
        }


def _seconds(piece: Piece) -> float:
    first = timing.once(piece.work)
    return first if first > 1 else timing.cpu_seconds(piece.work, 0.2)


def _single(fit: Callable[[int], object], largest: int = 10_000) -> dict[str, Piece]:
    return {f"reml-{k}": Piece(lambda k=k: fit(k)) for k in (10, 100, 1000, 10_000) if k <= largest}


def _pymare() -> Mapping[str, Piece]:
    y, v, x = drawn.effects()

    def fit(k: int) -> object:
        found = estimators.VarianceBasedLikelihoodEstimator(method="REML").fit_dataset(
            pymare.Dataset(y[:k], v[:k], add_intercept=True)
        )
        summary = found.summary()
        summary.get_fe_stats()
        return summary

    def complete() -> object:
        return fit(10).get_re_stats()

    def permuted() -> object:
        given = pymare.Dataset(y[:13], v[:13], X=x[:13, np.newaxis], add_intercept=True)
        fitted = estimators.VarianceBasedLikelihoodEstimator(method="REML").fit_dataset(given)
        return fitted.summary().permutation_test(n_perm=100)

    return {
        **_single(fit),
        "kernels": Piece(complete),
        "batch": Piece(lambda: fit(10), jobs.MANY),
        "permutation": Piece(permuted, jobs.PERMUTATIONS / 100),
    }


def _statsmodels() -> Mapping[str, Piece]:
    y, v, _ = drawn.effects()

    def fit(k: int) -> object:
        return meta_analysis.combine_effects(y[:k], v[:k], method_re="iterated")

    return {**_single(fit), "batch": Piece(lambda: fit(10), jobs.MANY)}


def _pimeta() -> Mapping[str, Piece]:
    y, v, x = drawn.effects()
    found = effects.estimate(drawn.ten(), "SMD")

    def lists(k: int) -> tuple[list[float], list[float]]:
        return y[:k].tolist(), v[:k].tolist()

    def complete(one: list[float], other: list[float]) -> object:
        fitted = pimeta.rma(one, other)
        return fitted, pimeta.confint_tau2(one, other, fitted.tau2)

    def page() -> object:
        one, other = lists(jobs.PAGE)
        methods = [name for name in jobs.TEN if name not in ("HSk", "PMM")]
        return (
            complete(one, other),
            [pimeta.rma(one, other, method=name) for name in methods],
            pimeta.leave1out(one, other),
            pimeta.cumul(one, other, method="REML"),
            pimeta.influence(one, other),
            [pimeta.regtest(one, other, model="lm"), pimeta.regtest(one, other), pimeta.begg_test(one, other)],
            pimeta.trimfill(one, other),
        )

    regression = pimeta.rma(*lists(13), mods=x[:13, np.newaxis].tolist())
    return {
        **_single(lambda k: pimeta.rma(*lists(k)), 1000),
        "complete": Piece(lambda: complete(found.estimate.tolist(), found.variance.tolist())),
        "kernels": Piece(lambda: complete(*lists(10))),
        "batch": Piece(lambda: pimeta.rma(*lists(10)), jobs.MANY),
        "loo-100": Piece(lambda: pimeta.leave1out(*lists(100))),
        "loo-1000": Piece(lambda: pimeta.rma(*lists(999)), 1000),
        "permutation": Piece(lambda: pimeta.permutest(regression, iter=100), jobs.PERMUTATIONS / 100),
        "gosh": Piece(lambda: pimeta.gosh(*lists(jobs.GOSH_STUDIES), subsets=100), jobs.SUBSETS / 100),
        "page": Piece(page),
    }
