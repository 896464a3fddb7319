"""Method-of-moments estimators of tau², all in closed form.

Every one sets a weighted sum of squares Σa(y - ȳₐ)² equal to its expectation Σa(v + tau²)(1 - a/Σa) and solves for
tau²; the weights a make the estimator. Negative solutions become 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis import errors
from analysis.pooling import batch
from analysis.pooling.tau2 import result

INVERSE, INVERSE_ROOT = "1/v", "1/sqrt(v)"


def dersimonian_laird(studies: batch.Batch, *, q: ArrayLike | None = None) -> result.Tau2:
    """max(0, (Q - df) / (Σw - Σw²/Σw)) with w = 1/v; DerSimonian and Laird 1986, equation 8.

    `q`, shape (...), replaces Cochran's Q about the common-effect estimate by a Q about another centre.
    """
    w = studies.weights()
    if q is None:
        return _from_weights(studies, w)
    with np.errstate(all="ignore"):
        raw = (np.asarray(q, dtype=np.float64) - (studies.k - 1)) / _freedom(w)
    return result.closed(raw, studies.k)


def two_step(studies: batch.Batch) -> result.Tau2:
    """DerSimonian-Laird, then the same with the weights 1/(v + tau²) it gave: DL2 of DerSimonian and Kacker 2007."""
    first = dersimonian_laird(studies).value
    return _from_weights(studies, studies.weights(first))


def generalised_q(studies: batch.Batch, *, weights: ArrayLike | str = INVERSE_ROOT) -> result.Tau2:
    """The generalised Q estimator with any positive weights; DerSimonian and Kacker 2007, Jackson 2013."""
    return _from_weights(studies, chosen_weights(studies, weights))


def hedges(studies: batch.Batch) -> result.Tau2:
    """max(0, s² - mean v), with s² the variance of the effects; Hedges 1983, Hedges and Olkin 1985 page 194."""
    return _from_weights(studies, np.where(studies.mask, 1.0, 0.0))


def hunter_schmidt(studies: batch.Batch) -> result.Tau2:
    """max(0, (Q - k) / Σw); Hunter and Schmidt 1990, in the form of Viechtbauer 2005."""
    w = studies.weights()
    with np.errstate(all="ignore"):
        raw = (_spread(studies, w) - studies.k) / w.sum(axis=-1)
    return result.closed(raw, studies.k)


def hunter_schmidt_corrected(studies: batch.Batch) -> result.Tau2:
    """max(0, (Q k/(k - 1) - k) / Σw): Hunter and Schmidt with a small-sample correction (metafor's HSk)."""
    w, k = studies.weights(), studies.k
    with np.errstate(all="ignore"):
        raw = (_spread(studies, w) * k / (k - 1) - k) / w.sum(axis=-1)
    return result.closed(raw, k)


def sidik_jonkman(studies: batch.Batch) -> result.Tau2:
    """tau₀² Σw(y - ȳ)²/(k - 1) with w = 1/(v + tau₀²) and tau₀² = Σ(y - mean y)²/k; Sidik and Jonkman 2005.

    This is metafor's and meta's form. It is 0 only when all effects are the same.
    """
    first = first_guess(studies)
    with np.errstate(all="ignore"):
        raw = first * _spread(studies, studies.weights(first)) / (studies.k - 1)
    return result.closed(raw, studies.k)


def first_guess(studies: batch.Batch) -> batch.Floats:
    """Sidik and Jonkman's tau₀²: the mean squared distance of the effects from their plain mean."""
    equal = np.where(studies.mask, 1.0, 0.0)
    with np.errstate(all="ignore"):
        return _spread(studies, equal) / studies.k


def chosen_weights(studies: batch.Batch, weights: ArrayLike | str) -> batch.Floats:
    """The weights of a generalised Q by name or by value, shape (..., k), largest 1, 0 outside the mask."""
    if isinstance(weights, str):
        if weights not in (INVERSE, INVERSE_ROOT):
            raise errors.OptionError(
                f"Option weights is “{weights}”; choose “{INVERSE}”, “{INVERSE_ROOT}” or give one number per study.",
                option="weights",
            )
        plain = 1.0 / studies.v if weights == INVERSE else 1.0 / np.sqrt(studies.v)
    else:
        plain = np.asarray(weights, dtype=np.float64)
    counted = np.where(studies.mask, plain, 0.0)
    with np.errstate(all="ignore"):
        scaled: batch.Floats = counted / counted.max(axis=-1, keepdims=True, initial=0.0)
    return scaled


def _from_weights(studies: batch.Batch, a: batch.Floats) -> result.Tau2:
    with np.errstate(all="ignore"):
        share = 1 - a / a.sum(axis=-1, keepdims=True)
        expected = (a * studies.v * share).sum(axis=-1)
        raw = (_spread(studies, a) - expected) / (a * share).sum(axis=-1)
    return result.closed(raw, studies.k)


def _freedom(a: batch.Floats) -> batch.Floats:
    """Σa - Σa²/Σa, summed so that nothing cancels."""
    freedom: batch.Floats = (a * (1 - a / a.sum(axis=-1, keepdims=True))).sum(axis=-1)
    return freedom


def _spread(studies: batch.Batch, a: batch.Floats) -> batch.Floats:
    """Σa(y - ȳₐ)², measured from the study of the greatest weight, so that equal effects give exactly 0."""
    if a.shape[-1] == 0:
        return np.zeros(a.shape[:-1])
    origin = np.take_along_axis(studies.y, a.argmax(axis=-1)[..., np.newaxis], axis=-1)
    apart = np.where(studies.mask, studies.y - origin, 0.0)
    with np.errstate(all="ignore"):
        centre = (a * apart).sum(axis=-1, keepdims=True) / a.sum(axis=-1, keepdims=True)
    spread: batch.Floats = (a * (apart - centre) ** 2).sum(axis=-1)
    return spread
