"""PET, PEESE and PET-PEESE: the effect of an infinitely precise study, by regression.

PET regresses the effects on their standard errors, PEESE on their variances; the intercept is the adjusted effect. PET
is better when there is no effect, PEESE when there is one: PET-PEESE takes PEESE if PET's intercept differs from 0,
otherwise PET (Stanley and Doucouliagos 2014, Res Synth Methods 5:60-78).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis import errors
from analysis.bias import egger
from analysis.pooling import batch
from analysis.regression import fit

# Stanley and Doucouliagos test PET's intercept one-sided at 5 %.
ALPHA = 0.10


class PetPeese(NamedTuple):
    """Both regressions (column 0 the intercept) and the conditional estimate, shape (...).

    uses_peese   whether PET's intercept differs from 0, two-sided p below alpha
    estimate, se, low, high, statistic, p   of the chosen intercept; NaN where PET cannot be fitted
    """

    pet: fit.Fit
    peese: fit.Fit
    uses_peese: batch.Bools
    estimate: batch.Floats
    se: batch.Floats
    low: batch.Floats
    high: batch.Floats
    statistic: batch.Floats
    p: batch.Floats


def adjust(
    studies: batch.Batch,
    *,
    method: str = egger.CLASSICAL,
    test: str = "z",
    alpha: float = ALPHA,
    level: float = 0.95,
) -> PetPeese:
    """PET-PEESE of studies of shape (..., k).

    `method`: "WLS", least squares by weights 1/v with scaled errors and t on k - 2, as proposed; or an estimator of
    tau², with `test` "z", "t", "knha" or "adhoc". `alpha`: two-sided level of the conditional rule; 0.10 is the
    one-sided 5 % of Stanley and Doucouliagos, some programs take 0.05. Raises OptionError.
    """
    if not 0 < alpha < 1:
        raise errors.OptionError(f"Option alpha is {alpha}; give a number between 0 and 1.", option="alpha")
    model, kind = ("EE", "knha") if method == egger.CLASSICAL else (method, test)
    pet, peese = (
        egger.fitted_line(studies, values, method=model, test=kind, level=level)
        for values in (np.sqrt(studies.v), studies.v)
    )
    uses_peese = pet.p_values[..., 0] < alpha
    names = ("coefficients", "errors", "lower", "upper", "statistics", "p_values")
    chosen = (np.where(uses_peese, getattr(peese, name)[..., 0], getattr(pet, name)[..., 0]) for name in names)
    estimate, se, low, high, statistic, p = chosen
    return PetPeese(pet, peese, uses_peese, estimate, se, low, high, statistic, p)
