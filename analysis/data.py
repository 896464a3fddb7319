"""What goes into an analysis: one frozen row per study, checked when it is made."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from analysis import errors
from analysis.pooling import batch

SMALLEST_GROUP = 2

_MEANING = {
    "n1": "participants in group 1",
    "mean1": "mean of group 1",
    "sd1": "standard deviation of group 1",
    "n2": "participants in group 2",
    "mean2": "mean of group 2",
    "sd2": "standard deviation of group 2",
}


@dataclass(frozen=True, slots=True)
class ContinuousStudy:
    """One study's summary of a continuous outcome in two groups.

    `key` identifies the study to the caller, `label` is what people read. Means and standard deviations are in
    the outcome's own unit; the effect is group 1 minus group 2. Raises InputError naming the study and the field.
    """

    key: str
    label: str
    n1: int
    mean1: float
    sd1: float
    n2: int
    mean2: float
    sd2: float
    subgroup: str | None = None

    def __post_init__(self) -> None:
        _require_text(self)
        for name in _MEANING:
            check = _group_size if name.startswith("n") else _finite
            value = check(self, name)
            if name.startswith("sd") and value <= 0:
                raise _refusal(self, name, f"is {value:g}, but it must be greater than 0")
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class ContinuousData:
    """The studies of one analysis, in the order they are shown.

    Raises InputError when there are none, when two share a key, or when only some have a subgroup.
    """

    studies: tuple[ContinuousStudy, ...]

    @classmethod
    def of(cls, studies: Iterable[ContinuousStudy]) -> ContinuousData:
        """The data set from any iterable of studies."""
        return cls(tuple(studies))

    def __post_init__(self) -> None:
        if not self.studies:
            raise errors.InputError("There are no studies to analyse; add at least one.")
        _require_distinct_keys(self.studies)
        _require_all_or_no_subgroups(self.studies)

    def column(self, name: str) -> batch.Floats:
        """One field of every study, shape (k,)."""
        return np.array([getattr(study, name) for study in self.studies], dtype=np.float64)

    @property
    def subgroups(self) -> tuple[str, ...]:
        """The subgroups' names in order of first appearance; empty when the studies have none."""
        named = (study.subgroup for study in self.studies if study.subgroup is not None)
        return tuple(dict.fromkeys(named))

    def members(self, subgroup: str) -> batch.Bools:
        """Which studies belong to a subgroup, shape (k,)."""
        return np.array([study.subgroup == subgroup for study in self.studies], dtype=np.bool_)


def _refusal(study: ContinuousStudy, field: str, fault: str) -> errors.InputError:
    sentence = f"Study “{study.label}”, field {field} ({_MEANING[field]}): the value {fault}."
    return errors.InputError(sentence, study=study.label, field=field)


def _require_text(study: ContinuousStudy) -> None:
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


def _finite(study: ContinuousStudy, name: str) -> float:
    value = getattr(study, name)
    is_number = isinstance(value, numbers.Real | Decimal) and not isinstance(value, bool | np.bool_)
    if not is_number:
        raise _refusal(study, name, f"“{value}” is not a number; enter digits only")
    if not math.isfinite(value):
        raise _refusal(study, name, f"is {float(value)}, which is not a finite number")
    return float(value)


def _group_size(study: ContinuousStudy, name: str) -> int:
    value = _finite(study, name)
    if value != int(value):
        raise _refusal(study, name, f"is {value:g}, but a number of participants must be whole")
    if value < SMALLEST_GROUP:
        raise _refusal(study, name, f"is {value:g}, but at least {SMALLEST_GROUP} participants are needed")
    return int(value)


def _require_distinct_keys(studies: tuple[ContinuousStudy, ...]) -> None:
    seen: dict[str, str] = {}
    for study in studies:
        if study.key in seen:
            raise errors.InputError(
                f"Studies “{seen[study.key]}” and “{study.label}” have the same key “{study.key}”; "
                "a study may enter an analysis once.",
                study=study.label,
                field="key",
            )
        seen[study.key] = study.label


def _require_all_or_no_subgroups(studies: tuple[ContinuousStudy, ...]) -> None:
    without = [study for study in studies if study.subgroup is None]
    if without and len(without) < len(studies):
        label = without[0].label
        raise errors.InputError(
            f"Study “{label}” has no subgroup although others have one; give it a subgroup or leave it out.",
            study=label,
            field="subgroup",
        )
