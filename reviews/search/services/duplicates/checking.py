"""The duplicates job: compare records that came in with what is there, so that it can be killed at any moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db import OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from reviews.core import events as trail
from reviews.core import jobs
from reviews.core.models import Job, Review
from reviews.search import events, rules
from reviews.search.duplicates import bands, finding, table
from reviews.search.duplicates.bands import Band
from reviews.search.duplicates.record import Id
from reviews.search.duplicates.record import Record as Compared
from reviews.search.duplicates.table import Table
from reviews.search.models import DuplicateCheck, Import, Record, Reference
from reviews.search.services.duplicates import apart, citing, following, judging, planning, reading, uniting
from reviews.search.services.duplicates.planning import Group, Plan, Union

TASK = "reviews.search.tasks.check_duplicates"


class Overtaken(OperationalError):
    """Another worker went on with this check after this one lost its database connection; the job is not at fault."""


@dataclass(frozen=True)
class _Reach:
    """What one batch is compared with, prepared. ``references`` is where every record of it belongs."""

    batch: list[Compared]
    new: Table
    old: Table
    references: dict[int, int] = field(default_factory=dict)
    apart: set[tuple[int, int]] = field(default_factory=set)


def queue(review_id: int, asked_by_id: int, *, title: str, in_import: Import | None = None) -> DuplicateCheck:
    """Compare the records of an import, or all of a review again, once the caller's transaction has committed."""
    check = DuplicateCheck.objects.create(review_id=review_id, in_import=in_import, asked_by_id=asked_by_id)
    job = Job.objects.create(
        review_id=review_id, task=TASK, subject_id=check.pk, title=title[:200], created_by_id=asked_by_id
    )
    jobs.send_on_commit(job)
    return check


def check_duplicates(check_id: int, progress: jobs.Progress) -> str:
    """Compare what is not compared yet of a check and return what it came to.

    Records are found by look-ups of their keys and scored outside any transaction; a batch's joins and proposals
    are then written in one, together with the progress, if nothing that they rest on has changed meanwhile.
    """
    check = DuplicateCheck.objects.select_related("in_import").get(pk=check_id)
    total = check.compared + _waiting(check).count()
    progress.tell(min(check.compared, total), total, "Looking for duplicates")
    if check.in_import is None and not check.compared and check.finished_at is None:
        judging.judge_again(check.review_id)
    while check.finished_at is None and _compare_batch(check, progress, total):
        check.refresh_from_db()
    check = _finish(check_id)
    return rules.checked_sentence(check.joined, check.proposed)


def _waiting(check: DuplicateCheck) -> "QuerySet[Record]":
    rows = Record.objects.filter(joins__superseded_at=None, joins__isnull=False, pk__gt=check.compared_up_to)
    rows = rows.filter(in_import=check.in_import) if check.in_import else rows.filter(review_id=check.review_id)
    return rows.order_by("pk")


def _compare_batch(check: DuplicateCheck, progress: jobs.Progress, total: int) -> bool:
    """Compare the next records; false when none is left."""
    batch = citing.stored(_waiting(check)[: rules.COMPARED_AT_ONCE])
    if not batch:
        return False
    is_written = False
    while batch and not is_written:
        reach = _reach(check, batch)
        thresholds = reading.thresholds(check.review_id)
        found = _found(reach, thresholds)
        is_written = _write(check, reach, found, progress, total)
        batch = reach.batch
    return True


def _reach(check: DuplicateCheck, batch: list[Compared]) -> _Reach:
    """The batch's records that still count, and whatever shares a key with them, with its whole references."""
    new, ids, newest = table.build(batch), {int(one.id) for one in batch}, int(batch[-1].id)
    sharing = reading.sharing(check.review_id, np.unique(new.key_hash).tolist())
    later = Q(pk__gt=newest, in_import=check.in_import) if check.in_import else Q(pk__gt=newest)
    near = Record.objects.filter(pk__in=reading.among(set(sharing) - ids)).exclude(later).values_list("pk", flat=True)
    members = reading.members(set(reading.references_of({*ids, *near}).values()))
    references = {record: reference for reference, records in members.items() for record in records}
    left = [one for one in batch if one.id in references]
    return _Reach(
        batch=left,
        new=new if len(left) == len(batch) else table.build(left),
        old=table.build(reading.records(references.keys() - ids)),
        references=references,
        apart=reading.declared_different(check.review_id),
    )


def _found(reach: _Reach, thresholds: bands.Thresholds) -> finding.Result:
    groups: dict[Id, Id] = dict(reach.references.items())
    return finding.match_new(reach.new, reach.old, groups, thresholds, apart=reach.apart)


def _write(check: DuplicateCheck, reach: _Reach, found: finding.Result, progress: jobs.Progress, total: int) -> bool:
    """Store what was found; false when somebody joined, parted or undid something of it meanwhile."""
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=check.review_id)
        row = DuplicateCheck.objects.select_for_update(no_key=True).get(pk=check.pk)
        if row.compared_up_to != check.compared_up_to or row.finished_at is not None:
            raise Overtaken(f"Another worker goes on with the search for duplicates {check.pk}.")
        if not _still_stands(check.review_id, reach):
            return False
        plan = _plan(check, reach, found)
        uniting.unite(check.review_id, plan.unions, how=uniting.ENGINE, now=timezone.now())
        _follow_decided(check.review_id, plan.unions)
        proposed = [*found.proposals, *(pair._replace(band=Band.PROPOSE) for pair in plan.asked)]
        uniting.store_pairs(check.review_id, _apart_still(proposed, reach, plan))
        row.compared_up_to = reach.batch[-1].id if reach.batch else check.compared_up_to
        row.compared = F("compared") + len(reach.batch)
        row.joined, row.proposed = F("joined") + len(plan.unions), F("proposed") + len(proposed)
        row.save(update_fields=["compared_up_to", "compared", "joined", "proposed"])
        done = check.compared + len(reach.batch)
        progress.tell(min(done, total), total, f"{done:,} of {total:,} records compared")
    return True


def _follow_decided(review_id: int, unions: Sequence[Union]) -> None:
    """What was decided on a reference holds for the records that join it, also when they part again."""
    survivors = Reference.objects.filter(pk__in={union.survivor for union in unions}, is_decided_on=True)
    decided = set(survivors.values_list("pk", flat=True))
    touched = {pk for union in unions if union.survivor in decided for pk in (union.loser, union.survivor)}
    if touched:
        following.follow(review_id, touched)


def _still_stands(review_id: int, reach: _Reach) -> bool:
    is_same = reading.references_of(reach.references.keys()) == reach.references
    return is_same and reading.declared_different(review_id) == reach.apart


def _plan(check: DuplicateCheck, reach: _Reach, found: finding.Result) -> Plan:
    """Locks the references that links touch, so that a vote is either seen or waits."""
    touched = {reach.references[int(pk)] for pair in found.joins for pk in (pair.one, pair.other)}
    rows = Reference.objects.filter(pk__in=touched).order_by("pk").select_for_update(no_key=True)
    groups = {
        pk: Group(pk, number, is_decided_on, is_fresh=check.in_import is not None)
        for pk, number, is_decided_on in rows.values_list("pk", "number", "is_decided_on")
    }
    new = {one.id for one in reach.batch}
    for record, reference in reach.references.items():
        if reference in groups:
            groups[reference].records.add(record)
            groups[reference].is_fresh &= record in new
    for group in groups.values():
        group.is_fresh &= not group.is_decided_on
    return planning.plan(found.joins, list(groups.values()), reach.apart)


def _apart_still(proposed: list[finding.Pair], reach: _Reach, plan: Plan) -> list[finding.Pair]:
    """Proposals between references that the plan did not unite."""
    into = {union.loser: union.survivor for union in plan.unions}

    def home(record: int | str) -> int:
        reference = reach.references[int(record)]
        while reference in into:
            reference = into[reference]
        return reference

    return [pair for pair in proposed if home(pair.one) != home(pair.other)]


def _finish(check_id: int) -> DuplicateCheck:
    with transaction.atomic(durable=True):
        check = DuplicateCheck.objects.select_related("in_import").get(pk=check_id)
        Review.objects.select_for_update(no_key=True).get(pk=check.review_id)
        check = DuplicateCheck.objects.select_related("in_import").select_for_update(of=("self",)).get(pk=check_id)
        if check.finished_at is None:
            check.finished_at = timezone.now()
            check.save(update_fields=["finished_at"])
            if check.in_import:
                apart.warn(check.in_import)
            name = check.in_import.file_name if check.in_import else "all records"
            happened = events.DuplicatesChecked(check.pk, name, check.joined, check.proposed)
            trail.record(happened, review_id=check.review_id, actor_id=None)
    return check
