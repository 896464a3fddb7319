"""Part a reference again: records that leave get back the reference they had. The caller holds the review's lock."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Max

from reviews.search.models import Join, Reference
from reviews.search.rules import JoinKind
from reviews.search.services.duplicates import composing, reading


def part(reference: Reference, leaving: Collection[int], now: datetime, *, prefers: int | None = None) -> Reference:
    """Move the records ``leaving`` out of ``reference``; return the reference they are under now.

    That is one that had been merged into it through one of them (``prefers`` if it is one of these, else the smallest
    number), or a new one. Other references merged through them lead there too.
    """
    merged = {row.pk: row for row in Reference.objects.filter(merged_into=reference).order_by("number")}
    founders = reading.founders(merged)
    back = [pk for pk in merged if founders.get(pk) in leaving]
    home = merged[prefers if prefers in back else back[0]] if back else _new(reference, min(leaving))
    Reference.objects.filter(pk=home.pk).update(merged_into=None)
    Reference.objects.filter(pk__in=[pk for pk in back if pk != home.pk]).update(merged_into=home)
    _move(reference, home, leaving, founders.get(home.pk), now)
    settle_first([reference.pk], now)
    composing.compose([reference.pk, home.pk])
    return home


def _new(reference: Reference, record_id: int) -> Reference:
    rows = Reference.objects.filter(review_id=reference.review_id)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    return Reference.objects.create(review_id=reference.review_id, number=last + 1, primary_record_id=record_id)


def _move(reference: Reference, home: Reference, leaving: Collection[int], founder: int | None, now: datetime) -> None:
    old = list(
        Join.objects.filter(reference=reference, record_id__in=leaving, superseded_at=None).order_by("record_id")
    )
    first = founder if founder in leaving else min(leaving)
    Join.objects.filter(pk__in=[join.pk for join in old]).update(superseded_at=now)
    Join.objects.bulk_create(
        Join(
            record_id=join.record_id,
            in_import_id=join.in_import_id,
            reference=home,
            kind=JoinKind.FIRST if join.record_id == first else _not_first(join),
            joined_at=now,
        )
        for join in old
    )


def _not_first(join: Join) -> str:
    return JoinKind.AUTOMATIC if join.kind == JoinKind.FIRST else join.kind


def settle_first(references: Iterable[int], now: datetime) -> None:
    """Every reference has one first record: where it left, the next one becomes it."""
    joins = Join.objects.filter(reference_id__in=list(references), superseded_at=None).order_by("record_id")
    held: dict[int, list[Join]] = {}
    for join in joins:
        held.setdefault(join.reference_id, []).append(join)
    lacking = [one[0] for one in held.values() if all(join.kind != JoinKind.FIRST for join in one)]
    Join.objects.filter(pk__in=[join.pk for join in lacking]).update(superseded_at=now)
    Join.objects.bulk_create(
        Join(
            record_id=join.record_id,
            in_import_id=join.in_import_id,
            reference_id=join.reference_id,
            kind=JoinKind.FIRST,
            joined_at=now,
        )
        for join in lacking
    )
