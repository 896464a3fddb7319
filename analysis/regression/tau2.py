"""The residual between-study variance tau² of a model with p coefficients, by every estimator metafor offers.

With P_a = A - A X (X'AX)⁻¹ X'A for weights A, RSS_a = y'P_a y and V = diag(v):

==========  =====================================================================================================
EE          0: the equal-effects (common-effect) model
DL          (RSS - (k - p)) / tr P, weights 1/v; DerSimonian and Laird 1986, Raudenbush 2009 for p coefficients
HE          (RSS - tr PV) / (k - p), equal weights; Hedges and Olkin 1985
HS, HSk     (RSS - k) / Σw, (RSS k/(k - p) - k) / Σw, weights 1/v; Hunter and Schmidt 1990, Brannick et al. 2019
SJ          s0 RSS / (k - p) with weights 1/(v + s0), s0 = Σ(y - ȳ)²/k; Sidik and Jonkman 2005
GENQ        (RSS - tr PV) / tr P with given weights; Jackson, Turner, Rhodes and Viechtbauer 2014
DL2         GENQ with weights 1/(v + tau² by DL); DerSimonian and Kacker 2007
PM, EB      Q(tau²) = k - p; Paule and Mandel 1982, Morris 1983: one equation, one answer
PMM         Q(tau²) = median of chi² with k - p degrees of freedom; Viechtbauer 2021
ML, REML    the tau² with the highest likelihood, or restricted likelihood; Raudenbush 2009
==========  =====================================================================================================

All are truncated at 0. A model with as many coefficients as studies has tau² = 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from scipy import special

from analysis import errors
from analysis.pooling import batch
from analysis.regression import model, moments, search

METHODS = ("EE", "DL", "HE", "HS", "HSk", "SJ", "GENQ", "DL2", "PM", "EB", "PMM", "ML", "REML")


class Given(NamedTuple):
    """What some estimators need besides the model, in the model's unit.

    variance  (...) Σ(y - ȳ)²/k of the effects themselves, for SJ
    weights   (..., k) for GENQ
    """

    variance: batch.Floats
    weights: batch.Floats | None = None


class Estimate(NamedTuple):
    """tau² with its standard error, shape (...), in the model's unit; the error is NaN where none is defined."""

    value: batch.Floats
    error: batch.Floats
    is_converged: batch.Bools


def estimate(rows: model.Model, method: str, given: Given) -> Estimate:
    """tau² by the named estimator."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = _ESTIMATORS[method](rows, given)
    free = rows.df > 0
    return Estimate(
        np.where(free, found.value, 0.0),
        np.where(free & np.isfinite(found.error), found.error, np.nan),
        found.is_converged | ~free,
    )


def _closed(raw: batch.Floats, error_of: Callable[[batch.Floats], batch.Floats]) -> Estimate:
    value = np.maximum(raw, 0.0)
    return Estimate(value, error_of(value), np.ones(value.shape, dtype=np.bool_))


def _equal_effects(rows: model.Model, given: Given) -> Estimate:
    nought = np.zeros(rows.unit.shape)
    return Estimate(nought, np.full(nought.shape, np.nan), np.ones(nought.shape, dtype=np.bool_))


def _inverse_variance(rows: model.Model) -> moments.Solved:
    return moments.solve(rows, rows.weights(np.zeros(rows.unit.shape)))


def _moment_error(rows: model.Model, solved: moments.Solved, value: batch.Floats) -> batch.Floats:
    """√Var(y'Py) with inverse-variance weights at this tau²: there PV is a projection of rank k - p."""
    one, two = moments.trace(rows, solved), moments.trace_of_two(rows, solved)
    return np.sqrt(2 * rows.df + 4 * value * one + 2 * value**2 * two)


def _general_error(rows: model.Model, solved: moments.Solved, value: batch.Floats) -> batch.Floats:
    """√Var(y'Py) with any weights at this tau²."""
    none = moments.trace_of_two(rows, solved, rows.v, rows.v)
    one = moments.trace_of_two(rows, solved, rows.v)
    two = moments.trace_of_two(rows, solved)
    return np.sqrt(2 * none + 4 * value * one + 2 * value**2 * two)


def _dersimonian_laird(rows: model.Model, given: Given) -> Estimate:
    solved = _inverse_variance(rows)
    scale = moments.trace(rows, solved)
    raw = (moments.misfit(solved) - rows.df) / scale
    return _closed(raw, lambda value: _moment_error(rows, solved, value) / scale)


def _hunter_schmidt(rows: model.Model, given: Given) -> Estimate:
    solved = _inverse_variance(rows)
    total = solved.w.sum(axis=-1)
    raw = (moments.misfit(solved) - rows.k) / total
    return _closed(raw, lambda value: _moment_error(rows, solved, value) / total)


def _hunter_schmidt_k(rows: model.Model, given: Given) -> Estimate:
    solved = _inverse_variance(rows)
    total, factor = solved.w.sum(axis=-1), rows.k / rows.df
    raw = (factor * moments.misfit(solved) - rows.k) / total
    return _closed(raw, lambda value: factor * _moment_error(rows, solved, value) / total)


def _generalised(rows: model.Model, weights: batch.Floats) -> Estimate:
    solved = moments.solve(rows, weights)
    scale = moments.trace(rows, solved)
    raw = (moments.misfit(solved) - moments.trace(rows, solved, rows.v)) / scale
    return _closed(raw, lambda value: _general_error(rows, solved, value) / scale)


def _hedges(rows: model.Model, given: Given) -> Estimate:
    return _generalised(rows, rows.mask.astype(np.float64))


def _given_weights(rows: model.Model, given: Given) -> Estimate:
    if given.weights is None:
        raise errors.OptionError("The estimator “GENQ” needs weights, one for each study.", option="weights")
    return _generalised(rows, np.where(rows.mask, given.weights, 0.0))


def _two_step(rows: model.Model, given: Given) -> Estimate:
    return _generalised(rows, rows.weights(_dersimonian_laird(rows, given).value))


def _sidik_jonkman(rows: model.Model, given: Given) -> Estimate:
    begin = given.variance
    solved = moments.solve(rows, rows.weights(begin))
    raw = begin * moments.misfit(solved) / rows.df
    return _closed(raw, lambda value: begin * _general_error(rows, solved, value) / rows.df)


def _root_error(rows: model.Model, value: batch.Floats) -> batch.Floats:
    error: batch.Floats = np.sqrt(2 * rows.k**2 / rows.df) / rows.weights(value).sum(axis=-1)
    return error


def _paule_mandel(rows: model.Model, given: Given) -> Estimate:
    found = search.generalised_q(rows, rows.df)
    return Estimate(found.value, _root_error(rows, found.value), found.is_converged)


def _paule_mandel_median(rows: model.Model, given: Given) -> Estimate:
    target = np.asarray(special.chdtri(np.maximum(rows.df, 1.0), 0.5), dtype=np.float64)
    found = search.generalised_q(rows, target)
    return Estimate(found.value, _root_error(rows, found.value), found.is_converged)


def _maximum_likelihood(rows: model.Model, given: Given) -> Estimate:
    found = search.likelihood(rows, restricted=False)
    error = np.sqrt(2 / (rows.weights(found.value) ** 2).sum(axis=-1))
    return Estimate(found.value, error, found.is_converged)


def _restricted(rows: model.Model, given: Given) -> Estimate:
    found = search.likelihood(rows, restricted=True)
    solved = moments.solve(rows, rows.weights(found.value))
    return Estimate(found.value, np.sqrt(2 / moments.trace_of_two(rows, solved)), found.is_converged)


_ESTIMATORS: Mapping[str, Callable[[model.Model, Given], Estimate]] = {
    "EE": _equal_effects,
    "DL": _dersimonian_laird,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "HSk": _hunter_schmidt_k,
    "SJ": _sidik_jonkman,
    "GENQ": _given_weights,
    "DL2": _two_step,
    "PM": _paule_mandel,
    "EB": _paule_mandel,
    "PMM": _paule_mandel_median,
    "ML": _maximum_likelihood,
    "REML": _restricted,
}
