"""One complete meta-regression for every set of a batch: tau², coefficients, tests, heterogeneity, likelihoods."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing
from analysis.pooling import batch
from analysis.regression import goodness, model, moments, tau2

TESTS = ("z", "t", "knha", "adhoc")
CHUNK = 1 << 18
WORDS = ("method", "test", "level", "p")
SMALLEST_SCALE = np.finfo(np.float64).eps


class Fit(NamedTuple):
    """A fitted regression. Shapes (...) unless said otherwise; NaN where a set cannot be fitted.

    method, test, level, p     what was asked for; the number of coefficients
    k, counted                 how many studies count, and (..., k) which
    coefficients, errors       (..., p) with standard errors
    statistics, p_values       (..., p) z or t, and two-sided p
    lower, upper               (..., p) confidence intervals
    covariance                 (..., p, p) of the coefficients
    tau2, tau2_error           residual between-study variance and its standard error
    is_converged               whether the search for tau² settled
    q, df, q_p                 residual heterogeneity QE, its degrees of freedom k - p, its p
    i2, h2                     residual I² in per cent, and H²
    typical_variance           (k - p)/tr P with inverse-variance weights: the v that I² compares tau² with
    scale                      factor of the covariance (Knapp and Hartung), 1 with tests "z" and "t"
    test_df                    k - p for tests by t and F, NaN for z and chi²; ∞ for a single study, tested by z
    log_likelihood, log_restricted, deviance
                               full and restricted log-likelihood with all constants (the restricted one with
                               ½ log|X'X|, as metafor); deviance from the saturated model
    misfit                     Σ w r² at this tau²
    hat                        (..., k) leverage of each study
    residuals                  (..., k) y - Xβ
    """

    method: str
    test: str
    level: float
    p: int
    k: batch.Floats
    counted: batch.Bools
    coefficients: batch.Floats
    errors: batch.Floats
    statistics: batch.Floats
    p_values: batch.Floats
    lower: batch.Floats
    upper: batch.Floats
    covariance: batch.Floats
    tau2: batch.Floats
    tau2_error: batch.Floats
    is_converged: batch.Bools
    q: batch.Floats
    df: batch.Floats
    q_p: batch.Floats
    i2: batch.Floats
    h2: batch.Floats
    typical_variance: batch.Floats
    scale: batch.Floats
    test_df: batch.Floats
    log_likelihood: batch.Floats
    log_restricted: batch.Floats
    deviance: batch.Floats
    misfit: batch.Floats
    hat: batch.Floats
    residuals: batch.Floats


def fit(
    studies: batch.Batch,
    design: ArrayLike,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    weights: ArrayLike | None = None,
    fixed_tau2: ArrayLike | None = None,
) -> Fit:
    """Fit y = Xβ + u + e, u ~ N(0, tau²), e ~ N(0, v), with weights 1/(v + tau²).

    Parameters
    ----------
    studies     effects (..., k)
    design      X, shape (k, p) for all sets or (..., k, p); studies with a NaN in their row do not count
    method      estimator of tau² (`tau2.METHODS`)
    test        "z"; "t" with k - p degrees of freedom; "knha", the covariance scaled by Σ w r²/(k - p) (Knapp and
                Hartung 2003); "adhoc", the same with a factor of at least 1
    level       of the confidence intervals
    weights     for method "GENQ", shape (..., k)
    fixed_tau2  a tau² that is taken as known, shape (...)

    A set with fewer studies than coefficients, or whose studies do not determine them, is NaN throughout.
    """
    choosing.require_option("method", method, tau2.METHODS)
    choosing.require_option("test", test, TESTS)
    x = np.asarray(design, dtype=np.float64)
    seen = np.isfinite(x).all(axis=-1)
    shape = np.broadcast_shapes(studies.mask.shape, seen.shape)
    rows, k, p = int(np.prod(shape[:-1])), shape[-1], x.shape[-1]
    mask = np.broadcast_to(studies.mask & seen, shape).reshape(rows, k)
    y, v = (np.broadcast_to(each, shape).reshape(rows, k) for each in (studies.y, studies.v))
    extra = None if weights is None else np.broadcast_to(np.asarray(weights, float), shape).reshape(rows, k)
    known = None if fixed_tau2 is None else np.broadcast_to(np.asarray(fixed_tau2, float), shape[:-1]).reshape(rows)
    if x.ndim > 2:
        x = np.broadcast_to(x, (*shape, p)).reshape(rows, k, p)
    parts = []
    chunk = max(1, CHUNK // max(k * p, 1))
    for begin in range(0, max(rows, 1), chunk):
        cut = slice(begin, begin + chunk)
        one = _Task(
            batch.Batch(y[cut], v[cut], mask[cut]),
            x if x.ndim == 2 else x[cut],
            None if extra is None else extra[cut],
            None if known is None else known[cut],
        )
        parts.append(_fit_rows(one, _Choices(method, test, level)))
    return _joined(parts, shape[:-1])


class _Choices(NamedTuple):
    method: str
    test: str
    level: float


class _Task(NamedTuple):
    studies: batch.Batch
    x: batch.Floats
    weights: batch.Floats | None
    known: batch.Floats | None


def _joined(parts: list[Fit], lead: tuple[int, ...]) -> Fit:
    found = {}
    for name in Fit._fields:
        if name in WORDS:
            found[name] = getattr(parts[0], name)
            continue
        values = [getattr(part, name) for part in parts]
        whole = values[0] if len(values) == 1 else np.concatenate(values)
        found[name] = whole.reshape(lead + whole.shape[1:])
    return Fit(**found)


def orthonormal(x: batch.Floats, mask: batch.Bools) -> model.Basis:
    """The basis of a design (k, p) or (rows, k, p) over the studies that count (in any row, for a shared design)."""
    counted = np.asarray(mask.any(axis=0) if x.ndim == 2 else mask)[..., np.newaxis]
    return model.basis(np.where(counted, x, 0.0))


def ready(studies: batch.Batch, base: model.Basis) -> tuple[model.Model, batch.Bools]:
    """The model of flat batches in a basis, and which rows it holds."""
    counted = studies.mask & np.asarray(base.is_full)[..., np.newaxis]
    return model.prepare(batch.Batch(studies.y, studies.v, counted), base.q)


def given(rows: model.Model, y: batch.Floats, weights: batch.Floats | None) -> tau2.Given:
    """What the estimators need besides the model."""
    root = np.sqrt(rows.unit)[..., np.newaxis]
    scaled = np.where(rows.mask, y / root, 0.0)
    centre = scaled.sum(axis=-1, keepdims=True) / rows.k[..., np.newaxis]
    variance = np.where(rows.mask, (scaled - centre) ** 2, 0.0).sum(axis=-1) / rows.k
    return tau2.Given(variance, weights)


def _fit_rows(task: _Task, choices: _Choices) -> Fit:
    studies = task.studies
    base = orthonormal(task.x, studies.mask)
    rows, can = ready(studies, base)
    weights = None if task.weights is None else task.weights[can]
    if task.known is None:
        between = tau2.estimate(rows, choices.method, given(rows, studies.y[can], weights))
    else:
        fixed = task.known[can] / rows.unit
        between = tau2.Estimate(fixed, np.full(fixed.shape, np.nan), np.ones(fixed.shape, dtype=np.bool_))
    own = model.Basis(base.q, base.r if base.r.ndim == 2 else base.r[can], base.is_full)
    found = _complete(rows, own, between, choices if task.known is None else choices._replace(method="known"))
    found = found._replace(method=choices.method)
    return _scattered(found, can, studies)


def _scattered(found: Fit, can: batch.Bools, studies: batch.Batch) -> Fit:
    if can.all():
        return found
    whole = {}
    for name, value in found._asdict().items():
        if name in WORDS:
            whole[name] = value
            continue
        empty = np.zeros(can.shape + value.shape[1:], dtype=value.dtype)
        if value.dtype != np.bool_:
            empty[...] = np.nan
        empty[can] = value
        whole[name] = empty
    whole["k"], whole["counted"] = studies.k, studies.mask
    return Fit(**whole)


def _complete(rows: model.Model, base: model.Basis, between: tau2.Estimate, choices: _Choices) -> Fit:
    method, test, level = choices
    solved, hat, half_log = goodness.least_squares(rows, rows.weights(between.value))
    df = rows.df
    misfit = moments.misfit(solved)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(rows.k == 1, 1.0, scale_of(misfit, df, test))
        back = np.linalg.inv(base.r) if base.r.size else base.r
        coefficients = ((back @ (rows.start + solved.shift)[..., np.newaxis])[..., 0]) * np.sqrt(rows.unit)[:, None]
        spread = back @ solved.spread @ np.swapaxes(back, -1, -2)
        covariance = spread * (scale * rows.unit)[:, np.newaxis, np.newaxis]
        covariance = 0.5 * (covariance + np.swapaxes(covariance, -1, -2))
        error = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
        statistic = coefficients / error
    test_df = _test_df(rows, test)
    margin = critical(test_df, test, level)[..., np.newaxis] * error
    heterogeneity = goodness.heterogeneity(rows, between.value, method == "EE")
    likelihoods = goodness.likelihoods(rows, between.value, misfit, half_log)
    root = np.sqrt(rows.unit)[:, np.newaxis]
    return Fit(
        method=method, test=test, level=level, p=rows.p, k=rows.k, counted=rows.mask,
        coefficients=coefficients, errors=error, statistics=statistic, p_values=two_sided(statistic, test, test_df),
        lower=coefficients - margin, upper=coefficients + margin, covariance=covariance,
        tau2=between.value * rows.unit, tau2_error=between.error * rows.unit, is_converged=between.is_converged,
        df=df, scale=scale, test_df=test_df, misfit=misfit, hat=np.where(rows.mask, hat, 0.0),
        residuals=np.where(rows.mask, solved.residual * root, 0.0), **heterogeneity, **likelihoods,
    )  # fmt: skip


def scale_of(misfit: batch.Floats, df: batch.Floats, test: str) -> batch.Floats:
    """Knapp and Hartung's factor Σ w r²/(k - p): 1 for tests "z" and "t", at least 1 for "adhoc"."""
    if test in ("z", "t"):
        return np.ones(df.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = misfit / df
    scale = np.where(df > 0, np.where(misfit <= SMALLEST_SCALE, 0.0, ratio), np.nan)
    return np.maximum(scale, 1.0) if test == "adhoc" else scale


def _test_df(rows: model.Model, test: str) -> batch.Floats:
    """k - p for tests by t, NaN without one; a single study has no other test than z, which is t with ∞."""
    if test == "z":
        return np.full(rows.unit.shape, np.nan)
    return np.where(rows.df > 0, rows.df, np.where(rows.k == 1, np.inf, np.nan))


def critical(test_df: batch.Floats, test: str, level: float) -> batch.Floats:
    """The quantile that a confidence interval takes, shape of `test_df`."""
    upper = (1 + level) / 2
    if test == "z":
        return np.full(test_df.shape, special.ndtri(upper))
    return np.asarray(special.stdtrit(test_df, upper), dtype=np.float64)


def two_sided(statistic: batch.Floats, test: str, test_df: batch.Floats) -> batch.Floats:
    """Two-sided p of statistics (..., p), by z or by t with `test_df` of shape (...)."""
    if test == "z":
        return np.asarray(2 * special.ndtr(-np.abs(statistic)), dtype=np.float64)
    return np.asarray(2 * special.stdtr(test_df[..., np.newaxis], -np.abs(statistic)), dtype=np.float64)
