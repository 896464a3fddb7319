"""Undo an import as a whole, as long as no decision depends on it."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from reviews.core import events as trail
from reviews.core.models import Review
from reviews.core.refusals import NotFound, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import events, rules
from reviews.search.models import Fingerprint, Import, Join, Reference
from reviews.search.rules import ImportState
from reviews.search.services import regrouping


class DecidedOn(Refusal):
    """People have decided on references that the import brought records of: ``numbers`` of the first of them."""

    def __init__(self, message: str, numbers: tuple[int, ...]) -> None:
        super().__init__(message)
        self.numbers = numbers


def undo_import(seat: Seat, *, import_id: int) -> Import:
    """Take an import back: its records stay as history, but belong to no reference and count nowhere.

    References without any other record disappear; what its records had joined is what the others alone would be.
    The same file can be imported again. Raises :class:`DecidedOn` when somebody has voted on a reference of it.
    """
    seat.require(Permission.SEARCH)
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        row = _locked(seat, import_id)
        _refuse_void(row)
        # Votes lock the reference they are for: what is read here stays so until the undo is stored.
        _refuse_decided(row, _references(row))
        now = timezone.now()
        Join.objects.filter(in_import=row, superseded_at=None).update(superseded_at=now)
        left = Join.objects.filter(in_import=row, superseded_at=now).values("reference_id")
        current = Join.objects.filter(reference=OuterRef("pk"), superseded_at=None)
        emptied = Reference.objects.filter(pk__in=left).exclude(Exists(current))
        emptied.update(is_empty=True)
        Fingerprint.objects.filter(reference__in=left, reference__is_empty=True).delete()
        regrouping.regroup(seat.review_id, Reference.objects.filter(pk__in=left, is_empty=False), now)
        row.state, row.undone_at, row.undone_by_id = ImportState.UNDONE, now, seat.user_id
        row.save(update_fields=["state", "undone_at", "undone_by"])
        happened = events.ImportUndone(row.pk, row.file_name, row.imported)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return row


def _locked(seat: Seat, import_id: int) -> Import:
    rows = Import.objects.select_for_update(no_key=True).filter(review_id=seat.review_id)
    found = rows.filter(pk=import_id).first()
    if found is None:
        raise NotFound("There is no such import in this review.")
    return found


def _refuse_void(row: Import) -> None:
    if row.state == ImportState.UNDONE:
        raise Refusal(f"The import of {row.file_name} was undone already.")
    if row.state == ImportState.REFUSED:
        raise Refusal(f"Nothing of {row.file_name} was stored; there is nothing to undo.")


def _references(row: Import) -> list[tuple[int, bool]]:
    """Number and whether decided on, of every reference that holds a record of the import; all are locked."""
    holding = Join.objects.filter(in_import=row, superseded_at=None).values("reference_id")
    rows = Reference.objects.filter(pk__in=holding).order_by("number").select_for_update(no_key=True)
    return list(rows.values_list("number", "is_decided_on"))


def _refuse_decided(row: Import, references: list[tuple[int, bool]]) -> None:
    numbers = tuple(number for number, is_decided_on in references if is_decided_on)
    if numbers:
        message = rules.decided_sentence(row.file_name, numbers)
        raise DecidedOn(message, numbers[: rules.LINES_NAMED])
