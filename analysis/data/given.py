"""Studies whose effect is given ready-made: any estimate with its precision, and hazard ratios."""

from __future__ import annotations

from dataclasses import dataclass

from analysis import errors
from analysis.data import checks

LEVEL = 0.95

_PRECISION = (
    checks.Field("ci_low", "lower confidence limit", optional=True),
    checks.Field("ci_high", "upper confidence limit", optional=True),
    checks.Field("p", "two-sided p-value", above=0, below=1, optional=True),
    checks.Field("level", "confidence level as a proportion", above=0, below=1),
)
_GENERIC = (
    checks.Field("estimate", "effect estimate"),
    checks.Field("se", "standard error", above=0, optional=True),
    checks.Field("variance", "sampling variance", above=0, optional=True),
    *_PRECISION,
    checks.Field("df", "degrees of freedom of the t-distribution", above=0, optional=True),
)
_HAZARD = (
    checks.Field("o_minus_e", "observed minus expected events in group 1", optional=True),
    checks.Field("v", "variance of observed minus expected", above=0, optional=True),
    checks.Field("hr", "hazard ratio", above=0, optional=True),
    checks.Field("se", "standard error of the log hazard ratio", above=0, optional=True),
    *_PRECISION,
)


@dataclass(frozen=True, slots=True)
class GenericStudy:
    """An estimate with one statement of its precision; ratios and their limits as logarithms.

    Precision is one of: `se`; `variance`; both limits of an interval at `level`; a two-sided `p`. With `df` the
    interval and p-value rest on the t-distribution. Raises InputError naming the study and the field.
    """

    key: str
    label: str
    estimate: float
    se: float | None = None
    variance: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p: float | None = None
    level: float = LEVEL
    df: float | None = None
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _GENERIC)
        _require_limits(self, _GENERIC, self.ci_low, self.ci_high, self.estimate)
        stated = [self.se, self.variance, self.ci_low, self.p]
        _require_one(self, "se", "a standard error, a variance, a confidence interval or a p-value", stated)
        if self.p is not None and self.estimate == 0:
            raise checks.refusal(self, _GENERIC, "p", "cannot give a standard error, because the estimate is 0")


@dataclass(frozen=True, slots=True)
class HazardStudy:
    """A hazard ratio, group 1 over group 2, on its natural scale, or the log-rank O - E and V.

    Either `o_minus_e` with `v`, or `hr` with one of: `se` of its logarithm; both limits of an interval at `level`; a
    two-sided `p`. Raises InputError naming the study and the field.
    """

    key: str
    label: str
    o_minus_e: float | None = None
    v: float | None = None
    hr: float | None = None
    se: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p: float | None = None
    level: float = LEVEL
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _HAZARD)
        if (self.o_minus_e is None) != (self.v is None):
            missing = "v" if self.v is None else "o_minus_e"
            raise _missing(self, missing, "O - E and its variance V belong together; give both")
        _require_one(self, "hr", "a hazard ratio, or O - E with V", [self.o_minus_e, self.hr])
        if self.hr is None:
            return
        _require_limits(self, _HAZARD, self.ci_low, self.ci_high, self.hr)
        if self.ci_low is not None and self.ci_low <= 0:
            raise checks.refusal(self, _HAZARD, "ci_low", f"is {self.ci_low:g}, but it must be greater than 0")
        stated = [self.se, self.ci_low, self.p]
        _require_one(self, "se", "a standard error of the logarithm, a confidence interval or a p-value", stated)
        if self.p is not None and self.hr == 1:
            raise checks.refusal(self, _HAZARD, "p", "cannot give a standard error, because the hazard ratio is 1")


def _require_limits(
    study: checks.Study, fields: tuple[checks.Field, ...], low: float | None, high: float | None, estimate: float
) -> None:
    if (low is None) != (high is None):
        raise _missing(study, "ci_high" if high is None else "ci_low", "a confidence interval needs both limits")
    if low is None or high is None:
        return
    if low >= high:
        raise checks.refusal(study, fields, "ci_low", f"is {low:g}, but it must be less than the upper limit {high:g}")
    if not low <= estimate <= high:
        fault = f"and the upper limit {high:g} do not enclose the estimate {estimate:g}; check for a misprint"
        raise checks.refusal(study, fields, "ci_low", f"{low:g} {fault}")


def _require_one(study: checks.Study, field: str, words: str, stated: list[float | None]) -> None:
    given = sum(value is not None for value in stated)
    if given == 0:
        raise _missing(study, field, f"give {words}")
    if given > 1:
        raise errors.InputError(
            f"Study “{study.label}”, field {field}: more than one of them is given; give only one: {words}.",
            study=study.label,
            field=field,
        )


def _missing(study: checks.Study, field: str, what: str) -> errors.InputError:
    return errors.InputError(f"Study “{study.label}”, field {field}: {what}.", study=study.label, field=field)
