"""Two entries side by side, cell by cell, with the consensus behind them. Whoever may see it is decided elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q

from reviews.core.double import Choice
from reviews.extraction import rules
from reviews.extraction.models import Arm, Entry, Study, Trait, Value
from reviews.protocols.models import PlannedCharacteristic, PlannedOutcome, PlannedTimePoint

Row = TypeVar("Row", Value, Trait)
Cell = tuple[int, int, str]


@dataclass(frozen=True)
class ValueRow:
    """One number of one arm at one time point, as A and B read it and as the consensus has it."""

    time_point: PlannedTimePoint
    arm: Arm
    field: str
    a: Value | None
    b: Value | None
    consensus: Value | None

    @property
    def name(self) -> str:
        return rules.value_name(self.field, self.arm.pk, self.time_point.pk)

    @property
    def field_label(self) -> str:
        return rules.Field(self.field).label

    @property
    def label(self) -> str:
        return f"{self.arm.name}: {self.field_label}"

    @property
    def sentence_label(self) -> str:
        return f"{self.time_point.outcome.name}, {self.time_point.name}, {self.arm.name}, {self.field_label}"

    @property
    def is_empty(self) -> bool:
        return not (self.a or self.b or self.consensus)

    @property
    def is_different(self) -> bool:
        if self.a is None and self.b is None:
            return False
        return not rules.is_same(self.a.number if self.a else None, self.b.number if self.b else None)

    def of(self, choice: str) -> Value | None:
        return self.a if choice == Choice.A else self.b


@dataclass(frozen=True)
class TraitRow:
    """The level of one characteristic, as A and B read it and as the consensus has it."""

    characteristic: PlannedCharacteristic
    a: Trait | None
    b: Trait | None
    consensus: Trait | None

    @property
    def name(self) -> str:
        return rules.trait_name(self.characteristic.pk)

    @property
    def label(self) -> str:
        return self.characteristic.name

    @property
    def sentence_label(self) -> str:
        return self.characteristic.name

    @property
    def is_empty(self) -> bool:
        return not (self.a or self.b or self.consensus)

    @property
    def is_different(self) -> bool:
        return (self.a.level if self.a else "") != (self.b.level if self.b else "")

    def of(self, choice: str) -> Trait | None:
        return self.a if choice == Choice.A else self.b


@dataclass(frozen=True)
class Block:
    """One outcome at one time point."""

    time_point: PlannedTimePoint
    rows: tuple[ValueRow, ...]

    @property
    def title(self) -> str:
        outcome = self.time_point.outcome
        measure = f" ({outcome.measure})" if outcome.measure else ""
        return f"{outcome.name}{measure}, {self.time_point.name}"

    @property
    def is_empty(self) -> bool:
        return all(row.is_empty for row in self.rows)

    @property
    def differences(self) -> int:
        return sum(row.is_different for row in self.rows)


@dataclass(frozen=True)
class Comparison:
    """``a`` and ``b`` are the submitted entries in the order of their places."""

    study: Study
    a: Entry
    b: Entry
    consensus: Entry | None
    blocks: tuple[Block, ...]
    traits: tuple[TraitRow, ...]

    @property
    def rows(self) -> list[ValueRow]:
        return [row for block in self.blocks for row in block.rows]

    @property
    def differences(self) -> int:
        traits = sum(row.is_different for row in self.traits)
        return sum(block.differences for block in self.blocks) + traits

    @property
    def empty_blocks(self) -> list[Block]:
        return [block for block in self.blocks if block.is_empty]

    @property
    def empty_outcomes(self) -> list[PlannedOutcome]:
        """The outcomes planned today for which neither entry holds a number, in the protocol's order."""
        filled = {row.time_point.outcome_id for row in self.rows if row.a or row.b}
        planned = {b.time_point.outcome_id: b.time_point.outcome for b in self.blocks if not b.time_point.retired_at}
        return [outcome for pk, outcome in planned.items() if pk not in filled]

    @property
    def parties(self) -> set[int]:
        """Who extracted: the authors of both entries."""
        return {entry.person_id for entry in (self.a, self.b) if entry.person_id is not None}


def active(entries: Iterable[Entry], kind: str) -> list[Entry]:
    return sorted((e for e in entries if e.kind == kind and not e.abandoned_at), key=lambda e: e.slot or 0)


def hands(study: Study, entries: Iterable[Entry]) -> set[int]:
    """Everybody who held one of ``entries`` or what it goes on with: none of them is independent of it."""
    return held(study.entries.all(), entries)


def held(every: Iterable[Entry], entries: Iterable[Entry]) -> set[int]:
    """The same among entries that are read already."""
    before = {entry.pk: entry for entry in every}
    people: set[int] = set()
    for entry in entries:
        step: Entry | None = entry
        while step is not None:
            people |= {step.person_id} if step.person_id is not None else set()
            step = before.get(step.continues_id or 0)
    return people


def compare(study: Study, entries: Sequence[Entry]) -> Comparison:
    """Line up two submitted entries. Cells that nobody filled are kept: the adjudicator may know better.

    What the protocol no longer plans is shown as long as somebody extracted it.
    """
    a, b = active(entries, rules.EntryKind.EXTRACTION)
    made = active(entries, rules.EntryKind.CONSENSUS)
    three = [a.pk, b.pk, made[0].pk if made else None]
    values = Value.objects.filter(entry__in=[pk for pk in three if pk], superseded_at=None)
    traits = Trait.objects.filter(entry__in=[pk for pk in three if pk], superseded_at=None)
    return Comparison(
        study, a, b, made[0] if made else None, _blocks(study, three, list(values)), _traits(study, three, list(traits))
    )


def _blocks(study: Study, three: Sequence[int | None], values: Sequence[Value]) -> tuple[Block, ...]:
    cells = {(v.entry_id, v.time_point_id, v.arm_id, v.field): v for v in values}
    points = time_points(study, {value.time_point_id for value in values})
    arms = list(study.arms.all())
    return tuple(
        Block(
            point,
            tuple(
                ValueRow(point, arm, field, *(cells.get((pk or 0, point.pk, arm.pk, field)) for pk in three))
                for arm in arms
                for field in rules.Field.values
            ),
        )
        for point in points
    )


def _traits(study: Study, three: Sequence[int | None], traits: Sequence[Trait]) -> tuple[TraitRow, ...]:
    cells = {(t.entry_id, t.characteristic_id): t for t in traits}
    planned = characteristics(study, {trait.characteristic_id for trait in traits})
    return tuple(TraitRow(c, *(cells.get((pk or 0, c.pk)) for pk in three)) for c in planned)


def time_points(study: Study, used: set[int]) -> list[PlannedTimePoint]:
    """Time points of the protocol in force and those in ``used``, outcome by outcome."""
    planned = PlannedTimePoint.objects.filter(Q(retired_at=None) | Q(pk__in=used), review_id=study.review_id)
    return list(planned.select_related("outcome").order_by("outcome__rank", "rank", "pk"))


def characteristics(study: Study, used: set[int]) -> list[PlannedCharacteristic]:
    planned = PlannedCharacteristic.objects.filter(Q(retired_at=None) | Q(pk__in=used), review_id=study.review_id)
    return list(planned)
