"""The choices of a multiverse, and which of them go together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from analysis import errors, options, profiles
from analysis.effects import catalogue

COMMON, RANDOM = options.MODELS
INVERSE, MANTEL_HAENSZEL = options.METHODS
# With the common effect these are defined: "HK" is then unrestricted weighted least squares.
OF_COMMON = ("z", "t", "HK")


class ZeroRule(NamedTuple):
    """What is added to cells of 0, with a name for people; the fields are those of `options.Options`.

    `mantel_haenszel` says whether Mantel-Haenszel pools the "corrected" cells or the "raw" ones.
    """

    name: str
    increment: float = 0.5
    amount: str = "constant"
    when: str = "only0"
    mantel_haenszel: str = "corrected"

    @property
    def choices(self) -> dict[str, Any]:
        """The same as options."""
        return {
            "zero_increment": self.increment,
            "zero_amount": self.amount,
            "zero_when": self.when,
            "mantel_haenszel": self.mantel_haenszel,
        }


HALF = ZeroRule("0.5 to studies with a 0")
BY_ARM = ZeroRule("By the size of the arm, to studies with a 0", amount="treatment_arm")
RAW = ZeroRule("0.5 to studies with a 0; Mantel-Haenszel on the counts as they are", mantel_haenszel="raw")
BY_CONVENTION = ZeroRule("")


class Choice(NamedTuple):
    """One way to pool. `tau2_method` is empty for the common effect, `zero_rule` where no cell is corrected."""

    measure: str
    zero_rule: str
    model: str
    method: str
    tau2_method: str
    interval: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Which choices are tried. Combinations that contradict each other are left out (see `choices`).

    measures      measures of one kind of studies
    models        "common", "random"
    methods       "IV", and "MH" where the measure can be pooled by Mantel-Haenszel
    tau2_methods  estimators of tau² for random effects
    intervals     names of `pooling.intervals`
    zero_rules    for measures that count events; `computing.run` leaves out what changes nothing in the data at hand

    Raises OptionError for an unknown name, an axis without any, or a name given twice.
    """

    measures: tuple[str, ...]
    models: tuple[str, ...] = options.MODELS
    methods: tuple[str, ...] = options.METHODS
    tau2_methods: tuple[str, ...] = ("DL", "PM", "REML")
    intervals: tuple[str, ...] = ("z", "HK", "HK-se", "KR")
    zero_rules: tuple[ZeroRule, ...] = (HALF, BY_ARM, RAW)

    def __post_init__(self) -> None:
        for name, allowed in _ALLOWED.items():
            given = getattr(self, name)
            for value in given:
                if value not in allowed:
                    names = ", ".join(f"“{item}”" for item in allowed)
                    raise errors.OptionError(f"Axis {name} has “{value}”; choose from {names}.", option=name)
            _require_some_once(name, given)
        _require_some_once("zero_rules", tuple(rule.name for rule in self.zero_rules))

    def rules(self, measure: str) -> tuple[ZeroRule, ...]:
        """The rules for cells of 0 that a measure distinguishes; one without a name where there is no choice."""
        entry = catalogue.measure(measure)
        if not entry.adds:
            return (BY_CONVENTION,)
        if entry.family == "binary":
            return self.zero_rules
        return tuple(rule for rule in self.zero_rules if rule.amount == "constant") or (BY_CONVENTION,)

    def choices(self, measure: str, rule: ZeroRule) -> Iterator[Choice]:
        """Every way to pool the effects of a measure under a rule that makes sense.

        Mantel-Haenszel with the common effect has an interval by the normal distribution alone; with random effects it
        decides about Q, and so goes with DerSimonian and Laird's tau² alone. Kenward and Roger's interval is made for
        REML. Rules that differ in what Mantel-Haenszel pools differ in nothing else.
        """
        methods = [name for name in self.methods if name == INVERSE or measure in profiles.MH_MEASURES]
        for model in self.models:
            for method in methods:
                for tau2_method in self.tau2_methods if model == RANDOM else ("",):
                    for interval in self.intervals:
                        choice = Choice(measure, rule.name, model, method, tau2_method, interval)
                        if _is_coherent(choice):
                            yield choice

    def to_dict(self) -> dict[str, Any]:
        """Every axis by name."""
        found = {name: list(values) for name, values in asdict(self).items()}
        return {**found, "zero_rules": [rule._asdict() for rule in self.zero_rules]}


_ALLOWED = {
    "measures": options.MEASURES,
    "models": options.MODELS,
    "methods": options.METHODS,
    "tau2_methods": options.TAU2_METHODS,
    "intervals": options.INTERVALS,
}
_TOGETHER = {"binary": ("OR", "RR", "RD"), "rates": ("IRR", "IRD")}


def usual(measure: str) -> Axes:
    """The axes that most reviewers would accept, for the measure of an analysis.

    For events the measures are OR, RR and RD (of rates IRR and IRD), whichever was chosen; a mean difference is also
    standardised, a standardised one stays alone, as its studies may have different scales.
    """
    entry = catalogue.measure(measure)
    together = _TOGETHER.get(entry.family, ())
    if measure in together:
        return Axes(measures=together)
    return Axes(measures=("MD", "SMD") if measure == "MD" else (measure,))


def _is_coherent(choice: Choice) -> bool:
    is_counted = choice.method == MANTEL_HAENSZEL
    if choice.model == COMMON:
        return choice.interval in (("z",) if is_counted else OF_COMMON)
    if choice.interval == "KR" and choice.tau2_method != "REML":
        return False
    return not is_counted or choice.tau2_method == "DL"


def _require_some_once(name: str, values: tuple[str, ...]) -> None:
    if not values:
        raise errors.OptionError(f"Axis {name} is empty; name at least one choice.", option=name)
    if len(set(values)) < len(values):
        raise errors.OptionError(f"Axis {name} names a choice twice; name each once.", option=name)
