"""Steps that the services of screening share. Each works on a reference that the caller has locked."""

from django.db.models import QuerySet
from django.utils import timezone

from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.core.seats import Seat
from reviews.protocols import selectors as protocols
from reviews.protocols.models import ExclusionReason
from reviews.protocols.rules import ScreeningRule
from reviews.screening import rules
from reviews.screening.models import Doubt, Resolution, Retrieval, Standing, Vote
from reviews.screening.rules import Phase, State, Verdict
from reviews.search.models import Reference

COUNTED = ["includes", "maybes", "excludes", "is_contested", "resolution"]


def check(seat: Seat, phase: str, verdict: str, reason_id: int | None) -> None:
    problem = rules.allowed(phase, verdict, reason_id is not None)
    if problem:
        raise BadInput(problem, {"reason" if "reason" in problem else "verdict": problem})
    if reason_id is None:
        return
    in_force = ExclusionReason.objects.in_force().filter(pk=reason_id, review_id=seat.review_id)
    if not in_force.exists():
        message = "This reason is not in the protocol in force. Choose one of its reasons."
        raise BadInput(message, {"reason": message})


def locked(seat: Seat, reference_id: int) -> Reference:
    found = (
        Reference.objects.unique_documents()
        .select_for_update(no_key=True)
        .filter(pk=reference_id, review_id=seat.review_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such reference in this review.")
    return found


def rule(seat: Seat) -> ScreeningRule:
    return protocols.in_force(seat.review_id).parsed.screening


def current_votes(reference: Reference, phase: str) -> dict[int, Vote]:
    """Everybody's vote that counts: of a reference that others were merged into, each person's newest."""
    votes = Vote.objects.filter(reference__in=behind(reference), phase=phase, superseded_at=None)
    return {vote.person_id: vote for vote in votes.order_by("made_at", "pk")}


def behind(reference: Reference) -> QuerySet[Reference]:
    """What was decided on a reference, and on the duplicates that were joined to it."""
    return Reference.objects.behind(reference.pk)


def supersede_votes(reference: Reference, phase: str, person_id: int) -> None:
    """A change of mind ends all current votes of a person, also those on duplicates that were joined."""
    votes = Vote.objects.filter(reference__in=behind(reference), phase=phase, person_id=person_id, superseded_at=None)
    votes.update(superseded_at=timezone.now())


def current_resolution(reference: Reference, phase: str) -> Resolution | None:
    rows = Resolution.objects.filter(reference__in=behind(reference), phase=phase, superseded_at=None)
    return rows.order_by("-made_at", "-pk").first()


def missing_report(reference: Reference) -> Retrieval | None:
    return Retrieval.objects.filter(reference__in=behind(reference), superseded_at=None).first()


def read_tally(reference: Reference, phase: str) -> rules.Tally:
    """From the rows themselves, read after the lock, so that a stale cache can never decide."""
    verdicts = [vote.verdict for vote in current_votes(reference, phase).values()]
    resolution = current_resolution(reference, phase)
    return rules.Tally(
        includes=verdicts.count(Verdict.INCLUDE),
        maybes=verdicts.count(Verdict.MAYBE),
        excludes=verdicts.count(Verdict.EXCLUDE),
        is_contested=Doubt.objects.filter(reference__in=behind(reference), phase=phase).exists(),
        resolution=resolution.verdict if resolution else None,
    )


def save_standing(reference: Reference, phase: str) -> rules.Tally:
    tally = read_tally(reference, phase)
    row = Standing(
        reference=reference,
        review_id=reference.review_id,
        phase=phase,
        includes=tally.includes,
        maybes=tally.maybes,
        excludes=tally.excludes,
        is_contested=tally.is_contested,
        resolution=tally.resolution,
    )
    # One statement in place of four: every vote passes here.
    Standing.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["reference", "phase"], update_fields=COUNTED
    )
    return tally


def derive(reference: Reference, phase: str) -> None:
    """The tally of a reference again; one that was merged into another counts there."""
    if reference.merged_into_id is None:
        save_standing(reference, phase)
    else:
        Standing.objects.filter(reference=reference, phase=phase).delete()


def mark_decided_on(reference: Reference) -> None:
    if not reference.is_decided_on:
        reference.is_decided_on = True
        reference.save(update_fields=["is_decided_on"])


def supersede(row: Vote | Resolution | Retrieval) -> None:
    row.superseded_at = timezone.now()
    row.save(update_fields=["superseded_at"])


def require_open(reference: Reference, phase: str, rule: ScreeningRule, *, is_voter: bool) -> None:
    """Whether somebody may (still) vote on it in this phase."""
    tally = read_tally(reference, phase)
    if phase == Phase.FULL_TEXT:
        if rules.state(read_tally(reference, Phase.TITLE_ABSTRACT), rule) != State.INCLUDED:
            raise Refusal(f"Reference {reference.number} is not up for full-text screening.")
        if missing_report(reference) is not None:
            raise Refusal(f"The report of reference {reference.number} is marked as not retrieved.")
    if not rules.has_all_votes(tally, rule):
        return
    if is_voter and rules.is_alone(tally, rule):
        require_not_passed_on(reference, phase)
        return
    ask = " You can ask the adjudicator for a second look." if is_voter else ""
    raise Refusal(f"Reference {reference.number} has all its votes already.{ask}")


def require_not_passed_on(reference: Reference, phase: str) -> None:
    if phase == Phase.TITLE_ABSTRACT and current_votes(reference, Phase.FULL_TEXT):
        raise Refusal(f"Reference {reference.number} is being judged at full text already; decide it there.")


def require_settler(seat: Seat, rule: ScreeningRule) -> None:
    role = rules.RESOLVING_ROLE[rule.settled_by]
    if seat.role != role:
        raise NotAllowed(f"The protocol says that conflicts are settled by the {role.label.lower()}.")


def require_conflict(reference: Reference, phase: str, rule: ScreeningRule) -> None:
    tally = read_tally(reference, phase)
    if tally.resolution is not None:
        settled = current_resolution(reference, phase)
        name = settled.person.name if settled else "somebody"
        raise Refusal(f"Reference {reference.number} has been settled already by {name}.")
    if rules.state(tally, rule) != State.CONFLICT:
        raise Refusal(f"Reference {reference.number} is not in conflict; there is nothing to settle.")
