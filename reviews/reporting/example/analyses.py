"""The example's syntheses, with the options of RevMan 5 that the published review used."""

from dataclasses import dataclass

from reviews.core import jobs
from reviews.core.models import Job
from reviews.core.seats import Seat
from reviews.protocols.models import PlannedCharacteristic, PlannedTimePoint
from reviews.protocols.rules import ArmRole
from reviews.synthesis import rules
from reviews.synthesis import services as synthesis

WITHIN_NOTE = (
    "This repeats a published analysis that treats measurements of the same people after treatment and at "
    "follow-up as if they came from two groups. They are paired: an analysis of each person's change, with the "
    "correlation between the two measurements, would be right."
)


@dataclass(frozen=True)
class Plan:
    title: str
    time_1: str
    time_2: str
    arm_2: str = ArmRole.COMPARATOR
    subgroup_by: str = ""
    note: str = ""


PLANS = (
    Plan("Pain, post-treatment", "pain-post", "pain-post"),
    Plan("Pain, follow-up", "pain-follow-up", "pain-follow-up"),
    Plan("Sleep, post-treatment", "sleep-post", "sleep-post"),
    Plan("Sleep, by diagnosis of insomnia", "sleep-post", "sleep-post", subgroup_by="insomnia"),
    Plan("Sleep, by age", "sleep-post", "sleep-post", subgroup_by="age"),
    Plan("Sleep, by delivery", "sleep-post", "sleep-post", subgroup_by="delivery"),
    Plan(
        "Pain within the iCBT arm, post-treatment against follow-up",
        "pain-post",
        "pain-follow-up",
        arm_2=ArmRole.INTERVENTION,
        note=WITHIN_NOTE,
    ),
)


def run_all(seat: Seat) -> None:
    """Specify every synthesis and compute its first run with the job that computes every run."""
    points = {point.key: point.pk for point in PlannedTimePoint.objects.filter(review_id=seat.review_id)}
    features = {one.key: one.pk for one in PlannedCharacteristic.objects.filter(review_id=seat.review_id)}
    for plan in PLANS:
        spec = synthesis.create_synthesis(
            seat,
            title=plan.title,
            arm_1=ArmRole.INTERVENTION,
            time_1_id=points[plan.time_1],
            arm_2=plan.arm_2,
            time_2_id=points[plan.time_2],
            measure=rules.Measure.SMD,
            model=rules.Model.RANDOM,
            tau2_method=rules.Tau2Method.DL,
            convention=rules.Convention.REVMAN5,
            subgroup_by_id=features.get(plan.subgroup_by),
            note=plan.note,
        )
        run = synthesis.ask_run(seat, synthesis_id=spec.pk)
        job = Job.objects.get(review_id=seat.review_id, subject_id=run.pk, task=rules.COMPUTE)
        jobs.run(job.pk, synthesis.compute_run)
