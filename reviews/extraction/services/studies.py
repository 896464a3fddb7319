"""Making studies out of included references."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from reviews.core import events as trail
from reviews.core.models import Review
from reviews.core.refusals import BadInput
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import events
from reviews.extraction.models import Arm, Study, StudyReport
from reviews.protocols import selectors as protocols
from reviews.protocols.rules import ArmRole
from reviews.screening import selectors as screening

NAME_MAX = 120


def create_study(seat: Seat, *, label: str, reference_ids: Sequence[int], arms: Sequence[tuple[str, str]]) -> Study:
    """Make a study of references included at full text, with one intervention arm and one comparator.

    ``arms`` are (role, name). Refuses (422) a label that is taken, and references that are not included.
    """
    seat.require(Permission.EXTRACT)
    label = " ".join(label.split())
    named = [(role, " ".join(name.split())) for role, name in arms]
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        protocols.in_force(seat.review_id)
        _refuse({**_wrong_label(seat, label), **_wrong_arms(named), **_wrong_reports(seat, reference_ids)})
        last = Study.objects.filter(review_id=seat.review_id).aggregate(last=Max("number"))["last"] or 0
        study = Study.objects.create(review_id=seat.review_id, number=last + 1, label=label, created_by_id=seat.user_id)
        chosen = dict.fromkeys(reference_ids)
        StudyReport.objects.bulk_create(StudyReport(study=study, reference_id=pk) for pk in chosen)
        Arm.objects.bulk_create(
            Arm(study=study, role=role, name=name, rank=rank) for rank, (role, name) in enumerate(named, start=1)
        )
        happened = events.StudyCreated(study.pk, label)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return study


def _refuse(fields: dict[str, str]) -> None:
    if fields:
        raise BadInput(next(iter(fields.values())), fields)


def _wrong_label(seat: Seat, label: str) -> dict[str, str]:
    if not label:
        return {"label": "Give the study a label, such as “Miller 2021”."}
    if len(label) > NAME_MAX:
        return {"label": f"The label has {len(label)} characters; at most {NAME_MAX} fit."}
    if Study.objects.filter(review_id=seat.review_id, label__iexact=label).exists():
        return {"label": f"There is a study “{label}” already. Add a letter, such as “{label}a”."}
    return {}


def _wrong_arms(arms: Sequence[tuple[str, str]]) -> dict[str, str]:
    if sorted(role for role, _ in arms) != sorted(ArmRole.values):
        return {"intervention": "A study has two arms: one intervention and one comparator."}
    for role, name in arms:
        if not name:
            return {role: "Give the arm a name, as the report does."}
        if len(name) > NAME_MAX:
            return {role: f"The name has {len(name)} characters; at most {NAME_MAX} fit."}
    if len({name.casefold() for _, name in arms}) < len(arms):
        return {ArmRole.COMPARATOR.value: "Both arms have the same name. Tell them apart."}
    return {}


def _wrong_reports(seat: Seat, reference_ids: Sequence[int]) -> dict[str, str]:
    if not reference_ids:
        return {"references": "Pick at least one included reference."}
    included = screening.included_references(seat).filter(pk__in=reference_ids)
    if included.count() < len(set(reference_ids)):
        return {"references": "A study is made of references that are included at full text. Pick from the list."}
    return {}
