"""The tetrachoric correlation: the correlation of two normal variables that were both cut in two.

The model has as many parameters as the table has free cells, so that the maximum-likelihood estimate reproduces the
table: the thresholds are those of the margins and ρ solves Φ₂(h, k; ρ) = a/N. Its variance follows by the delta method
from the multinomial cells. Sources: Pearson 1900, Phil Trans R Soc A 195:1-47; Tallis 1962, Biometrics 18:342-353;
Owen 1956, Ann Math Stat 27:1075-1090 (Φ₂ by the T function).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.effects import association, core, zero_cells
from analysis.pooling import batch

_BISECTIONS = 70


@core.quietly
def tetrachoric(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED,
) -> core.Effects:
    """The tetrachoric correlation and its variance.

    With a cell of 0 the estimate is at its bound, 1 or -1, and has no variance (NaN); with an empty margin there is no
    estimate.
    """
    table = _table(events1, n1, events2, n2, zero_cells)
    bound = _bound(table)
    inner = np.where(np.isnan(bound), 1.0, np.nan)
    h, k, corner = (_within(table, value, inner) for value in ("row", "column", "corner"))
    rho = _solve(h, k, corner)
    found = core.settled(rho, _variance(table, h, k, rho))
    return core.Effects(np.where(np.isnan(bound), found.estimate, bound), found.variance)


def fisher_z_of_tetrachoric(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    zero_cells: zero_cells.ZeroCells = zero_cells.UNCORRECTED,
) -> core.Effects:
    """artanh of the tetrachoric correlation with the delta-method variance."""
    return association.fisher_z(tetrachoric(events1, n1, events2, n2, zero_cells=zero_cells))


@core.quietly
def misfit(events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, rho: ArrayLike) -> batch.Floats:
    """How far a correlation is from giving the table back: |Φ₂(h, k; ρ) - a/N| at the thresholds of the margins."""
    table = _table(events1, n1, events2, n2, zero_cells.UNCORRECTED)
    inner = np.ones_like(table.a)
    h, k, corner = (_within(table, part, inner) for part in ("row", "column", "corner"))
    return np.abs(bivariate_normal(h, k, rho) - corner)


def _table(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, rule: zero_cells.ZeroCells
) -> zero_cells.Table:
    return zero_cells.correct(zero_cells.table(events1, n1, events2, n2), rule).table


def bivariate_normal(h: ArrayLike, k: ArrayLike, rho: ArrayLike) -> batch.Floats:
    """P(X ≤ h, Y ≤ k) of standard normal variables with correlation ρ, |ρ| < 1, any broadcastable shapes."""
    h, k, rho = core.floats(h, k, rho)
    with core.quiet():
        root = np.sqrt((1 - rho) * (1 + rho))
        # A threshold of exactly 0 is moved by less than a double can show in the result.
        h, k = np.where(h == 0, 1e-300, h), np.where(k == 0, 1e-300, k)
        towards_h, towards_k = (k / h - rho) / root, (h / k - rho) / root
        opposite = np.sign(h) * np.sign(k) < 0
        halves = (special.ndtr(h) + special.ndtr(k)) / 2
        found: batch.Floats = halves - special.owens_t(h, towards_h) - special.owens_t(k, towards_k)
        return found - np.where(opposite, 0.5, 0.0)


def _bound(table: zero_cells.Table) -> batch.Floats:
    """1 or -1 where a cell of 0 puts the estimate at its bound; NaN elsewhere."""
    a, b, c, d = table
    has_margins = (a + b > 0) & (c + d > 0) & (a + c > 0) & (b + d > 0)
    low = has_margins & ((a == 0) | (d == 0))
    high = has_margins & ~low & ((b == 0) | (c == 0))
    return np.where(low, -1.0, np.where(high, 1.0, np.nan))


def _within(table: zero_cells.Table, part: str, inner: batch.Floats) -> batch.Floats:
    a, total = table.a, table.total
    if part == "corner":
        return inner * a / total
    margin = table.n1 if part == "row" else a + table.c
    threshold: batch.Floats = inner * special.ndtri(margin / total)
    return threshold


def _solve(h: batch.Floats, k: batch.Floats, corner: batch.Floats) -> batch.Floats:
    """ρ by bisection on its angle, in which Φ₂ rises steadily; 70 halvings exhaust a double."""
    low, high = np.full_like(h, -np.pi / 2), np.full_like(h, np.pi / 2)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        is_below = bivariate_normal(h, k, np.sin(middle)) < corner
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return np.where(np.isfinite(corner), np.sin((low + high) / 2), np.nan)


def _variance(table: zero_cells.Table, h: batch.Floats, k: batch.Floats, rho: batch.Floats) -> batch.Floats:
    root = np.sqrt((1 - rho) * (1 + rho))
    density = np.exp(-(h**2 - 2 * rho * h * k + k**2) / (2 * root**2)) / (2 * np.pi * root)
    of_row, of_column = special.ndtr((k - rho * h) / root), special.ndtr((h - rho * k) / root)
    slopes = (1 - of_row - of_column, -of_row, -of_column, np.zeros_like(h))
    shares = [cell / table.total for cell in table]
    mean = sum(share * slope for share, slope in zip(shares, slopes, strict=True))
    spread = sum(share * (slope - mean) ** 2 for share, slope in zip(shares, slopes, strict=True))
    variance: batch.Floats = spread / table.total / density**2
    return variance
