"""Whether the printed numbers are too skewed for formulas that assume normality."""

from __future__ import annotations

import math
from typing import NamedTuple

from analysis import errors
from analysis.conversions.medians import summary

FEWEST = 5


class Skewness(NamedTuple):
    """The statistic, its critical value at 5 per cent, whether it is above, and one sentence."""

    statistic: float
    critical: float
    is_skewed: bool
    reason: str


def test(given: summary.Summary) -> Skewness:
    """The test of Shi et al. 2023 for the scenario at hand. Raises InputError below five participants."""
    n, x = given.n, given.quantiles
    if n < FEWEST:
        raise errors.InputError(
            f"The test for skewness needs at least {FEWEST} participants; there are {n}.", field="n"
        )
    outer = abs(x[0] + x[-1] - 2 * given.median) / (x[-1] - x[0])
    if given.scenario == "S1":
        statistic, critical = outer, 1.01 / math.log(n + 9) + 2.43 / (n + 1)
    elif given.scenario == "S2":
        statistic, critical = outer, 2.66 / math.sqrt(n) - 5.92 / n**2
    else:
        inner = abs(x[1] + x[3] - 2 * given.median) / (x[3] - x[1]) if x[3] > x[1] else 0.0
        statistic = max(2.65 * math.log(0.6 * n) / math.sqrt(n) * outer, inner)
        critical = 2.97 / math.sqrt(n) - 39.1 / n**3
    is_skewed = bool(statistic > critical)
    verdict = "skewed away from normality" if is_skewed else "compatible with normal data"
    reason = f"The numbers look {verdict} (statistic {statistic:.3f}, critical value {critical:.3f})."
    return Skewness(float(statistic), critical, is_skewed, reason)


def of_mean(mean: float, sd: float, *, lowest: float = 0.0) -> Skewness:
    """Altman and Bland's rule for a scale that begins at `lowest`.

    (mean - lowest)/SD below 2 suggests skew, below 1 shows it. Not for change scores. Source: Altman and Bland, BMJ
    1996;313:1200.
    """
    if sd <= 0:
        raise errors.InputError(f"The standard deviation is {sd:g}, but it must be greater than 0.", field="sd")
    ratio = (mean - lowest) / sd
    word = "are strongly skewed" if ratio < 1 else "may be skewed" if ratio < 2 else "show no sign of skew"
    reason = f"The mean lies {ratio:.2f} standard deviations above the lowest possible value: the data {word}."
    return Skewness(ratio, 2.0, ratio < 2, reason)
