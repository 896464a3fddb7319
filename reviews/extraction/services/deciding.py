"""From decisions to the consensus as it is to be: the one place where A, B or other becomes a row."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from reviews.core import history
from reviews.core.double import Choice
from reviews.core.history import Clash, Stale
from reviews.core.refusals import BadInput
from reviews.extraction import rules
from reviews.extraction.comparing import Comparison, TraitRow, ValueRow
from reviews.extraction.models import Entry, Trait, Value
from reviews.extraction.services import steps

TAKEN = frozenset({Choice.A, Choice.B})


@dataclass
class Settled:
    """The row of each cell that is to have one. New rows are not saved yet."""

    values: dict[str, Value | None] = field(default_factory=dict)
    traits: dict[str, Trait | None] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    clashes: dict[str, Clash] = field(default_factory=dict)

    def refuse(self) -> None:
        """Refuse what is stale (409) before what is wrong (422)."""
        if self.clashes:
            count = len(self.clashes)
            many = "A value was" if count == 1 else f"{count} values were"
            raise Stale(
                f"{many} decided anew since you opened this page. Look at what stands now, then save again.",
                self.clashes,
            )
        steps.refuse(self.problems)


def settle(
    comparison: Comparison, values: Sequence[rules.ConsensusValue], traits: Sequence[rules.ConsensusTrait]
) -> Settled:
    """What is not decided is taken where both agree, and stays as it is in a consensus that is made."""
    settled = Settled()
    decisions = {decision.name: decision for decision in values}
    verdicts = {verdict.name: verdict for verdict in traits}
    known = {row.name for row in comparison.rows} | {row.name for row in comparison.traits}
    if not known.issuperset({*decisions, *verdicts}):
        raise BadInput("A decision is about a value that this study does not have. Load the page again.")
    for row in comparison.rows:
        decision = decisions.get(row.name)
        settled.values[row.name] = _value(comparison, row, decision, settled.problems)
        if decision:
            _check_fresh(row, settled.values[row.name], decision.replaces, settled)
    for trait in comparison.traits:
        verdict = verdicts.get(trait.name)
        settled.traits[trait.name] = _trait(comparison, trait, verdict, settled.problems)
        if verdict:
            _check_fresh(trait, settled.traits[trait.name], verdict.replaces, settled)
    if not settled.problems:
        settled.problems.update(_incomplete([row for row in comparison.rows if settled.values[row.name] is not None]))
    return settled


def _check_fresh(row: ValueRow | TraitRow, new: Value | Trait | None, replaces: int | None, settled: Settled) -> None:
    if not history.replaces(row.consensus, replaces) and not _is_kept(new, row.consensus):
        stands = row.consensus
        current = stands.text if stands else ""
        settled.clashes[row.name] = Clash(stands.pk if stands else None, current, new.text if new else "")


def _undecided(comparison: Comparison, label: str, a: str, b: str) -> str:
    first, second = steps.name(comparison.a), steps.name(comparison.b)
    return f"{label}: {first} has {a or 'nothing'}, {second} has {b or 'nothing'}. Decide which one counts."


def _value(
    comparison: Comparison, row: ValueRow, decision: rules.ConsensusValue | None, problems: dict[str, str]
) -> Value | None:
    if decision is None:
        if comparison.consensus is not None:
            return row.consensus
        if row.is_different:
            a, b = row.a.reported if row.a else "", row.b.reported if row.b else ""
            problems[row.name] = _undecided(comparison, row.sentence_label, a, b)
            return None
        return _taken_value(row.a, row.b)
    if decision.choice in TAKEN:
        agreed = None if row.is_different else row.of(Choice.B if decision.choice == Choice.A else Choice.A)
        return _taken_value(row.of(decision.choice), agreed)
    if decision.choice != Choice.OTHER:
        problems[row.name] = f"{row.sentence_label}: choose A, B or other."
        return None
    return _other_value(row, decision, problems)


def _taken_value(source: Value | None, agreed: Value | None) -> Value | None:
    if source is None:
        return None
    return Value(
        arm_id=source.arm_id,
        time_point_id=source.time_point_id,
        field=source.field,
        reported=source.reported,
        number=source.number,
        place=source.place,
        taken_from=source,
        taken_from_other=agreed,
    )


def _other_value(row: ValueRow, decision: rules.ConsensusValue, problems: dict[str, str]) -> Value | None:
    if rules.is_not_reported(decision.reported):
        return None
    reading, place = rules.read(row.field, decision.reported), " ".join(decision.place.split())
    problem = steps.cell_problem(row.sentence_label, reading, place)
    if problem or reading.number is None:
        blank = f"{row.sentence_label}: write the other value, or NR if the report has none."
        problems[row.name] = problem or blank
        return None
    return Value(
        arm_id=row.arm.pk,
        time_point_id=row.time_point.pk,
        field=row.field,
        reported=reading.reported,
        number=reading.number,
        place=place,
    )


def _trait(
    comparison: Comparison, row: TraitRow, verdict: rules.ConsensusTrait | None, problems: dict[str, str]
) -> Trait | None:
    if verdict is None:
        if comparison.consensus is not None:
            return row.consensus
        if row.is_different:
            a, b = row.a.level if row.a else "", row.b.level if row.b else ""
            problems[row.name] = _undecided(comparison, row.label, a, b)
            return None
        return _taken_trait(row.a, row.b)
    if verdict.choice in TAKEN:
        agreed = None if row.is_different else row.of(Choice.B if verdict.choice == Choice.A else Choice.A)
        return _taken_trait(row.of(verdict.choice), agreed)
    level, place = verdict.level.strip(), " ".join(verdict.place.split())
    if rules.is_not_reported(level):
        return None
    problem = steps.level_problem(row.characteristic, level, place)
    if verdict.choice != Choice.OTHER or not level or problem:
        problems[row.name] = problem or f"{row.label}: choose A, B or another level."
        return None
    return Trait(characteristic=row.characteristic, level=level, place=place)


def _taken_trait(source: Trait | None, agreed: Trait | None) -> Trait | None:
    if source is None:
        return None
    return Trait(
        characteristic_id=source.characteristic_id,
        level=source.level,
        place=source.place,
        taken_from=source,
        taken_from_other=agreed,
    )


def _incomplete(filled: Sequence[ValueRow]) -> dict[str, str]:
    cells = [(row.arm.pk, row.time_point.pk, row.field) for row in filled]
    where = {
        (row.arm.pk, row.time_point.pk): f"{row.time_point.outcome.name}, {row.time_point.name}, {row.arm.name}"
        for row in filled
    }
    return steps.incomplete(where, cells)


def changed(comparison: Comparison, settled: Settled) -> list[ValueRow | TraitRow]:
    """The rows for which the consensus is to hold something else than it does."""
    rows = [row for row in comparison.rows if not _is_kept(settled.values[row.name], row.consensus)]
    return [*rows, *(row for row in comparison.traits if not _is_kept(settled.traits[row.name], row.consensus))]


def store(entry: Entry, comparison: Comparison, settled: Settled) -> None:
    """Write the rows that are new and supersede those they replace."""
    now, rows = timezone.now(), changed(comparison, settled)
    Value.objects.filter(pk__in=[r.consensus.pk for r in rows if isinstance(r, ValueRow) and r.consensus]).supersede(
        now
    )
    Trait.objects.filter(pk__in=[r.consensus.pk for r in rows if isinstance(r, TraitRow) and r.consensus]).supersede(
        now
    )
    values = [value for row in rows if (value := settled.values.get(row.name))]
    traits = [trait for row in rows if (trait := settled.traits.get(row.name))]
    for value in values:
        value.entry = entry
    for trait in traits:
        trait.entry = entry
    Value.objects.bulk_create(values)
    Trait.objects.bulk_create(traits)


def _is_kept(new: Value | Trait | None, old: Value | Trait | None) -> bool:
    if new is None or old is None:
        return new is old
    return new is old or _content(new) == _content(old)


def _content(row: Value | Trait) -> tuple[object, ...]:
    said = (row.reported, row.number) if isinstance(row, Value) else (row.level,)
    return (*said, row.place, row.taken_from_id)
