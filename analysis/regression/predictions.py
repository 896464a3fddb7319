"""Predicted average effects at values of the moderators, with confidence and prediction intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis import choosing, errors
from analysis.pooling import batch
from analysis.regression import fit

KINDS = ("as_test", "z", "t_k-p", "t_k-p-1", "none")


class Predictions(NamedTuple):
    """Shapes (..., n) for n rows of the design.

    estimates, errors       the average effect there, and its standard error
    lower, upper            its confidence interval
    prediction_lower, prediction_upper
                            the interval for the true effect of a new study; NaN without a random effect
    prediction_errors       √(error² + tau²)
    """

    estimates: batch.Floats
    errors: batch.Floats
    lower: batch.Floats
    upper: batch.Floats
    prediction_lower: batch.Floats
    prediction_upper: batch.Floats
    prediction_errors: batch.Floats


def predict(fitted: fit.Fit, rows: ArrayLike, *, interval: str = "as_test") -> Predictions:
    """Predictions at rows of the design, shape (n, p).

    `interval` chooses the distribution of the prediction interval: "as_test", that of the confidence interval
    (metafor); "z"; "t_k-p"; "t_k-p-1" (Riley, Higgins and Deeks 2011; for p = 1 the familiar k - 2); or "none".
    """
    wide = quantile(fitted, interval)[..., np.newaxis]
    x = np.atleast_2d(np.asarray(rows, dtype=np.float64))
    if x.shape[-1] != fitted.p:
        raise errors.InputError(
            f"A prediction needs {fitted.p} values, one for each coefficient, but {x.shape[-1]} were given."
        )
    estimates = fitted.coefficients @ x.T
    with np.errstate(invalid="ignore"):
        variance = np.maximum(((x @ fitted.covariance) * x).sum(axis=-1), 0.0)
    error, between = np.sqrt(variance), np.sqrt(variance + fitted.tau2[..., np.newaxis])
    narrow = fit.critical(fitted.test_df, fitted.test, fitted.level)[..., np.newaxis]
    return Predictions(
        estimates,
        error,
        estimates - narrow * error,
        estimates + narrow * error,
        estimates - wide * between,
        estimates + wide * between,
        between,
    )


def quantile(fitted: fit.Fit, interval: str) -> batch.Floats:
    """The quantile that prediction intervals of this kind take, shape (...); NaN where there is none."""
    choosing.require_option("interval", interval, KINDS)
    df = fitted.df
    if interval == "none" or fitted.method == "EE":
        return np.full(df.shape, np.nan)
    if interval == "as_test":
        return fit.critical(fitted.test_df, fitted.test, fitted.level)
    if interval == "z":
        return fit.critical(df, "z", fitted.level)
    freedom = df if interval == "t_k-p" else df - 1
    return fit.critical(np.where(freedom > 0, freedom, np.nan), "t", fitted.level)
