"""How a regression at a given tau² fits: least squares to full precision, heterogeneity, likelihoods."""

from __future__ import annotations

import numpy as np
from scipy import special

from analysis.pooling import batch
from analysis.regression import model, moments

# Largest ratio of weights at which normal equations in an orthonormal basis are trusted.
EVEN = 1e3


def least_squares(rows: model.Model, w: batch.Floats) -> tuple[moments.Solved, batch.Floats, batch.Floats]:
    """Weighted least squares with leverages (..., k) and ½ log|Q'WQ|, to full precision.

    With weights of like size the normal equations in the orthonormal basis lose nothing, after one step of refinement;
    otherwise QR of √W Q never squares the condition number.
    """
    smallest = np.where(rows.mask, w, np.inf).min(initial=np.inf)
    if w.max(initial=0.0) > EVEN * smallest:
        return _by_qr(rows, w)
    gram = rows.gram(w)
    spread = model.inverse(gram)
    solved = moments.solve_with(rows, w, spread)
    step = (spread @ rows.cross(w * solved.residual)[..., np.newaxis])[..., 0]
    solved = moments.Solved(w, spread, solved.shift + step, solved.residual - rows.fitted(step))
    hat = w * rows.quadratic(spread)
    return solved, hat, 0.5 * np.linalg.slogdet(gram)[1]


def _by_qr(rows: model.Model, w: batch.Floats) -> tuple[moments.Solved, batch.Floats, batch.Floats]:
    root = np.sqrt(w)
    q, r = np.linalg.qr(root[..., np.newaxis] * rows.q)
    size = np.abs(np.diagonal(r, axis1=-2, axis2=-1))
    is_regular = (size > 0).all(axis=-1)
    safe = np.where(is_regular[:, np.newaxis, np.newaxis], r, np.eye(rows.p))
    back = np.where(is_regular[:, np.newaxis, np.newaxis], np.linalg.inv(safe), np.nan)
    onto = (np.swapaxes(q, -1, -2) @ (root * rows.y)[..., np.newaxis])[..., 0]
    shift = (back @ onto[..., np.newaxis])[..., 0]
    solved = moments.Solved(w, back @ np.swapaxes(back, -1, -2), shift, rows.y - rows.fitted(shift))
    with np.errstate(divide="ignore"):
        half_log = np.log(size).sum(axis=-1)
    return solved, (q**2).sum(axis=-1), half_log


def heterogeneity(rows: model.Model, between: batch.Floats, is_equal: bool) -> dict[str, batch.Floats]:
    # The sum of squares is at its minimum, so that an error of the coefficients enters it squared.
    solved = moments.solve(rows, rows.weights(np.zeros_like(between)))
    df, free = rows.df, rows.df > 0
    q = np.where(free, moments.misfit(solved), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        typical = np.where(free, df / moments.trace(rows, solved), 0.0)
        if is_equal:
            i2, h2 = np.where(q > 0, np.maximum(0.0, 100 * (q - df) / q), 0.0), q / df
        else:
            i2, h2 = 100 * between / (typical + between), between / typical + 1
    return {
        "q": q,
        "q_p": np.where(free, special.chdtrc(np.where(free, df, 1.0), q), 1.0),
        "i2": np.where(free, i2, 0.0),
        "h2": np.where(free, h2, 1.0),
        "typical_variance": typical * rows.unit,
    }


def likelihoods(
    rows: model.Model, between: batch.Floats, misfit: batch.Floats, half_log: batch.Floats
) -> dict[str, batch.Floats]:
    """With all constants, in the data's own unit; log|X'WX| = 2 log|R| + log|Q'WQ|, and the log|R| cancels."""
    k, df, unit = rows.k, rows.df, np.log(rows.unit)
    total = np.where(rows.mask, rows.v + between[:, np.newaxis], 1.0)
    logs = np.log(total).sum(axis=-1)
    within = np.where(rows.mask, np.log(rows.v), 0.0).sum(axis=-1)
    full = -0.5 * (k * np.log(2 * np.pi) + logs + k * unit + misfit)
    own = 0.5 * np.linalg.slogdet(rows.gram(rows.mask.astype(np.float64)))[1]
    restricted = -0.5 * (df * np.log(2 * np.pi) + logs + misfit + df * unit) + own - half_log
    saturated = -0.5 * (k * np.log(2 * np.pi) + within + k * unit)
    return {
        "log_likelihood": full,
        "log_restricted": restricted,
        "deviance": np.where(df > 0, -2 * (full - saturated), 0.0),
    }
