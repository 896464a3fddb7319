"""Carry out unions: pairs, decisions, joins, merged references, events. The caller holds the review's lock."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from reviews.core import bulk
from reviews.core import events as trail
from reviews.search import events, rules
from reviews.search.duplicates.finding import Pair as Found
from reviews.search.models import Join, Pair, PairDecision, Reference
from reviews.search.rules import JoinKind, PairVerdict
from reviews.search.services import joining
from reviews.search.services.duplicates import composing, planning, reading
from reviews.search.services.duplicates.planning import Union

_DECISION = ("review", "pair", "verdict", "person", "proposed_by", "note", "loser", "survivor", "decided_at")
_MERGE = """
UPDATE search_reference AS reference SET merged_into_id = merge.survivor
FROM unnest(%s::bigint[], %s::bigint[]) AS merge(loser, survivor) WHERE reference.{column} = merge.loser
"""


def store_pairs(review_id: int, found: Iterable[Found]) -> dict[tuple[int, int], int]:
    """Write pairs, or what is thought of them now; records (older, younger) to the pair's primary key."""
    rows = {}
    for one in found:
        first, second = sorted((int(one.one), int(one.other)))
        score = min(1.0, max(0.0, float(one.score)))
        rows[first, second] = Pair(
            review_id=review_id,
            one_id=first,
            other_id=second,
            score=score,
            vetoes=list(one.vetoes),
            band=int(one.band),
        )
    stored = Pair.objects.bulk_create(
        [rows[key] for key in sorted(rows)],
        update_conflicts=True,
        unique_fields=["one", "other"],
        update_fields=["score", "vetoes", "band"],
    )
    return {(row.one_id, row.other_id): row.pk for row in stored}


class How(NamedTuple):
    """By whom a join was made (``person_id`` None: the engine), who had proposed it, and what was written."""

    person_id: int | None
    proposed_by: int | None = None
    note: str = ""


ENGINE = How(None)


def unite(review_id: int, unions: Sequence[Union], *, how: How, now: datetime) -> None:
    """Merge losers into survivors in the order of ``unions`` and say so."""
    pairs = store_pairs(review_id, (union.pair for union in unions))
    decided = ((pairs[_key(union)], union.loser, union.survivor) for union in unions)
    _decide(review_id, decided, how, now)
    final = _final(unions)
    _move(final, JoinKind.AUTOMATIC if how.person_id is None else JoinKind.CONFIRMED, now)
    _merge(final)
    composing.compose(set(final.values()))
    _tell(review_id, unions, how.person_id)


def tie(found: Iterable[Found], review_id: int, home: dict[int, int]) -> None:
    """Write joins inside references, best first, that keep them together without another record."""
    links = sorted(found, key=lambda pair: -pair.score)
    pairs = store_pairs(review_id, links)
    tied = reading.edges(review_id, list(home))
    made = []
    for link in links:
        first, second = sorted((int(link.one), int(link.other)))
        if second in planning.side(tied, first):
            continue
        tied.append((first, second))
        made.append((pairs[first, second], home[second], home[first]))
    _decide(review_id, made, ENGINE, timezone.now())


def _decide(review_id: int, joined: Iterable[tuple[int, int, int]], how: How, now: datetime) -> None:
    """Write that pairs were joined: of each the pair, the loser and the survivor."""
    verdict = PairVerdict.JOINED.value
    rows = ((review_id, pair, verdict, *how, loser, survivor, now) for pair, loser, survivor in joined)
    bulk.store(PairDecision, _DECISION, rows)


def _key(union: Union) -> tuple[int, int]:
    first, second = sorted((int(union.pair.one), int(union.pair.other)))
    return first, second


def _final(unions: Sequence[Union]) -> dict[int, int]:
    """Loser to the reference that holds its records in the end."""
    into = {union.loser: union.survivor for union in unions}
    final = {}
    for loser in into:
        last = loser
        while last in into:
            last = into[last]
        final[loser] = last
    return final


def _move(final: dict[int, int], kind: rules.JoinKind, now: datetime) -> None:
    """A record that moves keeps its old join, superseded."""
    current = Join.objects.filter(reference_id__in=reading.among(final), superseded_at=None).order_by("pk")
    old = list(current.values_list("pk", "record_id", "in_import_id", "reference_id"))
    Join.objects.filter(pk__in=reading.among(pk for pk, *_ in old)).update(superseded_at=now)
    places = (joining.Place(record, in_import, final[reference]) for _, record, in_import, reference in old)
    joining.store(places, kind, now)


def _merge(final: dict[int, int]) -> None:
    """Point merged references, and those merged into them before, at what holds their records now."""
    with connection.cursor() as cursor:
        for column in ("merged_into_id", "id"):
            cursor.execute(_MERGE.format(column=column), [list(final), list(final.values())])


def _tell(review_id: int, unions: Sequence[Union], person_id: int | None) -> None:
    ids = {pk for union in unions for pk in (union.loser, union.survivor)}
    numbers = dict(Reference.objects.filter(pk__in=reading.among(ids)).values_list("pk", "number"))
    how = "automatically" if person_id is None else "as a duplicate"
    happened = (events.ReferencesJoined(numbers[union.loser], numbers[union.survivor], how) for union in unions)
    trail.record_all(happened, review_id=review_id, actor_id=person_id)
