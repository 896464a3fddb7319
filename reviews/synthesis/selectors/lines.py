"""The list of syntheses with their newest results."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviews.core.models import Job
from reviews.core.rules import JobState
from reviews.core.seats import Seat
from reviews.synthesis import engine, rules
from reviews.synthesis.models import Run, Synthesis
from reviews.synthesis.selectors import inputs, results, specs


@dataclass(frozen=True)
class Line:
    """A synthesis, its newest finished run with the result, what changed since, and a job that goes on."""

    spec: Synthesis
    run: Run | None
    facts: engine.Facts | None
    changes: list[str]
    job: Job | None


def overview(seat: Seat, planned: Sequence[Synthesis]) -> list[Line]:
    """The lines of one page of ``syntheses``, in its order, in a constant number of queries."""
    newest, now, jobs = specs.latest_runs(seat, planned), inputs.current_inputs_of(seat, planned), _jobs(seat, planned)
    return [_line(spec, newest.get(spec.pk), now[spec.pk], jobs.get(spec.pk)) for spec in planned]


def _line(spec: Synthesis, run: Run | None, now: rules.Inputs, job: Job | None) -> Line:
    if run is None:
        return Line(spec, None, None, [], job)
    return Line(spec, run, engine.facts(results.analysis(run)), results.changes_to(run, now), job)


def _jobs(seat: Seat, planned: Sequence[Synthesis]) -> dict[int, Job]:
    """Synthesis id -> the job of its newest run, unless it has succeeded."""
    newest = Run.objects.filter(synthesis__in=planned).order_by("synthesis_id", "-number").distinct("synthesis_id")
    owners = dict(newest.values_list("pk", "synthesis_id"))
    found = Job.objects.filter(review_id=seat.review_id, task=rules.COMPUTE, subject_id__in=owners)
    return {owners[job.subject_id]: job for job in found.exclude(state=JobState.SUCCEEDED)}
