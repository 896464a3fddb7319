"""The choices behind one meta-regression, checked when they are made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from analysis import errors
from analysis.regression import design, fit, predictions, tau2

LEVEL_RANGE = (0.5, 0.999)


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
            if getattr(self, name) not in values:
                names = ", ".join(f"“{value}”" for value in values)
                raise errors.OptionError(
                    f"Option {name} is “{getattr(self, name)}”; choose one of {names}.", option=name
                )
        low, high = LEVEL_RANGE
        is_number = isinstance(self.level, int | float) and not isinstance(self.level, bool)
        if not (is_number and math.isfinite(self.level) and low <= self.level <= high):
            raise errors.OptionError(
                f"Option level is {self.level}; give a proportion from {low} to {high}, such as 0.95.", option="level"
            )
        if self.method == "EE" and self.test in ("knha", "adhoc"):
            raise errors.OptionError(
                "Knapp and Hartung's test belongs to models with a random effect; choose test “z” or “t” with “EE”.",
                option="test",
            )

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Choices:
        """Choices from names and values, as stored with a result. Raises OptionError for an unknown name."""
        known = [field.name for field in fields(cls)]
        for name in given:
            if name not in known:
                raise errors.OptionError(
                    f"There is no option “{name}”; the options are {', '.join(known)}.", option=name
                )
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        """Every choice by name, ready for JSON."""
        return asdict(self)
