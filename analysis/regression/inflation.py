"""Variance inflation: how much of a coefficient's uncertainty comes from its moderator going along with others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.pooling import batch
from analysis.regression import fit


class Inflation(NamedTuple):
    """The (generalised) variance inflation factor of a group of columns, and per column of freedom: GVIF^(1/2m)."""

    factor: batch.Floats
    per_df: batch.Floats


def of_columns(fitted: fit.Fit, *, has_intercept: bool) -> batch.Floats:
    """The variance inflation factor of every coefficient but the intercept, shape (..., p or p - 1)."""
    correlation = _correlation(fitted, has_intercept)
    if correlation.shape[-1] == 0:
        return np.zeros(correlation.shape[:-1])
    usable = np.asarray(np.isfinite(correlation).all(axis=(-1, -2)))[..., np.newaxis, np.newaxis]
    safe = np.where(usable, correlation, np.eye(correlation.shape[-1]))
    inverse = np.where(usable, np.linalg.inv(safe), np.nan)
    return np.diagonal(inverse, axis1=-2, axis2=-1).copy()


def of_term(fitted: fit.Fit, columns: Sequence[int], *, has_intercept: bool) -> Inflation:
    """Generalised for a term of several columns: |R11| |R22| / |R| (Fox and Monette 1992), shapes (...).

    R is the correlation matrix of the coefficients without the intercept, R11 the part of the term's columns.
    """
    correlation = _correlation(fitted, has_intercept)
    first = int(has_intercept)
    own = [column - first for column in columns]
    rest = [column for column in range(correlation.shape[-1]) if column not in own]
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = _determinant(correlation, own) * _determinant(correlation, rest) / np.linalg.det(correlation)
        return Inflation(factor, factor ** (1 / (2 * len(own))))


def _determinant(correlation: batch.Floats, columns: Sequence[int]) -> batch.Floats:
    part = correlation[..., list(columns), :][..., :, list(columns)]
    found: batch.Floats = np.linalg.det(part)
    return found


def _correlation(fitted: fit.Fit, has_intercept: bool) -> batch.Floats:
    first = int(has_intercept)
    covariance = fitted.covariance[..., first:, first:]
    spread = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: batch.Floats = covariance / spread[..., :, np.newaxis] / spread[..., np.newaxis, :]
    return found
