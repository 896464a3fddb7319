"""Studies: where they stand and what the seat can do next. Nothing here tells a value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from reviews.core import double
from reviews.core import selectors as core
from reviews.core.double import State, Step, Turn
from reviews.core.models import Membership
from reviews.core.refusals import NotFound
from reviews.core.rules import PERMISSIONS, Permission
from reviews.core.seats import Seat
from reviews.extraction import comparing, rules
from reviews.extraction.comparing import Comparison
from reviews.extraction.models import (
    Arm,
    Completion,
    ConsensusProposal,
    Entry,
    Settlement,
    Study,
    StudyReport,
    Submission,
)
from reviews.extraction.selectors import entries as entry_reads
from reviews.extraction.selectors import settling as settling_reads
from reviews.extraction.selectors.settling import Proposal, Standing
from reviews.screening import selectors as screening
from reviews.search.models import DOCUMENT, Reference

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Counts(TypedDict):
    submitted: int | None
    claimed: int | None
    is_complete: bool
    has_consensus: bool
    my_entry_id: int | None
    my_submitted_at: datetime | None


EXTRACTING_ROLES = [role for role, permissions in PERMISSIONS.items() if Permission.EXTRACT in permissions]


def _count(entries: QuerySet[Entry]) -> Subquery:
    counted = entries.filter(study=OuterRef("pk")).order_by().values("study").annotate(number=Count("pk"))
    return Subquery(counted.values("number"))


def studies(seat: Seat) -> "QuerySet[WithAnnotations[Study, Counts]]":
    """Studies by number, annotated: ``submitted`` and ``claimed`` places (None for no one), ``is_complete``,
    ``has_consensus``, ``my_entry_id`` and ``my_submitted_at``.

    A place that somebody left before submitting is not claimed: it is free for the next one.
    """
    still_here = Membership.objects.active().filter(
        review_id=seat.review_id, user=OuterRef("person"), role__in=EXTRACTING_ROLES
    )
    handed_in = Submission.objects.current().filter(entry=OuterRef("pk"))
    claimed = Entry.objects.extractions().filter(Exists(handed_in) | Exists(still_here))
    mine = Entry.objects.extractions().filter(study=OuterRef("pk"), person_id=seat.user_id)
    my_submission = Submission.objects.current().filter(
        entry__study=OuterRef("pk"), entry__person_id=seat.user_id, entry__abandoned_at=None
    )
    return (
        Study.objects.filter(review_id=seat.review_id)
        .annotate(
            submitted=_count(Entry.objects.extractions().submitted()),
            claimed=_count(claimed),
            is_complete=Exists(Completion.objects.filter(study=OuterRef("pk"))),
            has_consensus=Exists(Entry.objects.consensus().filter(study=OuterRef("pk"))),
            my_entry_id=Subquery(mine.values("pk")[:1]),
            my_submitted_at=Subquery(my_submission.values("at")[:1]),
        )
        .order_by("number")
    )


@dataclass(frozen=True)
class Line:
    """A study in the list: its state, and what the seat can do next with it."""

    study: Study
    state: State
    step: Step
    my_entry_id: int | None
    is_mine: bool
    standing: Standing
    may_reopen: bool

    @property
    def key(self) -> str:
        """The step in one word; of a discussion whose turn it is."""
        is_discussed = self.step == Step.COMPARE and self.standing.turn != Turn.NONE
        return self.standing.turn.value if is_discussed else self.step.value


def lines(seat: Seat, found: "Iterable[WithAnnotations[Study, Counts]]") -> list[Line]:
    """``found`` comes from :func:`studies`."""
    listed = list(found)
    standings = settling_reads.standings(seat, listed)
    return [_line(seat, study, standings[study.pk]) for study in listed]


def _line(seat: Seat, study: "WithAnnotations[Study, Counts]", standing: Standing) -> Line:
    state = double.state(study.submitted or 0, study.has_consensus)
    may_extract = Permission.EXTRACT in seat.permissions
    is_mine, is_submitted = study.my_entry_id is not None, study.my_submitted_at is not None
    has_place = (study.claimed or 0) < len(double.SLOTS) and seat.user_id not in standing.hands
    step = double.next_step(
        state,
        has_slot=is_mine,
        has_open_entry=may_extract and is_mine and not is_submitted,
        may_claim=may_extract and has_place,
        may_settle=standing.may_settle,
    )
    if step == Step.LOOK and standing.turn == Turn.CONFIRM:
        step = Step.COMPARE  # a revision waits for an answer, though the study is done
    may_reopen = rules.may_reopen(is_own=is_mine, is_submitted=is_submitted, is_complete=study.is_complete)
    return Line(study, state, step, study.my_entry_id, is_mine, standing, may_extract and may_reopen)


def next_line(seat: Seat) -> Line | None:
    """The study where the seat should go on: an open entry first, then a consensus to make, then a free place."""
    order = {Step.CONTINUE: 0, Step.COMPARE: 1, Step.START: 2}
    proposed = ConsensusProposal.objects.current().filter(study=OuterRef("pk"))
    waiting = studies(seat).filter(Q(has_consensus=False) | Exists(proposed))
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
    full = len(double.SLOTS)
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
    """One of the two places of a study; who holds it and whether it is submitted, nothing more.

    ``began_by`` held the entry before it was handed over; ``may_pass_on`` offers the seat to hand it over or free it.
    """

    entry_id: int
    person: str
    is_mine: bool
    is_submitted: bool
    has_left: bool
    began_by: str
    may_pass_on: bool


@dataclass(frozen=True)
class StudyPage:
    """What the seat may see of a study. ``comparison`` and what rests on it are None as long as it is blinded."""

    line: Line
    reports: list[Reference]
    arms: list[Arm]
    places: list[Place]
    heirs: list[tuple[int, str]]
    comparison: Comparison | None
    proposal: Proposal | None
    settlements: list[Settlement]

    @property
    def study(self) -> Study:
        return self.line.study


def study_page(seat: Seat, study_id: int) -> StudyPage:
    found = study(seat, study_id)
    entries = entry_reads.entries(found)
    here = {one.user_id: one.name for one in core.seats(seat.review_id) if Permission.EXTRACT in one.permissions}
    extractions = comparing.active(entries, rules.EntryKind.EXTRACTION)
    reports = Reference.objects.filter(pk__in=found.reports.annotate(document=DOCUMENT).values("document"))
    is_open = entry_reads.may_compare(seat, found, entries)
    comparison = comparing.compare(found, entries) if is_open else None
    consensus = comparison.consensus if comparison else None
    (line,) = lines(seat, [found])
    return StudyPage(
        line=line,
        reports=list(reports.select_related("primary_record").order_by("number")),
        arms=list(found.arms.all()),
        places=[_place(seat, one, here) for one in extractions],
        heirs=[(pk, name) for pk, name in here.items() if pk not in line.standing.hands],
        comparison=comparison,
        proposal=settling_reads.proposal(seat, comparison) if comparison else None,
        settlements=settling_reads.settlements(consensus) if consensus else [],
    )


def heirs(seat: Seat, entry_id: int) -> tuple[int, list[tuple[int, str]]]:
    """The study of an unfinished entry, and who may go on with it."""
    seat.require(Permission.MANAGE)
    entry = Entry.objects.filter(pk=entry_id, slot__isnull=False, study__review_id=seat.review_id).first()
    if entry is None:
        raise NotFound("There is no such entry in this review.")
    return entry.study_id, study_page(seat, entry.study_id).heirs


def _place(seat: Seat, entry: Entry, here: Mapping[int, str]) -> Place:
    is_submitted = entry.submitted_at is not None
    return Place(
        entry_id=entry.pk,
        person=entry.person.name if entry.person else "",
        is_mine=entry.person_id == seat.user_id,
        is_submitted=is_submitted,
        has_left=not is_submitted and entry.person_id not in here,
        began_by=entry.continues.person.name if entry.continues and entry.continues.person else "",
        may_pass_on=not is_submitted and Permission.MANAGE in seat.permissions,
    )
