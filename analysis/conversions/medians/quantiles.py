"""Quantile estimation: the distribution whose quantiles come nearest to the printed ones.

Source: McGrath et al., Stat Methods Med Res 2020;29:2520-2537 (candidate distributions, positions 1/n, 1/4, 1/2, 3/4,
1 - 1/n). Each distribution is fitted by least squares from several beginnings and the nearest is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from analysis.conversions import converted
from analysis.conversions.medians import closed, summary
from analysis.pooling import batch

_TIGHT = 1e-13
DISTRIBUTIONS = ("normal", "log-normal", "gamma", "weibull", "beta")


class Fit(NamedTuple):
    """A fitted distribution: its name, the sum of squared distances, and the mean and SD it implies."""

    distribution: str
    distance: float
    mean: float
    sd: float


def mean_sd(given: summary.Summary) -> converted.MeanSd:
    """Mean and SD of the nearest distribution; with a negative number only the normal one is possible."""
    best = min(fits(given), key=lambda fit: fit.distance)
    assumed = (f"the data follow a {best.distribution} distribution, the nearest of those tried",)
    return converted.MeanSd(np.asarray(best.mean), np.asarray(best.sd), f"QE ({best.distribution})", assumed)


def fits(given: summary.Summary) -> tuple[Fit, ...]:
    """Every distribution that can hold these numbers, fitted."""
    x = given.quantiles
    p = positions(given)
    first = closed.mean_sd(given, mean="luo", sd="wan")
    mean, sd = float(first.mean), float(first.sd)
    found = [_normal(x, p)]
    if x[0] < 0:
        return tuple(found)
    x = np.where(x == 0, 0.01, x)
    found.append(_fit("log-normal", x, p, _log_normal, _moments_log_normal, _start_log_normal(mean, sd)))
    found.append(_fit("gamma", x, p, _gamma, _moments_gamma, (2 * math.log(mean / sd), math.log(mean / sd**2))))
    shape = (mean / sd) ** 1.086
    scale = mean / special.gamma(1 + 1 / shape)
    found.append(_fit("weibull", x, p, _weibull, _moments_weibull, (math.log(shape), math.log(scale))))
    if x[-1] < 1:
        total = max(mean * (1 - mean) / sd**2 - 1, 0.1)
        begin = (math.log(mean * total), math.log((1 - mean) * total))
        found.append(_fit("beta", x, p, _beta, _moments_beta, begin))
    return tuple(found)


def distance(given: summary.Summary, distribution: str, mean: float, sd: float) -> float:
    """How far the quantiles of a distribution with that mean and SD are from the printed ones, squared and summed."""
    x, p = given.quantiles, positions(given)
    if distribution == "normal":
        return float(((mean + sd * special.ndtri(p) - x) ** 2).sum())
    theta = _theta(distribution, mean, sd)
    quantiles = {"log-normal": _log_normal, "gamma": _gamma, "weibull": _weibull, "beta": _beta}[distribution]
    return float(((quantiles(theta, p) - x) ** 2).sum())


def _theta(distribution: str, mean: float, sd: float) -> batch.Floats:
    """The parameters of a distribution with that mean and SD, as its quantiles take them."""
    if distribution == "log-normal":
        return np.array(_start_log_normal(mean, sd))
    if distribution == "gamma":
        return np.array([2 * math.log(mean / sd), math.log(mean / sd**2)])
    if distribution == "beta":
        total = mean * (1 - mean) / sd**2 - 1
        return np.log([mean * total, (1 - mean) * total])
    ratio = (sd / mean) ** 2
    found = optimize.brentq(
        lambda turned: special.gamma(1 + 2 * turned) / special.gamma(1 + turned) ** 2 - 1 - ratio, 1e-6, 20
    )
    return np.array([-math.log(found), math.log(mean / special.gamma(1 + found))])


def positions(given: summary.Summary) -> batch.Floats:
    """At which shares of the distribution the printed numbers stand."""
    ends = (1 / given.n, 1 - 1 / given.n)
    return np.array(
        {"S1": (ends[0], 0.5, ends[1]), "S2": (0.25, 0.5, 0.75)}.get(given.scenario)
        or (ends[0], 0.25, 0.5, 0.75, ends[1])
    )


def _normal(x: batch.Floats, p: batch.Floats) -> Fit:
    """Least squares in closed form: quantiles are linear in mean and SD."""
    design = np.column_stack([np.ones_like(p), special.ndtri(p)])
    (mean, sd), *_ = np.linalg.lstsq(design, x, rcond=None)
    return Fit("normal", float(((design @ (mean, sd) - x) ** 2).sum()), float(mean), float(abs(sd)))


Quantiles = Callable[[batch.Floats, batch.Floats], batch.Floats]
Moments = Callable[[batch.Floats], tuple[float, float]]


def _fit(
    name: str, x: batch.Floats, p: batch.Floats, quantiles: Quantiles, moments: Moments, start: tuple[float, float]
) -> Fit:
    def misfit(theta: batch.Floats) -> batch.Floats:
        return np.nan_to_num(quantiles(theta, p) - x, nan=1e9, posinf=1e9, neginf=-1e9)

    best = Fit(name, math.inf, math.nan, math.nan)
    for shift in ((0.0, 0.0), (0.5, 0.5), (-0.5, -0.5)):
        with np.errstate(all="ignore"):
            begin = np.add(start, shift)
            found = optimize.least_squares(misfit, begin, x_scale="jac", xtol=_TIGHT, ftol=_TIGHT, gtol=_TIGHT)
            mean, sd = moments(found.x)
        if math.isfinite(mean) and math.isfinite(sd) and 2 * found.cost < best.distance:
            best = Fit(name, float(2 * found.cost), mean, sd)
    return best


def _start_log_normal(mean: float, sd: float) -> tuple[float, float]:
    ratio = 1 + (sd / mean) ** 2
    return math.log(mean / math.sqrt(ratio)), math.log(math.sqrt(math.log(ratio)))


def _log_normal(theta: batch.Floats, p: batch.Floats) -> batch.Floats:
    return np.asarray(np.exp(theta[0] + np.exp(theta[1]) * special.ndtri(p)))


def _moments_log_normal(theta: batch.Floats) -> tuple[float, float]:
    variance = np.exp(2 * theta[1])
    mean = float(np.exp(theta[0] + variance / 2))
    return mean, mean * float(np.sqrt(np.expm1(variance)))


def _gamma(theta: batch.Floats, p: batch.Floats) -> batch.Floats:
    return np.asarray(special.gammaincinv(np.exp(theta[0]), p) / np.exp(theta[1]))


def _moments_gamma(theta: batch.Floats) -> tuple[float, float]:
    shape, rate = np.exp(theta)
    return float(shape / rate), float(np.sqrt(shape) / rate)


def _weibull(theta: batch.Floats, p: batch.Floats) -> batch.Floats:
    return np.asarray(np.exp(theta[1]) * (-np.log1p(-p)) ** np.exp(-theta[0]))


def _moments_weibull(theta: batch.Floats) -> tuple[float, float]:
    turned, scale = np.exp(-theta[0]), np.exp(theta[1])
    mean = special.gamma(1 + turned)
    return float(scale * mean), float(scale * np.sqrt(special.gamma(1 + 2 * turned) - mean**2))


def _beta(theta: batch.Floats, p: batch.Floats) -> batch.Floats:
    return np.asarray(special.betaincinv(np.exp(theta[0]), np.exp(theta[1]), p))


def _moments_beta(theta: batch.Floats) -> tuple[float, float]:
    a, b = np.exp(theta)
    total = a + b
    return float(a / total), float(np.sqrt(a * b / (total**2 * (total + 1))))
