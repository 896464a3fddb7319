"""Entries: claim a place, submit, reopen."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from reviews.core import double
from reviews.core import events as trail
from reviews.core import selectors as core
from reviews.core.refusals import Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import comparing, events, rules
from reviews.extraction.models import Entry, Submission
from reviews.extraction.services import agreeing, steps


def start_entry(seat: Seat, *, study_id: int) -> Entry:
    """Claim one of the study's two places; whoever has one already gets it again.

    A place that was never submitted by somebody who can no longer extract here is free. Refuses (409) a third, and
    somebody whose own numbers the other entry goes on with.
    """
    seat.require(Permission.EXTRACT)
    with transaction.atomic(durable=True):
        study = steps.locked_study(seat, study_id)
        _free_left_places(steps.extractions(steps.entries(study)), _extractors(seat.review_id))
        taken = steps.extractions(steps.entries(study))
        mine = next((entry for entry in taken if entry.person_id == seat.user_id), None)
        if mine is not None:
            return mine
        free = [slot for slot in double.SLOTS if slot not in {entry.slot for entry in taken}]
        if not free:
            people = " and ".join(steps.name(entry) for entry in taken)
            raise Refusal(f"{people} extract {study.label} already; two people do. Take another study.")
        if seat.user_id in comparing.hands(study, taken):
            raise Refusal(
                f"The other entry for {study.label} goes on with one that you held, so a second one of yours would not "
                "be independent. Take another study."
            )
        entry = Entry.objects.create(study=study, kind=rules.EntryKind.EXTRACTION, slot=free[0], person_id=seat.user_id)
        happened = events.EntryStarted(entry.pk, study.label)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return entry


def submit_entry(seat: Seat, *, entry_id: int) -> Entry:
    """Close one's own entry. Refuses (422) while an arm has only some of mean, SD and n at a time point.

    The second submission completes the study for good, and makes the consensus where both say the same.
    """
    seat.require(Permission.EXTRACT)
    with transaction.atomic(durable=True):
        entry = steps.own_open_entry(seat, entry_id)
        known = steps.names(entry.study)
        current = entry.values.filter(superseded_at=None, time_point__in=known.points)
        cells = list(current.values_list("arm_id", "time_point_id", "field").order_by("time_point__rank", "arm__rank"))
        steps.refuse(steps.incomplete(known.cells, cells))
        number = entry.submissions.count() + 1
        Submission.objects.create(entry=entry, number=number, person_id=seat.user_id)
        happened = events.EntrySubmitted(entry.pk, entry.study.label)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
        agreeing.complete(entry.study)
    return entry


def reopen_entry(seat: Seat, *, entry_id: int) -> Entry:
    """Take back the submission of one's own entry, as long as the other entry is not submitted."""
    seat.require(Permission.EXTRACT)
    with transaction.atomic(durable=True):
        entry = steps.own_entry(seat, entry_id)
        if not entry.submitted_at:
            raise Refusal(f"Your entry for {entry.study.label} is open already.")
        if steps.is_complete(entry.study):
            raise Refusal(
                f"Both entries for {entry.study.label} are submitted and can be seen, so yours stays as it is. "
                "What is wrong in it is put right in the consensus, with a reason."
            )
        entry.submissions.filter(superseded_at=None).update(superseded_at=timezone.now())
        happened = events.EntryReopened(entry.pk, entry.study.label)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return entry


def _extractors(review_id: int) -> set[int]:
    """The people who may extract in the review today."""
    return {seat.user_id for seat in core.seats(review_id) if Permission.EXTRACT in seat.permissions}


def _free_left_places(taken: Sequence[Entry], extractors: Collection[int]) -> None:
    left = [entry.pk for entry in taken if entry.submitted_at is None and entry.person_id not in extractors]
    Entry.objects.filter(pk__in=left).update(abandoned_at=timezone.now())
