"""After records have left: what the remaining records of a reference alone would be, one document or several."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from reviews.search.duplicates import finding
from reviews.search.models import Import, PairDecision, Reference
from reviews.search.rules import PairVerdict
from reviews.search.services.duplicates import composing, parting, planning, reading, uniting

# References at a time: memory stays flat.
BATCH = 500


def forget_joins(row: Import, person_id: int, now: datetime) -> None:
    """Joins that an import's records were an end of are over."""
    ends = Q(pair__one__in_import=row) | Q(pair__other__in_import=row)
    rows = PairDecision.objects.filter(ends, review_id=row.review_id, verdict=PairVerdict.JOINED, superseded_at=None)
    ids = list(rows.values_list("pk", flat=True))
    PairDecision.objects.filter(pk__in=ids).update(superseded_at=now, superseded_by_id=person_id)


def regroup(review_id: int, references: Collection[int], now: datetime) -> None:
    """Part what only the records that left had tied together; every reference shows what it still has.

    The caller holds the locks of the review and of the references, and none of them is decided on. A reference
    that had been merged away through the records that left comes back under its number.
    """
    ids = list(references)
    for start in range(0, len(ids), BATCH):
        _regroup(review_id, ids[start : start + BATCH], now)


def _regroup(review_id: int, references: list[int], now: datetime) -> None:
    members = reading.members(references)
    pieces = _pieces(review_id, members)
    _find_ties(review_id, pieces)
    founders = reading.founders(pieces)
    rows = {row.pk: row for row in Reference.objects.filter(pk__in=pieces)}
    for pk, found in _pieces(review_id, {pk: members[pk] for pk in pieces}).items():
        keeps = next((piece for piece in found if founders[pk] in piece), found[0])
        for piece in found:
            if piece is not keeps:
                parting.part(rows[pk], piece, now)
    parting.settle_first(references, now)
    composing.compose(references)


def _pieces(review_id: int, members: dict[int, list[int]]) -> dict[int, list[set[int]]]:
    """The references that the joins in force no longer hold together, in pieces by their first record."""
    several = {pk: records for pk, records in members.items() if len(records) > 1}
    home = {record: pk for pk, records in several.items() for record in records}
    edges: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for one, other in reading.edges(review_id, list(home)):
        if home[one] == home[other]:
            edges[home[one]].append((one, other))
    found = {}
    for pk, records in several.items():
        pieces: list[set[int]] = []
        for record in records:
            if not any(record in piece for piece in pieces):
                pieces.append(planning.side(edges[pk], record))
        if len(pieces) > 1:
            found[pk] = pieces
    return found


def _find_ties(review_id: int, pieces: dict[int, list[set[int]]]) -> None:
    """Joins between the pieces that did not have to be made as long as another record tied them."""
    home = {record: pk for pk, found in pieces.items() for piece in found for record in piece}
    if not home:
        return
    result = finding.find(
        reading.records(home),
        reading.thresholds(review_id),
        apart=reading.declared_different(review_id),
    )
    place = {record: (pk, at) for pk, found in pieces.items() for at, piece in enumerate(found) for record in piece}
    tied = [pair for pair in result.joins if home[int(pair.one)] == home[int(pair.other)]]
    uniting.tie([pair for pair in tied if place[int(pair.one)] != place[int(pair.other)]], review_id, home)
