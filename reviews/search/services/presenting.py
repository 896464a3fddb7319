"""What is stored of references for showing and finding them, made again where the rules of making it have changed."""

from itertools import groupby

from django.db import transaction
from django.db.models import Q

from reviews.core import events as trail
from reviews.core.models import Review
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import events, rules
from reviews.search.models import Join, Presentation, Record, RecordIndex, RecordWords, Reference
from reviews.search.rules import FirstLanguage
from reviews.search.services import indexing
from reviews.search.services.duplicates import composing, reading

# Raised whenever the same records would be composed, or indexed, in another way.
COMPOSED_AS, INDEXED_AS = 1, 1
AT_ONCE = 500


def choose_first_language(seat: Seat, first: str) -> bool:
    """Which language of a paper comes first; the references are composed again in the background. False: as it was."""
    seat.require(Permission.SEARCH)
    chosen = FirstLanguage(first)
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        row = Presentation.objects.filter(review_id=seat.review_id).first() or Presentation(review_id=seat.review_id)
        if row.first_language == chosen:
            return False
        row.first_language, row.composed_as, row.made_up_to = chosen, 0, 0
        row.save()
        happened = events.FirstLanguageChosen(chosen.label)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return True


def present_again() -> int:
    """Make again what older rules made, review by review; return how many references were looked at.

    Each chunk is a transaction that also notes how far it came, so it can be killed at any moment; where everything
    is up to date it is one query.
    """
    current = Presentation.objects.filter(composed_as=COMPOSED_AS, indexed_as=INDEXED_AS)
    old = Review.objects.exclude(pk__in=current.values("review_id")).order_by("pk")
    return sum(_present(pk) for pk in list(old.values_list("pk", flat=True)))


def _present(review_id: int) -> int:
    done = 0
    while made := _present_chunk(review_id):
        done += made
    return done


def _present_chunk(review_id: int) -> int:
    """The next references of a review; 0 when all are done."""
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=review_id)
        row, _ = Presentation.objects.get_or_create(review_id=review_id)
        if (row.composed_as, row.indexed_as) == (COMPOSED_AS, INDEXED_AS):
            return 0
        rows = Reference.objects.filter(review_id=review_id, pk__gt=row.made_up_to).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[:AT_ONCE])
        if row.composed_as < COMPOSED_AS:
            composing.compose(ids)
        if row.indexed_as < INDEXED_AS:
            _index(ids)
        row.made_up_to = ids[-1] if ids else 0
        if not ids:
            row.composed_as, row.indexed_as = COMPOSED_AS, INDEXED_AS
        row.save()
        return len(ids)


def _index(references: list[int]) -> None:
    """What the records that these references were founded for are found by: each record founds one."""
    founded = Join.objects.filter(reference_id__in=reading.among(references), kind=rules.JoinKind.FIRST)
    records = list(Record.objects.filter(Q(pk__in=founded.values("record_id"))).order_by("review_id", "pk"))
    ids = reading.among(row.pk for row in records)
    RecordIndex.objects.filter(record_id__in=ids).delete()
    RecordWords.objects.filter(record_id__in=ids).delete()
    for review_id, rows in groupby(records, key=lambda row: row.review_id):
        known = list(rows)
        indexing.store(review_id, [row.pk for row in known], [indexing.entry(row) for row in known])
