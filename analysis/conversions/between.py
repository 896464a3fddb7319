"""One measure of effect from another: OR, RR and RD at a baseline risk; d, log odds ratio and correlation.

Sources: Cochrane Handbook sections 10.6 and 15.4.4; Zhang and Yu 1998; Chinn 2000; Hasselblad and Hedges 1995.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.conversions import converted
from analysis.pooling import batch

LOGISTIC = np.sqrt(3.0) / np.pi
_LOGISTIC_ASSUMED = ("the outcome is logistic with one spread in both groups",)
_RISK_ASSUMED = ("the baseline risk is that of the people the result is applied to",)


def rr_from_or(odds_ratio: ArrayLike, baseline_risk: ArrayLike) -> converted.Converted:
    """RR = OR/(1 - p + p·OR) at baseline risk p."""
    ratio, risk = converted.positive(odds_ratio, "odds ratio"), converted.share(baseline_risk, "baseline risk")
    return converted.Converted(ratio / (1 - risk + risk * ratio), "RR = OR/(1 - p + p·OR)", _RISK_ASSUMED)


def or_from_rr(risk_ratio: ArrayLike, baseline_risk: ArrayLike) -> converted.Converted:
    """OR = RR(1 - p)/(1 - p·RR). Raises InputError when p·RR is 1 or more: no such risk exists."""
    ratio, risk = converted.positive(risk_ratio, "risk ratio"), converted.share(baseline_risk, "baseline risk")
    treated = converted.share(ratio * risk, "risk under treatment (risk ratio times baseline risk)")
    return converted.Converted(ratio * (1 - risk) / (1 - treated), "OR = RR(1 - p)/(1 - p·RR)", _RISK_ASSUMED)


def rd_from_or(odds_ratio: ArrayLike, baseline_risk: ArrayLike) -> converted.Converted:
    """The risk difference at baseline risk p: p·RR(OR, p) - p."""
    risk = converted.share(baseline_risk, "baseline risk")
    value = risk * rr_from_or(odds_ratio, risk).value - risk
    return converted.Converted(value, "RD = p·OR/(1 - p + p·OR) - p", _RISK_ASSUMED)


def rd_from_rr(risk_ratio: ArrayLike, baseline_risk: ArrayLike) -> converted.Converted:
    """RD = p(RR - 1) at baseline risk p."""
    ratio, risk = converted.positive(risk_ratio, "risk ratio"), converted.share(baseline_risk, "baseline risk")
    return converted.Converted(risk * (ratio - 1), "RD = p(RR - 1)", _RISK_ASSUMED)


def nnt(risk_difference: ArrayLike) -> converted.Converted:
    """-1/RD: how many people to treat for one event fewer; negative where the treatment brings more events.

    Infinite where the risk difference is 0.
    """
    difference = converted.finite(risk_difference, "risk difference")
    with np.errstate(divide="ignore"):
        return converted.Converted(np.where(difference == 0, np.inf, -1 / difference), "NNT = -1/RD")


def d_from_log_or(log_or: ArrayLike, *, distribution: str = "logistic") -> converted.Converted:
    """d = lnOR·√3/π ("logistic"), or lnOR/1.65 ("normal", Cox). Standard errors convert by the same factor."""
    value = converted.finite(log_or, "log odds ratio") * _factor(distribution)
    return converted.Converted(value, f"d from lnOR ({distribution})", _LOGISTIC_ASSUMED)


def log_or_from_d(d: ArrayLike, *, distribution: str = "logistic") -> converted.Converted:
    """lnOR = d·π/√3, or d·1.65."""
    value = converted.finite(d, "standardised mean difference") / _factor(distribution)
    return converted.Converted(value, f"lnOR from d ({distribution})", _LOGISTIC_ASSUMED)


def r_from_d(d: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> converted.Converted:
    """The point-biserial correlation r = d/√(d² + h), h = m/n1 + m/n2 with m = n1 + n2 - 2."""
    d, h = converted.finite(d, "standardised mean difference"), _spread(n1, n2)
    return converted.Converted(d / np.sqrt(d**2 + h), "r from d", ("the group is the other variable",))


def d_from_r(r: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> converted.Converted:
    """d = r√h/√(1 - r²), the inverse of `r_from_d`."""
    given = converted.correlation(r)
    with np.errstate(divide="ignore"):
        value = np.sqrt(_spread(n1, n2)) * given / np.sqrt(1 - given**2)
    return converted.Converted(value, "d from r", ("the group is the other variable",))


def d_from_biserial(r: ArrayLike) -> converted.Converted:
    """d from r of two continuous variables, one of them cut at its median: ρ = r√(2/π), d = 2ρ/√(1 - ρ²)."""
    cut = converted.correlation(r) * np.sqrt(2 / np.pi)
    assumed = ("both variables are normal", "the groups are the halves below and above the median")
    return converted.Converted(2 * cut / np.sqrt(1 - cut**2), "d from r of two continuous variables", assumed)


def overlap_u1(d: ArrayLike) -> converted.Converted:
    """Cohen's U1: the share of both groups that does not overlap, (2Φ(|d|/2) - 1)/Φ(|d|/2)."""
    half = special.ndtr(np.abs(converted.finite(d, "standardised mean difference")) / 2)
    return converted.Converted((2 * half - 1) / half, "Cohen's U1", ("both groups are normal with one spread",))


def superiority(d: ArrayLike) -> converted.Converted:
    """The chance that somebody of group 1 has the higher value than somebody of group 2, Φ(d/√2)."""
    value = special.ndtr(converted.finite(d, "standardised mean difference") / np.sqrt(2))
    return converted.Converted(value, "probability of superiority", ("both groups are normal with one spread",))


def table_from_or(odds_ratio: ArrayLike, n: ArrayLike, n_row: ArrayLike, n_column: ArrayLike) -> converted.Converted:
    """The 2×2 table (a, b, c, d along the last axis) with that odds ratio, total, first row and first column.

    a solves (OR - 1)a² - (OR(r + c) + n - r - c)a + OR·r·c = 0 inside the margins and is rounded to whole people.
    Raises InputError when a margin exceeds the total.
    """
    ratio, total = converted.positive(odds_ratio, "odds ratio"), converted.size(n, "total", 1)
    row, column = converted.size(n_row, "size of the first row", 0), converted.size(n_column, "first column", 0)
    converted.share(row / total, "share of the first row", open_ends=False)
    converted.share(column / total, "share of the first column", open_ends=False)
    b = ratio * (row + column) + total - row - column
    root = np.sqrt(b**2 - 4 * (ratio - 1) * ratio * row * column)
    # The form of the quadratic's smaller root that loses no digits and holds for OR = 1 too.
    a = np.round(2 * ratio * row * column / (b + root))
    table = np.stack([a, row - a, column - a, total - row - column + a], axis=-1)
    return converted.Converted(table, "2×2 table from OR and margins", ("the margins are exact",))


def _factor(distribution: str) -> float:
    return float(LOGISTIC) if distribution == "logistic" else 1 / 1.65


def _spread(n1: ArrayLike, n2: ArrayLike) -> batch.Floats:
    n1, n2 = converted.size(n1, "size of group 1", 1), converted.size(n2, "size of group 2", 1)
    m = n1 + n2 - 2
    return np.asarray(m / n1 + m / n2)
