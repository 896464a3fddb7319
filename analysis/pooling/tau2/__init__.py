"""The between-study variance tau²: every estimator, for a whole batch at once.

`estimate` is the door; the modules behind it are `moments` (closed forms), `q_roots` (Paule-Mandel and its kin),
`likelihood` (ML and REML) and `standard_errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis import choosing, errors
from analysis.pooling import batch
from analysis.pooling.tau2 import generalised, likelihood, moments, q_roots, standard_errors
from analysis.pooling.tau2.result import Tau2

__all__ = [
    "METHODS",
    "Tau2",
    "dersimonian_laird",
    "estimate",
    "maximum_likelihood",
    "paule_mandel",
    "reml",
    "restricted_log_likelihood",
    "standard_error",
    "upper_bound",
]

dersimonian_laird = moments.dersimonian_laird
reml = likelihood.reml
maximum_likelihood = likelihood.maximum_likelihood
paule_mandel = q_roots.paule_mandel
restricted_log_likelihood = likelihood.restricted_log_likelihood
upper_bound = likelihood.upper_bound

_ESTIMATORS: Mapping[str, Callable[..., Tau2]] = {
    "DL": moments.dersimonian_laird,
    "DL2": moments.two_step,
    "HE": moments.hedges,
    "HS": moments.hunter_schmidt,
    "HSk": moments.hunter_schmidt_corrected,
    "SJ": moments.sidik_jonkman,
    "ML": likelihood.maximum_likelihood,
    "REML": likelihood.reml,
    "EB": q_roots.paule_mandel,
    "PM": q_roots.paule_mandel,
    "PMM": q_roots.paule_mandel_median,
    "GENQ": moments.generalised_q,
    "GENQM": generalised.median_unbiased,
    "DLIT": q_roots.paule_mandel,
    "SJIT": q_roots.paule_mandel,
}
METHODS: tuple[str, ...] = tuple(_ESTIMATORS)
_WITH_WEIGHTS = ("GENQ", "GENQM")


def estimate(
    studies: batch.Batch, method: str, *, weights: ArrayLike | str | None = None, q: ArrayLike | None = None
) -> Tau2:
    """tau² by the named method.

    Parameters
    ----------
    studies : Batch of shape (..., k)
    method : one of `METHODS`. "EB" (empirical Bayes), "DLIT" and "SJIT" (DerSimonian-Laird and Sidik-Jonkman,
        iterated until nothing changes) solve the equation of "PM".
    weights : only for "GENQ" and "GENQM": the weights of the generalised Q, shape (..., k), or "1/v" (GENQ is then DL)
        or "1/sqrt(v)", the default, which Jackson 2013 recommends.
    q : only for "DL": a Q about another centre, shape (...); RevMan's Mantel-Haenszel random-effects analysis takes
        Q about the Mantel-Haenszel estimate.

    Returns
    -------
    Tau2 of shape (...): NaN where no study counts or a variance is not positive, 0 for one study.

    Raises
    ------
    OptionError for an unknown method, or weights or q where the method has no use for them.
    """
    choosing.require_option("tau2_method", method, METHODS)
    chosen: dict[str, Any] = {}
    if weights is not None:
        if method not in _WITH_WEIGHTS:
            raise errors.OptionError(f"The estimator “{method}” takes no weights; “GENQ” does.", option="weights")
        chosen["weights"] = weights
    if q is not None:
        if method != "DL":
            raise errors.OptionError(f"The estimator “{method}” takes no Q; “DL” does.", option="tau2_method")
        chosen["q"] = q
    with np.errstate(all="ignore"):
        return _ESTIMATORS[method](studies, **chosen)


def standard_error(
    studies: batch.Batch, tau2: ArrayLike, method: str, *, weights: ArrayLike | str | None = None
) -> batch.Floats:
    """The large-sample standard error of tau² by the named method, shape (...); NaN below two studies."""
    with np.errstate(all="ignore"):
        return standard_errors.of(studies, np.asarray(tau2, dtype=np.float64), method, weights=weights)
