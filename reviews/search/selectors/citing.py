"""References as they are cited outside: one citation each, put together from all records behind it."""

from collections.abc import Iterator, Sequence

from reviews.core.seats import Seat
from reviews.search.citations import Citation
from reviews.search.models import Reference

_CHUNK = 500


def citations(seat: Seat, ids: Sequence[int]) -> Iterator[Citation]:
    """The references ``ids`` of this review in this order; a query for every 500 of them, memory flat."""
    rows = Reference.objects.filter(review_id=seat.review_id).select_related("primary_record")
    rows = rows.defer("primary_record__raw", "primary_record__tags")
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        found = rows.in_bulk(chunk)
        yield from (found[pk].citation for pk in chunk if pk in found)
