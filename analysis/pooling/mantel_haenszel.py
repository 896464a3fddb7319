"""Mantel-Haenszel estimates from two-by-two tables: odds ratio, risk ratio, risk difference.

Cells are used as they come: hand in raw cells for what metafor and meta's `MH.exact=TRUE` do, corrected cells (events
+ ½, n + 1 in the studies with a zero) for RevMan and meta's default. Mantel-Haenszel needs no correction for single
zero cells: only a column without any event over all studies leaves it undefined. Rates: `mantel_haenszel_rates`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis import choosing, errors
from analysis.pooling import batch, common

RD_VARIANCES = ("Sato", "Greenland-Robins")
MEASURES = ("OR", "RR", "RD")


class Tables(NamedTuple):
    """Cells of shape (..., k): events a and non-events b of group 1, c and d of group 2, and the table's total.

    Outside the mask every cell is 0 and the total 1.
    """

    a: batch.Floats
    b: batch.Floats
    c: batch.Floats
    d: batch.Floats
    n1: batch.Floats
    n2: batch.Floats
    total: batch.Floats
    mask: batch.Bools


def tables(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, mask: ArrayLike | None = None
) -> Tables:
    """Tables from what broadcasts to (..., k). A study with a missing number or nobody in it does not count."""
    a, size1, c, size2 = (np.asarray(x, dtype=np.float64) for x in np.broadcast_arrays(events1, n1, events2, n2))
    counted = np.isfinite(a + size1 + c + size2) & (size1 + size2 > 0)
    if mask is not None:
        counted = counted & np.asarray(mask, dtype=np.bool_)
    a, size1, c, size2 = (np.where(counted, x, 0.0) for x in (a, size1, c, size2))
    return Tables(a, size1 - a, c, size2 - c, size1, size2, np.where(counted, size1 + size2, 1.0), counted)


def pool(
    cells: Tables,
    measure: str,
    *,
    rd_variance: str = "Sato",
    point: Tables | None = None,
    is_raw_weighted: bool = False,
    equal: batch.Bools | None = None,
) -> common.Pooled:
    """The Mantel-Haenszel estimate of the named measure, "OR", "RR" or "RD"; ratios on the log scale.

    `rd_variance`, `point` and `is_raw_weighted` are those of `risk_difference`, `equal` is that of `risk_ratio`.
    """
    if measure not in MEASURES:
        raise errors.OptionError(
            f"Mantel-Haenszel pools “OR”, “RR” and “RD” of two-by-two tables, not “{measure}”.", option="measure"
        )
    if measure == "OR":
        return odds_ratio(cells)
    if measure == "RR":
        return risk_ratio(cells, equal=equal)
    return risk_difference(cells, variance=rd_variance, point=point, is_raw_weighted=is_raw_weighted)


def odds_ratio(cells: Tables) -> common.Pooled:
    """log(ΣR/ΣS) with R = ad/N, S = bc/N; Mantel and Haenszel 1959.

    Variance by Robins, Breslow and Greenland 1986: with P = (a + d)/N and Q = (b + c)/N,
    ½(ΣPR/(ΣR)² + Σ(PS + QR)/(ΣR ΣS) + ΣQS/(ΣS)²). Weights are S.
    """
    a, b, c, d, _, _, total, _ = cells
    r, s = a * d / total, b * c / total
    p, q = (a + d) / total, (b + c) / total
    sum_r, sum_s = r.sum(axis=-1), s.sum(axis=-1)
    with np.errstate(all="ignore"):
        variance = 0.5 * (
            (p * r).sum(axis=-1) / sum_r**2
            + (p * s + q * r).sum(axis=-1) / (sum_r * sum_s)
            + (q * s).sum(axis=-1) / sum_s**2
        )
        return _ratio(sum_r, sum_s, variance, s)


def risk_ratio(cells: Tables, *, equal: batch.Bools | None = None) -> common.Pooled:
    """log(ΣR/ΣS) with R = a n₂/N, S = c n₁/N.

    Variance by Greenland and Robins 1985, equation 13: Σ(n₁n₂(a + c)/N² - ac/N)/(ΣR ΣS). Weights are S.

    The estimate is the mean of the studies' ratios under these weights; in studies that are `equal` the ratio is 1
    whatever the (corrected) cells say, so that R = S. RevMan does so where everybody in both arms has the event.
    """
    a, _, c, _, n1, n2, total, _ = cells
    r, s = a * n2 / total, c * n1 / total
    if equal is not None:
        r = np.where(equal, s, r)
    spread = (n1 / total * (n2 / total) * (a + c) - a / total * c).sum(axis=-1)
    sum_r, sum_s = r.sum(axis=-1), s.sum(axis=-1)
    with np.errstate(all="ignore"):
        return _ratio(sum_r, sum_s, spread / (sum_r * sum_s), s)


def risk_difference(
    cells: Tables, *, variance: str = "Sato", point: Tables | None = None, is_raw_weighted: bool = False
) -> common.Pooled:
    """Σ(a n₂ - c n₁)/N over Σn₁n₂/N; weights are n₁n₂/N.

    With `point`, the cells as they are, corrected `cells` give only weights and variance: the studies' differences are
    those of `point`, as in meta's RevMan conventions. With `is_raw_weighted` the weights are those of `point` too, as
    RevMan prints them, and corrected cells give the variance alone.

    Variance "Sato": Sato, Greenland and Robins 1989, consistent for many small as for few large tables, metafor's;
    "Greenland-Robins": Greenland and Robins 1985, equation 12, RevMan's, meta's and Stata's.
    """
    choosing.require_option("rd_variance", variance, RD_VARIANCES)
    a, b, c, d, n1, n2, total, _ = cells
    share1, share2 = n1 / total, n2 / total
    weights = n1 * share2
    if point is not None and is_raw_weighted:
        weights = point.n1 * (point.n2 / point.total)
    with np.errstate(all="ignore"):
        whole = weights.sum(axis=-1)
        if point is None:
            estimate = (a * share2 - c * share1).sum(axis=-1) / whole
        else:
            own = np.where(point.mask, point.a / point.n1 - point.c / point.n2, 0.0)
            estimate = (weights * own).sum(axis=-1) / whole
        if variance == "Sato":
            pull = (c * share1**2 - a * share2**2 + share1 * share2 * (n2 - n1) / 2).sum(axis=-1)
            spread = estimate * pull + (a * d / total + c * b / total).sum(axis=-1) / 2
        else:
            spread = np.where(weights > 0, _greenland(cells), 0.0).sum(axis=-1)
        return _finished(estimate, spread / whole**2, weights)


def _greenland(cells: Tables) -> batch.Floats:
    """(ab n₂³ + cd n₁³)/(n₁n₂N²), in an order in which nothing overflows."""
    a, b, c, d, n1, n2, total, _ = cells
    terms: batch.Floats = (a / total) * (b / n1) * n2 * (n2 / total) + (c / total) * (d / n2) * n1 * (n1 / total)
    return terms


def _ratio(above: batch.Floats, below: batch.Floats, variance: batch.Floats, weights: batch.Floats) -> common.Pooled:
    defined = (above > 0) & (below > 0)
    return _finished(np.where(defined, np.log(above / below), np.nan), np.where(defined, variance, np.nan), weights)


def _finished(estimate: batch.Floats, variance: batch.Floats, weights: batch.Floats) -> common.Pooled:
    whole = weights.sum(axis=-1, keepdims=True)
    shares = np.where(whole > 0, 100.0 * weights / np.where(whole > 0, whole, 1.0), 0.0)
    return common.Pooled(estimate, variance, shares)
