"""Two extractors' entries for the nine trials, with the slips that two people make, and the consensus."""

from reviews.core.seats import Seat
from reviews.extraction import services as extraction
from reviews.extraction.models import Arm, Entry, Study
from reviews.extraction.rules import Field
from reviews.protocols.models import PlannedCharacteristic, PlannedTimePoint
from reviews.protocols.rules import ArmRole
from reviews.reporting.example import citations, data
from reviews.search.models import Reference

ARMS = [(ArmRole.INTERVENTION, "iCBT"), (ArmRole.COMPARATOR, "Control")]
# (study, time point, arm's place, field): what Cy typed where Bo typed the number of the report.
SLIPS = {
    ("SYN-01", "sleep-post", 0, Field.SD): "4.79",
    ("SYN-04", "pain-post", 1, Field.MEAN): "6.61",
    ("SYN-07", "pain-follow-up", 1, Field.N): "86",
}


def extract(seats: dict[str, Seat], references: dict[int, Reference]) -> None:
    points = {point.key: point.pk for point in PlannedTimePoint.objects.filter(review_id=seats["ada"].review_id)}
    for citation in citations.all_citations():
        if citation.trial:
            _study(seats, references[citation.number], citation.trial, points)


def _study(seats: dict[str, Seat], reference: Reference, trial: str, points: dict[str, int]) -> None:
    study = extraction.create_study(seats["ada"], label=trial, reference_ids=[reference.pk], arms=ARMS)
    for name in ("bo", "cy"):
        entry = extraction.start_entry(seats[name], study_id=study.pk)
        values = _values(study, trial, points, SLIPS if name == "cy" else {})
        extraction.save_values(seats[name], entry_id=entry.pk, values=values, traits=_traits(study, trial))
        extraction.submit_entry(seats[name], entry_id=entry.pk)
    if not Entry.objects.consensus().filter(study=study).exists():
        extraction.make_consensus(seats["dee"], study_id=study.pk, values=_choices(study, trial, points), traits=[])


def _values(
    study: Study, trial: str, points: dict[str, int], slips: dict[tuple[str, str, int, Field], str]
) -> list[extraction.ValueInput]:
    arms = list(Arm.objects.filter(study=study).order_by("rank"))
    return [
        extraction.ValueInput(
            arm_id=arm.pk,
            time_point_id=points[line.time_point],
            field=name,
            reported=slips.get((trial, line.time_point, place, name), reported),
            place="p. 6, Table 2",
        )
        for line in data.lines(trial)
        for place, (arm, numbers) in enumerate(zip(arms, (line.intervention, line.comparator), strict=True))
        for name, reported in zip((Field.MEAN, Field.SD, Field.N), numbers, strict=True)
    ]


def _traits(study: Study, trial: str) -> list[extraction.TraitInput]:
    keys = {one.key: one.pk for one in PlannedCharacteristic.objects.filter(review_id=study.review_id)}
    return [extraction.TraitInput(keys[key], level, "p. 3") for key, level in data.levels(trial).items()]


def _choices(study: Study, trial: str, points: dict[str, int]) -> list[extraction.ConsensusValue]:
    """Where the two differ, the adjudicator looked the number up and took A's; what agrees needs no choice."""
    arms = list(Arm.objects.filter(study=study).order_by("rank"))
    return [
        extraction.ConsensusValue(
            arm_id=arms[place].pk, time_point_id=points[time_point], field=name, choice="a", reported="", place=""
        )
        for (slipped, time_point, place, name) in SLIPS
        if slipped == trial
    ]
