"""Carry out a plan of joins in the database: references, joins, fingerprints, merges.

The caller holds the lock of the review's row, so no other import reads or writes references meanwhile.
"""

import hashlib
from collections import defaultdict
from datetime import datetime

from django.db.models import Max
from django.db.models.functions import Length
from django.utils import timezone

from reviews.search import matching, rules
from reviews.search.formats import parsed
from reviews.search.matching import MatchKey
from reviews.search.models import Fingerprint, Join, Record, Reference
from reviews.search.services import joining
from reviews.search.services.joining import Incoming, Joined, Merged, Plan, Shelf


def shelve(review_id: int, import_id: int, records: list[Record], sources: list[parsed.ParsedRecord]) -> None:
    """Join stored ``records`` (read from ``sources``, in the same order) to references of the review."""
    incoming = [_incoming(record, source) for record, source in zip(records, sources, strict=True)]
    found = _plan(review_id, incoming)
    ids = _references(review_id, found)
    now = timezone.now()
    _joins(found, ids, import_id, now)
    _forget_losers(review_id, found, ids)
    _fingerprints(review_id, found, ids)


def _incoming(record: Record, source: parsed.ParsedRecord) -> Incoming:
    keys = tuple(MatchKey(key.kind, digest(key)) for key in matching.match_keys(source))
    weight = rules.weight(len(record.abstract), bool(record.doi), record.pk)
    return Incoming(record.pk, weight, keys, matching.wordings(record.title))


def digest(key: MatchKey) -> str:
    return hashlib.sha256(f"{key.kind}:{key.value}".encode()).hexdigest()


def _plan(review_id: int, incoming: list[Incoming]) -> Plan:
    """Plan, and plan again when somebody voted on a reference that was about to be merged.

    Only references that merge are locked: votes on all others go on while a chunk is stored.
    """
    newest = Reference.objects.filter(review_id=review_id).aggregate(newest=Max("number"))["newest"]
    locked: dict[int, bool] = {}
    while True:
        shelves = _shelves(review_id, incoming, locked)
        existing = {shelf.number for shelf in shelves}
        found = joining.plan(shelves, (newest or 0) + 1, incoming)
        merging = {number for step in found.merges for number in (step.loser, step.survivor)} & existing
        if merging <= locked.keys():
            return found
        rows = Reference.objects.filter(review_id=review_id, number__in=merging | locked.keys())
        rows = rows.order_by("number").select_for_update(no_key=True)
        locked = dict(rows.values_list("number", "is_decided_on"))


def _shelves(review_id: int, incoming: list[Incoming], decided: dict[int, bool]) -> list[Shelf]:
    """The references that share a key with any of the records, with all their keys and titles: two queries."""
    digests = {key.value for record in incoming for key in record.keys}
    in_reach = Fingerprint.objects.filter(review_id=review_id, digest__in=digests).values("reference_id")
    rows = (
        Fingerprint.objects.filter(reference_id__in=in_reach)
        .annotate(length=Length("reference__primary_record__abstract"))
        .values_list(
            "kind",
            "digest",
            "length",
            "reference_id",
            "reference__number",
            "reference__is_decided_on",
            "reference__primary_record_id",
            "reference__primary_record__doi",
        )
    )
    shelves: dict[int, Shelf] = {}
    for kind, value, length, reference_id, number, is_decided_on, primary_id, doi in rows:
        shelf = shelves.get(reference_id)
        if shelf is None:
            is_decided_on = decided.get(number, is_decided_on)
            weight = rules.weight(length, bool(doi), primary_id)
            shelf = shelves[reference_id] = Shelf(number, primary_id, weight, set(), is_decided_on, is_new=False)
        shelf.keys.add(MatchKey(kind, value))
        shelf.stored_keys.add(MatchKey(kind, value))
    titles = Join.objects.filter(reference_id__in=shelves, superseded_at=None)
    for reference_id, title in titles.values_list("reference_id", "record__title"):
        shelves[reference_id].wordings |= matching.wordings(title)
    return list(shelves.values())


def _references(review_id: int, found: Plan) -> dict[int, int]:
    """Write new references and changed primary records; return the primary key of every number in reach."""
    new = [
        Reference(review_id=review_id, number=shelf.number, primary_record_id=shelf.primary_id)
        for shelf in found.shelves.values()
        if shelf.is_new
    ]
    known = Reference.objects.filter(
        review_id=review_id, number__in=[shelf.number for shelf in found.shelves.values() if not shelf.is_new]
    ).only("number", "primary_record")
    changed = []
    ids = {}
    for row in known:
        ids[row.number] = row.pk
        shelf = found.shelves[row.number]
        if shelf.primary_id != row.primary_record_id:
            row.primary_record_id = shelf.primary_id
            changed.append(row)
    Reference.objects.bulk_update(changed, ["primary_record"])
    ids.update((row.number, row.pk) for row in Reference.objects.bulk_create(new))
    return ids


def _joins(found: Plan, ids: dict[int, int], import_id: int, now: datetime) -> None:
    """Replay the plan's steps as rows: a record that moves keeps its old join, superseded."""
    held = _held(found, ids)
    superseded: list[int] = []
    new: list[Join] = []

    def join(record_id: int, from_import: int, number: int, kind: rules.JoinKind) -> None:
        row = Join(record_id=record_id, in_import_id=from_import, reference_id=ids[number], kind=kind, joined_at=now)
        new.append(row)
        held[number].append(row)

    for step in found.steps:
        if isinstance(step, Joined):
            join(step.record_id, import_id, step.number, step.kind)
            continue
        for row in held.pop(step.loser, []):
            row.superseded_at = now
            if row.pk:
                superseded.append(row.pk)
            join(row.record_id, row.in_import_id, step.survivor, step.kind)
    if superseded:
        Join.objects.filter(pk__in=superseded).update(superseded_at=now)
    Join.objects.bulk_create(new)


def _held(found: Plan, ids: dict[int, int]) -> defaultdict[int, list[Join]]:
    """The current joins of stored references that merge away."""
    held: defaultdict[int, list[Join]] = defaultdict(list)
    losers = _stored_losers(found)
    if losers:
        numbers = {ids[number]: number for number in losers}
        for row in Join.objects.filter(reference_id__in=numbers, superseded_at=None).order_by("pk"):
            held[numbers[row.reference_id]].append(row)
    return held


def _stored_losers(found: Plan) -> list[int]:
    return [step.loser for step in found.merges if not found.shelves[step.loser].is_new]


def _forget_losers(review_id: int, found: Plan, ids: dict[int, int]) -> None:
    """Point merged references at what holds their records now, and free their keys."""
    survivors = found.final_survivors()
    if not survivors:
        return
    for number in set(survivors.values()):
        losers = [ids[loser] for loser, survivor in survivors.items() if survivor == number]
        merged = Reference.objects.filter(review_id=review_id)
        merged.filter(pk__in=losers).update(merged_into_id=ids[number])
        merged.filter(merged_into_id__in=losers).update(merged_into_id=ids[number])
    stored = [ids[number] for number in _stored_losers(found)]
    Fingerprint.objects.filter(reference_id__in=stored).delete()


def _fingerprints(review_id: int, found: Plan, ids: dict[int, int]) -> None:
    """Give every reference that took a record the keys it did not have."""
    took = {_number(step) for step in found.steps} - found.final_survivors().keys()
    shelves = [found.shelves[number] for number in sorted(took)]
    Fingerprint.objects.bulk_create(
        Fingerprint(review_id=review_id, reference_id=ids[shelf.number], kind=key.kind, digest=key.value)
        for shelf in shelves
        for key in sorted(shelf.keys - shelf.stored_keys)
    )


def _number(step: Joined | Merged) -> int:
    return step.number if isinstance(step, Joined) else step.survivor
