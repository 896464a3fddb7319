"""All comparisons of a run, and what is said of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.golden import collection, comparing, registry


@dataclass(frozen=True)
class ModuleReport:
    """A module's comparisons: those of R's errors aside, because there is nothing to agree with."""

    name: str
    comparisons: tuple[comparing.Comparison, ...]

    @property
    def held(self) -> tuple[comparing.Comparison, ...]:
        return tuple(one for one in self.comparisons if not one.case.has_failed_in_r)

    @property
    def agreeing(self) -> int:
        return sum(one.agrees for one in self.held)

    @property
    def largest(self) -> float:
        return max((one.largest for one in self.held), default=0.0)

    @property
    def apart(self) -> tuple[comparing.Comparison, ...]:
        return tuple(one for one in self.held if not one.agrees)

    @property
    def numbers(self) -> int:
        """How many numbers of R's were compared."""
        return sum(one.numbers for one in self.held)

    @property
    def set_aside(self) -> int:
        """How many were not, because R's is not the target or no result; the page says why."""
        return sum(one.set_aside for one in self.held)

    @property
    def better(self) -> Mapping[str, int]:
        """Reason to number of cases in which R's number is not the target."""
        return Counter(reason for one in self.held for reason in sorted(set(one.better.values())))


def reports(names: list[str], *, copied: bool = False) -> Iterator[ModuleReport]:
    """A report for each module named, or for every module the engine covers."""
    for name in names or registry.covered():
        recompute, rules = registry.module(name)
        cases = collection.cases(name, copied=copied)
        yield ModuleReport(name, tuple(comparing.compare(case, recompute, rules) for case in cases))
