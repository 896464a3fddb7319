"""Studies that count events: among participants or over person-time, in two groups, in one, or in pairs."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.data import checks

_BINARY = (
    checks.count("events1", "participants with the event in group 1"),
    checks.size("n1", "participants in group 1", 1),
    checks.count("events2", "participants with the event in group 2"),
    checks.size("n2", "participants in group 2", 1),
)
_MATCHED = (
    checks.count("both", "pairs with the event under both conditions"),
    checks.count("only1", "pairs with the event under condition 1 only"),
    checks.count("only2", "pairs with the event under condition 2 only"),
    checks.count("neither", "pairs without the event"),
)
_PROPORTION = (
    checks.count("events", "participants with the event"),
    checks.size("n", "participants", 1),
)
_RATES = (
    checks.count("events1", "events in group 1"),
    checks.positive("time1", "person-time of group 1"),
    checks.count("events2", "events in group 2"),
    checks.positive("time2", "person-time of group 2"),
)
_RATE = (checks.count("events", "events"), checks.positive("time", "person-time"))


@dataclass(frozen=True, slots=True)
class BinaryStudy:
    """Participants with an event in two groups. Raises InputError naming the study and the field."""

    key: str
    label: str
    events1: int
    n1: int
    events2: int
    n2: int
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _BINARY)
        for events, n in (("events1", "n1"), ("events2", "n2")):
            _require_within(self, _BINARY, events, n)


@dataclass(frozen=True, slots=True)
class MatchedStudy:
    """Pairs (or people seen twice) by the event under two conditions. Raises InputError."""

    key: str
    label: str
    both: int
    only1: int
    only2: int
    neither: int
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _MATCHED)
        if self.both + self.only1 + self.only2 + self.neither == 0:
            raise checks.refusal(self, _MATCHED, "both", "is 0 like the other three, but at least one pair is needed")


@dataclass(frozen=True, slots=True)
class ProportionStudy:
    """Participants with an event in one group. Raises InputError naming the study and the field."""

    key: str
    label: str
    events: int
    n: int
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _PROPORTION)
        _require_within(self, _PROPORTION, "events", "n")


@dataclass(frozen=True, slots=True)
class RateStudy:
    """Events over person-time in two groups, in one unit of time for the whole analysis. Raises InputError."""

    key: str
    label: str
    events1: int
    time1: float
    events2: int
    time2: float
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _RATES)


@dataclass(frozen=True, slots=True)
class SingleRateStudy:
    """Events over person-time in one group. Raises InputError naming the study and the field."""

    key: str
    label: str
    events: int
    time: float
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _RATE)


def _require_within(study: checks.Study, fields: tuple[checks.Field, ...], events: str, n: str) -> None:
    counted, total = getattr(study, events), getattr(study, n)
    if counted > total:
        raise checks.refusal(study, fields, events, f"is {counted}, but there are only {total} participants ({n})")
