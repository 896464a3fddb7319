"""Saving what was typed into an open entry, field by field: a bad or stale one does not keep its neighbours back."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from reviews.core import events as trail
from reviews.core import history
from reviews.core.history import Clash, Stale
from reviews.core.refusals import BadInput
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import events, rules
from reviews.extraction.models import Entry, Trait, Value
from reviews.extraction.services import steps
from reviews.extraction.services.steps import Names

Cell = tuple[int, int, str]
STALE = "was changed since this page was made, here or in another window. Nothing was overwritten; look at both."


@dataclass
class Saved:
    """What became of each field that was sent: written, refused with a sentence, or stale with both sides.

    ``now`` holds the row that stands in each cell that says what was sent, None where it was emptied.
    """

    entry: Entry
    now: dict[str, int | None] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    clashes: dict[str, Clash] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return not self.problems and not self.clashes


def save_values(
    seat: Seat,
    *,
    entry_id: int,
    values: Sequence[rules.ValueInput],
    traits: Sequence[rules.TraitInput],
    keeps_good: bool = False,
) -> Saved:
    """Keep what was typed in one's own open entry: all of it or nothing, or with ``keeps_good`` each field alone.

    Cells that are not mentioned stay as they are; an empty text takes a value back. A changed value supersedes the
    one it names; when another one is current the field is stale, unless it says what is current anyway. Mean, SD
    and n may stand alone until the entry is submitted.
    """
    seat.require(Permission.EXTRACT)
    with transaction.atomic(durable=True):
        entry = steps.own_open_entry(seat, entry_id)
        known = steps.names(entry.study)
        saved = Saved(entry)
        new_values = _values(entry, known, list({one.name: one for one in values}.values()), saved)
        new_traits = _traits(entry, known, list({one.name: one for one in traits}.values()), saved)
        if not keeps_good:
            _refuse(saved)
        if new_values or new_traits:
            _write(entry, new_values, new_traits)
            saved.now |= {one.cell: one.after.pk if one.after else None for one in (*new_values, *new_traits)}
            happened = events.EntrySaved(entry.pk, entry.study.label)
            trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return saved


def _refuse(saved: Saved) -> None:
    if saved.clashes:
        raise Stale(f"A value {STALE}", saved.clashes)
    steps.refuse(saved.problems)


@dataclass(frozen=True)
class _Change:
    """A row that ends, a row that begins; one of them may be missing."""

    cell: str
    before: Value | Trait | None
    after: Value | Trait | None


class _Row:
    """An arm at a time point: where its numbers stand in the report is one place in the form."""

    def __init__(self, current: dict[Cell, Value], values: Sequence[rules.ValueInput]) -> None:
        self.current = current
        self.typed = {(one.arm_id, one.time_point_id, one.field): one.reported for one in values if one.reported}

    def place(self, arm_id: int, point_id: int) -> str:
        found = (self.current.get((arm_id, point_id, name)) for name in rules.Field.values)
        return next((value.place for value in found if value and value.place), "")

    def is_empty(self, arm_id: int, point_id: int) -> bool:
        """Neither stored nor sent with a number."""
        cells = [(arm_id, point_id, name) for name in rules.Field.values]
        return not any(cell in self.current or cell in self.typed for cell in cells)


def _values(entry: Entry, known: Names, values: Sequence[rules.ValueInput], saved: Saved) -> list[_Change]:
    current = {(v.arm_id, v.time_point_id, v.field): v for v in entry.values.filter(superseded_at=None)}
    row = _Row(current, values)
    changes = []
    for value in values:
        steps.check_cell(known, value.arm_id, value.time_point_id, value.field)
        if change := _value(known, row, value, saved):
            changes.append(change)
    return changes


def _value(known: Names, row: _Row, value: rules.ValueInput, saved: Saved) -> _Change | None:
    before = row.current.get((value.arm_id, value.time_point_id, value.field))
    stored = row.place(value.arm_id, value.time_point_id)
    place = (before.place if before else stored) if value.place is None else " ".join(value.place.split())
    where = known.cell(value.arm_id, value.time_point_id)
    if len(place) > rules.PLACE_MAX:
        saved.problems[value.place_name] = f"{where}: {steps.too_long(place)}"
        place = before.place if before else stored
    if place and place != stored and row.is_empty(value.arm_id, value.time_point_id):
        saved.problems[value.place_name] = f"{where}: the place is kept with its numbers. Write a number of this arm."
    text = value.reported if value.reported is not None else (before.reported if before else "")
    reading = rules.read(value.field, text)
    if problem := steps.cell_problem(f"{where}, {rules.Field(value.field).label}", reading, place):
        saved.problems[value.name] = problem
        return None
    after = None
    if reading.number is not None:
        after = Value(
            arm_id=value.arm_id,
            time_point_id=value.time_point_id,
            field=value.field,
            reported=reading.reported,
            number=reading.number,
            place=place,
        )
    told = value.name if value.reported is not None else value.place_name
    return _fresh(value, told, before, after, saved)


def _traits(entry: Entry, known: Names, traits: Sequence[rules.TraitInput], saved: Saved) -> list[_Change]:
    current = {trait.characteristic_id: trait for trait in entry.traits.filter(superseded_at=None)}
    changes = []
    for trait in traits:
        planned = known.characteristics.get(trait.characteristic_id)
        if planned is None:
            raise BadInput("A characteristic is not in the protocol in force. Load the page again.")
        before = current.get(trait.characteristic_id)
        level = trait.level.strip() if trait.level is not None else (before.level if before else "")
        stored = before.place if before else ""
        place = stored if trait.place is None else " ".join(trait.place.split())
        if len(place) > rules.PLACE_MAX:
            saved.problems[trait.place_name] = f"{planned.name}: {steps.too_long(place)}"
            place = stored
        if place and place != stored and not level:
            saved.problems[trait.place_name] = f"{planned.name}: the place is kept with its level. Choose one."
        if problem := steps.level_problem(planned, level, place):
            saved.problems[trait.name] = problem
            continue
        after = Trait(characteristic=planned, level=level, place=place) if level else None
        told = trait.name if trait.level is not None else trait.place_name
        if change := _fresh(trait, told, before, after, saved):
            changes.append(change)
    return changes


def _fresh(
    sent: rules.ValueInput | rules.TraitInput,
    told: str,
    before: Value | Trait | None,
    after: Value | Trait | None,
    saved: Saved,
) -> _Change | None:
    """The change, or None when there is none; a stale one is told with both sides, under the field ``told``."""
    if _content(before) == _content(after):
        saved.now[sent.name] = before.pk if before else None
        return None
    if not history.replaces(before, sent.replaces):
        saved.clashes[told] = Clash(before.pk if before else None, _words(before, after), _words(after, before))
        return None
    saved.written.append(told)
    return _Change(sent.name, before, after)


def _content(row: Value | Trait | None) -> tuple[str, str]:
    if row is None:
        return "", ""
    return row.text, row.place


def _words(row: Value | Trait | None, other: Value | Trait | None) -> str:
    """What a side says, with its place where the places differ."""
    text, place = _content(row)
    return f"{text} ({place})" if text and place and place != _content(other)[1] else text


def _write(entry: Entry, values: Sequence[_Change], traits: Sequence[_Change]) -> None:
    Value.objects.filter(pk__in=[one.before.pk for one in values if one.before]).supersede()
    Trait.objects.filter(pk__in=[one.before.pk for one in traits if one.before]).supersede()
    new_values = [one.after for one in values if isinstance(one.after, Value)]
    new_traits = [one.after for one in traits if isinstance(one.after, Trait)]
    for value in new_values:
        value.entry = entry
    for trait in new_traits:
        trait.entry = entry
    Value.objects.bulk_create(new_values)
    Trait.objects.bulk_create(new_traits)
