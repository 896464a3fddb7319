"""The choices behind one analysis, checked when they are made.

A convention is a profile of a program (`profiles`): it fills in every choice that is left open at construction, so that
a finished `Options` always says everything.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis import canonical, choosing, errors, profiles
from analysis.effects import catalogue, conventions, zero_cells
from analysis.pooling import intervals, prediction_kinds, tau2

MEASURES = tuple(catalogue.MEASURES)
CONVENTIONS = tuple(profiles.PROFILES)
MODELS = ("common", "random")
METHODS = ("IV", "MH")
TAU2_METHODS = tau2.METHODS
INTERVALS = intervals.METHODS
I2_DEFINITIONS = ("Q", "tau2")
PREDICTIONS = prediction_kinds.NAMES
TAU2_INTERVALS = ("none", "QP", "GENQ", "BJ", "BT", "PL")
MANTEL_HAENSZEL = ("corrected", "raw")
Q_CENTRES = ("method", "IV")
SUBGROUP_TAU2 = ("separate", "common")

BY_CONVENTION = ""
FORMULAS = ("correction", "variance", "sd_of")

_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "measure": MEASURES,
    "convention": CONVENTIONS,
    "model": MODELS,
    "method": METHODS,
    "tau2_method": TAU2_METHODS,
    "interval": INTERVALS,
    "i2_definition": I2_DEFINITIONS,
    "prediction": PREDICTIONS,
    "tau2_interval": TAU2_INTERVALS,
    "mantel_haenszel": MANTEL_HAENSZEL,
    "q_centre": Q_CENTRES,
    "subgroup_tau2": SUBGROUP_TAU2,
}
# The prediction interval that goes with an interval chosen against the profile: the same error, the same distribution.
_PREDICTION_OF: Mapping[str, str] = {"z": "z", "t": "t_k-1", "HK": "HK", "HK-se": "HK-se", "KR": "KR"}
_COMMON_MODEL: Mapping[str, tuple[str, ...]] = {
    "i2_definition": ("Q",),
    "prediction": ("none",),
    "interval": ("z", "t", "HK"),
    "tau2_interval": ("none",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One complete set of choices; what is left open is filled in by the convention.

    measure         a measure of `effects.catalogue`, for example "SMD", "OR"
    convention      a profile: formulas of the studies' effects, and the defaults below
    model           "common" or "random" effects
    method          weights of the pooled estimate: "IV" inverse variance, "MH" Mantel-Haenszel (OR, RR, RD, IRR, IRD);
                    with random effects "MH" decides about Q only (see q_centre)
    tau2_method     an estimator of `pooling.tau2`; not used by the common-effect model
    interval        of the mean, a method of `pooling.intervals`; "HK" with the common effect
                    scales its variance by Q/(k - 1)
    level           confidence level of every interval, as a proportion
    i2_definition   "Q": (Q - df)/Q; "tau2": tau²/(tau² + s²) with Higgins and Thompson's typical variance s²
    prediction      prediction interval of the random-effects model, a name of `pooling.prediction_kinds`
    tau2_interval   confidence interval of tau²: "none", "QP" Q-profile, "GENQ", "BJ", "BT", "PL" profile likelihood
    correction, variance, sd_of   formulas of the measure, where it has a choice (`catalogue.measure(...).options`)
    zero_increment, zero_amount, zero_when, zero_drop   cells of 0, see `effects.zero_cells.ZeroCells`
    mantel_haenszel  cells that Mantel-Haenszel pools: "corrected" for cells of 0, or "raw"
    q_centre        Q is taken about the estimate of the "method", or about the inverse-variance one ("IV")
    subgroup_tau2   "separate" for each subgroup, or one "common" to all

    Raises OptionError, with the allowed values, for an unknown or contradictory choice.
    """

    measure: str = "SMD"
    convention: str = profiles.DEFAULT
    model: str = "random"
    method: str = BY_CONVENTION
    tau2_method: str = BY_CONVENTION
    interval: str = BY_CONVENTION
    level: float = 0.95
    i2_definition: str = BY_CONVENTION
    prediction: str = BY_CONVENTION
    tau2_interval: str = BY_CONVENTION
    correction: str = BY_CONVENTION
    variance: str = BY_CONVENTION
    sd_of: str = BY_CONVENTION
    zero_increment: float | None = None
    zero_amount: str = BY_CONVENTION
    zero_when: str = BY_CONVENTION
    zero_drop: str = BY_CONVENTION
    mantel_haenszel: str = BY_CONVENTION
    q_centre: str = BY_CONVENTION
    subgroup_tau2: str = BY_CONVENTION

    def __post_init__(self) -> None:
        for name in ("convention", "model", "measure"):
            choosing.require_option(name, getattr(self, name), _ALLOWED[name])
        usual = profiles.profile(self.convention).defaults(self.measure, self.model)
        if self.interval not in (BY_CONVENTION, usual["interval"]) and usual["prediction"] != "none":
            usual["prediction"] = _PREDICTION_OF.get(self.interval, usual["prediction"])
        for name, value in usual.items():
            if getattr(self, name) == BY_CONVENTION:
                object.__setattr__(self, name, value)
        for name in _ALLOWED:
            choosing.require_option(name, getattr(self, name), _ALLOWED[name])
        _fill_in_formulas(self)
        _fill_in_zero_cells(self)
        choosing.require_level(self.level)
        _require_coherence(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Options:
        """Options from names and values, as stored with a result. Raises OptionError for an unknown name."""
        return choosing.from_dict(cls, given)

    def to_dict(self) -> dict[str, Any]:
        """Every choice by name, ready for JSON."""
        return canonical.plain(self)

    @property
    def profile(self) -> profiles.Profile:
        """The program whose conventions these are, as far as no choice says otherwise."""
        return profiles.profile(self.convention)

    @property
    def formulas(self) -> dict[str, str]:
        """The choices that `effects.estimate` takes for this measure."""
        return {name: value for name in FORMULAS if (value := getattr(self, name)) != BY_CONVENTION}

    @property
    def zero_cell_rule(self) -> zero_cells.ZeroCells | None:
        """The rule for cells of 0, None where the measure knows none."""
        if self.zero_increment is None:
            return None
        usual = conventions.zero_cell_rule(self.measure, self.profile.effects)
        return zero_cells.ZeroCells(
            increment=self.zero_increment,
            amount=self.zero_amount,
            when=self.zero_when,
            drop=self.zero_drop,
            point=usual.point,
            totals=usual.totals,
            full=usual.full,
        )


def _fill_in_formulas(options: Options) -> None:
    usual = conventions.choices(options.measure, options.profile.effects)
    entry = catalogue.measure(options.measure)
    for name in FORMULAS:
        given = getattr(options, name)
        allowed = entry.options.get(name, ())
        if given == BY_CONVENTION and name in usual:
            object.__setattr__(options, name, usual[name])
        elif given != BY_CONVENTION:
            choosing.require_option(name, given, allowed, of=entry.name)


def _fill_in_zero_cells(options: Options) -> None:
    names = ("zero_increment", "zero_amount", "zero_when", "zero_drop")
    if catalogue.measure(options.measure).adds is None:
        for name in names:
            if getattr(options, name) not in (BY_CONVENTION, None):
                raise errors.OptionError(
                    f"Option {name} does not apply: measure “{options.measure}” counts no cells.", option=name
                )
        return
    rule = conventions.zero_cell_rule(options.measure, options.profile.effects)
    usual = {
        "zero_increment": rule.increment,
        "zero_amount": rule.amount,
        "zero_when": rule.when,
        "zero_drop": options.profile.zero_drop or rule.drop,
    }
    for name in names:
        if getattr(options, name) in (BY_CONVENTION, None):
            object.__setattr__(options, name, usual[name])
    if not isinstance(options.zero_increment, int | float) or not math.isfinite(options.zero_increment):
        raise errors.OptionError("Option zero_increment must be a number such as 0.5.", option="zero_increment")
    # The rule itself checks its names.
    _ = options.zero_cell_rule


def _require_coherence(options: Options) -> None:
    if options.method == "MH" and options.measure not in profiles.MH_MEASURES:
        raise errors.OptionError(
            f"Option method “MH” pools {', '.join(sorted(profiles.MH_MEASURES))}; choose “IV” for {options.measure}.",
            option="method",
        )
    if options.model == "random":
        return
    for name, allowed in _COMMON_MODEL.items():
        given = getattr(options, name)
        if given not in allowed:
            raise errors.OptionError(
                f"Option {name} “{given}” needs the random-effects model; choose {name} “{allowed[0]}” or model "
                "“random”.",
                option=name,
            )
