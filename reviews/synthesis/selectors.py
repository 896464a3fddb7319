"""Reads of synthesis: specifications, runs, and whether a run still says what the data say."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from analysis import options, results
from analysis.figures import forest
from reviews.core import selectors as core
from reviews.core.models import Job
from reviews.core.refusals import BadInput, NotFound
from reviews.core.seats import Seat
from reviews.extraction import selectors as extraction
from reviews.extraction.models import Arm
from reviews.synthesis import engine, rules
from reviews.synthesis.models import Run, Synthesis


def syntheses(seat: Seat) -> QuerySet[Synthesis]:
    """The specifications that have not been put away, oldest first."""
    found = Synthesis.objects.filter(review_id=seat.review_id, archived_at=None)
    return found.select_related("time_1__outcome", "time_2", "subgroup_by", "created_by").order_by("pk")


def synthesis(seat: Seat, synthesis_id: int) -> Synthesis:
    found = Synthesis.objects.filter(review_id=seat.review_id, pk=synthesis_id)
    spec = found.select_related("time_1__outcome", "time_2", "subgroup_by", "created_by").first()
    if spec is None:
        raise NotFound("There is no such synthesis in this review.")
    return spec


def runs(seat: Seat, spec: Synthesis) -> QuerySet[Run]:
    """All runs of a synthesis, newest first."""
    found = Run.objects.filter(synthesis=spec, synthesis__review_id=seat.review_id)
    return found.select_related("asked_by").order_by("-number")


def run(seat: Seat, run_id: int) -> Run:
    """A run of a synthesis of this review, finished or not."""
    found = Run.objects.filter(synthesis__review_id=seat.review_id, pk=run_id)
    one = found.select_related(
        "asked_by", "synthesis__time_1__outcome", "synthesis__time_2", "synthesis__subgroup_by"
    ).first()
    if one is None:
        raise NotFound("There is no such run in this review.")
    return one


def latest_run(seat: Seat, spec: Synthesis) -> Run | None:
    """The newest finished run, which is the one that counts."""
    return runs(seat, spec).filter(finished_at__isnull=False).first()


def latest_runs(seat: Seat, specs: Collection[Synthesis]) -> dict[int, Run]:
    """Synthesis id -> its newest finished run, in one query."""
    found = Run.objects.filter(
        synthesis__in=[spec.pk for spec in specs],
        synthesis__review_id=seat.review_id,
        finished_at__isnull=False,
    )
    newest = found.select_related("asked_by").order_by("synthesis_id", "-number").distinct("synthesis_id")
    return {one.synthesis_id: one for one in newest}


def job(seat: Seat, one: Run) -> Job | None:
    """The job that computes a run."""
    return core.job_of(seat, rules.COMPUTE, one.pk)


def current_inputs(seat: Seat, spec: Synthesis) -> rules.Inputs:
    """What a run would freeze now: the consensus of every study that has both groups."""
    found = extraction.consensus_rows(
        seat,
        arm_1=spec.arm_1,
        time_1_id=spec.time_1_id,
        arm_2=spec.arm_2,
        time_2_id=spec.time_2_id,
        characteristic_id=spec.subgroup_by_id,
    )
    rows = tuple(_row(one) for one in found)
    return rules.Inputs(rows, _texts(seat, spec, rows))


def _row(found: extraction.StudyRow) -> rules.Row:
    return rules.Row(
        study_id=found.study_id,
        label=found.label,
        n1=found.n1,
        mean1=found.mean1,
        sd1=found.sd1,
        n2=found.n2,
        mean2=found.mean2,
        sd2=found.sd2,
        level=found.level,
        value_ids=dict(found.value_ids),
    )


def _texts(seat: Seat, spec: Synthesis, rows: Collection[rules.Row]) -> rules.Texts:
    arms = Arm.objects.filter(study__in=[row.study_id for row in rows]).values_list("role", "name")
    names = rules.common_names(arms)
    group_1, group_2 = rules.group_names(spec.arm_1, spec.time_1.name, spec.arm_2, spec.time_2.name, names)
    outcome = spec.time_1.outcome
    return rules.Texts(
        title=spec.title,
        outcome=outcome.name,
        instrument=outcome.measure,
        direction=outcome.direction,
        group_1=group_1,
        group_2=group_2,
        subgroup_by=spec.subgroup_by.name if spec.subgroup_by else "",
        notice=core.review(seat).synthetic_note,
    )


def is_outdated(seat: Seat, one: Run) -> bool:
    """Whether anything a run was computed from has changed since, down to the place of a single value."""
    return bool(changes(seat, one))


def changes(seat: Seat, one: Run) -> list[str]:
    """What has changed since a run, a sentence each; empty when the run is up to date."""
    return _changes(one, current_inputs(seat, one.synthesis))


def _changes(one: Run, now: rules.Inputs) -> list[str]:
    if engine.digest(now, engine.choices(one.synthesis)) == one.inputs_digest:
        return []
    found = rules.differences(rules.inputs(one.inputs), now)
    return found or ["This version of the engine fills in the choices in another way."]


def analysis(one: Run) -> results.Analysis:
    """The stored result of a finished run."""
    return engine.stored(_results(one))


def studies(one: Run) -> tuple[rules.Row, ...]:
    """The studies a run froze, in their order."""
    return rules.inputs(one.inputs).rows


def newest_run(seat: Seat, spec: Synthesis) -> Run | None:
    """The run asked for last, finished or not."""
    return runs(seat, spec).first()


def _results(one: Run) -> dict[str, Any]:
    if one.results is None:
        raise NotFound("This run has no result yet. Wait until it is computed.")
    return one.results


def figure(one: Run) -> forest.Forest:
    """The forest plot of a finished run, with the words frozen with it."""
    inputs = rules.inputs(one.inputs)
    return engine.figure(analysis(one), inputs.texts)


def what_if(one: Run, without: Collection[int]) -> tuple[results.Analysis, forest.Forest]:
    """The frozen rows of a run pooled again without some studies. Nothing is stored.

    Raises BadInput when no study is left.
    """
    inputs = rules.inputs(one.inputs)
    left_out = [row.label for row in inputs.rows if row.study_id in without]
    if len(left_out) == len(inputs.rows):
        raise BadInput("Leave at least one study in.", {"without": "Leave at least one study in."})
    pooled = engine.analyse(inputs, options.Options.from_dict(one.options), without)
    title = f"{inputs.texts.title}: what if without {', '.join(left_out)}" if left_out else inputs.texts.title
    return pooled, engine.figure(pooled, inputs.texts, title)


@dataclass(frozen=True)
class Overview:
    """One line of the list of syntheses."""

    spec: Synthesis
    run: Run | None
    result: results.Analysis | None
    job: Job | None
    changes: list[str]
