"""Whether randomised groups differ at baseline as chance makes them differ: a Carlisle-type check.

In a trial the p-values of baseline differences are uniform. Too many near 1 (groups too alike) or near 0 (groups too
different) is a reason to ask. The check assumes independent variables, so correlated ones make it too strict.
Source: Carlisle, Anaesthesia 2017;72:944-952; p-values combined by Stouffer's method.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from analysis import errors
from analysis.integrity import findings

EXTREME = 0.001


@dataclass(frozen=True, slots=True)
class ContinuousBaseline:
    """A baseline variable as printed: mean, SD and size of each group."""

    name: str
    means: tuple[str | float, ...]
    sds: tuple[str | float, ...]
    ns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CountBaseline:
    """A baseline variable in counts: for each group how many people fell into each category."""

    name: str
    counts: tuple[tuple[int, ...], ...]


def p_of(variable: ContinuousBaseline | CountBaseline) -> tuple[float, float, float]:
    """The p-value of a variable's differences, with the smallest and largest that rounding allows.

    One-way analysis of variance for means, χ² for counts. Raises InputError naming the variable.
    """
    if isinstance(variable, CountBaseline):
        return (_p_of_counts(variable),) * 3
    means, sds, ns = _columns(variable)
    half_mean = max(mean.half_unit for mean in means)
    values, spreads = np.array([mean.value for mean in means]), np.array([sd.value for sd in sds])
    centre = float(np.average(values, weights=ns))
    away = np.where(values >= centre, half_mean, -half_mean)
    narrow, wide = (np.array([max(getattr(sd, edge), 0.0) for sd in sds]) for edge in ("low", "high"))
    nearer = np.where(np.abs(values - centre) <= half_mean, centre, values - away)
    p_least, p_most = _p_of_means(values + away, narrow, ns), _p_of_means(nearer, wide, ns)
    return _p_of_means(values, spreads, ns), p_least, p_most


def carlisle(variables: Sequence[ContinuousBaseline | CountBaseline]) -> findings.Finding:
    """The finding over all baseline variables of a trial; it is inconsistent when the combined p is extreme.

    Rounding is taken in the direction that makes the trial least remarkable. Raises InputError without variables.
    """
    if not variables:
        raise errors.InputError("A baseline check needs at least one variable.")
    found = [p_of(variable) for variable in variables]
    combined = _stouffer([p for p, _, _ in found])
    alike, different = _stouffer([least for _, least, _ in found]), _stouffer([most for _, _, most in found])
    numbers = {"p": combined, "p_if_rounded_apart": alike, "p_if_rounded_together": different}
    many = "1 baseline variable" if len(variables) == 1 else f"{len(variables)} baseline variables"
    if alike > 1 - EXTREME:
        reason = f"The groups are more alike in {many} than chance makes them (combined p = {combined:.5f})."
        return findings.Finding("Carlisle", False, reason, numbers)
    if different < EXTREME:
        reason = f"The groups differ more in {many} than chance makes them (combined p = {combined:.2g})."
        return findings.Finding("Carlisle", False, reason, numbers)
    reason = f"The groups differ in {many} as chance makes them (combined p = {combined:.3f})."
    return findings.Finding("Carlisle", True, reason, numbers)


def _columns(
    variable: ContinuousBaseline,
) -> tuple[list[findings.Reported], list[findings.Reported], np.ndarray]:
    if not len(variable.means) == len(variable.sds) == len(variable.ns) >= 2:
        raise errors.InputError(f"Baseline variable “{variable.name}” needs a mean, an SD and a size for each group.")
    means = [findings.reported(mean, f"mean of “{variable.name}”") for mean in variable.means]
    sds = [findings.reported(sd, f"SD of “{variable.name}”") for sd in variable.sds]
    if any(sd.value <= 0 for sd in sds):
        raise errors.InputError(f"Baseline variable “{variable.name}” has an SD that is not positive.", field="sd")
    sizes = [findings.group_size(n, f"size of a group of “{variable.name}”") for n in variable.ns]
    return means, sds, np.array(sizes, dtype=np.float64)


def _p_of_means(means: np.ndarray, sds: np.ndarray, ns: np.ndarray) -> float:
    total = ns.sum()
    centre = (ns * means).sum() / total
    between = (ns * (means - centre) ** 2).sum() / (len(ns) - 1)
    within = ((ns - 1) * sds**2).sum() / (total - len(ns))
    if within <= 0:
        return 1.0 if between <= 0 else 0.0
    return float(special.fdtrc(len(ns) - 1, total - len(ns), between / within))


def _p_of_counts(variable: CountBaseline) -> float:
    table = np.array(variable.counts, dtype=np.float64)
    if table.ndim != 2 or min(table.shape) < 2 or (table < 0).any():
        raise errors.InputError(f"Baseline variable “{variable.name}” needs counts for two groups and two categories.")
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or (table.sum(axis=1) == 0).any():
        return math.nan
    return float(stats.chi2_contingency(table, correction=False).pvalue)


def _stouffer(values: Sequence[float]) -> float:
    usable = np.clip([p for p in values if not math.isnan(p)], 1e-15, 1 - 1e-15)
    if not usable.size:
        return math.nan
    return float(special.ndtr(special.ndtri(usable).sum() / math.sqrt(usable.size)))
