"""An unfinished entry that its extractor does not go on with: handed over to somebody else, or its place freed."""

from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core import selectors as core
from reviews.core.refusals import BadInput, NotFound, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import comparing, events, rules
from reviews.extraction.models import Entry, Trait, Value
from reviews.extraction.services import consensus, steps

LEFT = "no longer extracts in this review"


def hand_over_entry(seat: Seat, *, entry_id: int, person_id: int, reason: str = "") -> Entry:
    """Let ``person_id`` go on in the same place: a new entry with copies of what was typed, which lead to the old rows.

    Refuses (409) a submitted entry, and whoever holds or held the other place; (422) without a reason while its
    extractor may still go on.
    """
    seat.require(Permission.MANAGE)
    with transaction.atomic(durable=True):
        entry, reason = _unfinished(seat, entry_id, reason)
        heir = next((one for one in core.seats(seat.review_id) if one.user_id == person_id), None)
        if heir is None or Permission.EXTRACT not in heir.permissions:
            raise BadInput("Pick somebody who extracts in this review.", {"person": "Pick somebody from the list."})
        if heir.user_id == entry.person_id:
            raise BadInput(f"{heir.name} holds this entry already.", {"person": "Pick somebody else."})
        others = [one for one in steps.extractions(steps.entries(entry.study)) if one.pk != entry.pk]
        if heir.user_id in comparing.hands(entry.study, others):
            raise Refusal(
                f"{heir.name} holds or held the other entry for {entry.study.label}, so both would come from one "
                "person. Pick somebody else, or free the place."
            )
        Entry.objects.filter(pk=entry.pk).update(abandoned_at=timezone.now())
        continued = Entry.objects.create(
            study=entry.study,
            kind=rules.EntryKind.EXTRACTION,
            slot=entry.slot,
            person_id=heir.user_id,
            continues=entry,
        )
        _copy(entry, continued)
        happened = events.EntryHandedOver(
            entry.pk, continued.pk, entry.study.label, steps.name(entry), heir.name, reason
        )
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return continued


def free_entry(seat: Seat, *, entry_id: int, reason: str = "") -> None:
    """Free the place of an unfinished entry, so that somebody else starts anew; what was typed stays in the history."""
    seat.require(Permission.MANAGE)
    with transaction.atomic(durable=True):
        entry, reason = _unfinished(seat, entry_id, reason)
        Entry.objects.filter(pk=entry.pk).update(abandoned_at=timezone.now())
        happened = events.EntryFreed(entry.pk, entry.study.label, steps.name(entry), reason)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)


def _unfinished(seat: Seat, entry_id: int, reason: str) -> tuple[Entry, str]:
    """The entry, its study locked, and the reason."""
    asked = Entry.objects.filter(pk=entry_id, kind=rules.EntryKind.EXTRACTION, study__review_id=seat.review_id)
    study_id = asked.values_list("study_id", flat=True).first()
    if study_id is None:
        raise NotFound("There is no such entry in this review.")
    steps.locked_study(seat, study_id)
    entry = asked.select_related("study", "person").get()
    if entry.abandoned_at:
        raise Refusal("This entry was put away or handed over already.")
    if entry.submitted_at:
        raise Refusal(f"{steps.name(entry)} has submitted this entry; it is finished and stays.")
    reason = consensus.clean_reason(reason)
    here = {one.user_id for one in core.seats(seat.review_id) if Permission.EXTRACT in one.permissions}
    if entry.person_id in here and not reason:
        sentence = f"{steps.name(entry)} may still go on with this entry. Say why somebody else should."
        raise BadInput(sentence, {"reason": sentence})
    return entry, reason or f"{steps.name(entry)} {LEFT}"


def _copy(entry: Entry, continued: Entry) -> None:
    Value.objects.bulk_create(
        Value(
            entry=continued,
            arm_id=value.arm_id,
            time_point_id=value.time_point_id,
            field=value.field,
            reported=value.reported,
            number=value.number,
            place=value.place,
            taken_from=value,
        )
        for value in entry.values.filter(superseded_at=None).order_by("pk")
    )
    Trait.objects.bulk_create(
        Trait(
            entry=continued,
            characteristic_id=trait.characteristic_id,
            level=trait.level,
            place=trait.place,
            taken_from=trait,
        )
        for trait in entry.traits.filter(superseded_at=None).order_by("pk")
    )
