"""The choices behind one analysis, checked when they are made.

A convention is a named set of formulas and defaults: "revman5" prints what RevMan 5 prints, "metafor" what the
R package metafor prints. Choices left at `BY_CONVENTION` are filled in at construction, so that a finished
`Options` always says everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from analysis import errors

MEASURES = ("SMD", "MD")
CONVENTIONS = ("revman5", "metafor")
MODELS = ("common", "random")
TAU2_METHODS = ("DL", "REML")
I2_DEFINITIONS = ("Q", "tau2")
PREDICTIONS = ("none", "z", "t_k-1", "t_k-2")
LEVEL_RANGE = (0.5, 0.999)

BY_CONVENTION = ""

_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "measure": MEASURES,
    "convention": CONVENTIONS,
    "model": MODELS,
    "tau2_method": TAU2_METHODS,
    "i2_definition": I2_DEFINITIONS,
    "prediction": PREDICTIONS,
}
_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "revman5": {"tau2_method": "DL", "i2_definition": "Q", "prediction": "none"},
    "metafor": {"tau2_method": "REML", "i2_definition": "tau2", "prediction": "z"},
}
_COMMON_MODEL: Mapping[str, str] = {"i2_definition": "Q", "prediction": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One complete set of choices.

    measure        "SMD" standardised mean difference (Hedges' g), "MD" mean difference
    convention     "revman5" or "metafor": formulas of g and its variance, and the defaults below
    model          "common" or "random" effects, inverse variance
    tau2_method    "DL" (DerSimonian-Laird) or "REML"; not used by the common-effect model
    level          confidence level of every interval, as a proportion
    i2_definition  "Q": (Q - df)/Q; "tau2": tau²/(tau² + s²) with Higgins and Thompson's typical variance s²
    prediction     prediction interval of the random-effects model: "none", or the reference distribution
                   "z", "t_k-1", "t_k-2"

    Raises OptionError, with the allowed values, for an unknown or contradictory choice.
    """

    measure: str = "SMD"
    convention: str = "revman5"
    model: str = "random"
    tau2_method: str = BY_CONVENTION
    level: float = 0.95
    i2_definition: str = BY_CONVENTION
    prediction: str = BY_CONVENTION

    def __post_init__(self) -> None:
        _require_allowed("convention", self.convention)
        _require_allowed("model", self.model)
        for name, value in _defaults(self.convention, self.model).items():
            if getattr(self, name) == BY_CONVENTION:
                object.__setattr__(self, name, value)
        for name in _ALLOWED:
            _require_allowed(name, getattr(self, name))
        _require_level(self.level)
        _require_coherence(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Options:
        """Options from names and values, as stored with a result. Raises OptionError for an unknown name."""
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


def _defaults(convention: str, model: str) -> dict[str, str]:
    chosen = dict(_DEFAULTS[convention])
    if model == "common":
        chosen.update(_COMMON_MODEL)
    return chosen


def _require_allowed(name: str, value: object) -> None:
    allowed = _ALLOWED[name]
    if value not in allowed:
        names = ", ".join(f"“{item}”" for item in allowed)
        raise errors.OptionError(f"Option {name} is “{value}”; choose one of {names}.", option=name)


def _require_level(level: object) -> None:
    low, high = LEVEL_RANGE
    is_number = isinstance(level, int | float) and not isinstance(level, bool)
    if not (is_number and low <= float(str(level)) <= high):
        raise errors.OptionError(
            f"Option level is {level}; give a proportion from {low} to {high}, such as 0.95.", option="level"
        )


def _require_coherence(options: Options) -> None:
    if options.model == "random":
        return
    for name, value in _COMMON_MODEL.items():
        given = getattr(options, name)
        if given != value:
            raise errors.OptionError(
                f"Option {name} “{given}” needs the random-effects model; choose {name} “{value}” or model “random”.",
                option=name,
            )
