"""What every choice of the engine has to pass: a known name, an allowed value, a usable confidence level."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from analysis import errors

Kind = TypeVar("Kind")
LEVEL_RANGE = (0.5, 0.999)


def require_option(option: str, value: object, allowed: Collection[object], *, of: str = "") -> None:
    """Raises OptionError with the allowed values; `of` names the measure when the choice belongs to one."""
    if value not in allowed:
        names = ", ".join(f"“{item}”" for item in allowed) or "nothing: the measure has no such choice"
        name = f"{option} of {of}" if of else option
        raise errors.OptionError(f"Option {name} is “{value}”; choose one of {names}.", option=option)


def require_level(level: object) -> None:
    """Raises OptionError unless `level` is a proportion within `LEVEL_RANGE`."""
    low, high = LEVEL_RANGE
    is_number = isinstance(level, int | float) and not isinstance(level, bool)
    if not (is_number and low <= float(str(level)) <= high):
        raise errors.OptionError(
            f"Option level is {level}; give a proportion from {low} to {high}, such as 0.95.", option="level"
        )


def from_dict(kind: type[Kind], given: Mapping[str, Any]) -> Kind:
    """Choices of a dataclass from names and values, as stored with a result. Raises OptionError for an unknown name."""
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    for name in given:
        if name not in known:
            raise errors.OptionError(f"There is no option “{name}”; the options are {', '.join(known)}.", option=name)
    return kind(**given)
