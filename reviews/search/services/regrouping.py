"""After records have left: what the remaining records of a reference alone would be, one document or several."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, QuerySet

from reviews.search import matching, rules
from reviews.search.matching import MatchKey
from reviews.search.models import Fingerprint, Join, Record, Reference
from reviews.search.rules import JoinKind
from reviews.search.services import joining, shelving
from reviews.search.services.joining import Incoming, Joined

FIELDS = ("review_id", "title", "year", "authors", "doi", "pmid", "abstract")
# References at a time: the database waits for none of them long, and memory stays flat.
BATCH = 500


@dataclass
class Group:
    """Records that are one document, by primary key with how each of them joined; ``home`` is their reference."""

    kinds: dict[int, JoinKind]
    keys: set[MatchKey]
    primary_id: int
    home: Reference | None = None


@dataclass
class _Held:
    """A reference, the current joins of its records in the order of these, and what was merged into it."""

    reference: Reference
    joins: list[Join] = field(default_factory=list)
    merged: dict[int, Reference] = field(default_factory=dict)


@dataclass
class _Changes:
    """What is to be written, for all references together: thousands of them are a handful of statements."""

    old: list[int] = field(default_factory=list)
    new: list[Join] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    keys: list[tuple[int, MatchKey]] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)


def regroup(review_id: int, references: "QuerySet[Reference]", now: datetime) -> None:
    """Give the remaining records of ``references`` the primary record, keys and references that they alone make.

    The caller holds the locks of the review and of the references, and none of them is decided on. A reference
    that had been merged away through the records that left comes back under its number.
    """
    numbers = _Numbers(review_id)
    ids = list(references.order_by("number").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        _regroup(review_id, Reference.objects.filter(pk__in=ids[start : start + BATCH]), numbers, now)


def _regroup(review_id: int, references: "QuerySet[Reference]", numbers: "_Numbers", now: datetime) -> None:
    held = _held(references)
    origins = _origins(held)
    changes = _Changes()
    for one in held.values():
        groups = _groups([join.record for join in one.joins])
        _find_homes(one, groups, origins, numbers)
        _rejoin(one, groups, now, changes)
        _settle(one, groups, origins, changes)
        for group in groups:
            if group.home is not None:
                changes.keys += [(group.home.pk, key) for key in group.keys]
        changes.touched += [one.reference.pk, *one.merged]
    _write(review_id, changes, now)


def _held(references: "QuerySet[Reference]") -> dict[int, _Held]:
    held = {row.pk: _Held(row) for row in references.order_by("number")}
    joins = Join.objects.filter(reference_id__in=held, superseded_at=None).select_related("record")
    joins = joins.only(*("record_id", "reference_id", "in_import_id", "kind"), *(f"record__{one}" for one in FIELDS))
    for join in joins.order_by("record_id"):
        held[join.reference_id].joins.append(join)
    for row in Reference.objects.filter(merged_into_id__in=held).order_by("number"):
        held[row.merged_into_id or 0].merged[row.pk] = row
    return held


def _origins(held: dict[int, _Held]) -> dict[int, int]:
    """Record to the reference that it was the first of, when it was brought in."""
    records = [join.record_id for one in held.values() for join in one.joins]
    firsts = Join.objects.filter(record_id__in=records, kind=JoinKind.FIRST).order_by("-pk")
    return dict(firsts.values_list("record_id", "reference_id"))


def _groups(records: list[Record]) -> list[Group]:
    """The records taken one after another, as imports take them."""
    if not records[1:]:
        return [_alone(_incoming(record)) for record in records]
    plan = joining.plan([], 1, [_incoming(record) for record in records])
    final = plan.final_survivors()
    merged_as = {step.loser: step.kind for step in plan.merges}
    kinds: defaultdict[int, dict[int, JoinKind]] = defaultdict(dict)
    for step in plan.steps:
        if isinstance(step, Joined):
            kinds[final.get(step.number, step.number)][step.record_id] = merged_as.get(step.number, step.kind)
    return [
        Group(found, plan.shelves[number].keys, plan.shelves[number].primary_id)
        for number, found in sorted(kinds.items(), key=lambda item: min(item[1]))
    ]


def _alone(record: Incoming) -> Group:
    return Group({record.record_id: JoinKind.FIRST}, set(record.keys), record.record_id)


def _incoming(record: Record) -> Incoming:
    keys = tuple(MatchKey(key.kind, shelving.digest(key)) for key in matching.match_keys(record))
    weight = rules.weight(len(record.abstract), bool(record.doi), record.pk)
    return Incoming(record.pk, weight, keys, matching.wordings(record.title))


class _Numbers:
    """Numbers for references that never had one."""

    def __init__(self, review_id: int) -> None:
        self.review_id = review_id
        self.last: int | None = None

    def new(self, primary_id: int) -> Reference:
        if self.last is None:
            rows = Reference.objects.filter(review_id=self.review_id)
            self.last = rows.aggregate(last=Max("number"))["last"] or 0
        self.last += 1
        return Reference.objects.create(review_id=self.review_id, number=self.last, primary_record_id=primary_id)


def _find_homes(one: _Held, groups: list[Group], origins: dict[int, int], numbers: _Numbers) -> None:
    """Every group gets the reference that one of its records founded; a group without one the reference itself."""
    free = {one.reference.pk: one.reference, **one.merged}
    for group in groups:
        founded = sorted((origins[pk] for pk in group.kinds if origins.get(pk) in free), key=lambda pk: free[pk].number)
        if founded:
            group.home = free.pop(founded[0])
    for group in groups:
        if group.home is None:
            group.home = free.pop(one.reference.pk, None) or numbers.new(group.primary_id)
    if one.reference.pk in free:
        # Its number stays in use: it is where people know these records.
        groups[0].home = one.reference


def _rejoin(one: _Held, groups: list[Group], now: datetime, changes: _Changes) -> None:
    """New joins for records that move, and a first record for every reference."""
    by_record = {join.record_id: join for join in one.joins}
    for group in groups:
        stays = group.home == one.reference
        joins = [by_record[pk] for pk in sorted(group.kinds)]
        has_first = stays and any(join.kind == JoinKind.FIRST for join in joins)
        for place, join in enumerate(joins):
            is_first = not has_first and place == 0
            if stays and not is_first:
                continue
            kind = JoinKind.FIRST if is_first else _not_first(group.kinds[join.record_id])
            changes.old.append(join.pk)
            changes.new.append(
                Join(
                    record_id=join.record_id,
                    in_import_id=join.in_import_id,
                    reference=group.home,
                    kind=kind,
                    joined_at=now,
                )
            )


def _not_first(kind: JoinKind) -> JoinKind:
    return JoinKind.TITLE if kind == JoinKind.FIRST else kind


def _settle(one: _Held, groups: list[Group], origins: dict[int, int], changes: _Changes) -> None:
    """Primary records, and where references lead that stay merged."""
    where: dict[int, Reference] = {}
    for group in groups:
        home = group.home
        if home is None:
            continue
        _change(home, group.primary_id, None, changes)
        where.update({origins[pk]: home for pk in group.kinds if pk in origins})
        where[home.pk] = home
    for row in one.merged.values():
        target = where.get(row.pk, one.reference)
        if target != row:
            _change(row, row.primary_record_id, target.pk, changes)


def _change(row: Reference, primary_id: int, merged_into_id: int | None, changes: _Changes) -> None:
    if (row.primary_record_id, row.merged_into_id) != (primary_id, merged_into_id):
        row.primary_record_id, row.merged_into_id = primary_id, merged_into_id
        changes.references.append(row)


def _write(review_id: int, changes: _Changes, now: datetime) -> None:
    """Joins, references, and the keys: every reference that was touched has those of its current records only."""
    Join.objects.filter(pk__in=changes.old).update(superseded_at=now)
    Join.objects.bulk_create(changes.new, batch_size=5000)
    Reference.objects.bulk_update(changes.references, ["primary_record", "merged_into"], batch_size=1000)
    Fingerprint.objects.filter(reference_id__in=changes.touched).delete()
    Fingerprint.objects.bulk_create(
        (
            Fingerprint(review_id=review_id, reference_id=reference_id, kind=key.kind, digest=key.value)
            for reference_id, key in sorted(set(changes.keys))
        ),
        batch_size=5000,
    )
