"""Formulas for data that are about normal.

Sources: Wan, Wang, Liu, Tong, BMC Med Res Methodol 2014;14:135 (eq. 2, 9, 10, 14, 16); Luo, Wan, Liu, Tong, Stat
Methods Med Res 2018;27:1785-1805 (eq. 7, 11, 15); Shi et al., Res Synth Methods 2020;11:641-654 (eq. 10); Hozo,
Djulbegovic, Hozo, BMC Med Res Methodol 2005;5:13 (eq. 4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy import special

from analysis import errors
from analysis.conversions import converted
from analysis.conversions.medians import summary

MEANS = ("luo", "wan", "hozo")
SDS = ("shi", "wan")
_ASSUMED = ("the data are about normal; look at the test for skewness",)
# Wan 2014, tables 1 and 2: expected ranges and interquartile ranges of standard normal samples.
_RANGES = (
    "0 1.128 1.693 2.059 2.326 2.534 2.704 2.847 2.970 3.078 3.173 3.259 3.336 3.407 3.472 3.532 3.588 3.640 3.689 "
    "3.735 3.778 3.819 3.858 3.895 3.931 3.964 3.997 4.027 4.057 4.086 4.113 4.139 4.165 4.189 4.213 4.236 4.259 4.280 "
    "4.301 4.322 4.341 4.361 4.379 4.398 4.415 4.433 4.450 4.466 4.482 4.498"
)
_IQRS = (
    "0.990 1.144 1.206 1.239 1.260 1.274 1.284 1.292 1.298 1.303 1.307 1.311 1.313 1.316 1.318 1.320 1.322 1.323 1.324 "
    "1.326 1.327 1.328 1.329 1.330 1.330 1.331 1.332 1.332 1.333 1.333 1.334 1.334 1.335 1.335 1.336 1.336 1.336 1.337 "
    "1.337 1.337 1.338 1.338 1.338 1.338 1.339 1.339 1.339 1.339 1.339 1.340"
)
RANGE_TABLE = tuple(map(float, _RANGES.split()))
IQR_TABLE = tuple(map(float, _IQRS.split()))


def mean_sd(
    given: summary.Summary, *, mean: str = "luo", sd: str = "shi", small_samples: str = "formula"
) -> converted.MeanSd:
    """Mean and SD by the named formulas.

    mean           "luo" (optimally weighted), "wan" (the mean of the numbers), or "hozo": Wan's, for a range with
                   Hozo's term (a - 2m + b)/(4n), as R's package meta has it
    sd             "shi" or "wan"; they differ with all five numbers only
    small_samples  "formula", or "table" for Wan's tables of small samples, as R's package meta reads them
    """
    for name, value, allowed in (("mean", mean, MEANS), ("sd", sd, SDS)):
        if value not in allowed:
            names = " or ".join(f"“{known}”" for known in allowed)
            raise errors.OptionError(f"Option {name} is “{value}”; choose {names}.", option=name)
    is_tabled = small_samples == "table"
    return converted.MeanSd(
        np.asarray(_MEANS[mean](given)),
        np.asarray(_sd(given, sd, is_tabled)),
        f"mean by {mean.capitalize()}, SD by {sd.capitalize() if given.scenario == 'S3' else 'Wan'}",
        _ASSUMED,
    )


def expected_range(n: int) -> float:
    """The expected range of n standard normal values, 2Φ⁻¹((n - 0.375)/(n + 0.25))."""
    return 2 * float(special.ndtri((n - 0.375) / (n + 0.25)))


def expected_iqr(n: int) -> float:
    """The expected interquartile range of n standard normal values, 2Φ⁻¹((0.75n - 0.125)/(n + 0.25))."""
    return 2 * float(special.ndtri((0.75 * n - 0.125) / (n + 0.25)))


def shi_weight(n: int) -> float:
    """The weight of the range beside the interquartile range, 1/(1 + 0.07·n^0.6)."""
    return float(1 / (1 + 0.07 * n**0.6))


def _luo(given: summary.Summary) -> float:
    n, x = given.n, given.quantiles
    if given.scenario == "S1":
        weight = 4 / (4 + n**0.75)
        return float(weight * (x[0] + x[2]) / 2 + (1 - weight) * x[1])
    if given.scenario == "S2":
        weight = 0.7 + 0.39 / n
        return float(weight * (x[0] + x[2]) / 2 + (1 - weight) * x[1])
    outer, inner = 2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55
    return float(outer * (x[0] + x[4]) / 2 + inner * (x[1] + x[3]) / 2 + (1 - outer - inner) * x[2])


def _wan(given: summary.Summary) -> float:
    x = given.quantiles
    if given.scenario == "S1":
        return float((x[0] + 2 * x[1] + x[2]) / 4)
    if given.scenario == "S2":
        return float(x.sum() / 3)
    return float((x[0] + 2 * x[1] + 2 * x[2] + 2 * x[3] + x[4]) / 8)


def _hozo(given: summary.Summary) -> float:
    x = given.quantiles
    return _wan(given) + float((x[0] - 2 * x[1] + x[2]) / (4 * given.n) if given.scenario == "S1" else 0.0)


_MEANS: Mapping[str, Callable[[summary.Summary], float]] = {"luo": _luo, "wan": _wan, "hozo": _hozo}


def _sd(given: summary.Summary, method: str, is_tabled: bool) -> float:
    n, x = given.n, given.quantiles
    by_range = (x[-1] - x[0]) / _range(n, is_tabled)
    if given.scenario == "S1":
        return float(by_range)
    if given.scenario == "S2":
        return float((x[2] - x[0]) / _iqr(n, is_tabled))
    by_iqr = (x[3] - x[1]) / _iqr(n, is_tabled)
    if method == "shi":
        weight = shi_weight(n)
        return float(weight * (x[4] - x[0]) / expected_range(n) + (1 - weight) * (x[3] - x[1]) / expected_iqr(n))
    return float((by_range + by_iqr) / 2)


def _range(n: int, is_tabled: bool) -> float:
    return RANGE_TABLE[n - 1] if is_tabled and n <= len(RANGE_TABLE) else expected_range(n)


def _iqr(n: int, is_tabled: bool) -> float:
    place = int(np.ceil((n - 1) / 4))
    return IQR_TABLE[place - 1] if is_tabled and 1 <= place <= len(IQR_TABLE) else expected_iqr(n)
