"""Regression tests of funnel-plot asymmetry: effects on their standard errors or another measure of size.

The classical test takes weights 1/v and scales the errors by the residual variance (Egger et al. 1997, BMJ
315:629-634); the others add tau², by any estimator, to the variances (Thompson and Sharp 1999, Stat Med 18:2693-2708;
Sterne and Egger 2005). Where the predictor tends to 0 for an infinitely large study, the intercept is the effect such a
study would show: the limit estimate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis import choosing, errors
from analysis.pooling import batch
from analysis.regression import fit

PREDICTORS = ("se", "variance", "n", "1/n", "sqrt(n)", "1/sqrt(n)")
WITH_LIMIT = ("se", "variance", "1/n", "1/sqrt(n)")
CLASSICAL = "WLS"


class Asymmetry(NamedTuple):
    """A regression test. Every array has shape (...); NaN where it is not defined.

    bias, se, statistic, p   the slope, its standard error, their ratio and its two-sided p
    df                       degrees of freedom of t; ∞ for z
    intercept, intercept_se  of the same line
    limit, low, high         effect of an infinitely large study with its interval, NaN where the predictor has no limit
    tau2, is_converged       residual between-study variance (0 in the classical test); whether its search settled
    k                        how many studies count
    """

    bias: batch.Floats
    se: batch.Floats
    statistic: batch.Floats
    df: batch.Floats
    p: batch.Floats
    intercept: batch.Floats
    intercept_se: batch.Floats
    limit: batch.Floats
    low: batch.Floats
    high: batch.Floats
    tau2: batch.Floats
    is_converged: batch.Bools
    k: batch.Floats


def predictor(studies: batch.Batch, name: str, n: ArrayLike | None = None) -> batch.Floats:
    """The named measure of a study's size, shape (..., k); those of participants need `n`, their number.

    Raises OptionError for an unknown name, or where `n` is needed and missing.
    """
    choosing.require_option("predictor", name, PREDICTORS)
    if name in ("se", "variance"):
        return np.sqrt(studies.v) if name == "se" else studies.v
    if n is None:
        raise errors.OptionError(
            f"Predictor “{name}” needs the number of participants of every study; give n, or choose “se”.",
            option="predictor",
        )
    size = np.where(studies.mask, np.asarray(n, dtype=np.float64), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = {"n": size, "1/n": 1 / size, "sqrt(n)": np.sqrt(size), "1/sqrt(n)": 1 / np.sqrt(size)}[name]
    return np.where(np.isfinite(values), values, np.nan)


def regress(
    studies: batch.Batch,
    *,
    by: str = "se",
    n: ArrayLike | None = None,
    method: str = CLASSICAL,
    test: str = "z",
    level: float = 0.95,
) -> Asymmetry:
    """Egger's test and its kin.

    Parameters
    ----------
    studies : Batch of shape (..., k)
    by : the predictor, one of `PREDICTORS`
    n : participants of each study, shape (..., k), for the predictors made of it
    method : "WLS", the classical test with t on k - 2 (Egger; metafor's model="lm"; meta's "Egger"); an estimator of
        tau² ("DL", "REML" ...; Thompson and Sharp); "EE", weights 1/v without any scaling
    test : "z", "t" on k - 2, "knha" or "adhoc"; the classical test has its own
    level : of the limit estimate's interval

    Raises OptionError for an unknown choice.
    """
    return line(studies, predictor(studies, by, n), method=method, test=test, level=level, has_limit=by in WITH_LIMIT)


def line(
    studies: batch.Batch,
    values: batch.Floats,
    *,
    method: str = CLASSICAL,
    test: str = "z",
    level: float = 0.95,
    has_limit: bool = True,
) -> Asymmetry:
    """The test of the slope on any predictor, shape (..., k)."""
    model, kind = ("EE", "knha") if method == CLASSICAL else (method, test)
    fitted = fitted_line(studies, values, method=model, test=kind, level=level)
    intercept, slope = (fitted.coefficients[..., i] for i in (0, 1))
    none = np.full(intercept.shape, np.nan)
    df = np.full(intercept.shape, np.inf) if kind == "z" else fitted.test_df
    return Asymmetry(
        slope, fitted.errors[..., 1], fitted.statistics[..., 1], df, fitted.p_values[..., 1],
        intercept, fitted.errors[..., 0],
        intercept if has_limit else none,
        fitted.lower[..., 0] if has_limit else none,
        fitted.upper[..., 0] if has_limit else none,
        fitted.tau2, fitted.is_converged, fitted.k,
    )  # fmt: skip


def fitted_line(studies: batch.Batch, values: batch.Floats, *, method: str, test: str, level: float = 0.95) -> fit.Fit:
    """The regression of the effects on an intercept and one predictor, shape (..., k)."""
    # Divided by a power of two near its largest value, the predictor keeps its digits and its squares stay finite.
    largest = np.where(studies.mask & np.isfinite(values), np.abs(values), 0.0).max(axis=-1, initial=0.0)
    exponent = np.frexp(largest)[1]
    near_one = np.ldexp(np.where(studies.mask, values, 0.0), -exponent[..., np.newaxis])
    fitted = fit.fit(studies, _with_intercept(near_one), method=method, test=test, level=level)
    back = np.ldexp(_with_intercept(np.ones(exponent.shape)), np.stack([0 * exponent, -exponent], axis=-1))
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return fitted._replace(
            coefficients=fitted.coefficients * back,
            errors=fitted.errors * back,
            lower=fitted.lower * back,
            upper=fitted.upper * back,
            covariance=fitted.covariance * back[..., np.newaxis, :] * back[..., np.newaxis],
        )


def _with_intercept(values: batch.Floats) -> batch.Floats:
    return np.stack([np.ones(values.shape), values], axis=-1)


def pustejovsky(studies: batch.Batch, n1: ArrayLike, n2: ArrayLike, *, level: float = 0.95) -> Asymmetry:
    """The test for standardised mean differences, whose own standard error depends on the effect.

    The predictor is √(1/n1 + 1/n2), weights 1/v with scaled errors, t on k - 2: Pustejovsky and Rodgers 2019, Res Synth
    Methods 10:57-71. `n1` and `n2` have shape (..., k).
    """
    size1, size2 = (np.where(studies.mask, np.asarray(n, dtype=np.float64), 1.0) for n in (n1, n2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return line(studies, np.sqrt(1 / size1 + 1 / size2), level=level)


def macaskill(studies: batch.Batch, n: ArrayLike) -> Asymmetry:
    """Effects on the total sample size, weights 1/v with scaled errors: Macaskill et al. 2001, Stat Med 20:641-654."""
    return regress(studies, by="n", n=n)
