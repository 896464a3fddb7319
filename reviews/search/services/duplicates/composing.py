"""What a reference shows: each field from the record that has it best, stored as a cache."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from reviews.search import citations
from reviews.search.duplicates import primary
from reviews.search.models import Join, Record
from reviews.search.services.duplicates import citing, reading

_UPDATE = """
UPDATE search_reference AS reference SET primary_record_id = shown.record_id, composed = shown.composed::jsonb
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS shown(reference_id, record_id, composed)
WHERE reference.id = shown.reference_id
  AND (reference.primary_record_id <> shown.record_id OR reference.composed <> shown.composed::jsonb)
"""


def compose(references: Collection[int]) -> None:
    """Choose the fields of ``references`` again from their current records; the caller holds the review's lock."""
    joins = Join.objects.filter(reference_id__in=reading.among(references), superseded_at=None)
    joins = joins.select_related("record")
    joins = joins.only("reference_id", "record_id", *(f"record__{name}" for name in citing.READ)).order_by("record_id")
    held: defaultdict[int, list[Record]] = defaultdict(list)
    for join in joins:
        held[join.reference_id].append(join.record)
    chosen = [(reference_id, *choose(records)) for reference_id, records in held.items()]
    if chosen:
        ids, records, composed = zip(*chosen, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [list(ids), list(records), [json.dumps(one) for one in composed]])


def choose(records: Sequence[Record]) -> tuple[int, dict[str, dict[str, Any]]]:
    """The primary record, and what others give in its place: field to record and value."""
    if len(records) == 1:
        return records[0].pk, {}
    found = primary.choose([citing.cited(record) for record in records])
    by_id = {record.pk: record for record in records}
    main = by_id[int(found.record.id)]
    origins = {name: int(origin) for name, origin in found.origins.items()}
    for name in ("keywords", "url"):
        origins[name] = max(records, key=lambda record, name=name: len(getattr(record, name))).pk  # type: ignore[misc]
    composed = {}
    for name in citations.NAMES:
        value = getattr(found.record, name) if name in citing.COMPARED else getattr(by_id[origins[name]], name)
        if name in origins and origins[name] != main.pk and value != getattr(main, name):
            composed[name] = {"record": origins[name], "value": value}
    return main.pk, composed
