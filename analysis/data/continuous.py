"""Studies with means: two groups, changes in two groups, one group, one group measured twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from analysis.data import checks, study_set

SMALLEST_GROUP = 2

_TWO_GROUPS = (
    checks.size("n1", "participants in group 1", SMALLEST_GROUP),
    checks.Field("mean1", "mean of group 1"),
    checks.positive("sd1", "standard deviation of group 1"),
    checks.size("n2", "participants in group 2", SMALLEST_GROUP),
    checks.Field("mean2", "mean of group 2"),
    checks.positive("sd2", "standard deviation of group 2"),
)
_ONE_GROUP = (
    checks.size("n", "participants", SMALLEST_GROUP),
    checks.Field("mean", "mean"),
    checks.positive("sd", "standard deviation"),
)
_PAIRED = (
    checks.size("n", "participants measured twice", SMALLEST_GROUP),
    checks.Field("mean1", "mean of measurement 1"),
    checks.positive("sd1", "standard deviation of measurement 1"),
    checks.Field("mean2", "mean of measurement 2"),
    checks.positive("sd2", "standard deviation of measurement 2"),
    checks.Field("r", "correlation of the two measurements", above=-1, below=1),
)


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
        checks.check(self, _TWO_GROUPS)


@dataclass(frozen=True, slots=True)
class ChangeStudy(ContinuousStudy):
    """A study in two groups whose means and standard deviations are those of the change from baseline.

    It may stand beside studies with final values for a mean difference, not for a standardised one: the SD of a
    change and the SD of a final value are different yardsticks (Cochrane Handbook 10.5.2).
    """


@dataclass(frozen=True, slots=True)
class MeanStudy:
    """One group's mean. Raises InputError naming the study and the field."""

    key: str
    label: str
    n: int
    mean: float
    sd: float
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _ONE_GROUP)


@dataclass(frozen=True, slots=True)
class PairedStudy:
    """One group measured twice, or matched pairs; the effect is measurement 1 minus measurement 2.

    `r` is the correlation of the two measurements, between -1 and 1. Raises InputError naming the study and the field.
    """

    key: str
    label: str
    n: int
    mean1: float
    sd1: float
    mean2: float
    sd2: float
    r: float
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _PAIRED)


class ContinuousData(study_set.StudySet[ContinuousStudy]):
    """Studies with means of two groups. Labels may repeat here: the key says which study is which."""

    __slots__ = ()
    labels_may_repeat: ClassVar[bool] = True
