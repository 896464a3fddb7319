"""The choices behind one meta-regression, checked when they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from analysis import choosing, errors
from analysis.regression import design, fit, predictions, tau2


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """One complete set of choices; the defaults are metafor's, with Knapp and Hartung's test.

    method      estimator of the residual tau², one of `tau2.METHODS` but "GENQ" ("EE" for the common-effect model)
    test        "z", "t", "knha" (Knapp and Hartung) or "adhoc" (the same, never narrower than z's errors)
    level       confidence level of every interval, as a proportion
    intercept   whether the model has an intercept
    missing     "refuse" a study that lacks a moderator, or "leave_out" such studies
    redundant   "refuse" a column that others determine, or "leave_out" such columns
    prediction  distribution of prediction intervals: "as_test", "z", "t_k-p", "t_k-p-1" or "none"

    Raises OptionError, with the allowed values, for an unknown choice.
    """

    method: str = "REML"
    test: str = "knha"
    level: float = 0.95
    intercept: bool = True
    missing: str = "refuse"
    redundant: str = "refuse"
    prediction: str = "as_test"

    def __post_init__(self) -> None:
        allowed = {
            "method": tuple(name for name in tau2.METHODS if name != "GENQ"),
            "test": fit.TESTS,
            "missing": design.MISSING,
            "redundant": design.REDUNDANT,
            "prediction": predictions.KINDS,
            "intercept": (True, False),
        }
        for name, values in allowed.items():
            choosing.require_option(name, getattr(self, name), values)
        choosing.require_level(self.level)
        if self.method == "EE" and self.test in ("knha", "adhoc"):
            raise errors.OptionError(
                "Knapp and Hartung's test belongs to models with a random effect; choose test “z” or “t” with “EE”.",
                option="test",
            )

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Choices:
        """Choices from names and values, as stored with a result. Raises OptionError for an unknown name."""
        return choosing.from_dict(cls, given)

    def to_dict(self) -> dict[str, Any]:
        """Every choice by name, ready for JSON."""
        return asdict(self)
