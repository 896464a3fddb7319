"""Steps that the services of screening share. Each works on a reference that the caller has locked."""

from django.db.models import QuerySet
from django.utils import timezone

from reviews.core import following, locks
from reviews.core import selectors as core
from reviews.core.models import Membership
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.core.seats import Seat
from reviews.protocols import selectors as protocols
from reviews.protocols.models import ExclusionReason
from reviews.protocols.rules import Member, ScreeningRule, Way
from reviews.screening import rules
from reviews.screening.models import Completion, Doubt, Proposal, Resolution, Retrieval, Standing, Vote
from reviews.screening.rules import Phase, State
from reviews.screening.services import documents
from reviews.screening.services.documents import Case
from reviews.search.models import Reference


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
    """Hold the team as it is, and the reference; refuse a seat that was taken away or changed since the page began."""
    locks.hold_team(seat.review_id)
    role = Membership.objects.active().filter(pk=seat.membership_id).values("role")[:1]
    found = (
        Reference.objects.unique_documents()
        .select_for_update(no_key=True, of=("self",))
        .annotate(seat_role=role)
        .filter(pk=reference_id, review_id=seat.review_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such reference in this review.")
    if found.seat_role != seat.role:
        raise NotAllowed("Your place in this review has changed meanwhile. Load the page again.")
    return found


def rule(seat: Seat) -> ScreeningRule:
    return protocols.in_force(seat.review_id).parsed.screening


def behind(reference: Reference) -> QuerySet[Reference]:
    """What was decided on a reference, and on the duplicates that were joined to it."""
    return Reference.objects.behind(reference.pk)


def case(reference: Reference, phase: str) -> Case:
    """The document of a locked reference; ``references`` is complete only where something was completed before."""
    votes = Vote.objects.filter(reference__in=behind(reference), phase=phase, superseded_at=None)
    rows = list(Completion.objects.filter(reference__in=behind(reference), phase=phase).order_by("pk"))
    found = Case(reference, {reference.pk}, list(votes.order_by("made_at", "pk")), rows)
    if rows:
        found.seatings = documents.seatings(reference.review_id)
    return found


def mine(found: Case, person_id: int) -> Vote | None:
    """A person's newest vote on the document."""
    return next((vote for vote in reversed(found.votes) if vote.person_id == person_id), None)


def conclude(found: Case, phase: str, votes_needed: int) -> rules.Tally:
    """Write what follows from the votes of ``found`` as they are now; no resolution or doubt can be there."""
    finding = rules.judge(found.document, votes_needed)
    if finding.is_complete or found.completions:
        found.references |= set(behind(found.reference).values_list("pk", flat=True))
        pk = found.reference.pk
        documents.complete({pk: found}, {pk: finding}, phase, timezone.now())
    tally = documents.tally(finding)
    documents.save_standings([(found.reference, tally)], phase)
    return tally


def standing(reference: Reference, phase: str) -> rules.Tally:
    """The tally as cached: it is written under the lock that the caller holds."""
    row = Standing.objects.filter(reference=reference, phase=phase).first()
    return row.tally if row else rules.Tally()


def current_resolution(reference: Reference, phase: str) -> Resolution | None:
    rows = Resolution.objects.filter(reference__in=behind(reference), phase=phase, superseded_at=None)
    return rows.order_by("-made_at", "-pk").first()


def current_proposal(reference: Reference, phase: str) -> Proposal | None:
    rows = Proposal.objects.filter(reference__in=behind(reference), phase=phase, superseded_at=None)
    return rows.select_related("person").order_by("-made_at", "-pk").first()


def missing_report(reference: Reference) -> Retrieval | None:
    return Retrieval.objects.filter(reference__in=behind(reference), superseded_at=None).first()


def mark_decided_on(reference: Reference) -> None:
    if not reference.is_decided_on:
        reference.is_decided_on = True
        reference.save(update_fields=["is_decided_on"])


def supersede(row: Vote | Resolution | Proposal | Retrieval) -> None:
    row.superseded_at = timezone.now()
    row.save(update_fields=["superseded_at"])


def end_votes(found: Case, person_id: int) -> None:
    """A change of mind ends all current votes of a person, also those on duplicates that were joined."""
    ids = [vote.pk for vote in found.votes if vote.person_id == person_id]
    Vote.objects.filter(pk__in=ids).update(superseded_at=timezone.now())
    found.votes = [vote for vote in found.votes if vote.person_id != person_id]


def require_up(reference: Reference, phase: str) -> None:
    """Whether the reference is voted on in this phase at all."""
    if phase != Phase.FULL_TEXT:
        return
    if rules.state(standing(reference, Phase.TITLE_ABSTRACT)) != State.INCLUDED:
        raise Refusal(f"Reference {reference.number} is not up for full-text screening.")
    if missing_report(reference) is not None:
        raise Refusal(f"The report of reference {reference.number} is marked as not retrieved.")


def require_unseen(found: Case, person_id: int, phase: str) -> None:
    """Whether this person has seen nobody else's verdict on the document, so that a vote is independent."""
    document, number = found.document, found.reference.number
    if found.is_complete:
        if can_change_own(found, person_id, phase):
            require_unused(found.reference, phase)
            return
        is_voter = mine(found, person_id) is not None
        ask = " You can ask for a second look." if is_voter else ""
        raise Refusal(f"Reference {number} has all its votes already.{ask}")
    if rules.exposed_since(person_id, document) is not None:
        raise Refusal(
            f"What others said of reference {number} could be seen by you before, so a vote of yours would not be "
            "independent. Somebody who has not seen it votes, or whoever settles conflicts decides."
        )


def can_change_own(found: Case, person_id: int, phase: str) -> bool:
    """Whether a complete reference rests on this person's vote alone, and nobody has answered it in any way."""
    if not rules.is_own_only(found.document, person_id):
        return False
    of_document = {"reference__in": behind(found.reference), "phase": phase}
    answers = (Doubt.objects, Resolution.objects, Proposal.objects)
    return not any(rows.filter(**of_document).exists() for rows in answers)


def require_not_passed_on(reference: Reference, phase: str) -> None:
    """Whether the report is not being judged already."""
    judged = Vote.objects.filter(reference__in=behind(reference), phase=Phase.FULL_TEXT, superseded_at=None)
    if phase == Phase.TITLE_ABSTRACT and judged.exists():
        raise Refusal(f"Reference {reference.number} is being judged at full text already; decide it there.")


def require_unused(reference: Reference, phase: str) -> None:
    """Whether no later stage has used what was decided here, so that a vote that decided alone may go."""
    require_not_passed_on(reference, phase)
    if phase == Phase.TITLE_ABSTRACT and missing_report(reference) is not None:
        raise Refusal(f"The report of reference {reference.number} is marked as not retrieved; undo that first.")
    if phase != Phase.FULL_TEXT:
        return
    if following.ask("USES_REPORTS", reference.review_id, list(behind(reference).values_list("pk", flat=True))):
        raise Refusal(f"Reference {reference.number} is a report of a study already, so its votes stand.")


def require_conflict(reference: Reference, phase: str) -> None:
    """Refuse what is settled, and what is no conflict."""
    settled = current_resolution(reference, phase)
    if settled is not None:
        raise Refusal(f"Reference {reference.number} has been settled already by {settled.person.name}.")
    if rules.state(standing(reference, phase)) != State.CONFLICT:
        raise Refusal(f"Reference {reference.number} is not in conflict; there is nothing to settle.")


def members(review_id: int) -> list[Member]:
    return [Member(seat.user_id, seat.role) for seat in core.seats(review_id)]


def way_of(seat: Seat, found: Case, rule: ScreeningRule) -> Way:
    """How this seat may settle the document; refuses whom the protocol's rule does not let."""
    open_one = next(row for row in found.completions if row.closed_at is None)
    allowed = rules.settlers(rule, members(seat.review_id), open_one.voters, open_one.lacks_votes)
    if seat.user_id in allowed:
        return allowed[seat.user_id]
    if seat.user_id in open_one.voters:
        raise Refusal("You voted on this reference, so somebody else has to settle it.")
    raise NotAllowed(f"The protocol says that conflicts are settled by {rules.NAMED[rule.settled_by]}.")
