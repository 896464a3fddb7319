"""What a reader of a small-study test should be told beside the numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.bias import results
from analysis.pooling import batch

# Sterne et al. 2011, BMJ 343:d4002; Cochrane Handbook 13.3.5.4.
FEWEST = 10
NEARLY_EQUAL = 1e-9
STANDARDISED = ("SMD", "SMDH", "SMD1", "SMD1H")
OWN_TESTS = {"OR": "Harbord’s or Peters’ test", "RR": "Harbord’s or Peters’ test"}
ON_STANDARD_ERRORS = ("egger", "thompson_sharp", "begg")


def of_test(studies: batch.Batch, test: str, measure: str) -> tuple[results.Notice, ...]:
    """The notices of a test of asymmetry, in a fixed order; `measure` is a name of the catalogue, or empty."""
    return (*few(studies), *equal(studies), *_unsuitable(test, measure))


def few(studies: batch.Batch) -> Iterator[results.Notice]:
    """Below ten studies chance alone decides."""
    k = int(studies.k)
    if k < FEWEST:
        verb = "study is" if k == 1 else "studies are"
        yield results.Notice(
            "few_studies",
            f"{k} {verb} too few for this method, which is advised from {FEWEST} studies on: its power is low, and a "
            "large p does not mean that nothing is missing.",
        )


def equal(studies: batch.Batch) -> Iterator[results.Notice]:
    """With one precision there are no small studies."""
    v = studies.v[studies.mask]
    if v.size > 1 and np.ptp(v) <= NEARLY_EQUAL * v.max():
        yield results.Notice(
            "equal_variances",
            "All studies have the same variance: effects of study size cannot be told from these data.",
        )


def _unsuitable(test: str, measure: str) -> Iterator[results.Notice]:
    if test not in ON_STANDARD_ERRORS:
        return
    if measure in STANDARDISED:
        yield results.Notice(
            "unsuitable_measure",
            f"The standard error of a standardised mean difference ({measure}) grows with the effect itself, so this "
            "test finds asymmetry where there is none; prefer Pustejovsky and Rodgers’ test.",
        )
    elif measure in OWN_TESTS:
        yield results.Notice(
            "unsuitable_measure",
            f"The standard error of a log {'odds' if measure == 'OR' else 'risk'} ratio depends on the effect itself, "
            f"so this test finds asymmetry too often when effects are large; prefer {OWN_TESTS[measure]}.",
        )


def fail_safe() -> results.Notice:
    """On every fail-safe N."""
    return results.Notice(
        "not_advised",
        "A fail-safe N supposes that missing studies have no effect on average and does not show whether any are "
        "missing; the Cochrane Handbook advises not to rely on it.",
    )


def not_settled() -> results.Notice:
    """Where the rounds of trim and fill, or a search for tau², did not settle."""
    return results.Notice("not_settled", "The search did not settle; do not rely on the estimate.")
