"""Resolutions: settle a conflict alone or by discussion, take the settlement back, rebuild what is cached."""

from django.db import transaction

from reviews.core import events as trail
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.protocols import selectors as protocols
from reviews.protocols.rules import Way
from reviews.screening import events
from reviews.screening.models import Completion, Proposal, Resolution, Settler, Standing, Vote
from reviews.screening.rules import Part, Phase, Verdict
from reviews.screening.services import documents, steps
from reviews.screening.services.documents import Case
from reviews.search.models import Reference

REBUILT_AT_ONCE = 500


def resolve(
    seat: Seat,
    *,
    reference_id: int,
    phase: str,
    verdict: str,
    reason_id: int | None = None,
    note: str = "",
) -> Resolution:
    """The third entry on a conflict, by whom the protocol's rule names. Who voted settles alone only if it says so.

    Refuses (422) the lead who decides alone, because nobody else can, without a note that says why.
    """
    seat.require(Permission.RESOLVE)
    _check(seat, phase, verdict, reason_id)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        steps.require_conflict(reference, phase)
        found = steps.case(reference, phase)
        way = steps.way_of(seat, found, steps.rule(seat))
        if way == Way.DISCUSSION:
            raise Refusal("The protocol says that the people who differ settle this together: propose your verdict.")
        if way == Way.LEAD_ALONE and not note.strip():
            message = "You decide alone because nobody else can. Write the reason: the report says it."
            raise BadInput(message, {"note": message})
        said = Proposal(reference=reference, phase=phase, verdict=verdict, reason_id=reason_id, note=note)
        return _settle(seat, found, said, way, {seat.user_id: Part.SETTLED})


def propose(
    seat: Seat,
    *,
    reference_id: int,
    phase: str,
    verdict: str,
    reason_id: int | None = None,
    note: str = "",
    answers: int | None = None,
) -> Proposal:
    """One party to a discussion says what it would settle on. Nothing is settled until another party confirms.

    ``answers`` is the proposal that the person has read (primary key, None: there was none); refuses (409) when
    another one stands by now.
    """
    seat.require(Permission.VOTE)
    _check(seat, phase, verdict, reason_id)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        steps.require_conflict(reference, phase)
        found = steps.case(reference, phase)
        if steps.way_of(seat, found, steps.rule(seat)) != Way.DISCUSSION:
            raise Refusal("You may settle this reference yourself; there is nobody to discuss it with.")
        before = steps.current_proposal(reference, phase)
        _require_read(before, answers)
        if before is not None:
            steps.supersede(before)
        made = Proposal.objects.create(
            reference=reference,
            phase=phase,
            person_id=seat.user_id,
            verdict=verdict,
            reason_id=reason_id,
            note=note,
            votes=_settled_votes(found),
        )
        happened = events.Proposed(made.pk, reference.number, Phase(phase).label.lower())
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return made


def confirm(seat: Seat, *, reference_id: int, phase: str, proposal_id: int) -> Resolution:
    """The other party agrees: the proposal becomes the resolution, with both names on it.

    Refuses (409) the proposer, and a proposal that is no longer the one that stands.
    """
    seat.require(Permission.VOTE)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        steps.require_conflict(reference, phase)
        found = steps.case(reference, phase)
        proposal = steps.current_proposal(reference, phase)
        _require_read(proposal, proposal_id)
        if proposal is None:
            raise NotFound("There is no proposal on this reference.")
        if steps.way_of(seat, found, steps.rule(seat)) != Way.DISCUSSION:
            raise Refusal("You are no party to this discussion; you may settle the reference yourself.")
        if proposal.person_id == seat.user_id:
            raise Refusal("This is your own proposal. Somebody else confirms it, in their own session.")
        # A reason that an amendment retired since cannot be settled on.
        steps.check(seat, phase, proposal.verdict, proposal.reason_id)
        steps.supersede(proposal)
        names = {proposal.person_id: Part.PROPOSED, seat.user_id: Part.CONFIRMED}
        return _settle(seat, found, proposal, Way.DISCUSSION, names)


def _check(seat: Seat, phase: str, verdict: str, reason_id: int | None) -> None:
    if verdict == Verdict.MAYBE:
        raise BadInput("A resolution is include or exclude.", {"verdict": "Choose include or exclude."})
    steps.check(seat, phase, verdict, reason_id)


def _require_read(proposal: Proposal | None, read: int | None) -> None:
    if (proposal.pk if proposal else None) == read:
        return
    if proposal is None:
        raise Refusal("The proposal that you read does not stand any more. Load the page again.")
    raise Refusal(f"{proposal.person.name} has proposed something since you opened the page. Read it first.")


def _settled_votes(found: Case) -> list[int]:
    return next(row.votes for row in found.completions if row.closed_at is None)


def _settle(seat: Seat, found: Case, said: Proposal, way: Way, names: dict[int, Part]) -> Resolution:
    reference, phase = found.reference, said.phase
    resolution = Resolution.objects.create(
        reference=reference,
        phase=phase,
        person_id=seat.user_id,
        verdict=said.verdict,
        reason_id=said.reason_id,
        note=said.note,
        votes=_settled_votes(found),
        way=way,
    )
    Settler.objects.bulk_create(
        Settler(resolution=resolution, person_id=person, part=part, at=resolution.made_at)
        for person, part in names.items()
    )
    left = steps.current_proposal(reference, phase)
    if left is not None:
        steps.supersede(left)
    documents.derive(seat.review_id, [reference.pk], phase, steps.rule(seat).votes_needed)
    happened = events.Resolved(resolution.pk, reference.number, Phase(phase).label.lower())
    trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return resolution


def reopen(seat: Seat, *, reference_id: int, phase: str) -> None:
    """Whoever's name stands on a resolution takes it back; the reference is a conflict again."""
    seat.require(Permission.VIEW)
    with transaction.atomic(durable=True):
        reference = steps.locked(seat, reference_id)
        resolution = steps.current_resolution(reference, phase)
        if resolution is None or not resolution.settlers.filter(person=seat.user_id).exists():
            raise Refusal("There is no resolution of yours on this reference to take back.")
        if not (seat.can["resolve"] or seat.can["vote"]):
            raise NotAllowed("Your role in this review does not settle conflicts any more.")
        steps.require_not_passed_on(reference, phase)
        steps.supersede(resolution)
        documents.derive(seat.review_id, [reference.pk], phase, steps.rule(seat).votes_needed)
        happened = events.Reopened(resolution.pk, reference.number, Phase(phase).label.lower())
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)


def rebuild_standings(review_id: int) -> int:
    """Derive every cached tally of a review again; return how many there are."""
    votes_needed = protocols.in_force(review_id).parsed.screening.votes_needed
    count = 0
    for phase in Phase.values:
        of_review = {"phase": phase, "reference__review_id": review_id}
        ids = set(Vote.objects.filter(**of_review, superseded_at=None).values_list("reference", flat=True))
        ids |= set(Completion.objects.filter(**of_review).values_list("reference", flat=True))
        ids |= set(Standing.objects.filter(review_id=review_id, phase=phase).values_list("reference", flat=True))
        ordered = sorted(ids)
        for start in range(0, len(ordered), REBUILT_AT_ONCE):
            chunk = ordered[start : start + REBUILT_AT_ONCE]
            with transaction.atomic(durable=True):
                rows = Reference.objects.filter(pk__in=chunk).order_by("pk")
                list(rows.select_for_update(no_key=True))
                documents.derive(review_id, chunk, phase, votes_needed)
        count += len(ordered)
    return count
