"""Continuous outcomes in two independent groups: mean difference and standardised mean differences.

Every function takes arrays of any broadcastable shapes (the studies of one analysis along the last axis); the effect
is group 1 minus group 2. Sources: Cochrane Handbook chapter 10 and RevMan 5's statistical algorithms; Hedges 1981;
Hedges and Olkin 1985; Bonett 2008, Psychol Methods 13:99-109; the documentation of metafor's escalc and of meta's
metacont.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis import choosing, data, errors
from analysis.effects import core, small_sample
from analysis.pooling import batch

if TYPE_CHECKING:
    # The options list this folder's measures, so that they cannot be imported here while it loads.
    from analysis import options

MEAN_VARIANCES = ("LS", "UB", "HO")
STANDARDISED_VARIANCES = ("LS", "LS2", "LS3", "UB", "UBJ", "AV", "H0")
ZERO_SDS = ("keep", "drop")
GLASS_VARIANCES = (*STANDARDISED_VARIANCES, "DF")
HETEROGENEOUS_VARIANCES = ("LS", "LS2", "LS3")
CONVENTIONS = {
    "revman5": {"correction": "approximate", "variance": "LS3"},
    "metafor": {"correction": "exact", "variance": "LS"},
    "meta": {"correction": "exact", "variance": "UB"},
}
_REVMAN_OFFSET = 3.94

exact_correction = small_sample.exact


def estimate(studies: data.ContinuousData, choices: options.Options) -> core.Effects:
    """Effect and variance of every study, shape (k,).

    Raises InputError naming the study when its numbers are too large or too small for a finite, positive variance.
    """
    n1, mean1, sd1, n2, mean2, sd2 = (studies.column(name) for name in ("n1", "mean1", "sd1", "n2", "mean2", "sd2"))
    if choices.measure == "MD":
        found = mean_difference(n1, mean1, sd1, n2, mean2, sd2)
    else:
        require_one_kind(studies)
        found = standardised_mean_difference(n1, mean1, sd1, n2, mean2, sd2, convention=choices.convention)
    require_usable(studies, found)
    return found


def require_one_kind(studies: data.StudySet[data.ContinuousStudy]) -> None:
    """Raises InputError when changes and final values are mixed, as no standardised measure allows."""
    changes = [isinstance(study, data.ChangeStudy) for study in studies.studies]
    if any(changes) and not all(changes):
        label = studies.labels[changes.index(True)]
        raise errors.InputError(
            f"Study “{label}” has changes from baseline, others have final values: their standard deviations measure "
            "different things and cannot standardise one effect. Use the mean difference, or leave one kind out.",
            study=label,
        )


@core.quietly
def mean_difference(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    variance: str = "LS",
    zero_sd: str = "keep",
) -> core.Effects:
    """Mean 1 minus mean 2. Variance "LS" (or "UB"): sd1²/n1 + sd2²/n2; "HO": one variance pooled over both groups.

    With `zero_sd` "drop" a study in which an SD is 0 is not estimable, as in RevMan and meta.
    """
    choosing.require_option("variance", variance, MEAN_VARIANCES)
    n1, mean1, sd1, n2, mean2, sd2 = core.floats(n1, mean1, sd1, n2, mean2, sd2)
    difference = _spread_or_nan(mean1 - mean2, sd1, sd2, zero_sd)
    if variance == "HO":
        return core.settled(difference, pooled_sd(n1, sd1, n2, sd2) ** 2 * (1 / n1 + 1 / n2))
    return core.settled(difference, sd1**2 / n1 + sd2**2 / n2)


@core.quietly
def standardised_mean_difference(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    convention: str = "metafor",
    correction: str = "",
    variance: str = "",
    zero_sd: str = "keep",
) -> core.Effects:
    """Hedges' g (Cohen's d with correction "none"): the difference over the pooled SD; see `from_d`.

    A convention names correction and variance together: "revman5" is g = d (1 - 3/(4N - 9)) with variance
    N/(n1 n2) + g²/(2(N - 3.94)); "metafor" the exact J with "LS"; "meta" the exact J with "UB". What is named beside
    it replaces the convention's. `zero_sd` as in `mean_difference`.
    """
    n1, mean1, sd1, n2, mean2, sd2 = core.floats(n1, mean1, sd1, n2, mean2, sd2)
    d = _spread_or_nan(mean1 - mean2, sd1, sd2, zero_sd) / pooled_sd(n1, sd1, n2, sd2)
    return from_d(d, n1, n2, convention=convention, correction=correction, variance=variance)


@core.quietly
def from_d(
    d: ArrayLike,
    n1: ArrayLike,
    n2: ArrayLike,
    *,
    convention: str = "metafor",
    correction: str = "",
    variance: str = "",
) -> core.Effects:
    """The standardised mean difference g = J d from Cohen's d, with N = n1 + n2, m = N - 2 and the variance

    "LS"   1/n1 + 1/n2 + g²/(2N)                       Hedges 1982
    "LS2"  J² (1/n1 + 1/n2 + d²/(2N))                  Borenstein 2009, equation 12.17
    "LS3"  1/n1 + 1/n2 + g²/(2(N - 3.94))              RevMan
    "UB"   1/n1 + 1/n2 + (1 - (m - 2)/(m J²)) g²       Hedges 1983, unbiased
    "UBJ"  the same about J d with the exact J, whatever the correction: meta's Cohen's d
    "AV"   1/n1 + 1/n2 + ḡ²/(2N), ḡ the studies' mean  weights N
    "H0"   J² (1/n1 + 1/n2) m/(m - 2)                  as if there were no difference
    """
    choosing.require_option("convention", convention, CONVENTIONS)
    defaults = CONVENTIONS[convention]
    correction, variance = correction or defaults["correction"], variance or defaults["variance"]
    choosing.require_option("variance", variance, STANDARDISED_VARIANCES)
    d, n1, n2 = core.floats(d, n1, n2)
    total = n1 + n2
    return standardised(d, 1 / n1 + 1 / n2, total, total - 2, correction, variance)


def from_t(t: ArrayLike, n1: ArrayLike, n2: ArrayLike, **choices: str) -> core.Effects:
    """The standardised mean difference from Student's t: d = t √(1/n1 + 1/n2); choices as `from_d`."""
    t, n1, n2 = core.floats(t, n1, n2)
    with core.quiet():
        return from_d(t * np.sqrt(1 / n1 + 1 / n2), n1, n2, **choices)


def from_p(p: ArrayLike, n1: ArrayLike, n2: ArrayLike, **choices: str) -> core.Effects:
    """The standardised mean difference from a t-test's two-sided p-value that carries the effect's sign."""
    p, n1, n2 = core.floats(p, n1, n2)
    with core.quiet():
        return from_t(np.sign(p) * -special.stdtrit(n1 + n2 - 2, np.abs(p) / 2), n1, n2, **choices)


@core.quietly
def glass_delta(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    sd_of: str = "group2",
    correction: str = "exact",
    variance: str = "LS",
    zero_sd: str = "keep",
) -> core.Effects:
    """Glass' Δ: the difference over the SD of one group, `sd_of` "group2" (the control) or "group1".

    With n of that group in place of N, and m = n - 1, the variances are those of `from_d`; "DF" divides Δ² by
    2(n - 1), as meta does.
    """
    choosing.require_option("sd_of", sd_of, ("group2", "group1"))
    choosing.require_option("variance", variance, GLASS_VARIANCES)
    n1, mean1, sd1, n2, mean2, sd2 = core.floats(n1, mean1, sd1, n2, mean2, sd2)
    sd, n = (sd2, n2) if sd_of == "group2" else (sd1, n1)
    weights = n1 + n2 if variance == "AV" else n
    difference = _spread_or_nan(mean1 - mean2, sd1, sd2, zero_sd)
    return standardised(difference / sd, 1 / n1 + 1 / n2, n, n - 1, correction, variance, weights)


@core.quietly
def glass_delta_heterogeneous(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    correction: str = "exact",
) -> core.Effects:
    """Glass' Δ over the SD of group 2, allowing for different variances (Bonett 2008, equation 12).

    Variance (sd1²/sd2²)/(n1 - 1) + 1/(n2 - 1) + Δ²/(2(n2 - 1)).
    """
    n1, mean1, sd1, n2, mean2, sd2 = core.floats(n1, mean1, sd1, n2, mean2, sd2)
    found = small_sample.factor(n2 - 1, correction) * (mean1 - mean2) / sd2
    return core.settled(found, (sd1 / sd2) ** 2 / (n1 - 1) + 1 / (n2 - 1) + found**2 / (2 * (n2 - 1)))


@core.quietly
def standardised_mean_difference_heterogeneous(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    correction: str = "exact",
    variance: str = "LS",
) -> core.Effects:
    """The difference over s = √((sd1² + sd2²)/2), allowing for different variances (Bonett 2008, equation 8).

    Variance g² (sd1⁴/m1 + sd2⁴/m2)/(8 s⁴) + (sd1²/l1 + sd2²/l2)/s², where m and l are n - 1 under "LS", n under
    "LS2", and n - 1 and n under "LS3".
    """
    choosing.require_option("variance", variance, HETEROGENEOUS_VARIANCES)
    n1, mean1, sd1, n2, mean2, sd2 = core.floats(n1, mean1, sd1, n2, mean2, sd2)
    sd = average_sd(sd1, sd2)
    found = small_sample.factor(n1 + n2 - 2, correction) * (mean1 - mean2) / sd
    share1, share2 = (sd1 / sd) ** 2, (sd2 / sd) ** 2
    less_m, less_l = {"LS": (1, 1), "LS2": (0, 0), "LS3": (1, 0)}[variance]
    spread = found**2 * (share1**2 / (n1 - less_m) + share2**2 / (n2 - less_m)) / 8
    return core.settled(found, spread + share1 / (n1 - less_l) + share2 / (n2 - less_l))


@core.quietly
def pooled_sd(n1: batch.Floats, sd1: batch.Floats, n2: batch.Floats, sd2: batch.Floats) -> batch.Floats:
    """√(((n1 - 1) sd1² + (n2 - 1) sd2²) / (n1 + n2 - 2))."""
    one, other, exponent = core.in_one_unit(sd1, sd2)
    pooled: batch.Floats = np.ldexp(np.sqrt(((n1 - 1) * one**2 + (n2 - 1) * other**2) / (n1 + n2 - 2)), exponent)
    return pooled


def average_sd(sd1: batch.Floats, sd2: batch.Floats) -> batch.Floats:
    """√((sd1² + sd2²)/2)."""
    one, other, exponent = core.in_one_unit(sd1, sd2)
    average: batch.Floats = np.ldexp(np.sqrt((one**2 + other**2) / 2), exponent)
    return average


def _spread_or_nan(value: batch.Floats, sd1: batch.Floats, sd2: batch.Floats, zero_sd: str) -> batch.Floats:
    choosing.require_option("zero_sd", zero_sd, ZERO_SDS)
    return value if zero_sd == "keep" else np.where((sd1 > 0) & (sd2 > 0), value, np.nan)


def standardised(
    d: batch.Floats,
    base: batch.Floats,
    n: batch.Floats,
    df: batch.Floats,
    correction: str,
    variance: str,
    weights: batch.Floats | None = None,
) -> core.Effects:
    """g and its named variance (see `from_d`) from d, the part `base` of the variance that does not depend on d, the
    sample size and the degrees of freedom. `weights` are those of the studies' mean under "AV", n unless given."""
    lack = small_sample.lack(df, correction)
    g = (1 - lack) * d
    if variance in ("LS2", "H0"):
        null = np.where(df > 2, base * df / (df - 2), np.nan)
        return core.settled(g, (1 - lack) ** 2 * (base + d**2 / (2 * n) if variance == "LS2" else null))
    if variance == "UB":
        return core.settled(g, base + small_sample.unbiased_share(df, lack) * g**2)
    if variance == "UBJ":
        exact = small_sample.lack(df, "exact")
        return core.settled(g, base + small_sample.unbiased_share(df, exact) * ((1 - exact) * d) ** 2)
    if variance == "AV":
        return core.settled(g, base + core.weighted_mean(g, n if weights is None else weights) ** 2 / (2 * n))
    divisor = {"LS": n, "LS3": n - _REVMAN_OFFSET, "DF": n - 1}[variance]
    return core.settled(g, base + g**2 / (2 * divisor))


def require_usable(studies: data.StudySet[data.ContinuousStudy], found: core.Effects) -> None:
    """Raises InputError naming the first study whose effect or variance is not finite and positive."""
    usable = np.isfinite(found.estimate) & np.isfinite(found.variance) & (found.variance > 0)
    if not usable.all():
        label = studies.labels[int(np.argmin(usable))]
        raise errors.InputError(
            f"Study “{label}”: its means and standard deviations are too large or too small to compute with; "
            "check their unit.",
            study=label,
        )
