"""Methods that make the data normal by a Box-Cox power: BC of McGrath and MLN of Cai.

The back-transformation is integrated, not simulated, so that the same numbers give the same answer.
Sources: McGrath et al., Stat Methods Med Res 2020;29:2520-2537; Cai, Zhou, Pan, Stat Methods Med Res 2021;30:2701-2719.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import optimize, special

from analysis import errors
from analysis.conversions import converted
from analysis.conversions.medians import closed, summary
from analysis.pooling import batch

_NEARLY_LOG = 1e-8
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)


def box_cox(given: summary.Summary) -> converted.MeanSd:
    """BC: the power under which the printed numbers are symmetric, then Luo's mean and Wan's SD, transformed back."""
    _require_positive(given)
    x = given.quantiles
    found = optimize.minimize_scalar(
        lambda power: _asymmetry(_forth(x, power)), bounds=(-2, 3), method="bounded", options={"xatol": 1e-10}
    )
    power = max(0.0, float(found.x))
    moved = given.of(_forth(x, power))
    first = closed.mean_sd(moved, mean="luo", sd="wan")
    mean, sd = _back(float(first.mean), float(first.sd), power)
    assumed = (f"the data are normal after a Box-Cox transformation with power {power:.3g}",)
    return converted.MeanSd(np.asarray(mean), np.asarray(sd), "BC by McGrath", assumed)


def likelihood(given: summary.Summary) -> converted.MeanSd:
    """MLN: power, mean and SD of the transformed data by maximum likelihood of the order statistics."""
    _require_positive(given)
    x = given.quantiles
    found = optimize.minimize_scalar(
        lambda power: -_with_closed(given, float(power)), bounds=(0, 10), method="bounded", options={"xatol": 1e-8}
    )
    ends = [(_with_closed(given, power), power) for power in (0.0, float(found.x))]
    power = max(ends)[1]
    moved = given.of(_forth(x, power))
    first = closed.mean_sd(moved, mean="luo", sd="wan")

    def misfit(theta: batch.Floats) -> float:
        return -_log_likelihood(moved, float(theta[0]), math.exp(float(theta[1])))

    begin: Any = [float(first.mean), math.log(float(first.sd))]
    best = optimize.minimize(misfit, begin, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12})
    mean, sd = _back(float(best.x[0]), math.exp(best.x[1]), power)
    assumed = (f"the data are normal after a Box-Cox transformation with power {power:.3g}",)
    return converted.MeanSd(np.asarray(mean), np.asarray(sd), "MLN by Cai", assumed)


def _require_positive(given: summary.Summary) -> None:
    if given.quantiles[0] <= 0:
        raise errors.InputError("A power transformation needs positive numbers; the lowest is not.", field="minimum")


def _forth(x: batch.Floats, power: float) -> batch.Floats:
    return np.log(x) if abs(power) < _NEARLY_LOG else (x**power - 1) / power


def _asymmetry(x: batch.Floats) -> float:
    """How far the numbers are from symmetric about the median: squared ratio of the two sides less 1, summed."""
    middle = len(x) // 2
    with np.errstate(all="ignore"):
        sides = [(x[-1 - at] - x[middle]) / (x[middle] - x[at]) for at in range(middle)]
        total = float(sum((side - 1) ** 2 for side in sides))
    return total if math.isfinite(total) else 1e300


def _back(location: float, scale: float, power: float) -> tuple[float, float]:
    """Mean and SD of the data whose transformed values are normal, cut symmetrically where no data could be."""
    if power < 1e-2:
        mean = math.exp(location + scale**2 / 2)
        return mean, mean * math.sqrt(math.expm1(scale**2))
    ends = sorted((-1 / power, 2 * location + 1 / power))
    low, high = max(ends[0], location - 12 * scale), min(ends[1], location + 12 * scale)
    at = (low + high) / 2 + (high - low) / 2 * _NODES
    density = np.exp(-0.5 * ((at - location) / scale) ** 2) * _WEIGHTS
    values = np.sign(at * power + 1) * np.abs(at * power + 1) ** (1 / power)
    mean = float((density * values).sum() / density.sum())
    return mean, math.sqrt(float((density * (values - mean) ** 2).sum() / density.sum()))


def _with_closed(given: summary.Summary, power: float) -> float:
    moved = given.of(_forth(given.quantiles, power))
    first = closed.mean_sd(moved, mean="luo", sd="wan")
    return _log_likelihood(moved, float(first.mean), float(first.sd))


def _log_likelihood(moved: summary.Summary, mean: float, sd: float) -> float:
    """The log-likelihood of order statistics of a normal sample, without its constant."""
    z = (moved.quantiles - mean) / sd
    below = special.ndtr(z)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = np.log(np.diff(below))
        outside = (special.log_ndtr(z[0]), special.log_ndtr(-z[-1]))
        value = float((-0.5 * z**2).sum() - len(z) * math.log(sd) + (_gaps(moved) * between).sum())
    if moved.scenario == "S2":
        first, last = _places(moved.n)[0], _places(moved.n)[2]
        value += (first - 1) * float(outside[0]) + (moved.n - last) * float(outside[1])
    return value if math.isfinite(value) else -1e300


def _places(n: int) -> tuple[int, int, int]:
    """Which of the sorted values the quartiles and the median are."""
    return math.floor(0.25 * n + 1), math.floor(0.5 * n + 1), math.floor(0.75 * n + 1)


def _gaps(moved: summary.Summary) -> batch.Floats:
    """How many values lie between the printed ones."""
    n = moved.n
    first, middle, last = _places(n)
    places = {"S1": (1, middle, n), "S2": (first, middle, last)}.get(moved.scenario) or (1, first, middle, last, n)
    return np.diff(np.array(places, dtype=np.float64)) - 1
