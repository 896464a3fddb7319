"""Which cards a person is shown next: in the order of their numbers, past those that enough others are reading.

The order depends on how many votes a reference has, on whose they are, and on claims; never on what a vote says.
"""

import hashlib
import itertools
from collections.abc import Iterator

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from reviews.core.seats import Seat
from reviews.screening import claims
from reviews.screening.claims import Candidate, Desk
from reviews.screening.models import Vote
from reviews.search.models import Reference

# Of a long list only its beginning is being read.
MOST_CLAIMED = 5
# Rows looked at in one turn, the first time and after that.
WINDOWS = (100, 400)


def ahead(
    seat: Seat, phase: str, open_ones: QuerySet[Reference], *, votes_needed: int, after: int, limit: int
) -> list[Reference]:
    """The next of ``open_ones`` from the number ``after`` on and then from the start, each claimed as it is shown."""
    desk = Desk(seat.review_id, phase, seat.user_id)
    chosen = _claimed(desk, open_ones, votes_needed, after, limit)
    if chosen is None:
        return _unclaimed(desk, open_ones, after, limit)
    found = Reference.objects.select_related("primary_record").in_bulk(chosen)
    return [found[one] for one in chosen]


def keep(seat: Seat, phase: str, open_ones: QuerySet[Reference], *, votes_needed: int, shown: list[int]) -> None:
    """Claim anew what is on the person's screen, unless it lapsed and others have taken it since."""
    rows = _rows(open_ones.filter(pk__in=shown), phase, len(shown))
    found = {row[0]: _candidate(row, votes_needed) for row in rows}
    candidates = [found[one] for one in shown if one in found]
    claims.take(Desk(seat.review_id, phase, seat.user_id), candidates, limit=MOST_CLAIMED, to_claim=MOST_CLAIMED)


def start(desk: Desk, last: int) -> int:
    """Where a person begins without claims: somewhere before ``last``, always the same, far from most others."""
    name = f"{desk.review_id} {desk.phase} {desk.person_id}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest()) % max(last, 1)


def _claimed(desk: Desk, open_ones: QuerySet[Reference], votes_needed: int, after: int, limit: int) -> list[int] | None:
    shown: list[int] = []
    full: list[tuple[int, int]] = []
    for window in _windows(open_ones, desk.phase, after):
        candidates = [_candidate(row, votes_needed) for row in window]
        to_claim = max(0, MOST_CLAIMED - len(shown))
        taken = claims.take(desk, candidates, limit=limit - len(shown), to_claim=to_claim)
        if taken is None:
            return None
        shown += taken.shown
        if taken.oldest is not None:
            full.append((taken.seen_at, taken.oldest))
        if len(shown) >= limit:
            break
    if shown or not full:
        return shown
    # Somebody reads each of them. Nobody is sent away while a reference is open: the one read longest ago is shared.
    _, oldest = min(full)
    claims.take(desk, [Candidate(oldest, open_places=1_000_000)], limit=1, to_claim=1)
    return [oldest]


Row = tuple[int, int, list[int], list[int]]


def _windows(open_ones: QuerySet[Reference], phase: str, after: int) -> Iterator[list[Row]]:
    """Open references from ``after`` on, then those before, a few at a time."""
    sections = [(after, open_ones)]
    if after:
        sections.append((0, open_ones.filter(number__lte=after)))
    for last, section in sections:
        for size in itertools.chain(WINDOWS, itertools.repeat(WINDOWS[-1])):
            window = _rows(section.filter(number__gt=last), phase, size)
            if window:
                yield window
            if len(window) < size:
                break
            last = window[-1][1]


def _rows(open_ones: QuerySet[Reference], phase: str, limit: int) -> list[Row]:
    """Key, number and voters; those of duplicates that were joined by themselves, so that an index answers each."""
    cast = Vote.objects.filter(phase=phase, superseded_at=None)
    own = ArraySubquery(cast.filter(reference=OuterRef("pk")).values("person_id"))
    joined = ArraySubquery(cast.filter(reference__merged_into=OuterRef("pk")).values("person_id"))
    return list(open_ones.order_by("number").values_list("pk", "number", own, joined)[:limit])


def _candidate(row: Row, votes_needed: int) -> Candidate:
    pk, _, own, joined = row
    voters = frozenset([*own, *joined])
    return Candidate(pk, max(1, votes_needed - len(voters)), voters)


def _unclaimed(desk: Desk, open_ones: QuerySet[Reference], after: int, limit: int) -> list[Reference]:
    """Without the cache: people far apart, each onward from a place of their own."""
    if not after:
        numbers = Reference.objects.filter(review_id=desk.review_id).order_by("-number")
        after = start(desk, numbers.values_list("number", flat=True).first() or 0)
    found = list(open_ones.filter(number__gt=after)[:limit])
    if len(found) < limit:
        found += list(open_ones.filter(number__lte=after)[: limit - len(found)])
    return found
