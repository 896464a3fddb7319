"""What comes out of the front door of small-study effects: frozen values that can be stored as JSON and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self, TypeVar

from analysis import errors

SCHEMA = 1
Kind = TypeVar("Kind", bound="Result")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader should know: `code` for programs, `text` one sentence for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What every result has. `method` names what was computed, in words; `k` studies took part."""

    method: str
    k: int
    notices: tuple[Notice, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON, with a schema number."""
        return {"schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The result as it was stored. Raises InputError for another schema."""
        return _thawed(cls, stored)


def _thawed(kind: type[Kind], stored: Mapping[str, Any]) -> Kind:
    if stored.get("schema") != SCHEMA:
        raise errors.InputError(
            f"This result is stored in schema {stored.get('schema')}, but this engine reads {SCHEMA}; compute it anew.",
            field="schema",
        )
    known = {field.name for field in fields(kind)}
    content = {name: _frozen(value) for name, value in stored.items() if name in known}
    content["notices"] = tuple(Notice(**each) for each in stored["notices"])
    return kind(**content)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class AsymmetryTest(Result):
    """A test of funnel-plot asymmetry.

    `bias` is the slope (or Kendall's score) with its standard error; `statistic` is t on `df`, or z without; `p` is
    two-sided. `tau` is Kendall's, `tau2` the residual variance of tests that have one. `limit` is the effect that an
    infinitely large study would show. None: not defined, or not of this test.
    """

    name: str
    bias: float | None
    se: float | None
    statistic: float | None
    df: float | None
    p: float | None
    tau: float | None = None
    is_exact: bool = False
    limit: float | None = None
    limit_low: float | None = None
    limit_high: float | None = None
    tau2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimAndFill(Result):
    """Trim and fill: how many studies `side` lacks, and the estimate with their images.

    `filled` are the images' effects, `filled_variances` their variances, `mirrored` the studies they mirror.
    """

    estimator: str
    side: str
    missing: int
    missing_se: float | None
    p: float | None
    filled: tuple[float, ...]
    filled_variances: tuple[float, ...]
    mirrored: tuple[str, ...]
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    tau2: float
    observed_estimate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Intercept(Result):
    """The adjusted effect of PET or of PEESE: the intercept of one regression, with its slope."""

    estimate: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    statistic: float | None
    df: float | None
    p: float | None
    slope: float | None
    slope_se: float | None
    slope_p: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PetPeese(Result):
    """PET, PEESE, and which of them the conditional rule takes: `chosen` is "PET" or "PEESE", `rule` a sentence."""

    pet: Intercept
    peese: Intercept
    chosen: str
    rule: str

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The result as it was stored. Raises InputError for another schema."""
        parts = {name: Intercept.from_dict({"schema": SCHEMA, **stored[name]}) for name in ("pet", "peese")}
        return _thawed(cls, {**stored, **parts})


@dataclass(frozen=True, slots=True, kw_only=True)
class FailSafeN(Result):
    """`number` of studies without an effect to be added; None where no number is enough."""

    number: int | None
    is_capped: bool
    p: float | None
    average: float | None
    target: float | None
    estimate_then: float | None
    p_then: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcessSignificance(Result):
    """`observed` and `expected` significant studies, one-sided p for an excess, and every study's power."""

    effect: float
    observed: int
    expected: float
    ratio: float | None
    chi2: float | None
    p: float | None
    power: tuple[float, ...]
    studies: tuple[str, ...]
