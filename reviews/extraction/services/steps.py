"""Steps that the services of extraction share. Each runs inside the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviews.core import locks
from reviews.core.refusals import BadInput, NotFound, Refusal
from reviews.core.seats import Seat
from reviews.extraction import comparing, rules
from reviews.extraction.comparing import Comparison
from reviews.extraction.models import Completion, Entry, Study
from reviews.protocols.models import PlannedCharacteristic, PlannedTimePoint


def locked_study(seat: Seat, study_id: int) -> Study:
    """The study, locked; nobody joins, leaves or changes role meanwhile."""
    locks.hold_team(seat.review_id)
    study = Study.objects.select_for_update(no_key=True).filter(pk=study_id, review_id=seat.review_id).first()
    if study is None:
        raise NotFound("There is no such study in this review.")
    return study


def entries(study: Study) -> list[Entry]:
    """The study's entries that count, with their people and submissions."""
    counted = study.entries.select_related("person").prefetch_related("submissions")
    return list(counted.filter(abandoned_at=None))


def extractions(found: Iterable[Entry]) -> list[Entry]:
    return comparing.active(found, rules.EntryKind.EXTRACTION)


def is_complete(study: Study) -> bool:
    return Completion.objects.filter(study=study).exists()


def name(entry: Entry) -> str:
    """Who made an entry, in words."""
    return entry.person.name if entry.person else "Tandem"


def own_entry(seat: Seat, entry_id: int) -> Entry:
    """One's own entry that still counts; its study is locked."""
    own = Entry.objects.filter(
        pk=entry_id, person_id=seat.user_id, kind=rules.EntryKind.EXTRACTION, study__review_id=seat.review_id
    )
    study_id = own.values_list("study_id", flat=True).first()
    if study_id is None:
        raise NotFound("You have no such entry in this review.")
    locked_study(seat, study_id)
    entry = own.select_related("study").get()
    if entry.abandoned_at:
        raise Refusal("This entry was put away or handed over, so it can no longer change. Open the study to go on.")
    return entry


def own_open_entry(seat: Seat, entry_id: int) -> Entry:
    entry = own_entry(seat, entry_id)
    if entry.submitted_at:
        raise Refusal(
            f"You have submitted your entry for {entry.study.label}, so it can no longer change. Until the other entry "
            "is submitted too you can reopen yours; after that, differences are settled in the consensus."
        )
    return entry


def comparison(study: Study) -> Comparison:
    if not is_complete(study):
        raise Refusal(f"The consensus for {study.label} waits until two extractors have submitted their entries.")
    return comparing.compare(study, entries(study))


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
        return f"{where}: {too_long(place)}"
    return ""


def too_long(place: str) -> str:
    return f"the place has {len(place)} characters; at most {rules.PLACE_MAX} fit."


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
        return f"{found.name}: {too_long(place)}"
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
