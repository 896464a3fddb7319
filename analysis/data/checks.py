"""What every study has to fulfil: numbers that are numbers, within their bounds, each fault said by study and field."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import numpy as np

from analysis import errors


class Study(Protocol):
    """What all studies share: `key` identifies to the caller, `label` is what people read."""

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def subgroup(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Field:
    """One number of a study: what it means and what it may be.

    A whole number counts `unit`. `above` and `below` are bounds that may not be reached, `least` and `most` may.
    An optional field may be None.
    """

    name: str
    meaning: str
    whole: bool = False
    unit: str = "participants"
    least: float = -math.inf
    most: float = math.inf
    above: float = -math.inf
    below: float = math.inf
    optional: bool = False


def size(name: str, meaning: str, least: int = 2) -> Field:
    """A number of participants."""
    return Field(name, meaning, whole=True, least=least)


def count(name: str, meaning: str) -> Field:
    """A number of events."""
    return Field(name, meaning, whole=True, unit="events", least=0)


def positive(name: str, meaning: str) -> Field:
    """A number that has to be greater than 0: a standard deviation, a time, a variance."""
    return Field(name, meaning, above=0)


def check(study: Study, fields: Sequence[Field]) -> None:
    """Look at a study while it is made and turn its numbers into plain ones. Raises InputError."""
    require_texts(study)
    for field in fields:
        if field.optional and getattr(study, field.name) is None:
            continue
        value = _bounded(study, field, _finite(study, field))
        object.__setattr__(study, field.name, int(value) if field.whole else value)


def require_texts(study: Study) -> None:
    """A study has a key and a label, and a subgroup's name is not empty. Raises InputError."""
    for name in ("key", "label"):
        value = getattr(study, name)
        if not isinstance(value, str) or not value.strip():
            raise errors.InputError(f"A study has no {name}; give every study a {name}.", field=name)
    if study.subgroup is not None and not study.subgroup.strip():
        raise errors.InputError(
            f"Study “{study.label}”, field subgroup: the name is empty; give a name or none at all.",
            study=study.label,
            field="subgroup",
        )


def refusal(study: Study, fields: Sequence[Field], name: str, fault: str) -> errors.InputError:
    """The sentence that names study, field and fault."""
    meaning = next(field.meaning for field in fields if field.name == name)
    sentence = f"Study “{study.label}”, field {name} ({meaning}): the value {fault}."
    return errors.InputError(sentence, study=study.label, field=name)


def _finite(study: Study, field: Field) -> float:
    value = getattr(study, field.name)
    is_number = isinstance(value, numbers.Real | Decimal) and not isinstance(value, bool | np.bool_)
    if not is_number:
        raise refusal(study, [field], field.name, f"“{value}” is not a number; enter digits only")
    if not math.isfinite(value):
        raise refusal(study, [field], field.name, f"is {float(value)}, which is not a finite number")
    return float(value)


def _bounded(study: Study, field: Field, value: float) -> float:
    fault = ""
    if field.whole and value != int(value):
        fault = f"a number of {field.unit} must be whole"
    elif value < field.least:
        fault = (
            f"at least {field.least:g} {field.unit} are needed"
            if field.whole
            else f"it must be {field.least:g} or more"
        )
    elif value > field.most:
        fault = f"it must be {field.most:g} or less"
    elif value <= field.above:
        fault = f"it must be greater than {field.above:g}"
    elif value >= field.below:
        fault = f"it must be less than {field.below:g}"
    if fault:
        raise refusal(study, [field], field.name, f"is {value:g}, but {fault}")
    return value
