"""What the services of duplicates read: current references of records, decisions, thresholds."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db import connection
from django.db.models.expressions import RawSQL

from reviews.search.duplicates import bands
from reviews.search.duplicates.record import Record as Compared
from reviews.search.models import Join, PairDecision, Record, Thresholds
from reviews.search.rules import PairVerdict
from reviews.search.services.duplicates import citing

# Of the records that share one key with a new record, this many are compared with it: those stored first. A key of
# more is a common title, and true duplicates in such a crowd share other keys too.
MOST_PER_KEY = 100
_SHARING = """
SELECT DISTINCT found.record_id
FROM unnest(%s::bigint[]) AS wanted(hash)
CROSS JOIN LATERAL (
  SELECT record_id FROM search_key
  WHERE review_id = %s AND hash = wanted.hash ORDER BY record_id LIMIT %s
) AS found
"""


def among(ids: Iterable[int]) -> RawSQL:
    """For ``__in``: one parameter, however many there are; thousands of them take longer to bind than to find."""
    return RawSQL("SELECT unnest(%s::bigint[])", [_array(ids)])


def _array(numbers: Iterable[int]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"


def sharing(review_id: int, hashes: Iterable[int]) -> list[int]:
    """Records that share a key, each key once in ``hashes``: one look-up in the index for each."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARING, [_array(hashes), review_id, MOST_PER_KEY])
        return [row[0] for row in cursor.fetchall()]


def thresholds(review_id: int) -> bands.Thresholds:
    """The review's own, else the engine's."""
    row = Thresholds.objects.filter(review_id=review_id).first()
    return bands.Thresholds(row.join, row.propose) if row else bands.DEFAULT


def references_of(records: Collection[int]) -> dict[int, int]:
    """Record to its current reference; records of undone imports have none."""
    joins = Join.objects.filter(record_id__in=among(records), superseded_at=None)
    return dict(joins.values_list("record_id", "reference_id"))


def members(references: Collection[int]) -> dict[int, list[int]]:
    """Reference to its current records, in their order."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    joins = Join.objects.filter(reference_id__in=among(references), superseded_at=None).order_by("record_id")
    for reference_id, record_id in joins.values_list("reference_id", "record_id"):
        found[reference_id].append(record_id)
    return found


def records(ids: Collection[int]) -> list[Compared]:
    return citing.stored(Record.objects.filter(pk__in=among(ids)).order_by("pk"))


def declared_different(review_id: int) -> set[tuple[int, int]]:
    """The pairs of records of which a person said so, and nobody took it back."""
    rows = PairDecision.objects.filter(review_id=review_id, verdict=PairVerdict.DIFFERENT, superseded_at=None)
    return set(rows.values_list("pair__one_id", "pair__other_id"))


def edges(review_id: int, records: Sequence[int]) -> list[tuple[int, int]]:
    """The joins in force between ``records``."""
    rows = PairDecision.objects.filter(review_id=review_id, verdict=PairVerdict.JOINED, superseded_at=None)
    rows = rows.filter(pair__one__in=records, pair__other__in=records)
    return list(rows.values_list("pair__one_id", "pair__other_id"))


def founders(references: Collection[int]) -> dict[int, int]:
    """Reference to the record that it was made for."""
    firsts = Join.objects.filter(reference_id__in=references).order_by("-pk")
    return dict(firsts.values_list("reference_id", "record_id"))
