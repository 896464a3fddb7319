"""What a run would freeze now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict

from reviews.core.seats import Seat
from reviews.extraction import rules as extraction_rules
from reviews.extraction import selectors as extraction
from reviews.extraction.models import Arm, Trait, Value
from reviews.synthesis import rules
from reviews.synthesis.models import Synthesis

Arms = Iterable[tuple[int, str, str]]


def current_inputs(seat: Seat, spec: Synthesis) -> rules.Inputs:
    """The consensus of every study that has both groups, and the words of the figure."""
    found = extraction.consensus_rows(
        seat,
        arm_1=spec.arm_1,
        time_1_id=spec.time_1_id,
        arm_2=spec.arm_2,
        time_2_id=spec.time_2_id,
        characteristic_id=spec.subgroup_by_id,
    )
    rows = [rules.Row(**{**asdict(row), "value_ids": dict(row.value_ids)}) for row in found]
    arms = Arm.objects.filter(study__in=[row.study_id for row in rows])
    return _inputs(spec, rows, arms.values_list("study_id", "role", "name"))


def current_inputs_of(seat: Seat, specs: Collection[Synthesis]) -> dict[int, rules.Inputs]:
    """The same for many syntheses at once, by their ids, in three queries however many they are."""
    studies, levels = _consensus(seat), _levels(seat)
    arms = list(Arm.objects.filter(study__in=studies).values_list("study_id", "role", "name"))
    found = {}
    for spec in specs:
        rows = (_row(study_id, study, spec, levels) for study_id, study in studies.items())
        found[spec.pk] = _inputs(spec, [row for row in rows if row is not None], arms)
    return found


class _Study:
    """A study's consensus: (role, time point, field) -> value id and number."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.cells: dict[tuple[str, int, str], tuple[int, float]] = {}


def _consensus(seat: Seat) -> dict[int, _Study]:
    values = Value.objects.filter(
        entry__kind=extraction_rules.EntryKind.CONSENSUS,
        entry__abandoned_at=None,
        entry__study__review_id=seat.review_id,
        superseded_at=None,
    )
    studies: dict[int, _Study] = {}
    for study_id, label, role, point, field, value_id, number in values.order_by("entry__study__number").values_list(
        "entry__study", "entry__study__label", "arm__role", "time_point", "field", "pk", "number"
    ):
        studies.setdefault(study_id, _Study(label)).cells[(role, point, field)] = (value_id, number)
    return studies


def _levels(seat: Seat) -> Mapping[int, Mapping[int, str]]:
    traits = Trait.objects.filter(
        entry__kind=extraction_rules.EntryKind.CONSENSUS,
        entry__abandoned_at=None,
        entry__study__review_id=seat.review_id,
        superseded_at=None,
    )
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for characteristic, study_id, level in traits.values_list("characteristic", "entry__study", "level"):
        found[characteristic][study_id] = level
    return found


def _row(study_id: int, study: _Study, spec: Synthesis, levels: Mapping[int, Mapping[int, str]]) -> rules.Row | None:
    groups = {"1": (spec.arm_1, spec.time_1_id), "2": (spec.arm_2, spec.time_2_id)}
    cells = {name: study.cells.get((*groups[name[-1]], name[:-1])) for name in rules.FIELDS}
    numbers = {name: cell for name, cell in cells.items() if cell is not None}
    if len(numbers) < len(rules.FIELDS):
        return None
    level = levels.get(spec.subgroup_by_id, {}).get(study_id, "") if spec.subgroup_by_id else ""
    return rules.row(study_id, study.label, level, numbers)


def _inputs(spec: Synthesis, rows: Collection[rules.Row], arms: Arms) -> rules.Inputs:
    pooled = {row.study_id for row in rows}
    names = rules.common_names((role, name) for study_id, role, name in arms if study_id in pooled)
    group_1, group_2 = rules.group_names(spec.arm_1, spec.time_1.name, spec.arm_2, spec.time_2.name, names)
    outcome = spec.time_1.outcome
    texts = rules.Texts(
        title=spec.title,
        outcome=outcome.name,
        instrument=outcome.measure,
        direction=outcome.direction,
        group_1=group_1,
        group_2=group_2,
        subgroup_by=spec.subgroup_by.name if spec.subgroup_by else "",
        notice=spec.review.synthetic_note,
    )
    return rules.Inputs(rules.in_order(rows, spec.subgroup_by.levels if spec.subgroup_by else ()), texts)
