"""Joins that one person proposes and another confirms. The caller holds the review's lock."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core import following
from reviews.core import selectors as core
from reviews.core.refusals import BadInput, NotFound, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import events
from reviews.search.models import Join, JoinProposal, Pair, Reference
from reviews.search.services import steps


def needs_another(seat: Seat, references: Collection[int]) -> bool:
    """Whether the join would show this person somebody's verdict before their own vote."""
    return following.ask("ASKED_BEFORE_JOINING", seat.review_id, seat.user_id, sorted(references))


def is_alone(seat: Seat) -> bool:
    """Whether nobody else in the review could confirm."""
    others = (one for one in core.seats(seat.review_id) if one.user_id != seat.user_id)
    return not any(Permission.SEARCH in one.permissions for one in others)


def require_note(note: str) -> None:
    if not note.strip():
        message = (
            "Somebody has voted on one of these references, and nobody else is here to confirm the join. Write a note "
            "that says why they are one document; you will not vote on them any more."
        )
        raise BadInput(message, {"note": message})


def between(review_id: int, references: Collection[int]) -> JoinProposal | None:
    """The proposal in force to make these two references one, through whichever of their records."""
    rows = JoinProposal.objects.filter(review_id=review_id, superseded_at=None).select_related("pair").order_by("pk")
    homes = _homes({pk for row in rows for pk in (row.pair.one_id, row.pair.other_id)})
    for row in rows:
        if {homes.get(row.pair.one_id), homes.get(row.pair.other_id)} == set(references):
            return row
    return None


def _homes(records: Collection[int]) -> dict[int, int]:
    current = Join.objects.filter(record_id__in=records, superseded_at=None)
    return dict(current.values_list("record_id", "reference_id"))


def propose(seat: Seat, pair: Pair, numbers: tuple[int, int], note: str) -> JoinProposal:
    made = JoinProposal.objects.create(review_id=seat.review_id, pair=pair, person_id=seat.user_id, note=note)
    trail.record(events.JoinProposed(*numbers), review_id=seat.review_id, actor_id=seat.user_id)
    return made


def end(review_id: int, references: Collection[int]) -> None:
    """The references were joined or declared different: nothing waits for a second person any more."""
    while (row := between(review_id, references)) is not None:
        JoinProposal.objects.filter(pk=row.pk).update(superseded_at=timezone.now())


def withdraw(seat: Seat, *, proposal_id: int) -> Pair:
    """Take one's own proposal back; the pair waits for a decision again."""
    seat.require(Permission.SEARCH)
    with transaction.atomic(durable=True):
        steps.locked_review(seat)
        row = JoinProposal.objects.select_related("pair").filter(review_id=seat.review_id, pk=proposal_id).first()
        if row is None:
            raise NotFound("There is no such proposal in this review.")
        if row.superseded_at is not None:
            raise Refusal("This proposal was confirmed, declined or taken back already.")
        if row.person_id != seat.user_id:
            raise Refusal("This is somebody else's proposal: confirm it, or say that the two are no duplicates.")
        row.superseded_at = timezone.now()
        row.save(update_fields=["superseded_at"])
        homes = _homes([row.pair.one_id, row.pair.other_id])
        numbers = dict(Reference.objects.filter(pk__in=homes.values()).values_list("pk", "number"))
        one, other = (numbers.get(homes.get(pk, 0), 0) for pk in (row.pair.one_id, row.pair.other_id))
        trail.record(events.JoinProposalWithdrawn(one, other), review_id=seat.review_id, actor_id=seat.user_id)
    return row.pair
