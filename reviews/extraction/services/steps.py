"""Steps that the services of extraction share. Each runs inside the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviews.core import selectors as core
from reviews.core.refusals import BadInput, NotFound
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import comparing, rules
from reviews.extraction.models import Entry, Study
from reviews.protocols.models import PlannedCharacteristic, PlannedTimePoint


def locked_study(seat: Seat, study_id: int) -> Study:
    found = Study.objects.select_for_update(no_key=True).filter(pk=study_id, review_id=seat.review_id).first()
    if found is None:
        raise NotFound("There is no such study in this review.")
    return found


def entries(study: Study) -> list[Entry]:
    """The study's entries that count, with their people."""
    return list(study.entries.select_related("person").filter(abandoned_at=None))


def extractions(found: Iterable[Entry]) -> list[Entry]:
    return comparing.active(found, rules.EntryKind.EXTRACTION)


def consensus(found: Iterable[Entry]) -> Entry | None:
    return next(iter(comparing.active(found, rules.EntryKind.CONSENSUS)), None)


def extractors(review_id: int) -> set[int]:
    """The people who may extract in the review today."""
    return {seat.user_id for seat in core.seats(review_id) if Permission.EXTRACT in seat.permissions}


@dataclass(frozen=True)
class Names:
    """What values of a study may point to, with the words for refusals."""

    arms: dict[int, str]
    points: dict[int, PlannedTimePoint]
    characteristics: dict[int, PlannedCharacteristic]

    def cell(self, arm_id: int, time_point_id: int) -> str:
        """An arm at a time point, in words."""
        point = self.points[time_point_id]
        return f"{point.outcome.name}, {point.name}, {self.arms[arm_id]}"

    @property
    def cells(self) -> dict[tuple[int, int], str]:
        return {(arm_id, point_id): self.cell(arm_id, point_id) for arm_id in self.arms for point_id in self.points}


def names(study: Study) -> Names:
    """Arms of the study, and the time points and characteristics of the protocol in force."""
    return Names(
        {arm.pk: arm.name for arm in study.arms.all()},
        {point.pk: point for point in comparing.time_points(study, set())},
        {item.pk: item for item in comparing.characteristics(study, set())},
    )


def refuse(fields: dict[str, str]) -> None:
    """One :class:`BadInput` for all fields; its sentence is the first field's, and says how many more there are."""
    if not fields:
        return
    first, *more = fields.values()
    raise BadInput(f"{first} ({len(more)} more below.)" if more else first, fields)


def cell_problem(where: str, reading: rules.Reading, place: str) -> str:
    """The sentence that refuses a number; ``where`` names outcome, time point, arm and field."""
    if reading.problem:
        return f"{where}: {reading.problem}"
    if len(reading.reported) > rules.REPORTED_MAX:
        return f"{where}: at most {rules.REPORTED_MAX} characters fit."
    if len(place) > rules.PLACE_MAX:
        return f"{where}: the place has {len(place)} characters; at most {rules.PLACE_MAX} fit."
    return ""


def check_cell(known: Names, arm_id: int, point_id: int, field: str) -> None:
    if arm_id not in known.arms:
        raise BadInput("A value belongs to an arm of another study. Load the page again.")
    if point_id not in known.points:
        raise BadInput("A value belongs to a time point that the protocol in force does not plan. Load the page again.")
    if field not in rules.Field.values:
        raise BadInput(f"“{field}” is no field; a value is one of mean, sd and n.")


def level_problem(found: PlannedCharacteristic, level: str, place: str) -> str:
    """The sentence that refuses a level, or an empty string."""
    if level and level not in found.levels:
        return f"{found.name}: “{level}” is not one of its levels ({', '.join(found.levels)})."
    if len(place) > rules.PLACE_MAX:
        return f"{found.name}: the place has {len(place)} characters; at most {rules.PLACE_MAX} fit."
    return ""


def incomplete(where: Mapping[tuple[int, int], str], cells: Sequence[tuple[int, int, str]]) -> dict[str, str]:
    """Sentences for arms of which only some of mean, SD and n are there, under the first field that lacks.

    ``cells`` are (arm, time point, field) that hold a number; ``where`` names an arm at a time point.
    """
    filled: dict[tuple[int, int], set[str]] = {}
    for arm_id, point_id, name in cells:
        filled.setdefault((arm_id, point_id), set()).add(name)
    found = {}
    for pair, fields in filled.items():
        if absent := rules.lacking(fields):
            first = next(name for name in rules.Field.values if name not in fields)
            verb = "are" if " and " in absent else "is"
            found[rules.value_name(first, *pair)] = (
                f"{where[pair]}: {absent} {verb} missing. Mean, SD and n come together or not at all."
            )
    return found
