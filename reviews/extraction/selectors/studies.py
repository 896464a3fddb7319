"""Studies: where they stand and what the seat can do next. Nothing here tells a value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from reviews.core import selectors as core
from reviews.core.models import Membership
from reviews.core.refusals import NotFound
from reviews.core.rules import PERMISSIONS, Permission
from reviews.core.seats import Seat
from reviews.extraction import comparing, rules
from reviews.extraction.comparing import Comparison
from reviews.extraction.models import Arm, Entry, Study, StudyReport
from reviews.extraction.rules import Step, StudyState
from reviews.extraction.selectors import entries as entry_reads
from reviews.screening import selectors as screening
from reviews.search.models import DOCUMENT, Reference

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Counts(TypedDict):
    submitted: int | None
    claimed: int | None
    has_consensus: bool
    my_entry_id: int | None
    my_submitted_at: datetime | None


EXTRACTING_ROLES = [role for role, permissions in PERMISSIONS.items() if Permission.EXTRACT in permissions]


def _extractions() -> QuerySet[Entry]:
    return Entry.objects.filter(kind=rules.EntryKind.EXTRACTION, abandoned_at=None)


def _consensus() -> QuerySet[Entry]:
    return Entry.objects.filter(kind=rules.EntryKind.CONSENSUS, abandoned_at=None)


def _count(entries: QuerySet[Entry]) -> Subquery:
    counted = entries.filter(study=OuterRef("pk")).order_by().values("study").annotate(number=Count("pk"))
    return Subquery(counted.values("number"))


def studies(seat: Seat) -> "QuerySet[WithAnnotations[Study, Counts]]":
    """Studies by number, annotated: ``submitted`` and ``claimed`` places (None for no one), ``has_consensus``,
    ``my_entry_id`` and ``my_submitted_at``.

    A place that somebody left before submitting is not claimed: it is free for the next one.
    """
    still_here = Membership.objects.active().filter(
        review_id=seat.review_id, user=OuterRef("person"), role__in=EXTRACTING_ROLES
    )
    claimed = _extractions().filter(Q(submitted_at__isnull=False) | Exists(still_here))
    mine = _extractions().filter(study=OuterRef("pk"), person_id=seat.user_id)
    return (
        Study.objects.filter(review_id=seat.review_id)
        .annotate(
            submitted=_count(_extractions().filter(submitted_at__isnull=False)),
            claimed=_count(claimed),
            has_consensus=Exists(_consensus().filter(study=OuterRef("pk"))),
            my_entry_id=Subquery(mine.values("pk")[:1]),
            my_submitted_at=Subquery(mine.values("submitted_at")[:1]),
        )
        .order_by("number")
    )


@dataclass(frozen=True)
class Line:
    """A study in the list: its state, and what the seat can do next with it."""

    study: Study
    state: StudyState
    step: Step
    my_entry_id: int | None
    is_mine: bool


def lines(seat: Seat, found: "Iterable[WithAnnotations[Study, Counts]]") -> list[Line]:
    """``found`` comes from :func:`studies`."""
    return [_line(seat, study) for study in found]


def _line(seat: Seat, study: "WithAnnotations[Study, Counts]") -> Line:
    state = rules.state(study.submitted or 0, study.has_consensus)
    may_extract = Permission.EXTRACT in seat.permissions
    step = rules.next_step(
        state,
        is_extractor=study.my_entry_id is not None,
        has_open_entry=may_extract and study.my_entry_id is not None and study.my_submitted_at is None,
        may_claim=may_extract and (study.claimed or 0) < len(rules.SLOTS),
        may_adjudicate=Permission.ADJUDICATE in seat.permissions,
    )
    return Line(study, state, step, study.my_entry_id, study.my_entry_id is not None)


def next_line(seat: Seat) -> Line | None:
    """The study where the seat should go on: an open entry first, then a consensus to make, then a free place."""
    order = {Step.CONTINUE: 0, Step.COMPARE: 1, Step.START: 2}
    waiting = studies(seat).filter(has_consensus=False)
    todo = [line for line in lines(seat, waiting) if line.step in order]
    return min(todo, key=lambda line: order[line.step], default=None)


@dataclass(frozen=True)
class Progress:
    """How many studies stand where. ``mine`` are those the seat extracts and has not submitted."""

    open: int
    waiting: int
    compare: int
    done: int
    total: int
    mine: int


def progress(seat: Seat) -> Progress:
    full = len(rules.SLOTS)
    found = studies(seat).aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(has_consensus=True)),
        compare=Count("pk", filter=Q(has_consensus=False, submitted__gte=full)),
        waiting=Count("pk", filter=Q(has_consensus=False, submitted__gt=0, submitted__lt=full)),
        mine=Count("pk", filter=Q(my_entry_id__isnull=False, my_submitted_at=None)),
    )
    settled = found["done"] + found["compare"] + found["waiting"]
    return Progress(open=found["total"] - settled, **found)


def free_references(seat: Seat) -> QuerySet[Reference]:
    """References included at full text that are in no study yet."""
    used = StudyReport.objects.filter(study__review_id=seat.review_id).annotate(document=DOCUMENT)
    return screening.included_references(seat).exclude(pk__in=used.values("document"))


def study(seat: Seat, study_id: int) -> "WithAnnotations[Study, Counts]":
    """The study, annotated as in :func:`studies`."""
    found = studies(seat).filter(pk=study_id).first()
    if found is None:
        raise NotFound("There is no such study in this review.")
    return found


@dataclass(frozen=True)
class Place:
    """One of the two places of a study; who holds it and whether it is submitted, nothing more."""

    slot: int
    person: str
    is_mine: bool
    is_submitted: bool
    has_left: bool


@dataclass(frozen=True)
class StudyPage:
    """What the seat may see of a study. ``comparison`` is None as long as it is blinded."""

    line: Line
    reports: list[Reference]
    arms: list[Arm]
    places: list[Place]
    comparison: Comparison | None

    @property
    def study(self) -> Study:
        return self.line.study


def study_page(seat: Seat, study_id: int) -> StudyPage:
    found = study(seat, study_id)
    entries = entry_reads.entries(found)
    here = {one.user_id for one in core.seats(seat.review_id) if Permission.EXTRACT in one.permissions}
    places = [
        Place(
            slot=one.slot or 0,
            person=one.person.name,
            is_mine=one.person_id == seat.user_id,
            is_submitted=one.submitted_at is not None,
            has_left=one.submitted_at is None and one.person_id not in here,
        )
        for one in comparing.active(entries, rules.EntryKind.EXTRACTION)
    ]
    reports = Reference.objects.filter(pk__in=found.reports.annotate(document=DOCUMENT).values("document"))
    is_open = entry_reads.may_compare(seat, entries)
    return StudyPage(
        line=_line(seat, found),
        reports=list(reports.select_related("primary_record").order_by("number")),
        arms=list(found.arms.all()),
        places=places,
        comparison=comparing.compare(found, entries) if is_open else None,
    )
