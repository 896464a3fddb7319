"""What the numbers of an analysis's studies give reason to ask about: the findings that reach people as notices.

Nothing is changed or left out for it. A finding has innocent explanations; people look at the reports.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from analysis import data, wording
from analysis.effects import catalogue
from analysis.integrity import findings, spread
from analysis.pooling import batch

SE_FOR_SD = "SE for SD"
ASYMMETRIC = "asymmetric interval"
# A standard deviation this many times smaller than the others' is worth a question, whatever the size of the group.
LEAST_RATIO = 2.0
# Standardised differences beyond this are rare enough to doubt an SD that only its own mean makes look small.
LARGE_EFFECT = 2.0
# How far from the middle of its interval an estimate may lie, as a share of half the interval, beyond rounding.
OFF_CENTRE = 0.05


def check(given: data.StudySet[Any], measure: str) -> tuple[findings.Finding, ...]:
    """Every finding that is a reason to ask, in the order of the studies within each check."""
    return (*_standard_errors(given, measure), *_asymmetric(given))


def _standard_errors(given: data.StudySet[Any], measure: str) -> Iterator[findings.Finding]:
    """Groups whose SD looks like a standard error beside the SDs of the other studies."""
    arms = [arm for arm in (("mean1", "sd1", "n1"), ("mean2", "sd2", "n2"), ("mean", "sd", "n")) if _has(given, arm)]
    if not arms or catalogue.measure(measure).family not in ("continuous", "means"):
        return
    means, sds, sizes = (np.concatenate([given.column(arm[place]) for arm in arms]) for place in range(3))
    suspicious = spread.looks_like_se(sds, sizes, least=LEAST_RATIO)
    if catalogue.measure(measure).scale != "identity" or measure not in ("MD", "MN"):
        # Instruments may differ: the SD has to be small for its own mean too, or for the difference of the means.
        relative = spread.looks_like_se(_relative(sds, means), sizes, least=LEAST_RATIO)
        suspicious = relative & (suspicious | np.tile(_is_large(given), len(arms)))
    typical = spread.median_of_others(sds)
    labels = given.labels
    for place, label in enumerate(labels):
        numbers = [at for at in range(place, len(sds), len(labels)) if suspicious[at]]
        if numbers:
            yield _like_se(label, [sds[at] for at in numbers], [sizes[at] for at in numbers], typical[numbers[0]])


def _has(given: data.StudySet[Any], names: Sequence[str]) -> bool:
    return all(hasattr(given.studies[0], name) for name in names)


def _relative(sds: batch.Floats, means: batch.Floats) -> batch.Floats:
    with np.errstate(all="ignore"):
        return np.where(means != 0, sds / np.abs(means), np.nan)


def _is_large(given: data.StudySet[Any]) -> batch.Bools:
    """Which studies have means more than `LARGE_EFFECT` standard deviations apart; none with a single group."""
    if not _has(given, ("mean1", "sd1", "mean2", "sd2")):
        return np.zeros(len(given), dtype=np.bool_)
    with np.errstate(all="ignore"):
        both = np.hypot(given.column("sd1"), given.column("sd2")) / math.sqrt(2)
        large: batch.Bools = np.abs(given.column("mean1") - given.column("mean2")) > LARGE_EFFECT * both
    return large


def _like_se(label: str, sds: Sequence[float], sizes: Sequence[float], typical: float) -> findings.Finding:
    shown = " and ".join(f"{sd:g}" for sd in sds)
    as_sds = " and ".join(f"{sd * math.sqrt(size):.3g}" for sd, size in zip(sds, sizes, strict=True))
    many = len(sds) > 1
    reason = (
        f"Study “{label}”: the standard deviation{'s' if many else ''} {shown} {'are' if many else 'is'} much smaller "
        f"than in the other studies (about {typical:.3g}). Read as standard error{'s' if many else ''}, "
        f"{'they' if many else 'it'} would mean {as_sds}. Look at the report: it may give standard errors."
    )
    return findings.Finding(SE_FOR_SD, False, reason, {"typical_sd": float(typical)})


def _asymmetric(given: data.StudySet[Any]) -> Iterator[findings.Finding]:
    """Studies whose estimate does not lie in the middle of the interval that gives its precision."""
    for study in given.studies:
        if getattr(study, "ci_low", None) is None or not isinstance(study, data.GenericStudy | data.HazardStudy):
            continue
        is_ratio = isinstance(study, data.HazardStudy)
        estimate = study.hr if isinstance(study, data.HazardStudy) else study.estimate
        if estimate is None or study.ci_low is None or study.ci_high is None:
            continue
        off = _off_centre(estimate, study.ci_low, study.ci_high, is_ratio=is_ratio)
        if off > OFF_CENTRE:
            scale = "on the log scale " if is_ratio else ""
            reason = (
                f"Study “{study.label}”: the estimate {estimate:g} does not lie in the middle of its interval "
                f"[{study.ci_low:g}, {study.ci_high:g}] {scale}as a {wording.percent(study.level)} confidence interval "
                "has it, so its standard error is in doubt. Look for a misprint in the report."
            )
            yield findings.Finding(ASYMMETRIC, False, reason, {"off_centre": off})


def _off_centre(estimate: float, low: float, high: float, *, is_ratio: bool) -> float:
    """The distance from the middle that rounding does not explain, in half widths of the interval."""
    value, below, above = (math.log(number) if is_ratio else number for number in (estimate, low, high))
    slack = sum(
        share * _half_unit(number) / (number if is_ratio else 1.0)
        for share, number in ((1.0, estimate), (0.5, low), (0.5, high))
    )
    distance = abs(value - (below + above) / 2) - slack
    return max(0.0, distance / ((above - below) / 2))


def _half_unit(number: float) -> float:
    """Half a unit of the last decimal that a number was printed with."""
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    return 0.5 * 10.0 ** min(int(exponent), 0)
