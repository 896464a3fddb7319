"""The front door of meta-regression: effects and moderators in, a result with sentences out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis import errors
from analysis.pooling import batch
from analysis.regression import choices, design, fit, permutation, predictions, reading, remarks, results, terms

MAGNITUDES = 140


def regress(
    estimates: Sequence[float | None],
    variances: Sequence[float | None],
    chosen: Sequence[terms.Term],
    moderators: Mapping[str, Sequence[object]],
    *,
    studies: Sequence[str] | None = None,
    options: choices.Choices | None = None,
) -> results.Fitted:
    """Fit a meta-regression.

    Parameters
    ----------
    estimates, variances  one for each study; ratios as logarithms. None or NaN: not estimable, does not count
    chosen                the terms of the model
    moderators            per moderator its value for each study
    studies               names, one for each effect; a name that comes twice is refused
    options               estimator, test, level and so on

    Raises InputError, with a sentence that names the study and the field, for data that cannot be analysed.
    """
    picked = options or choices.Choices()
    labels = tuple(studies) if studies is not None else tuple(f"study {i + 1}" for i in range(len(estimates)))
    effects = read_effects(estimates, variances, labels)
    model = design.build(
        chosen,
        moderators,
        studies=labels,
        k=len(labels),
        intercept=picked.intercept,
        counted=effects.mask,
        missing=picked.missing,
        redundant=picked.redundant,
    )
    fitted = fit.fit(effects, model.matrix, method=picked.method, test=picked.test, level=picked.level)
    if not np.isfinite(fitted.coefficients).all():
        raise errors.InputError(
            "This model cannot be fitted: the moderators or the variances differ by too many orders of magnitude; "
            "check their units."
        )
    notices = remarks.of(fitted, model, effects, labels)
    return results.Fitted(reading.result(fitted, model, effects, labels, picked, notices), model, fitted, effects)


def predict(fitted: results.Fitted, at: Mapping[str, Sequence[object]]) -> tuple[results.Prediction, ...]:
    """Predictions at values of the moderators: per moderator one value for each prediction."""
    rows = fitted.design.rows(at)
    found = predictions.predict(fitted.kernel, rows, interval=fitted.result.options.prediction)
    columns = (
        found.estimates, found.errors, found.lower, found.upper, found.prediction_lower, found.prediction_upper,
    )  # fmt: skip
    made = []
    for values in zip(*columns, strict=True):
        estimate, *rest = values
        made.append(results.Prediction(float(estimate), *(reading.known(value) for value in rest)))
    return tuple(made)


def permute(
    fitted: results.Fitted, *, iterations: int = 1000, seed: int = 0, exact: bool | None = None
) -> permutation.Permutation:
    """The permutation test of a fitted regression, by its own estimator and test."""
    options = fitted.result.options
    return permutation.permute(
        fitted.effects,
        fitted.design.matrix,
        method=options.method,
        kind=options.test,
        iterations=iterations,
        seed=seed,
        exact=exact,
    )


def read_effects(
    estimates: Sequence[float | None], variances: Sequence[float | None], labels: Sequence[str]
) -> batch.Batch:
    """Effects and variances as a batch. Raises InputError naming the study and the field."""
    if not len(estimates) == len(variances) == len(labels):
        raise errors.InputError(
            f"There are {len(estimates)} estimates, {len(variances)} variances and {len(labels)} studies; give one of "
            "each for every study."
        )
    y, v = (
        np.array([np.nan if x is None else x for x in column], dtype=np.float64) for column in (estimates, variances)
    )
    for label, effect, variance in zip(labels, y, v, strict=True):
        _require_usable(label, float(effect), float(variance))
    mask = ~np.isnan(y)
    if not mask.any():
        raise errors.InputError("No study has an estimable effect; a meta-regression needs at least two.")
    smallest, largest = np.log10(v[mask].min()), np.log10(v[mask].max())
    farthest = np.log10(max(float(np.abs(y[mask]).max()), 1e-300))
    if max(farthest - smallest / 2, largest - smallest) > MAGNITUDES:
        raise errors.InputError(
            f"The effects and variances differ by more than {MAGNITUDES} orders of magnitude; check their units."
        )
    return batch.Batch.of(y, v, mask)


def _require_usable(label: str, effect: float, variance: float) -> None:
    if np.isnan(effect) and np.isnan(variance):
        return
    if not np.isfinite(effect):
        raise errors.InputError(
            f"Study “{label}” has the estimate {effect}; give a finite number, or leave estimate and variance empty.",
            study=label,
            field="estimate",
        )
    if not (np.isfinite(variance) and variance > 0):
        raise errors.InputError(
            f"Study “{label}” has the variance {variance}; give a finite number above 0.", study=label, field="variance"
        )
