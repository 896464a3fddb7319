"""Entries and their comparison, for those who may see them."""

from dataclasses import dataclass

from reviews.core.refusals import NotAllowed, NotFound, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import comparing, rules
from reviews.extraction.comparing import Comparison
from reviews.extraction.models import Arm, Completion, Entry, Study, Trait, Value
from reviews.protocols.models import PlannedCharacteristic, PlannedTimePoint


def entry(seat: Seat, entry_id: int) -> Entry:
    """One's own entry; other people's do not exist here."""
    mine = Entry.objects.extractions().filter(pk=entry_id, person_id=seat.user_id, study__review_id=seat.review_id)
    own = mine.select_related("study", "continues__person").first()
    if own is None:
        raise NotFound("You have no such entry in this review.")
    return own


def my_entry(seat: Seat, study: Study) -> Entry | None:
    return next((e for e in entries(study) if e.person_id == seat.user_id and e.slot), None)


def entries(study: Study) -> list[Entry]:
    """The entries of a study that count, without their values."""
    counted = study.entries.select_related("person", "continues__person").prefetch_related("submissions")
    return list(counted.filter(abandoned_at=None).order_by("slot"))


@dataclass(frozen=True)
class EntryRow:
    """An arm at a time point with what the entry holds: field -> current value."""

    arm: Arm
    values: dict[str, Value]

    @property
    def place(self) -> str:
        return next((value.place for value in self.values.values() if value.place), "")


@dataclass(frozen=True)
class EntryTable:
    """An entry as its form shows it: outcome × time point with arms as rows, then characteristics."""

    entry: Entry
    blocks: tuple[tuple[PlannedTimePoint, tuple[EntryRow, ...]], ...]
    traits: tuple[tuple[PlannedCharacteristic, Trait | None], ...]


def entry_table(seat: Seat, entry_id: int) -> EntryTable:
    """One's own entry over everything the protocol in force plans. A constant number of queries."""
    own = entry(seat, entry_id)
    values = {(v.time_point_id, v.arm_id, v.field): v for v in own.values.filter(superseded_at=None)}
    traits = {trait.characteristic_id: trait for trait in own.traits.filter(superseded_at=None)}
    arms = list(own.study.arms.all())
    blocks = []
    for point in comparing.time_points(own.study, set()):
        rows = tuple(EntryRow(arm, _row(values, point, arm)) for arm in arms)
        blocks.append((point, rows))
    planned = comparing.characteristics(own.study, set())
    return EntryTable(own, tuple(blocks), tuple((item, traits.get(item.pk)) for item in planned))


def _row(values: dict[tuple[int, int, str], Value], point: PlannedTimePoint, arm: Arm) -> dict[str, Value]:
    keys = {field: (point.pk, arm.pk, field) for field in rules.Field.values}
    return {field: values[key] for field, key in keys.items() if key in values}


def may_compare(seat: Seat, study: Study, found: list[Entry]) -> bool:
    """Who sees both entries: nobody until both are submitted, then their authors and who adjudicates.

    Once the consensus is made the values behind it are open to the whole team.
    """
    if not Completion.objects.filter(study=study).exists():
        return False
    extractions = comparing.active(found, rules.EntryKind.EXTRACTION)
    is_author = seat.user_id in {one.person_id for one in extractions}
    is_settled = bool(comparing.active(found, rules.EntryKind.CONSENSUS))
    return is_settled or is_author or Permission.ADJUDICATE in seat.permissions


def comparison(seat: Seat, study_id: int) -> Comparison:
    """Both entries side by side, with the consensus once it is made. Refuses who may not see them yet."""
    study = Study.objects.filter(review_id=seat.review_id, pk=study_id).first()
    if study is None:
        raise NotFound("There is no such study in this review.")
    found = entries(study)
    if not may_compare(seat, study, found):
        if not Completion.objects.filter(study=study).exists():
            raise Refusal(f"The entries for {study.label} can be seen once two extractors have submitted theirs.")
        raise NotAllowed("Until the consensus is made only its extractors and an adjudicator see the entries.")
    return comparing.compare(study, found)
