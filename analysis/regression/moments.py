"""Sums over studies that every estimator is made of, in O(k p²): no k × k matrix is ever built.

P = W - W X (X'WX)⁻¹ X'W is the matrix that turns effects into weighted residuals.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.pooling import batch
from analysis.regression import model


class Solved(NamedTuple):
    """Weighted least squares.

    w         (..., k) the weights
    spread    (..., p, p) (Q'WQ)⁻¹
    shift     (..., p) coefficients in the basis, beyond those of ordinary least squares
    residual  (..., k) y - Q·shift
    """

    w: batch.Floats
    spread: batch.Floats
    shift: batch.Floats
    residual: batch.Floats


def solve(rows: model.Model, w: batch.Floats) -> Solved:
    """Weighted least squares with weights of shape (..., k) that are 0 outside the mask."""
    return solve_with(rows, w, model.inverse(rows.gram(w)))


def solve_with(rows: model.Model, w: batch.Floats, spread: batch.Floats) -> Solved:
    """The same where (Q'WQ)⁻¹ is known already."""
    shift = (spread @ rows.cross(w * rows.y)[..., np.newaxis])[..., 0]
    return Solved(w, spread, shift, rows.y - rows.fitted(shift))


def misfit(solved: Solved) -> batch.Floats:
    """y'Py = Σ w r², shape (...)."""
    total: batch.Floats = (solved.w * solved.residual**2).sum(axis=-1)
    return total


def trace(rows: model.Model, solved: Solved, d: batch.Floats | None = None) -> batch.Floats:
    """tr(P D) for a diagonal D of shape (..., k), or tr(P)."""
    weighted = solved.w if d is None else solved.w * d
    total: batch.Floats = weighted.sum(axis=-1) - _dot(solved.spread, rows.gram(solved.w * weighted))
    return total


def trace_of_two(
    rows: model.Model, solved: Solved, d: batch.Floats | None = None, e: batch.Floats | None = None
) -> batch.Floats:
    """tr(P D P E) for diagonals D and E of shape (..., k); None is the identity."""
    w = solved.w
    first = w if d is None else w * d
    second = w if e is None else w * e
    left = solved.spread @ rows.gram(w * first)
    right = left if d is e else solved.spread @ rows.gram(w * second)
    total: batch.Floats = (
        (first * second).sum(axis=-1)
        - 2 * _dot(solved.spread, rows.gram(w * first * second))
        + _dot(np.swapaxes(left, -1, -2), right)
    )
    return total


def cubic(rows: model.Model, solved: Solved) -> batch.Floats:
    """y'PPPy, shape (...)."""
    u = solved.w * solved.residual
    b = rows.cross(solved.w * u)
    total: batch.Floats = (solved.w * u**2).sum(axis=-1) - (b * (solved.spread @ b[..., np.newaxis])[..., 0]).sum(
        axis=-1
    )
    return total


def _dot(a: batch.Floats, b: batch.Floats) -> batch.Floats:
    """Σ_ij a_ij b_ij: tr(A B) for a symmetric A."""
    total: batch.Floats = (a * b).sum(axis=(-1, -2))
    return total
