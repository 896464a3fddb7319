"""What comes out of a meta-regression: frozen values that can be stored as JSON and read back unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from analysis import errors
from analysis.regression import choices, design

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader should know: `code` for programs, `text` one sentence for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient: change of the effect per unit of a moderator, or between a level and the reference.

    `statistic` is z, or t with `df`. `inflation` is its variance inflation factor; None for the intercept.
    """

    name: str
    estimate: float
    se: float | None
    statistic: float | None
    p: float | None
    ci_low: float | None
    ci_high: float | None
    inflation: float | None


@dataclass(frozen=True, slots=True)
class TermTest:
    """A test of several coefficients together: chi² with `df`, or F with `df` and `df2`.

    `inflation` is the term's generalised variance inflation factor; None for the test of all moderators.
    """

    name: str
    statistic: float | None
    df: int
    df2: float | None
    p: float | None
    inflation: float | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """The average effect at one set of values of the moderators, with both intervals."""

    estimate: float
    se: float | None
    ci_low: float | None
    ci_high: float | None
    pi_low: float | None
    pi_high: float | None


@dataclass(frozen=True, slots=True)
class Regression:
    """One meta-regression.

    `moderators` is the omnibus test, `terms` one test for each term. `tau2` is the residual between-study variance,
    None in the common-effect model; `r2` the share of tau² the moderators explain, `i2` the residual I², per cent;
    `q` the residual heterogeneity on `q_df` degrees of freedom. None stands for what is not defined.
    """

    k: int
    coefficients: tuple[Coefficient, ...]
    covariance: tuple[tuple[float, ...], ...]
    moderators: TermTest | None
    terms: tuple[TermTest, ...]
    df: float | None
    tau2: float | None
    tau2_se: float | None
    is_converged: bool
    r2: float | None
    q: float
    q_df: int
    q_p: float | None
    i2: float | None
    h2: float | None
    log_likelihood: float
    log_restricted_likelihood: float
    aic: float
    bic: float
    aicc: float
    studies: tuple[str, ...]
    fitted: tuple[float, ...]
    residuals: tuple[float | None, ...]
    hat: tuple[float, ...]
    weights: tuple[float, ...]
    notices: tuple[Notice, ...]
    options: choices.Choices

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON, with a schema number."""
        return {"schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Regression:
        """The result as it was stored. Raises InputError for another schema."""
        if stored.get("schema") != SCHEMA:
            raise errors.InputError(
                f"This regression is stored in schema {stored.get('schema')}, but this engine reads {SCHEMA}; compute "
                "it anew.",
                field="schema",
            )
        content = {name: value for name, value in stored.items() if name != "schema"}
        content["coefficients"] = tuple(Coefficient(**each) for each in content["coefficients"])
        content["covariance"] = tuple(tuple(row) for row in content["covariance"])
        content["moderators"] = None if content["moderators"] is None else TermTest(**content["moderators"])
        content["terms"] = tuple(TermTest(**each) for each in content["terms"])
        content["notices"] = tuple(Notice(**each) for each in content["notices"])
        content["options"] = choices.Choices.from_dict(content["options"])
        for name in ("studies", "fitted", "residuals", "hat", "weights"):
            content[name] = tuple(content[name])
        return cls(**content)


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A regression with what further questions need: its design, and the kernels' numbers."""

    result: Regression
    design: design.Design
    kernel: Any
    effects: Any
