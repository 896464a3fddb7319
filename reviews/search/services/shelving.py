"""Give stored records references of their own, and the keys by which the search for duplicates finds them.

The caller holds the lock of the review's row, so no other import makes references meanwhile.
"""

from collections.abc import Sequence

from django.db.models import Max
from django.utils import timezone

from reviews.core import bulk
from reviews.search.models import Key, Reference
from reviews.search.rules import JoinKind
from reviews.search.services import joining

_REFERENCE = ("id", "review", "number", "primary_record", "composed", "is_decided_on", "is_empty", "created_at")
_KEY = ("review", "hash", "record")


def shelve(review_id: int, import_id: int, records: Sequence[int], hashes: Sequence[Sequence[int]]) -> list[int]:
    """Every record founds a reference; which of them are one document is for ``duplicates.checking`` to say.

    ``records`` are primary keys of what is stored already, ``hashes`` the numbers of the keys of each. Returns the
    references in the order of their records.
    """
    newest = Reference.objects.filter(review_id=review_id).aggregate(newest=Max("number"))["newest"] or 0
    ids, now = bulk.take_ids(Reference, len(records)), timezone.now()
    founded = list(zip(ids, records, strict=True))
    bulk.store(
        Reference,
        _REFERENCE,
        (
            (reference, review_id, number, record, "{}", False, False, now)
            for number, (reference, record) in enumerate(founded, start=newest + 1)
        ),
    )
    places = (joining.Place(record, import_id, reference) for reference, record in founded)
    joining.store(places, JoinKind.FIRST, now)
    found = zip(records, hashes, strict=True)
    bulk.store(Key, _KEY, ((review_id, number, record) for record, numbers in found for number in numbers))
    return list(ids)
