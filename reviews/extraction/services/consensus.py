"""The consensus of two entries: the adjudicator's own, third one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core.refusals import BadInput, NotAllowed, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import comparing, events, rules
from reviews.extraction.comparing import Comparison, TraitRow, ValueRow
from reviews.extraction.models import Entry, Study, Trait, Value
from reviews.extraction.services import steps


def make_consensus(
    seat: Seat,
    *,
    study_id: int,
    values: Sequence[rules.ConsensusValue],
    traits: Sequence[rules.ConsensusTrait],
) -> Entry:
    """Settle what two submitted entries say. Where they agree A's value is taken without being asked for.

    Refuses (403) an extractor of the study, (409) before both have submitted or when a consensus is made, and
    (422) while a difference is undecided, a number cannot be, or an arm has only some of mean, SD and n.
    """
    seat.require(Permission.ADJUDICATE)
    with transaction.atomic(durable=True):
        study = steps.locked_study(seat, study_id)
        comparison = _comparison(seat, study)
        if comparison.consensus is not None:
            raise Refusal(
                f"{comparison.consensus.person.name} has made the consensus for {study.label} already. "
                "Open the study to see it."
            )
        settled = _settle(comparison, values, traits)
        entry = Entry.objects.create(
            study=study,
            kind=rules.EntryKind.CONSENSUS,
            person_id=seat.user_id,
            submitted_at=timezone.now(),
        )
        _store(entry, comparison, settled)
        happened = events.ConsensusMade(entry.pk, study.label)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return entry


def revise_consensus(
    seat: Seat,
    *,
    study_id: int,
    values: Sequence[rules.ConsensusValue],
    traits: Sequence[rules.ConsensusTrait],
) -> Entry:
    """Decide some cells of a made consensus anew; the others stay. What was decided before stays in the history."""
    seat.require(Permission.ADJUDICATE)
    with transaction.atomic(durable=True):
        study = steps.locked_study(seat, study_id)
        comparison = _comparison(seat, study)
        if comparison.consensus is None:
            raise Refusal(f"There is no consensus for {study.label} yet. Make it first.")
        settled = _settle(comparison, values, traits)
        if _store(comparison.consensus, comparison, settled):
            happened = events.ConsensusRevised(comparison.consensus.pk, study.label)
            trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return comparison.consensus


def _comparison(seat: Seat, study: Study) -> Comparison:
    entries = steps.entries(study)
    extractions = steps.extractions(entries)
    if seat.user_id in {entry.person_id for entry in extractions}:
        raise NotAllowed(f"You extracted {study.label} yourself. Somebody else makes the consensus.")
    if len([entry for entry in extractions if entry.submitted_at]) < len(rules.SLOTS):
        raise Refusal(f"The consensus for {study.label} waits until two extractors have submitted their entries.")
    return comparing.compare(study, entries)


@dataclass
class _Settled:
    """The consensus as it is to be: the row of each cell that has one. New rows are not saved yet."""

    values: dict[str, Value | None] = field(default_factory=dict)
    traits: dict[str, Trait | None] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def _settle(
    comparison: Comparison, values: Sequence[rules.ConsensusValue], traits: Sequence[rules.ConsensusTrait]
) -> _Settled:
    settled = _Settled()
    decisions = {decision.name: decision for decision in values}
    verdicts = {rules.trait_name(verdict.characteristic_id): verdict for verdict in traits}
    rows = comparison.rows
    known = {row.name for row in rows} | {row.name for row in comparison.traits}
    if not known.issuperset({*decisions, *verdicts}):
        raise BadInput("A decision is about a value that this study does not have. Load the page again.")
    for row in rows:
        settled.values[row.name] = _value(comparison, row, decisions.get(row.name), settled.problems)
    for trait in comparison.traits:
        settled.traits[trait.name] = _trait(comparison, trait, verdicts.get(trait.name), settled.problems)
    if not settled.problems:
        filled = [row for row in rows if settled.values[row.name] is not None]
        settled.problems.update(_incomplete(filled))
    steps.refuse(settled.problems)
    return settled


def _undecided(comparison: Comparison, label: str, a: str, b: str) -> str:
    first, second = comparison.a.person.name, comparison.b.person.name
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
        return _taken_value(row.a)
    if decision.choice in {rules.Choice.A, rules.Choice.B}:
        return _taken_value(row.of(decision.choice))
    if decision.choice != rules.Choice.OTHER:
        problems[row.name] = f"{row.sentence_label}: choose A, B or other."
        return None
    return _other_value(row, decision, problems)


def _taken_value(source: Value | None) -> Value | None:
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
        return _taken_trait(row.a)
    if verdict.choice in {rules.Choice.A, rules.Choice.B}:
        return _taken_trait(row.of(verdict.choice))
    level, place = verdict.level.strip(), " ".join(verdict.place.split())
    if rules.is_not_reported(level):
        return None
    problem = steps.level_problem(row.characteristic, level, place)
    if verdict.choice != rules.Choice.OTHER or not level or problem:
        problems[row.name] = problem or f"{row.label}: choose A, B or another level."
        return None
    return Trait(characteristic=row.characteristic, level=level, place=place)


def _taken_trait(source: Trait | None) -> Trait | None:
    if source is None:
        return None
    return Trait(characteristic_id=source.characteristic_id, level=source.level, place=source.place, taken_from=source)


def _incomplete(filled: Sequence[ValueRow]) -> dict[str, str]:
    cells = [(row.arm.pk, row.time_point.pk, row.field) for row in filled]
    where = {
        (row.arm.pk, row.time_point.pk): f"{row.time_point.outcome.name}, {row.time_point.name}, {row.arm.name}"
        for row in filled
    }
    return steps.incomplete(where, cells)


def _store(entry: Entry, comparison: Comparison, settled: _Settled) -> bool:
    """Write the rows that are new and supersede those they replace; whether anything changed."""
    now = timezone.now()
    rows = [row for row in comparison.rows if not _is_kept(settled.values[row.name], row.consensus)]
    levels = [row for row in comparison.traits if not _is_kept(settled.traits[row.name], row.consensus)]
    old_values = [row.consensus.pk for row in rows if row.consensus]
    old_traits = [row.consensus.pk for row in levels if row.consensus]
    Value.objects.filter(pk__in=old_values).update(superseded_at=now)
    Trait.objects.filter(pk__in=old_traits).update(superseded_at=now)
    new_values = [value for row in rows if (value := settled.values[row.name])]
    new_traits = [trait for row in levels if (trait := settled.traits[row.name])]
    for value in new_values:
        value.entry = entry
    for trait in new_traits:
        trait.entry = entry
    Value.objects.bulk_create(new_values)
    Trait.objects.bulk_create(new_traits)
    return bool(rows or levels)


def _is_kept(new: Value | Trait | None, old: Value | Trait | None) -> bool:
    if new is None or old is None:
        return new is old
    return new is old or _content(new) == _content(old)


def _content(row: Value | Trait) -> tuple[object, ...]:
    said = (row.reported, row.number) if isinstance(row, Value) else (row.level,)
    return (*said, row.place, row.taken_from_id)
