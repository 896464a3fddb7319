"""Give stored records references of their own, and the keys by which the search for duplicates finds them.

The caller holds the lock of the review's row, so no other import makes references meanwhile.
"""

from django.db.models import Max
from django.utils import timezone

from reviews.search.models import Join, Key, Record, Reference
from reviews.search.rules import JoinKind
from reviews.search.services.duplicates import citing


def shelve(review_id: int, import_id: int, records: list[Record]) -> None:
    """Every record founds a reference; which of them are one document is for ``duplicates.checking`` to say."""
    newest = Reference.objects.filter(review_id=review_id).aggregate(newest=Max("number"))["newest"] or 0
    references = Reference.objects.bulk_create(
        Reference(review_id=review_id, number=number, primary_record=record)
        for number, record in enumerate(records, start=newest + 1)
    )
    now = timezone.now()
    Join.objects.bulk_create(
        Join(record=record, in_import_id=import_id, reference=reference, kind=JoinKind.FIRST, joined_at=now)
        for record, reference in zip(records, references, strict=True)
    )
    Key.objects.bulk_create(
        Key(review_id=review_id, hash=number, record=record) for record in records for number in citing.hashes(record)
    )
