"""Entries: claim a place, save values, submit."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core.refusals import BadInput, NotFound, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import events, rules
from reviews.extraction.models import Entry, Trait, Value
from reviews.extraction.services import steps
from reviews.extraction.services.steps import Names

Cell = tuple[int, int, str]


def start_entry(seat: Seat, *, study_id: int) -> Entry:
    """Claim one of the study's two places; whoever has one already gets it again.

    A place that was never submitted by somebody who can no longer extract here is free. Refuses (409) a third.
    """
    seat.require(Permission.EXTRACT)
    with transaction.atomic(durable=True):
        study = steps.locked_study(seat, study_id)
        _free_left_places(steps.extractions(steps.entries(study)), steps.extractors(seat.review_id))
        taken = steps.extractions(steps.entries(study))
        mine = next((entry for entry in taken if entry.person_id == seat.user_id), None)
        if mine is not None:
            return mine
        free = [slot for slot in rules.SLOTS if slot not in {entry.slot for entry in taken}]
        if not free:
            people = " and ".join(entry.person.name for entry in taken)
            raise Refusal(f"{people} extract {study.label} already; two people do. Take another study.")
        entry = Entry.objects.create(study=study, kind=rules.EntryKind.EXTRACTION, slot=free[0], person_id=seat.user_id)
        happened = events.EntryStarted(entry.pk, study.label)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return entry


def save_values(
    seat: Seat, *, entry_id: int, values: Sequence[rules.ValueInput], traits: Sequence[rules.TraitInput]
) -> Entry:
    """Keep what was typed in one's own open entry: all of it, or nothing when a single number cannot be.

    Cells that are not mentioned stay as they are; an empty text takes a value back. A changed value
    supersedes the one before it. Mean, SD and n may stand alone until the entry is submitted.
    """
    seat.require(Permission.EXTRACT)
    with transaction.atomic(durable=True):
        entry = _own_open_entry(seat, entry_id)
        known = steps.names(entry.study)
        readings = _readings(known, values)
        levels = _levels(known, traits)
        has_changed = _write_values(entry, readings) | _write_traits(entry, levels)
        if has_changed:
            happened = events.EntrySaved(entry.pk, entry.study.label)
            trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return entry


def submit_entry(seat: Seat, *, entry_id: int) -> Entry:
    """Close one's own entry. Refuses (422) while an arm has only some of mean, SD and n at a time point."""
    seat.require(Permission.EXTRACT)
    with transaction.atomic(durable=True):
        entry = _own_open_entry(seat, entry_id)
        known = steps.names(entry.study)
        current = entry.values.filter(superseded_at=None, time_point__in=known.points)
        cells = list(current.values_list("arm_id", "time_point_id", "field").order_by("time_point__rank", "arm__rank"))
        steps.refuse(steps.incomplete(known.cells, cells))
        entry.submitted_at = timezone.now()
        entry.save(update_fields=["submitted_at"])
        happened = events.EntrySubmitted(entry.pk, entry.study.label)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return entry


def _free_left_places(taken: Sequence[Entry], extractors: Collection[int]) -> None:
    left = [e.pk for e in taken if e.submitted_at is None and e.person_id not in extractors]
    Entry.objects.filter(pk__in=left).update(abandoned_at=timezone.now())


def _own_open_entry(seat: Seat, entry_id: int) -> Entry:
    own = Entry.objects.filter(
        pk=entry_id, person_id=seat.user_id, kind=rules.EntryKind.EXTRACTION, study__review_id=seat.review_id
    )
    study_id = own.values_list("study_id", flat=True).first()
    if study_id is None:
        raise NotFound("You have no such entry in this review.")
    steps.locked_study(seat, study_id)
    entry = own.select_related("study").get()
    if entry.abandoned_at:
        raise Refusal("This entry was put away while you were not in the review. Start a new one.")
    if entry.submitted_at:
        raise Refusal(
            f"You have submitted your entry for {entry.study.label}, so it can no longer change. "
            "The adjudicator decides where it and the other one differ."
        )
    return entry


def _readings(known: Names, values: Sequence[rules.ValueInput]) -> dict[Cell, tuple[rules.Reading, str]]:
    found: dict[Cell, tuple[rules.Reading, str]] = {}
    problems: dict[str, str] = {}
    for value in values:
        steps.check_cell(known, value.arm_id, value.time_point_id, value.field)
        cell = (value.arm_id, value.time_point_id, value.field)
        reading, place = rules.read(value.field, value.reported), " ".join(value.place.split())
        where = f"{known.cell(value.arm_id, value.time_point_id)}, {rules.Field(value.field).label}"
        if problem := steps.cell_problem(where, reading, place):
            problems[value.name] = problem
        found[cell] = (reading, place)
    steps.refuse(problems)
    return found


def _levels(known: Names, traits: Sequence[rules.TraitInput]) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    problems: dict[str, str] = {}
    for trait in traits:
        level, place = trait.level.strip(), " ".join(trait.place.split())
        planned = known.characteristics.get(trait.characteristic_id)
        if planned is None:
            raise BadInput("A characteristic is not in the protocol in force. Load the page again.")
        if problem := steps.level_problem(planned, level, place):
            problems[rules.trait_name(trait.characteristic_id)] = problem
        found[trait.characteristic_id] = (level, place)
    steps.refuse(problems)
    return found


def _write_values(entry: Entry, readings: dict[Cell, tuple[rules.Reading, str]]) -> bool:
    current = {(v.arm_id, v.time_point_id, v.field): v for v in entry.values.filter(superseded_at=None)}
    gone: list[int] = []
    new: list[Value] = []
    for cell, (reading, place) in readings.items():
        before = current.get(cell)
        if (before.reported, before.place) == (reading.reported, place) if before else reading.number is None:
            continue
        if before:
            gone.append(before.pk)
        if reading.number is not None:
            arm_id, point_id, field = cell
            new.append(
                Value(
                    entry=entry,
                    arm_id=arm_id,
                    time_point_id=point_id,
                    field=field,
                    reported=reading.reported,
                    number=reading.number,
                    place=place,
                )
            )
    Value.objects.filter(pk__in=gone).update(superseded_at=timezone.now())
    Value.objects.bulk_create(new)
    return bool(gone or new)


def _write_traits(entry: Entry, levels: dict[int, tuple[str, str]]) -> bool:
    current = {trait.characteristic_id: trait for trait in entry.traits.filter(superseded_at=None)}
    gone: list[int] = []
    new: list[Trait] = []
    for characteristic_id, (level, place) in levels.items():
        before = current.get(characteristic_id)
        if (before.level, before.place) == (level, place) if before else not level:
            continue
        if before:
            gone.append(before.pk)
        if level:
            new.append(Trait(entry=entry, characteristic_id=characteristic_id, level=level, place=place))
    Trait.objects.filter(pk__in=gone).update(superseded_at=timezone.now())
    Trait.objects.bulk_create(new)
    return bool(gone or new)
