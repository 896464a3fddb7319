"""What is measured: each job in the engine, with its goal."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis import data, estimates, options, synthesis
from analysis.bias import egger, fail_safe, pet_peese, rank, trim_and_fill
from analysis.pooling import batch, heterogeneity, intervals, random, tau2
from analysis.regression import permutation
from analysis.sensitivity import baujat, cumulative, gosh, influence, leave_one_out, multiverse, pooled, subsets
from tests.bench.engine import drawn

MANY = 100_000
PERMUTATIONS = 10_000
SUBSETS = 100_000
GOSH_STUDIES = 20
PAGE = 100
PAGE_GOAL = 0.050
TEN = ("DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")
SMD = options.Options(measure="SMD", convention="metafor", model="random", tau2_method="REML")
AXES = multiverse.Axes(
    measures=("OR", "RR", "RD"), tau2_methods=("DL", "DL2", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM")
)


@dataclass(frozen=True)
class Job:
    """One row: `ratio` is how many times faster than metafor it has to be, `seconds` how long it may take."""

    key: str
    name: str
    work: Callable[[], object]
    ratio: float | None = None
    seconds: float | None = None
    is_big: bool = False


def everything() -> list[Job]:
    """All jobs, in the order of the table."""
    single = [
        Job(f"reml-{k}", f"REML, k = {k:,}", _whole(drawn.studies(k)), ratio)
        for k, ratio in ((10, 20.0), (100, None), (1000, 1000.0), (10_000, None))
    ]
    thirteen = batch.Batch(*(part[:13] for part in _parts(drawn.studies(drawn.LARGEST))))
    design = np.column_stack([np.ones(13), drawn.effects()[2][:13]])
    return [
        *single,
        Job("complete", "from means to everything: synthesis.analyse, k = 10", _analyse, 20),
        Job("kernels", "the same from effects, kernels alone, k = 10", _of_effects(drawn.studies(10)), 20),
        Job("batch", f"{MANY:,} meta-analyses of k = 10", lambda: whole(drawn.many(MANY)), 1000, 2, is_big=True),
        Job("loo-100", "leave-one-out, k = 100", lambda: leave_one_out.estimate(drawn.studies(100)), 500),
        Job(
            "loo-1000", "leave-one-out, k = 1,000", lambda: leave_one_out.estimate(drawn.studies(1000)), 500, None, True
        ),
        Job(
            "permutation",
            f"permutation test, {PERMUTATIONS:,}, k = 13, a moderator",
            lambda: permutation.permute(thirteen, design, iterations=PERMUTATIONS),
            1000,
            is_big=True,
        ),
        Job("gosh", f"GOSH, {SUBSETS:,} subsets of k = {GOSH_STUDIES}, REML", _gosh, 1000, is_big=True),
        Job("multiverse", f"multiverse, {specifications():,} specifications, BCG", run_multiverse, 1000, is_big=True),
        Job("page", f"all an interactive page needs, k = {PAGE}", lambda: page(drawn.studies(PAGE)), None, PAGE_GOAL),
    ]


def whole(studies: batch.Batch) -> tuple[object, ...]:
    """What metafor's rma gives: tau², the mean with its interval and test, Q, I² and H²."""
    between = tau2.estimate(studies, "REML")
    mean = random.pool(studies, between.value)
    found = intervals.infer(studies, mean, between.value, method="z", level=0.95)
    return between, mean, found, heterogeneity.describe(studies, between.value, i2_definition="tau2")


def page(studies: batch.Batch) -> tuple[object, ...]:
    """Ten estimators with intervals, leave-one-out, cumulative, influence and what small studies do, in one process."""
    without = leave_one_out.estimate(studies)
    return (
        [_of_effects(studies)()],
        [_estimator(studies, method) for method in TEN],
        without,
        cumulative.estimate(studies),
        influence.diagnose(studies, without=without),
        baujat.coordinates(studies),
        [egger.regress(studies), egger.regress(studies, method="REML"), rank.begg(studies)],
        trim_and_fill.trim_and_fill(studies),
        pet_peese.adjust(studies),
        [fail_safe.rosenthal(studies), fail_safe.orwin(studies), fail_safe.rosenberg(studies)],
    )


def run_multiverse() -> multiverse.Multiverse:
    """Three measures, models, ten estimators, four intervals; with every one and every two trials left out."""
    given = drawn.vaccine()
    choices = options.Options(measure="OR", convention="metafor")
    return multiverse.run(given, choices, axes=AXES, members=subsets.leaving_out(given.labels, 2))


def specifications() -> int:
    """How many rows the multiverse has."""
    return len(run_multiverse())


def _parts(studies: batch.Batch) -> tuple[batch.Floats, batch.Floats, batch.Bools]:
    return studies.y, studies.v, studies.mask


def _whole(studies: batch.Batch) -> Callable[[], object]:
    return lambda: whole(studies)


def _analyse() -> object:
    return synthesis.analyse(data.StudySet.of(drawn.ten().studies), SMD)


def _of_effects(studies: batch.Batch) -> Callable[[], object]:
    one = batch.Batch(*(part[np.newaxis] for part in _parts(studies)))
    return lambda: estimates.of_effects(one, SMD)


def _estimator(studies: batch.Batch, method: str) -> object:
    between = tau2.estimate(studies, method)
    mean = random.pool(studies, between.value)
    return intervals.infer(studies, mean, between.value, method="z", level=0.95)


def _gosh() -> object:
    return gosh.estimate(drawn.studies(GOSH_STUDIES), pooled.Model("REML"), limit=SUBSETS)
