"""Votes follow their references: those of joined duplicates count for what they became, and part with it again."""

from collections.abc import Collection

from reviews.screening.models import Doubt, Resolution, Standing, Vote
from reviews.screening.services import steps
from reviews.search.models import Reference


def follow_regrouping(review_id: int, reference_ids: Collection[int]) -> None:
    """Derive the tallies of references that became one, or parted; named in ``settings.FOLLOWS_REGROUPING``.

    Called inside the transaction that joined or parted them, which holds their locks. No row of a vote is touched.
    """
    rows = Reference.objects.filter(review_id=review_id, pk__in=reference_ids)
    for reference in rows.order_by("pk"):
        for phase in _phases(reference):
            steps.derive(reference, phase)


def _phases(reference: Reference) -> list[str]:
    """Where something was decided, or a tally is left from before."""
    found: set[str] = set()
    for rows in (Vote.objects, Resolution.objects, Doubt.objects, Standing.objects):
        found |= set(rows.filter(reference__in=steps.behind(reference)).values_list("phase", flat=True).distinct())
    return sorted(found)
