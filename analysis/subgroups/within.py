"""Estimates in each subgroup, as one batch whose last axis but one runs over the subgroups."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing, errors
from analysis.pooling import batch
from analysis.regression import fit, predictions
from analysis.subgroups import between

TAU2 = ("separate", "common")
CONVENTIONS = ("regression", "own")


class Groups(NamedTuple):
    """Per subgroup, shapes (..., G); NaN in a subgroup without a study.

    k                     studies that count
    estimates, errors     with their standard errors
    statistics, p_values  z or t, and two-sided p
    lower, upper          confidence interval
    prediction_lower, prediction_upper
                          prediction interval as asked for
    tau2, tau2_error, is_converged
                          the subgroup's own, or the common tau²
    q, df, q_p            heterogeneity within the subgroup
    i2_q, i2_tau2, h2     I² in per cent from Q and from tau², and H² = Q/df
    weights               (..., G, k) 1/(v + tau²), 0 outside the subgroup
    """

    k: batch.Floats
    estimates: batch.Floats
    errors: batch.Floats
    statistics: batch.Floats
    p_values: batch.Floats
    lower: batch.Floats
    upper: batch.Floats
    prediction_lower: batch.Floats
    prediction_upper: batch.Floats
    tau2: batch.Floats
    tau2_error: batch.Floats
    is_converged: batch.Bools
    q: batch.Floats
    df: batch.Floats
    q_p: batch.Floats
    i2_q: batch.Floats
    i2_tau2: batch.Floats
    h2: batch.Floats
    weights: batch.Floats


class Subgroups(NamedTuple):
    """A subgroup analysis.

    groups                the estimate in each subgroup
    between               the test whether they differ
    q, df, q_p            heterogeneity within subgroups together: Σ Q_g
    i2                    its I² in per cent, from Q
    tau2, tau2_error      the common residual tau²; NaN when each subgroup has its own
    is_converged          whether every search for a tau² settled
    """

    groups: Groups
    between: between.Between
    q: batch.Floats
    df: batch.Floats
    q_p: batch.Floats
    i2: batch.Floats
    tau2: batch.Floats
    tau2_error: batch.Floats
    is_converged: batch.Bools


def analyse(
    studies: batch.Batch,
    membership: ArrayLike,
    number: int,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    tau2: str = "separate",
    errors_from: str = "own",
    prediction: str = "as_test",
) -> Subgroups:
    """A subgroup analysis of effects (..., k).

    Parameters
    ----------
    membership   (k,) or (..., k) subgroup of each study, 0 … number - 1; negative for none
    number       of subgroups G
    method       estimator of tau² (`regression.tau2.METHODS`; "EE" for the common-effect model)
    test         "z", "t", "knha" or "adhoc", for intervals and errors
    tau2         "separate" in each subgroup (RevMan, meta, Stata), or "common": the residual tau² of the regression on
                 the subgroups (metafor; meta with tau.common)
    errors_from  with a common tau²: "own", every subgroup's interval from its own studies (meta), or "regression",
                 with one scale factor and k - G degrees of freedom for all (metafor)
    prediction   distribution of the prediction intervals (`regression.predictions.KINDS`)

    The test between subgroups is chi² of the estimates with their errors (RevMan, meta); with errors from the
    regression and a test by t it is the regression's F (metafor).
    """
    choosing.require_option("tau2", tau2, TAU2)
    choosing.require_option("errors_from", errors_from, CONVENTIONS)
    chosen = np.broadcast_to(np.asarray(membership), studies.mask.shape)
    mask = studies.mask[..., np.newaxis, :] & (chosen[..., np.newaxis, :] == np.arange(number)[:, np.newaxis])
    each = batch.Batch.of(studies.y[..., np.newaxis, :], studies.v[..., np.newaxis, :], mask)
    ones = np.ones((mask.shape[-1], 1))
    if tau2 == "separate":
        own = fit.fit(each, ones, method=method, test=test, level=level)
        groups = _groups(each, own, prediction)
        return _together(groups, between.of(groups.estimates, groups.errors), None)
    joint = _regression(studies, mask, method, test, level)
    shared = np.broadcast_to(joint.tau2[..., np.newaxis], mask.shape[:-1])
    known = None if method == "EE" else shared
    own = fit.fit(each, ones, method=method, test=test, level=level, fixed_tau2=known)
    groups = _groups(each, own, prediction)
    if errors_from == "own":
        return _together(groups, between.of(groups.estimates, groups.errors), joint)
    means = _level_means(groups, joint, prediction)
    tested = between.of(means.estimates, means.errors, test_df=None if test == "z" else joint.test_df)
    return _together(means, tested, joint)


def _regression(studies: batch.Batch, mask: batch.Bools, method: str, test: str, level: float) -> fit.Fit:
    """The regression on the subgroups that hold a study, without an intercept."""
    indicators = np.swapaxes(mask, -1, -2).astype(np.float64)
    counted = batch.Batch(studies.y, studies.v, np.asarray(mask.any(axis=-2)))
    is_empty = ~mask.any(axis=-1)
    if is_empty.any() and not is_empty.all():
        if is_empty.ndim > 1 and not (is_empty == is_empty.reshape(-1, is_empty.shape[-1])[0]).all():
            raise errors.InputError(
                "With a common tau² every set of a batch needs studies in the same subgroups; analyse such sets apart."
            )
        kept = ~is_empty.reshape(-1, is_empty.shape[-1])[0]
        indicators = indicators[..., kept]
    if indicators.ndim > 2 and (mask == mask.reshape(-1, *mask.shape[-2:])[0]).all():
        indicators = indicators.reshape(-1, *indicators.shape[-2:])[0]
    return fit.fit(counted, indicators, method=method, test=test, level=level)


def _groups(each: batch.Batch, own: fit.Fit, prediction: str) -> Groups:
    ahead = predictions.predict(own, [[1.0]], interval=prediction)
    with np.errstate(invalid="ignore", divide="ignore"):
        i2 = np.where(own.q > 0, np.maximum(0.0, 100 * (own.q - own.df) / own.q), 0.0)
        h2 = own.q / own.df
    none = np.isnan(own.q)
    between_tau2 = np.where(np.isnan(own.tau2), 0.0, own.tau2)
    return Groups(
        own.k, own.coefficients[..., 0], own.errors[..., 0], own.statistics[..., 0], own.p_values[..., 0],
        own.lower[..., 0], own.upper[..., 0], ahead.prediction_lower[..., 0], ahead.prediction_upper[..., 0],
        own.tau2, own.tau2_error, own.is_converged | none, own.q, own.df, own.q_p,
        np.where(none, np.nan, i2), own.i2, h2, each.weights(between_tau2),
    )  # fmt: skip


def _level_means(groups: Groups, joint: fit.Fit, prediction: str) -> Groups:
    """The subgroups' estimates as the regression has them: one scale factor, one number of degrees of freedom."""
    scale = joint.scale[..., np.newaxis]
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(scale / groups.weights.sum(axis=-1))
        error = np.where(groups.k > 0, error, np.nan)
        statistic = groups.estimates / error
    quantile = fit.critical(joint.test_df, joint.test, joint.level)[..., np.newaxis]
    wide = predictions.quantile(joint, prediction)[..., np.newaxis]
    ahead = np.sqrt(error**2 + joint.tau2[..., np.newaxis])
    return groups._replace(
        errors=error,
        statistics=statistic,
        p_values=fit.two_sided(statistic, joint.test, joint.test_df),
        lower=groups.estimates - quantile * error,
        upper=groups.estimates + quantile * error,
        prediction_lower=groups.estimates - wide * ahead,
        prediction_upper=groups.estimates + wide * ahead,
    )


def _together(groups: Groups, tested: between.Between, joint: fit.Fit | None) -> Subgroups:
    has = groups.k > 0
    q, df = np.where(has, groups.q, 0.0).sum(axis=-1), np.where(has, groups.df, 0.0).sum(axis=-1)
    free = df > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        i2 = np.where(free & (q > 0), np.maximum(0.0, 100 * (q - df) / q), 0.0)
    p = np.where(free, special.chdtrc(np.where(free, df, 1.0), q), 1.0)
    none = np.full(q.shape, np.nan)
    settled = np.asarray(groups.is_converged.all(axis=-1))
    if joint is None:
        return Subgroups(groups, tested, q, df, p, i2, none, none, settled)
    return Subgroups(groups, tested, q, df, p, i2, joint.tau2, joint.tau2_error, joint.is_converged)
