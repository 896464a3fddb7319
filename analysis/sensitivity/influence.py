"""Influence diagnostics: what each study does to the random-effects model, by leaving it out.

Viechtbauer and Cheung 2010, Research Synthesis Methods 1:112-125; rules for what counts as influential as metafor has
them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import special

from analysis import data, errors, options
from analysis.pooling import batch, random
from analysis.sensitivity import effects_of, leave_one_out, plain, pooled


class Influence(NamedTuple):
    """What leaving out each study does, shape (..., k); NaN where a study does not count or no other is left.

    With the mean μ, weights w = 1/(v + τ²), h = w/Σw, and an index (i) for what is estimated without the study:

    residual, residual_se    y - μ₍ᵢ₎ and √(s₍ᵢ₎(v + τ²₍ᵢ₎) + Var μ₍ᵢ₎)
    studentised              their ratio: the externally studentised residual
    standardised, standardised_se
                             (y - μ)/√((1 - h)(v + τ²)), the internally standardised residual, and its denominator
    dffits                   (μ - μ₍ᵢ₎)/√(h s₍ᵢ₎(v + τ²₍ᵢ₎)); s is the factor of Knapp and Hartung, or 1
    cook                     Cook's distance (μ - μ₍ᵢ₎)²/Var μ
    covariance_ratio         Var μ₍ᵢ₎/Var μ
    tau2_deleted, q_deleted  τ² and Q without the study
    hat, weight              h, and the same in per cent
    dfbetas                  (μ - μ₍ᵢ₎)/√(s₍ᵢ₎/Σ 1/(v + τ²₍ᵢ₎)), the sum over all studies
    is_influential           |dffits| > 3√(1/(k - 1)), or P(χ²₁ ≤ cook) > 0.5, or h > 3/k, or |dfbetas| > 1
    is_converged             whether the search for τ² settled without the study
    """

    studentised: batch.Floats
    residual: batch.Floats
    residual_se: batch.Floats
    standardised: batch.Floats
    standardised_se: batch.Floats
    dffits: batch.Floats
    cook: batch.Floats
    covariance_ratio: batch.Floats
    tau2_deleted: batch.Floats
    q_deleted: batch.Floats
    hat: batch.Floats
    weight: batch.Floats
    dfbetas: batch.Floats
    is_influential: batch.Bools
    is_converged: batch.Bools

    def to_dict(self) -> dict[str, Any]:
        """Every column as a list, None where not defined."""
        return plain.columns(self)


def diagnose(
    studies: batch.Batch, model: pooled.Model | None = None, *, without: pooled.Estimates | None = None
) -> Influence:
    """All diagnostics of studies of shape (..., k).

    `without`, where it is known already, is what `leave_one_out.estimate` gives for the same model.

    Raises OptionError for an unknown method or interval, and for a common effect not pooled by inverse variance.
    """
    chosen = model or pooled.Model()
    _require_usable(chosen)
    deleted = leave_one_out.estimate(studies, chosen) if without is None else without
    everything = np.ones((1, studies.mask.shape[-1]), dtype=np.bool_)
    whole = pooled.Estimates._make(part[..., 0] for part in pooled.pool(studies, everything, chosen))
    with np.errstate(all="ignore"):
        return _compared(studies, whole, deleted)


def of_studies(given: data.StudySet[Any], choices: options.Options) -> plain.Labelled[Influence]:
    """The same for studies and options."""
    studies, model = effects_of.prepare(given, choices)
    return plain.Labelled("influence", given.labels, diagnose(studies, model), choices)


def _require_usable(model: pooled.Model) -> None:
    if model.centre is not None and model.method == pooled.COMMON:
        raise errors.OptionError(
            "Influence diagnostics are made of inverse-variance weights; choose method “IV”.", option="method"
        )


def _compared(studies: batch.Batch, whole: pooled.Estimates, deleted: pooled.Estimates) -> Influence:
    y, v, k = studies.y, studies.v, studies.k[..., np.newaxis]
    mean, between = whole.estimate[..., np.newaxis], whole.tau2[..., np.newaxis]
    total = v + deleted.tau2
    shift = mean - deleted.estimate
    residual = y - deleted.estimate
    residual_se = np.sqrt(deleted.factor * total + deleted.se**2)
    hat = random.pool(studies, whole.tau2).weights / 100
    standardised_se = np.sqrt((1 - hat) * (v + between))
    dffits = shift / np.sqrt(hat * deleted.factor * total)
    # The weights of the others are factor/se²; with the study's own they are those of all studies at this tau².
    of_all = deleted.factor / deleted.se**2 + 1 / total
    dfbetas = shift / np.sqrt(deleted.factor / of_all)
    variance = whole.se[..., np.newaxis] ** 2
    cook = shift**2 / variance
    found = Influence(
        studentised=residual / residual_se,
        residual=residual,
        residual_se=residual_se,
        standardised=(y - mean) / standardised_se,
        standardised_se=standardised_se,
        dffits=dffits,
        cook=cook,
        covariance_ratio=deleted.se**2 / variance,
        tau2_deleted=deleted.tau2,
        q_deleted=deleted.q,
        hat=hat,
        weight=100 * hat,
        dfbetas=dfbetas,
        is_influential=(np.abs(dffits) > 3 * np.sqrt(1 / (k - 1)))
        | (special.chdtr(1, cook) > 0.5)
        | (hat > 3 / k)
        | (np.abs(dfbetas) > 1),
        is_converged=deleted.is_converged,
    )
    return _blanked(found, studies, deleted)


def _blanked(found: Influence, studies: batch.Batch, deleted: pooled.Estimates) -> Influence:
    """NaN, and not influential, for studies that do not count and for an only study."""
    defined = studies.mask & (deleted.k > 0)
    parts = (
        np.logical_and(part, defined) if part.dtype == np.bool_ else np.where(defined, part, np.nan) for part in found
    )
    return Influence._make(parts)._replace(is_converged=deleted.is_converged)
