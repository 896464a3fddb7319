"""What screening derives again when references join or part, when the team changes, and when a protocol comes.

Named in ``settings.FOLLOWS_…`` and called inside the transaction of what happened, which holds the review's lock.
No row of a vote is touched.
"""

from collections.abc import Collection

from django.db.models import F, Q
from django.utils import timezone

from reviews.core import events as trail
from reviews.core import selectors as core
from reviews.core.rules import PERMISSIONS, Permission
from reviews.protocols import selectors as protocols
from reviews.screening import events, rules
from reviews.screening.models import Completion, Doubt, Proposal, Resolution, Standing, Vote
from reviews.screening.rules import Phase
from reviews.screening.services import documents
from reviews.search.models import DOCUMENT, Reference

AT_ONCE = 500


def follow_regrouping(review_id: int, reference_ids: Collection[int]) -> None:
    """Votes follow their references: those of joined duplicates count for what they became, and part with it again."""
    protocol = protocols.current(review_id)
    if protocol is None:
        return
    among = Reference.objects.filter(Q(pk__in=reference_ids) | Q(merged_into__in=reference_ids))
    everything = set(among.values_list("pk", flat=True))
    for phase in Phase.values:
        if _has_history(everything, phase):
            documents.derive(review_id, reference_ids, phase, protocol.parsed.screening.votes_needed)


def _has_history(references: Collection[int], phase: str) -> bool:
    tables = (Vote.objects, Completion.objects, Resolution.objects, Doubt.objects, Standing.objects)
    return any(rows.filter(reference__in=references, phase=phase).exists() for rows in tables)


def follow_membership(review_id: int, person_id: int) -> None:
    """Somebody joined, left or changed role: what waited for them goes on without them."""
    protocol = protocols.current(review_id)
    if protocol is None:
        return
    votes_here = any(
        seat.user_id == person_id and Permission.VOTE in PERMISSIONS[seat.role] for seat in core.seats(review_id)
    )
    if not votes_here:
        _lapse_proposals(review_id, person_id)
    for phase in Phase.values:
        derive_exposed(review_id, phase, protocol.parsed.screening.votes_needed)


def _lapse_proposals(review_id: int, person_id: int) -> None:
    """A discussion takes two: what this person proposed, or was to answer, lapses."""
    rows = Proposal.objects.filter(reference__review_id=review_id, superseded_at=None).select_related("reference")
    voted = set(
        Vote.objects.filter(reference__review_id=review_id, person=person_id, superseded_at=None).values_list(
            "pk", flat=True
        )
    )
    for row in rows:
        if row.person_id == person_id or voted.intersection(row.votes):
            Proposal.objects.filter(pk=row.pk).update(superseded_at=timezone.now())
            happened = events.ProposalLapsed(row.pk, row.reference.number, Phase(row.phase).label.lower())
            trail.record(happened, review_id=review_id, actor_id=None)


def follow_protocol(review_id: int) -> None:
    """A rule with fewer votes completes what waited for more; one with more reopens nothing."""
    protocol = protocols.current(review_id)
    needed = protocol.parsed.screening.votes_needed if protocol else 0
    for phase in Phase.values:
        rows = Standing.objects.filter(review_id=review_id, phase=phase, resolution=None)
        rows = rows.annotate(votes=F("includes") + F("maybes") + F("excludes")).filter(votes__gte=needed, votes__gt=0)
        ids = sorted(rows.filter(Q(is_complete=False) | Q(lacks_votes=True)).values_list("reference", flat=True))
        for start in range(0, len(ids), AT_ONCE):
            documents.derive(review_id, ids[start : start + AT_ONCE], phase, needed)
        if ids:
            happened = events.CompletedByRule(len(ids), Phase(phase).label.lower())
            trail.record(happened, review_id=review_id, actor_id=None)
        derive_exposed(review_id, phase, needed)


def derive_exposed(review_id: int, phase: str, votes_needed: int) -> None:
    """Look again at documents that are open although somebody has seen verdicts on them: few, in any review."""
    closed = Completion.objects.filter(review_id=review_id, phase=phase, closed_at__isnull=False)
    ids = set(closed.annotate(document=DOCUMENT).values_list("document", flat=True))
    done = Standing.objects.filter(reference__in=ids, phase=phase, is_complete=True)
    ids -= set(done.values_list("reference", flat=True))
    if ids:
        documents.derive(review_id, sorted(ids), phase, votes_needed)


def joining_needs_another(review_id: int, person_id: int, reference_ids: Collection[int]) -> bool:
    """Whether ``person_id`` may only propose to join these references (named in ``settings.ASKED_BEFORE_JOINING``).

    So it is when somebody else's vote lies on one of them and this person may still vote on one: the join would show
    the one before the other is cast.
    """
    seat = core.seat(person_id, review_id)
    if seat is None or Permission.VOTE not in seat.permissions:
        return False
    return any(
        rules.would_see_first(
            person_id, [case.document for case in documents.read(review_id, reference_ids, phase).values()]
        )
        for phase in Phase.values
    )
