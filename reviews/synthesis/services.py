"""Every write of synthesis."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from analysis import errors, options
from reviews.core import events as trail
from reviews.core import history, jobs
from reviews.core.models import Job, Review
from reviews.core.refusals import BadInput, NotFound, Refusal
from reviews.core.rules import JobState, Permission
from reviews.core.seats import Seat
from reviews.protocols.models import PlannedCharacteristic, PlannedTimePoint
from reviews.protocols.rules import ArmRole
from reviews.synthesis import engine, events, rules, selectors
from reviews.synthesis.models import Run, Synthesis

TITLE_LENGTH = 200


def create_synthesis(
    seat: Seat,
    *,
    title: str,
    arm_1: str,
    time_1_id: int,
    arm_2: str,
    time_2_id: int,
    measure: str,
    model: str,
    tau2_method: str,
    convention: str,
    subgroup_by_id: int | None = None,
    note: str = "",
) -> Synthesis:
    """Specify an analysis. Raises BadInput, with the field, for an unknown choice, equal groups or a taken title."""
    seat.require(Permission.SYNTHESISE)
    spec = Synthesis(
        review_id=seat.review_id,
        title=" ".join(title.split()),
        note=note.strip(),
        arm_1=arm_1,
        time_1_id=time_1_id,
        arm_2=arm_2,
        time_2_id=time_2_id,
        measure=measure,
        model=model,
        tau2_method=tau2_method,
        convention=convention,
        subgroup_by_id=subgroup_by_id,
        created_by_id=seat.user_id,
    )
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        _refuse({**_unknown_choices(spec), **_wrong_title(spec), **_wrong_groups(spec), **_wrong_subgroups(spec)})
        spec.save(force_insert=True)
        happened = events.SynthesisCreated(spec.pk, spec.title)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return spec


def rename_synthesis(
    seat: Seat, *, synthesis_id: int, title: str, note: str, old_title: str, old_note: str
) -> Synthesis:
    """Give a synthesis another title or note in place of the ones its reader has seen; the trail keeps both.

    Raises :class:`Stale` when somebody changed them meanwhile, BadInput for a title that is taken.
    """
    seat.require(Permission.SYNTHESISE)
    new_title, new_note = " ".join(title.split()), _plain(note)
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        spec = _locked(seat, synthesis_id)
        _refuse_stale(spec, (old_title, new_title), (old_note, new_note))
        before = (spec.title, spec.note)
        if before == (new_title, new_note):
            return spec
        spec.title, spec.note = new_title, new_note
        _refuse(_wrong_title(spec))
        spec.save(update_fields=["title", "note"])
        happened = events.SynthesisRenamed(spec.pk, before[0], spec.title, before[1], spec.note)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return spec


def _plain(note: str) -> str:
    """A browser sends other line ends than it was given."""
    return note.replace("\r\n", "\n").strip()


def _refuse_stale(spec: Synthesis, titles: tuple[str, str], notes: tuple[str, str]) -> None:
    clashes = {
        name: history.Clash(spec.pk, current, typed)
        for name, current, (seen, typed) in (("title", spec.title, titles), ("note", spec.note, notes))
        if _plain(seen) != _plain(current)
    }
    if clashes:
        raise history.Stale(
            f"Somebody renamed this synthesis meanwhile: it is called “{spec.title}” now. Look at both, then save "
            "again.",
            clashes,
        )


def archive_synthesis(seat: Seat, *, synthesis_id: int) -> None:
    """Put a synthesis away: it leaves the list and the report, its runs stay."""
    seat.require(Permission.SYNTHESISE)
    with transaction.atomic(durable=True):
        spec = _locked(seat, synthesis_id)
        spec.archived_at = timezone.now()
        spec.save(update_fields=["archived_at"])
        happened = events.SynthesisArchived(spec.pk, spec.title)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)


def ask_run(seat: Seat, *, synthesis_id: int) -> Run:
    """Freeze the inputs as they stand now and queue their computation."""
    seat.require(Permission.SYNTHESISE)
    with transaction.atomic(durable=True):
        spec = _locked(seat, synthesis_id)
        _refuse_while_computing(spec)
        inputs, chosen = selectors.current_inputs(seat, spec), engine.choices(spec)
        _refuse_inputs(spec, inputs)
        number = (spec.runs.aggregate(last=Max("number"))["last"] or 0) + 1
        run = Run.objects.create(
            synthesis=spec,
            number=number,
            inputs=inputs.to_dict(),
            options=chosen.to_dict(),
            inputs_digest=engine.digest(inputs, chosen),
            asked_by_id=seat.user_id,
        )
        jobs.queue(seat, task=rules.COMPUTE, subject_id=run.pk, title=f"Run {number} of “{spec.title}”")
        happened = events.RunAsked(run.pk, number, spec.title)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return run


def compute_run(run_id: int, progress: jobs.Progress) -> str:
    """Compute a run from what it froze and write the result, once; a second call changes nothing."""
    run = Run.objects.select_related("synthesis").get(pk=run_id)
    inputs = rules.inputs(run.inputs)
    if run.finished_at is None:
        progress.tell(0, 2, f"Pooling {len(inputs.rows)} studies")
        _store(run, inputs)
    progress.tell(2, 2, "Done")
    return f"{run.synthesis.title}: run {run.number} is ready."


def _store(run: Run, inputs: rules.Inputs) -> None:
    try:
        analysis = engine.analyse(inputs, options.Options.from_dict(run.options))
    except errors.InputError as error:
        raise Refusal(str(error)) from error
    with transaction.atomic(durable=True):
        locked = Run.objects.select_for_update(no_key=True).get(pk=run.pk)
        if locked.finished_at is not None:
            return
        locked.results, locked.engine_version = analysis.to_dict(), analysis.engine_version
        locked.finished_at = timezone.now()
        locked.save(update_fields=["results", "engine_version", "finished_at"])
        happened = events.RunFinished(run.pk, run.number, run.synthesis.title)
        trail.record(happened, review_id=run.synthesis.review_id, actor_id=None)


def _locked(seat: Seat, synthesis_id: int) -> Synthesis:
    found = (
        Synthesis.objects.select_for_update(no_key=True, of=("self",))
        .select_related("time_1__outcome", "time_2", "subgroup_by")
        .filter(pk=synthesis_id, review_id=seat.review_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such synthesis in this review.")
    if found.archived_at:
        raise Refusal("This synthesis has been put away. Plan a new one.")
    return found


def _refuse_while_computing(spec: Synthesis) -> None:
    unfinished = spec.runs.filter(finished_at=None).values_list("pk", flat=True)
    waiting = Job.objects.filter(task=rules.COMPUTE, subject_id__in=unfinished).exclude(state=JobState.FAILED)
    if waiting.exists():
        raise Refusal("A run of this synthesis is being computed already. Wait until it is done.")


def _refuse_inputs(spec: Synthesis, inputs: rules.Inputs) -> None:
    if not inputs.rows:
        times = dict.fromkeys([spec.time_1.name, spec.time_2.name])
        raise Refusal(
            f"No study has a consensus for {spec.outcome}, {' and '.join(times)}, in both groups yet. "
            "Make the consensus of at least one study in Extraction first."
        )
    if spec.subgroup_by_id and (sentence := rules.without_level(inputs.rows)):
        raise Refusal(sentence)


def _refuse(fields: dict[str, str]) -> None:
    if fields:
        raise BadInput(next(iter(fields.values())), fields)


def _unknown_choices(spec: Synthesis) -> dict[str, str]:
    allowed = {
        "arm_1": ArmRole.values,
        "arm_2": ArmRole.values,
        "measure": rules.Measure.values,
        "model": rules.Model.values,
        "tau2_method": rules.Tau2Method.values,
        "convention": rules.Convention.values,
    }
    return {
        name: f"“{getattr(spec, name)}” is not known here; choose one of {', '.join(values)}."
        for name, values in allowed.items()
        if getattr(spec, name) not in values
    }


def _wrong_title(spec: Synthesis) -> dict[str, str]:
    if not spec.title:
        return {"title": "Write a title, such as “Pain after treatment”."}
    if len(spec.title) > TITLE_LENGTH:
        return {"title": f"The title has {len(spec.title)} characters; {TITLE_LENGTH} is the most."}
    same = Synthesis.objects.filter(review_id=spec.review_id, archived_at=None, title__iexact=spec.title)
    same = same.exclude(pk=spec.pk)
    if same.exists():
        return {"title": f"There is a synthesis called “{spec.title}” already. Give this one another title."}
    return {}


def _wrong_groups(spec: Synthesis) -> dict[str, str]:
    in_force = PlannedTimePoint.objects.in_force().select_related("outcome").filter(review_id=spec.review_id)
    points = in_force.in_bulk([key for key in (spec.time_1_id, spec.time_2_id) if key])
    for name in ("time_1_id", "time_2_id"):
        if getattr(spec, name) not in points:
            return {name: "Choose a time point of the protocol in force."}
    first, second = points[spec.time_1_id], points[spec.time_2_id]
    if first.outcome_id != second.outcome_id:
        return {"time_2_id": f"{first.outcome} and {second.outcome} are two outcomes; both groups need the same one."}
    if spec.arm_1 == spec.arm_2 and first == second:
        return {"arm_2": "Both groups are the same arm at the same time point. Change one of them."}
    return {}


def _wrong_subgroups(spec: Synthesis) -> dict[str, str]:
    planned = PlannedCharacteristic.objects.in_force().filter(review_id=spec.review_id)
    if spec.subgroup_by_id is None or planned.filter(pk=spec.subgroup_by_id).exists():
        return {}
    return {"subgroup_by_id": "Choose a characteristic of the protocol in force."}
