"""The front door of small-study effects: one analysis in, a result with sentences out.

Effects come as estimates and variances with a name for each study (ratios as logarithms); a study that is not estimable
has None in both and does not count. The kernels behind each function take many analyses at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from analysis import choosing, errors
from analysis.bias import counts, egger, excess, fail_safe, pet_peese, rank, remarks, results, trim_and_fill
from analysis.pooling import batch, intervals, random, tau2
from analysis.regression import fit, regress

Numbers = Sequence[float | None]
FEWEST = 3

EFFECT_TESTS: Mapping[str, str] = {
    "egger": "Egger’s regression test (weighted least squares)",
    "thompson_sharp": "Thompson and Sharp’s regression test (random effects)",
    "begg": "Begg and Mazumdar’s rank correlation test",
    "macaskill": "Macaskill’s regression test on sample size",
    "pustejovsky": "Pustejovsky and Rodgers’ regression test for standardised mean differences",
}
COUNT_TESTS: Mapping[str, str] = {
    "harbord": "Harbord’s regression test on efficient scores",
    "peters": "Peters’ regression test on the inverse of the sample size",
    "deeks": "Deeks’ regression test on the effective sample size",
    "schwarzer": "Schwarzer’s rank correlation test on counts",
    "macaskill": "Macaskill’s regression test on sample size",
}
_OF_COUNTS: Mapping[str, Callable[[counts.Counts], egger.Asymmetry | rank.Kendall]] = {
    "harbord": counts.harbord,
    "peters": counts.peters,
    "deeks": counts.deeks,
    "schwarzer": counts.schwarzer,
    "macaskill": counts.macaskill,
}


def asymmetry(
    name: str,
    estimates: Numbers,
    variances: Numbers,
    *,
    studies: Sequence[str] | None = None,
    measure: str = "",
    n1: Sequence[float] | None = None,
    n2: Sequence[float] | None = None,
    tau2_method: str = "REML",
    p_value: str = "exact",
    level: float = 0.95,
) -> results.AsymmetryTest:
    """A test of funnel-plot asymmetry of any effects.

    Parameters
    ----------
    name : "egger", "thompson_sharp" (with `tau2_method`, t on k - 2), "begg" (with `p_value` of `rank.P_VALUES`);
        "macaskill" and "pustejovsky" need the group sizes `n1` and `n2`
    measure : of the effects, as in the catalogue; a notice says when it does not suit the test
    studies : names for refusals

    Raises InputError for unusable data or fewer than three studies, OptionError for an unknown choice.
    """
    choosing.require_option("test", name, EFFECT_TESTS)
    effects, _ = _read(estimates, variances, studies)
    _require_studies(effects)
    notices, method = remarks.of_test(effects, name, measure), EFFECT_TESTS[name]
    if name == "begg":
        return _from_rank(name, method, rank.begg(effects, p_value=p_value), notices)
    if name in ("macaskill", "pustejovsky"):
        return _from_line(name, method, _by_sizes(name, effects, n1, n2, level), notices)
    model = egger.CLASSICAL if name == "egger" else tau2_method
    return _from_line(name, method, egger.regress(effects, method=model, test="t", level=level), notices)


def _by_sizes(
    name: str, effects: batch.Batch, n1: Sequence[float] | None, n2: Sequence[float] | None, level: float
) -> egger.Asymmetry:
    sizes1, sizes2 = _sizes(n1, effects, "n1"), _sizes(n2, effects, "n2")
    if name == "pustejovsky":
        return egger.pustejovsky(effects, sizes1, sizes2, level=level)
    return egger.macaskill(effects, sizes1 + sizes2)


def asymmetry_of_counts(
    name: str,
    events1: Sequence[float],
    n1: Sequence[float],
    events2: Sequence[float],
    n2: Sequence[float],
    *,
    measure: str = "OR",
) -> results.AsymmetryTest:
    """A test of funnel-plot asymmetry of events in two groups: "harbord", "peters", "deeks", "schwarzer", "macaskill".

    `measure` is "OR" or "RR". Studies without information on it do not count.
    Raises InputError for fewer than three studies, OptionError for an unknown choice.
    """
    choosing.require_option("test", name, COUNT_TESTS)
    given = counts.read(events1, n1, events2, n2, measure=measure)
    _require_studies(given.effects)
    notices = (*remarks.few(given.effects), *remarks.equal(given.effects))
    found = _OF_COUNTS[name](given)
    if isinstance(found, rank.Kendall):
        return _from_rank(name, COUNT_TESTS[name], found, notices)
    return _from_line(name, COUNT_TESTS[name], found, notices)


def trim_fill(
    estimates: Numbers,
    variances: Numbers,
    *,
    studies: Sequence[str] | None = None,
    estimator: str = "L0",
    side: str = "auto",
    trimming: str = "",
    model: str = "REML",
    convention: str = "metafor",
    level: float = 0.95,
) -> results.TrimAndFill:
    """Trim and fill.

    `trimming` is the model of the centre while trimming, `model` that of the final estimate: "EE", the common effect,
    or an estimator of tau². Left open, `trimming` is that of the convention: metafor trims by the final model, meta by
    the common effect, which Peters et al. 2007, Stat Med 26:4544-4562, found no worse. The rest is as in
    `trim_and_fill.trim_and_fill`.
    """
    choosing.require_option("model", model, ("EE", *tau2.METHODS))
    effects, labels = _read(estimates, variances, studies)
    trimming = trimming or (trim_and_fill.COMMON if convention == "meta" else model)
    trimmed = trim_and_fill.trim_and_fill(
        effects, estimator=estimator, side=side, trimming=trimming, convention=convention
    )
    trim_and_fill.require_defined(trimmed, estimator)
    whole = trim_and_fill.completed(effects, trimmed)
    between, before = _tau2(whole, model), _tau2(effects, model)
    pooled = random.pool(whole, between)
    se = np.sqrt(pooled.variance)
    low, high = intervals.wald(pooled.estimate, se, level)
    settled = () if trimmed.is_converged else (remarks.not_settled(),)
    places = np.flatnonzero(trimmed.filled.mask).tolist()
    return results.TrimAndFill(
        method=f"Trim and fill, {estimator}, trimmed by {trimming}, pooled by {model}, as {convention} does it",
        k=int(effects.k), notices=(*remarks.few(effects), *remarks.equal(effects), *settled), estimator=estimator,
        side="left" if trimmed.is_left else "right", missing=int(trimmed.missing),
        missing_se=_known(trimmed.missing_se), p=_known(trimmed.p),
        filled=tuple(trimmed.filled.y[places].tolist()), filled_variances=tuple(trimmed.filled.v[places].tolist()),
        mirrored=tuple(labels[i] for i in places), estimate=float(pooled.estimate), se=float(se), ci_low=float(low),
        ci_high=float(high), tau2=float(between), observed_estimate=float(random.pool(effects, before).estimate),
    )  # fmt: skip


def adjust(
    estimates: Numbers,
    variances: Numbers,
    *,
    studies: Sequence[str] | None = None,
    method: str = egger.CLASSICAL,
    test: str = "z",
    alpha: float = pet_peese.ALPHA,
    level: float = 0.95,
) -> results.PetPeese:
    """PET, PEESE and PET-PEESE; choices as in `pet_peese.adjust`. Raises InputError for fewer than three studies."""
    effects, _ = _read(estimates, variances, studies)
    _require_studies(effects)
    found = pet_peese.adjust(effects, method=method, test=test, alpha=alpha, level=level)
    notices = (*remarks.few(effects), *remarks.equal(effects))
    model = "weighted least squares" if method == egger.CLASSICAL else f"random effects, {method}"
    chosen = "PEESE" if found.uses_peese else "PET"
    return results.PetPeese(
        method=f"PET-PEESE, {model}", k=int(effects.k), notices=notices, chosen=chosen,
        pet=_intercept(f"PET, {model}", found.pet), peese=_intercept(f"PEESE, {model}", found.peese),
        rule=f"PEESE if PET’s intercept has two-sided p < {alpha:g}, otherwise PET; here {chosen}.",
    )  # fmt: skip


def fail_safe_n(
    estimates: Numbers,
    variances: Numbers,
    *,
    studies: Sequence[str] | None = None,
    method: str = "Rosenthal",
    alpha: float = 0.05,
    target: float | None = None,
    tau2_method: str = "REML",
) -> results.FailSafeN:
    """Fail-safe N by "Rosenthal", "Orwin" (to `target`), "Rosenberg" or "General" (to `alpha`, or to `target`)."""
    choosing.require_option("method", method, fail_safe.METHODS)
    effects, _ = _read(estimates, variances, studies)
    if method == "Rosenthal":
        found = fail_safe.rosenthal(effects, alpha=alpha)
    elif method == "Orwin":
        found = fail_safe.orwin(effects, target)
    elif method == "Rosenberg":
        found = fail_safe.rosenberg(effects, alpha=alpha)
    else:
        found = fail_safe.general(effects, alpha=alpha, method=tau2_method, target=target)
    return results.FailSafeN(
        method=f"Fail-safe N, {method}", k=int(effects.k), notices=(remarks.fail_safe(),),
        number=int(found.number) if np.isfinite(found.number) else None, is_capped=bool(found.is_capped),
        p=_known(found.p), average=_known(found.average), target=_known(found.target),
        estimate_then=_known(found.estimate_then), p_then=_known(found.p_then),
    )  # fmt: skip


def excess_significance(
    estimates: Numbers,
    variances: Numbers,
    *,
    studies: Sequence[str] | None = None,
    tau2_method: str = "EE",
    alpha: float = 0.05,
    test: str = "exact",
) -> results.ExcessSignificance:
    """The test of excess significance about the common effect ("EE"), or with tau² by the named estimator."""
    choosing.require_option("tau2_method", tau2_method, ("EE", *tau2.METHODS))
    effects, labels = _read(estimates, variances, studies)
    found = excess.significance(effects, tau2=_tau2(effects, tau2_method), alpha=alpha, test=test)
    return results.ExcessSignificance(
        method=f"Test of excess significance, {'exact' if found.is_exact else test}", k=int(effects.k),
        notices=tuple(remarks.few(effects)), effect=float(found.effect), observed=int(found.observed),
        expected=float(found.expected), ratio=_known(found.ratio), chi2=_known(found.chi2), p=_known(found.p),
        power=tuple(found.power[effects.mask].tolist()),
        studies=tuple(label for label, counted in zip(labels, effects.mask, strict=True) if counted),
    )  # fmt: skip


def _read(estimates: Numbers, variances: Numbers, studies: Sequence[str] | None) -> tuple[batch.Batch, tuple[str, ...]]:
    labels = tuple(studies) if studies is not None else tuple(f"study {i + 1}" for i in range(len(estimates)))
    return regress.read_effects(estimates, variances, labels), labels


def _require_studies(effects: batch.Batch) -> None:
    if effects.k < FEWEST:
        raise errors.InputError(
            f"Only {int(effects.k)} of the studies can be estimated; a test of asymmetry needs at least {FEWEST}."
        )


def _sizes(given: Sequence[float] | None, effects: batch.Batch, name: str) -> batch.Floats:
    if given is None:
        raise errors.InputError(f"This test needs the group sizes n1 and n2; {name} is missing.", field=name)
    sizes = np.asarray(given, dtype=np.float64)
    if sizes.shape != effects.y.shape or not (sizes[effects.mask] > 0).all():
        raise errors.InputError(f"Every study needs a group size {name} above 0.", field=name)
    return sizes


def _tau2(effects: batch.Batch, method: str) -> batch.Floats:
    return np.zeros(()) if method == "EE" else tau2.estimate(effects, method).value


def _known(value: batch.Floats) -> float | None:
    return float(value) if np.isfinite(value) else None


def _from_line(
    name: str, method: str, found: egger.Asymmetry, notices: tuple[results.Notice, ...]
) -> results.AsymmetryTest:
    if np.isfinite(found.bias) and not found.is_converged:
        notices = (*notices, remarks.not_settled())
    return results.AsymmetryTest(
        method=method, k=int(found.k), notices=notices, name=name, bias=_known(found.bias), se=_known(found.se),
        statistic=_known(found.statistic), df=_known(found.df), p=_known(found.p), limit=_known(found.limit),
        limit_low=_known(found.low), limit_high=_known(found.high), tau2=_known(found.tau2),
    )  # fmt: skip


def _from_rank(
    name: str, method: str, found: rank.Kendall, notices: tuple[results.Notice, ...]
) -> results.AsymmetryTest:
    return results.AsymmetryTest(
        method=method, k=int(found.k), notices=notices, name=name, bias=_known(found.score), se=_known(found.score_se),
        statistic=_known(found.statistic), df=None, p=_known(found.p), tau=_known(found.tau),
        is_exact=bool(found.is_exact),
    )  # fmt: skip


def _intercept(method: str, fitted: fit.Fit) -> results.Intercept:
    return results.Intercept(
        method=method, k=int(fitted.k), estimate=_known(fitted.coefficients[0]), se=_known(fitted.errors[0]),
        ci_low=_known(fitted.lower[0]), ci_high=_known(fitted.upper[0]), statistic=_known(fitted.statistics[0]),
        df=_known(fitted.test_df), p=_known(fitted.p_values[0]), slope=_known(fitted.coefficients[1]),
        slope_se=_known(fitted.errors[1]), slope_p=_known(fitted.p_values[1]),
    )  # fmt: skip
