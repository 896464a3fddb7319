"""What a check finds, and reported numbers with the digits they were printed with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from analysis import errors


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's finding.

    `is_consistent` is None where the check says nothing, for example because the group is too large for it.
    `reason` is one sentence; `numbers` what it rests on.
    """

    check: str
    is_consistent: bool | None
    reason: str
    numbers: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {**asdict(self), "numbers": dict(self.numbers)}


@dataclass(frozen=True, slots=True)
class Reported:
    """A number as printed: its value, how many decimals, and the interval of values that round to it (either way)."""

    text: str
    value: float
    decimals: int

    @property
    def half_unit(self) -> float:
        return 0.5 * 10.0**-self.decimals

    @property
    def low(self) -> float:
        return self.value - self.half_unit

    @property
    def high(self) -> float:
        return self.value + self.half_unit


def reported(text: str | int | float, what: str) -> Reported:
    """A number with its decimals, best given as the text that was printed ("3.50" has two decimals, 3.5 has one).

    Raises InputError naming `what` when the text is no finite number.
    """
    printed = text.strip() if isinstance(text, str) else repr(text)
    try:
        number = Decimal(printed)
    except InvalidOperation as problem:
        raise errors.InputError(f"The {what} “{printed}” is not a number.", field=what) from problem
    if not number.is_finite():
        raise errors.InputError(f"The {what} “{printed}” is not a finite number.", field=what)
    exponent = number.as_tuple().exponent
    return Reported(printed, float(number), max(0, -int(exponent)))


def group_size(n: int, what: str = "number of participants") -> int:
    """A whole number of at least 2. Raises InputError naming `what`."""
    if n != int(n) or n < 2:
        raise errors.InputError(f"The {what} is {n}, but it must be a whole number of at least 2.", field=what)
    return int(n)
