"""What a reference shows: each field from the record that has it best, stored as a cache."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from reviews.search import retraction
from reviews.search.duplicates import primary
from reviews.search.duplicates.record import Record
from reviews.search.models import Join, Presentation
from reviews.search.rules import FirstLanguage
from reviews.search.services.duplicates import citing, reading

ALONE = ("keywords", "url")
_UPDATE = """
UPDATE search_reference AS reference SET primary_record_id = shown.record_id, composed = shown.composed::jsonb
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS shown(reference_id, record_id, composed)
WHERE reference.id = shown.reference_id
  AND (reference.primary_record_id <> shown.record_id OR reference.composed <> shown.composed::jsonb)
"""


class _Shown(NamedTuple):
    """What a record may give: the fields that are compared, and those that are only shown."""

    record: Record
    alone: Mapping[str, Any]


def compose(references: Collection[int]) -> None:
    """Choose the fields of ``references`` again from their current records; the caller holds the review's lock."""
    if not references:
        return
    joins = Join.objects.filter(reference_id__in=reading.among(references), superseded_at=None).order_by("record_id")
    names = ("reference_id", "record_id", *(f"record__{name}" for name in (*citing.COMPARED, *ALONE)))
    held: defaultdict[int, list[_Shown]] = defaultdict(list)
    for reference_id, *values in joins.values_list(*names):
        alone = dict(zip(ALONE, values[-len(ALONE) :], strict=True))
        held[reference_id].append(_Shown(Record(*values[: -len(ALONE)]), alone))
    original_first = _is_original_first(references)
    chosen = [(reference_id, *_choose(records, original_first)) for reference_id, records in held.items()]
    if chosen:
        ids, records, composed = zip(*chosen, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [list(ids), list(records), [json.dumps(one) for one in composed]])


def _is_original_first(references: Collection[int]) -> bool:
    """What the team of the references' review chose."""
    of_review = Presentation.objects.filter(review__references__in=list(references)[:1])
    return of_review.filter(first_language=FirstLanguage.ORIGINAL).exists()


def _choose(shown: Sequence[_Shown], original_first: bool) -> tuple[int, dict[str, dict[str, Any]]]:
    """The primary record, and what others give in its place: field to record and value."""
    found = primary.choose([one.record for one in shown], original_first=original_first)
    main = next(one for one in shown if one.record.id == found.record.id)
    composed = {}
    for name in citing.COMPARED:
        value = getattr(found.record, name)
        # Also what the main record has under another name: its Chinese title beside an English one.
        if value != getattr(main.record, name):
            composed[name] = {"record": int(found.origins.get(name, main.record.id)), "value": value}
    abstract, origin = found.parallel_abstract
    if origin is not None:
        composed["parallel_abstract"] = {"record": int(origin), "value": abstract}
    for one in shown:
        # Databases learn of a retraction at different times: one that says so is enough.
        if said := retraction.said(one.record.title, one.record.original_title, one.record.publication_type):
            composed["marked"] = {"record": int(one.record.id), "value": said}
            if said == retraction.Retraction.RETRACTED:
                break
    for name in ALONE:
        best = max(shown, key=lambda one, name=name: len(one.alone[name]))  # type: ignore[misc]
        if best is not main and best.alone[name] != main.alone[name]:
            composed[name] = {"record": int(best.record.id), "value": best.alone[name]}
    return int(main.record.id), composed
