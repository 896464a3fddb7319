"""What synthesis pools: the numbers of each consensus."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from reviews.core.seats import Seat
from reviews.extraction import rules
from reviews.extraction.models import Trait, Value


@dataclass(frozen=True)
class StudyRow:
    """One study's two groups as its consensus has them.

    ``level`` is the study's level of the characteristic asked for, or an empty string. ``value_ids`` leads each
    number, by its name here ("n1", "mean1", …), to the consensus value it is.
    """

    study_id: int
    label: str
    n1: int
    mean1: float
    sd1: float
    n2: int
    mean2: float
    sd2: float
    level: str
    value_ids: Mapping[str, int]


def consensus_rows(
    seat: Seat,
    *,
    arm_1: str,
    time_1_id: int,
    arm_2: str,
    time_2_id: int,
    characteristic_id: int | None = None,
) -> list[StudyRow]:
    """Group 1 is the arm of role ``arm_1`` at one time point, group 2 likewise; both may be the same arm.

    Only studies whose consensus holds all six numbers, in the order of their numbers. Two queries at most.
    """
    groups = {"1": (arm_1, time_1_id), "2": (arm_2, time_2_id)}
    wanted = Q(arm__role=arm_1, time_point=time_1_id) | Q(arm__role=arm_2, time_point=time_2_id)
    values = Value.objects.filter(_of_consensus(seat), wanted).select_related("arm", "entry__study")
    studies: dict[int, str] = {}
    cells: dict[tuple[int, str, int, str], Value] = {}
    for value in values.order_by("entry__study__number"):
        study = value.entry.study
        studies[study.pk] = study.label
        cells[(study.pk, value.arm.role, value.time_point_id, value.field)] = value
    levels = _levels(seat, characteristic_id)
    rows = []
    for study_id, label in studies.items():
        six = {
            f"{field}{group}": cells.get((study_id, *place, field))
            for group, place in groups.items()
            for field in rules.Field.values
        }
        found = {name: value for name, value in six.items() if value is not None}
        if len(found) == len(six):
            rows.append(_row(study_id, label, found, levels.get(study_id, "")))
    return rows


def _of_consensus(seat: Seat) -> Q:
    return Q(
        entry__kind=rules.EntryKind.CONSENSUS,
        entry__abandoned_at=None,
        entry__study__review_id=seat.review_id,
        superseded_at=None,
    )


def _levels(seat: Seat, characteristic_id: int | None) -> dict[int, str]:
    if characteristic_id is None:
        return {}
    found = Trait.objects.filter(_of_consensus(seat), characteristic=characteristic_id)
    return dict(found.values_list("entry__study", "level"))


def _row(study_id: int, label: str, found: Mapping[str, Value], level: str) -> StudyRow:
    return StudyRow(
        study_id=study_id,
        label=label,
        n1=int(found["n1"].number),
        mean1=found["mean1"].number,
        sd1=found["sd1"].number,
        n2=int(found["n2"].number),
        mean2=found["mean2"].number,
        sd2=found["sd2"].number,
        level=level,
        value_ids={name: value.pk for name, value in found.items()},
    )
