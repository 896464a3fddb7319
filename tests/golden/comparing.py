"""Whether the engine's numbers are R's: every number of a case is looked at, none is left out in silence."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from analysis import errors
from tests.golden import collection
from tests.golden.collection import Case, Uncovered

BETTER = "__better__"
# Below this a number of R's is rounding noise about 0.
NOISE = 1e-13

Recompute = Callable[[Case], Mapping[str, Any]]
Floors = Callable[[Case], Mapping[str, float]]


def _no_floors(case: Case) -> Mapping[str, float]:
    return {}


@dataclass(frozen=True)
class Rules:
    """How closely the numbers of a module have to agree.

    `tolerance` is relative; `keys` gives other tolerances by name (the last name of the path, or the whole path),
    `floor` the absolute difference that is nothing, `floors(case)` the same by name for one case (`"*"` for all).
    `ignored` names what is not compared, with the reason; words (not numbers) are never compared. `explained` gives
    the reason why a case that differs does, by a part of its id; the case still counts as not agreeing.
    """

    tolerance: float
    keys: Mapping[str, float] = field(default_factory=dict)
    floor: float = NOISE
    floors: Floors = _no_floors
    ignored: Mapping[str, str] = field(default_factory=dict)
    explained: Mapping[str, str] = field(default_factory=dict)


class Difference(NamedTuple):
    """One number that differs: by how much relatively, what was found and expected."""

    path: str
    relative: float
    found: Any
    expected: Any


@dataclass(frozen=True)
class Comparison:
    """What came of one case: `numbers` were compared, `set_aside` of R's were not.

    `largest` is over the numbers that agree; `reason` says why it is not covered.
    """

    case: Case
    numbers: int = 0
    largest: float = 0.0
    differences: tuple[Difference, ...] = ()
    missing: tuple[str, ...] = ()
    better: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    set_aside: int = 0

    @property
    def agrees(self) -> bool:
        return not self.differences and not self.missing and not self.reason


def compare(case: Case, recompute: Recompute, rules: Rules) -> Comparison:
    """Compute a case anew and hold it against R. A refusal of the engine counts as not covered, with its sentence."""
    try:
        found = recompute(case)
    except (Uncovered, errors.InputError, errors.OptionError) as refusal:
        return Comparison(case, reason=str(refusal))
    if case.has_failed_in_r:
        return Comparison(case)
    return _hold(case, found, rules)


def _hold(case: Case, found: Mapping[str, Any], rules: Rules) -> Comparison:
    better = found.get(BETTER, {})
    ours = dict(_leaves(found))
    floors = rules.floors(case)
    missing, differences = [], []
    largest, count, aside = 0.0, 0, 0
    for path, expected in _leaves(case.outputs):
        names = _names(path)
        if isinstance(expected, str):
            continue
        if any(name in rules.ignored or name in better for name in names):
            aside += 1
            continue
        if path not in ours:
            # An R list of one and a number are the same to the reader.
            if (single := _single(path, ours)) is None:
                missing.append(path)
                continue
            ours[path] = single
        count += 1
        relative = _relative(ours[path], expected, _floor(names, floors, rules))
        if relative <= _tolerance(names, rules):
            largest = max(largest, relative)
        else:
            differences.append(Difference(path, relative, ours[path], expected))
    reason = ""
    if differences or missing:
        reason = next((text for part, text in rules.explained.items() if part in case.id), "")
    return Comparison(case, count, largest, tuple(differences), tuple(missing), dict(better), reason, aside)


def _leaves(content: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every number with its path, "weights_pct.3" for the fourth of a list; words stay words."""
    if isinstance(content, Mapping):
        for name, inner in content.items():
            if name != BETTER:
                yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(content, np.ndarray):
        yield from _leaves(content.tolist(), path)
    elif isinstance(content, Sequence) and not isinstance(content, str):
        for place, inner in enumerate(content):
            yield from _leaves(inner, f"{path}.{place}")
    elif isinstance(content, str) and content not in collection.SPECIAL:
        yield path, content
    else:
        yield path, collection.number(content)


def _names(path: str) -> tuple[str, ...]:
    """The path itself, its parts, and the path without places in lists."""
    parts = path.split(".")
    words = [part for part in parts if not part.isdigit()]
    return (path, ".".join(words), *words)


def _single(path: str, ours: Mapping[str, Any]) -> Any:
    head, _, last = path.rpartition(".")
    if last == "0" and head in ours:
        return ours[head]
    return ours.get(f"{path}.0")


def _floor(names: Sequence[str], floors: Mapping[str, float], rules: Rules) -> float:
    return max([rules.floor, *(floors[name] for name in (*names, "*") if name in floors)])


def _tolerance(names: Sequence[str], rules: Rules) -> float:
    return next((rules.keys[name] for name in names if name in rules.keys), rules.tolerance)


def _relative(found: Any, expected: float, floor: float) -> float:
    if isinstance(found, str):
        return np.inf
    ours = collection.number(found)
    if np.isnan(ours) or np.isnan(expected):
        return 0.0 if np.isnan(ours) and np.isnan(expected) else np.inf
    if ours == expected:
        return 0.0
    if np.isinf(ours) or np.isinf(expected):
        return np.inf
    apart = abs(ours - expected)
    return 0.0 if apart <= floor else float(apart / max(abs(expected), abs(ours)))
