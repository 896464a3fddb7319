"""What is known of a document in a phase, read after its lock, and what follows from it written back.

A constant number of statements for any number of documents: parting one, or a protocol that asks for fewer votes,
passes here as a single vote does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from reviews.core import events as trail
from reviews.core.models import Membership
from reviews.core.rules import PERMISSIONS, Permission
from reviews.screening import events, rules
from reviews.screening.models import Completion, Doubt, Proposal, Resolution, Standing, Vote
from reviews.screening.rules import Phase, Verdict
from reviews.search.models import Reference

COUNTED = ["includes", "maybes", "excludes", "is_complete", "lacks_votes", "is_contested", "resolution"]


@dataclass
class Case:
    """One document in one phase. ``references`` are all behind it; the rows are those in force, oldest first."""

    reference: Reference
    references: set[int]
    votes: list[Vote] = field(default_factory=list)
    completions: list[Completion] = field(default_factory=list)
    seatings: tuple[rules.Seating, ...] = ()

    @property
    def document(self) -> rules.Document:
        return rules.Document(
            tuple(
                rules.Ballot(vote.pk, vote.reference_id, vote.person_id, vote.verdict, vote.made_at)
                for vote in self.votes
            ),
            tuple(_completion(row) for row in self.completions),
            self.seatings,
        )

    @property
    def is_complete(self) -> bool:
        return any(row.closed_at is None for row in self.completions)


def _completion(row: Completion) -> rules.Completion:
    return rules.Completion(
        row.pk,
        row.reference_id,
        frozenset(row.votes),
        frozenset(row.voters),
        row.opened_at,
        row.closed_at,
        row.lacks_votes,
    )


def read(review_id: int, ids: Collection[int], phase: str) -> dict[int, Case]:
    """The documents ``ids`` by primary key; the caller holds their locks. Seats are read only where they matter."""
    cases = {one.pk: Case(one, {one.pk}) for one in Reference.objects.filter(pk__in=ids, merged_into=None)}
    home = {pk: pk for pk in cases}
    for pk, into in Reference.objects.filter(merged_into__in=list(cases)).values_list("pk", "merged_into_id"):
        cases[into].references.add(pk)
        home[pk] = into
    votes = Vote.objects.filter(reference__in=list(home), phase=phase, superseded_at=None)
    for vote in votes.order_by("made_at", "pk"):
        cases[home[vote.reference_id]].votes.append(vote)
    for row in Completion.objects.filter(reference__in=list(home), phase=phase).order_by("pk"):
        cases[home[row.reference_id]].completions.append(row)
    if any(case.completions for case in cases.values()):
        everybody = seatings(review_id)
        for case in cases.values():
            case.seatings = everybody
    return cases


def seatings(review_id: int) -> tuple[rules.Seating, ...]:
    """Everybody who ever held a seat; a deactivated account does not vote any more."""
    rows = Membership.objects.filter(review_id=review_id).select_related("user").order_by("pk")
    return tuple(
        rules.Seating(
            row.user_id,
            row.started_at,
            row.ended_at,
            may_vote=row.user.is_active and Permission.VOTE in PERMISSIONS[row.role],
        )
        for row in rows
    )


def derive(review_id: int, ids: Collection[int], phase: str, votes_needed: int) -> None:
    """Everything that follows from the votes and joins of these documents, written.

    Completions, what resolutions and proposals no longer rest on, and the tallies. ``ids`` that were merged into
    another reference lose their tally.
    """
    cases = read(review_id, ids, phase)
    findings = {pk: rules.judge(case.document, votes_needed) for pk, case in cases.items()}
    now = timezone.now()
    complete(cases, findings, phase, now)
    _end_what_lapsed(review_id, cases, findings, phase, now)
    _save_standings(cases, findings, phase)
    Standing.objects.filter(reference__in=set(ids) - cases.keys(), phase=phase).delete()


def complete(cases: dict[int, Case], findings: dict[int, rules.Finding], phase: str, now: datetime) -> None:
    """Open a completion for every reference of a complete document, close what is over."""
    over: list[int] = []
    opened: list[Completion] = []
    for pk, case in cases.items():
        found = findings[pk]
        open_ones = {row.reference_id: row for row in case.completions if row.closed_at is None}
        for reference_id in sorted(case.references):
            row = open_ones.get(reference_id)
            if row is not None:
                if found.is_complete and (frozenset(row.votes), row.lacks_votes) == (found.votes, found.lacks_votes):
                    continue
                over.append(row.pk)
            if found.is_complete:
                opened.append(_opened(case, reference_id, found, phase, now))
    if over:
        Completion.objects.filter(pk__in=over).update(closed_at=now)
    Completion.objects.bulk_create(opened)
    decided = [pk for pk, case in cases.items() if findings[pk].is_complete and not case.reference.is_decided_on]
    if decided:
        Reference.objects.filter(pk__in=decided).update(is_decided_on=True)


def _opened(case: Case, reference_id: int, found: rules.Finding, phase: str, now: datetime) -> Completion:
    return Completion(
        review_id=case.reference.review_id,
        reference_id=reference_id,
        phase=phase,
        votes=sorted(found.votes),
        voters=sorted(found.counted),
        lacks_votes=found.lacks_votes,
        opened_at=now,
    )


def _end_what_lapsed(
    review_id: int, cases: dict[int, Case], findings: dict[int, rules.Finding], phase: str, now: datetime
) -> None:
    """A resolution or proposal one of whose votes now lies elsewhere is over, on every reference it could stand on."""
    home = {reference: pk for pk, case in cases.items() for reference in case.references}
    for model, event in ((Resolution, events.ResolutionLapsed), (Proposal, events.ProposalLapsed)):
        rows = model.objects.filter(reference__in=list(home), phase=phase, superseded_at=None)
        for pk, reference_id, votes in rows.values_list("pk", "reference_id", "votes"):
            case, found = cases[home[reference_id]], findings[home[reference_id]]
            if found.is_complete and rules.stands(votes, case.document):
                continue
            model.objects.filter(pk=pk).update(superseded_at=now)
            happened = event(pk, case.reference.number, Phase(phase).label.lower())
            trail.record(happened, review_id=review_id, actor_id=None)


def _save_standings(cases: dict[int, Case], findings: dict[int, rules.Finding], phase: str) -> None:
    if not cases:
        return
    home = {reference: pk for pk, case in cases.items() for reference in case.references}
    settled: dict[int, str] = {}
    rows = Resolution.objects.filter(reference__in=list(home), phase=phase, superseded_at=None)
    for row in rows.order_by("made_at", "pk"):
        settled[home[row.reference_id]] = row.verdict
    doubts: defaultdict[int, list[datetime]] = defaultdict(list)
    for reference, at in Doubt.objects.filter(reference__in=list(home), phase=phase).values_list(
        "reference_id", "raised_at"
    ):
        doubts[home[reference]].append(at)
    save_standings(
        (
            (case.reference, tally(findings[pk], settled.get(pk), bool(doubts[pk]) and findings[pk].is_complete))
            for pk, case in cases.items()
        ),
        phase,
    )


def tally(found: rules.Finding, resolution: str | None = None, is_contested: bool = False) -> rules.Tally:
    verdicts = [ballot.verdict for ballot in found.counted.values()]
    return rules.Tally(
        includes=verdicts.count(Verdict.INCLUDE),
        maybes=verdicts.count(Verdict.MAYBE),
        excludes=verdicts.count(Verdict.EXCLUDE),
        is_complete=found.is_complete,
        lacks_votes=found.lacks_votes,
        is_contested=is_contested,
        resolution=resolution,
    )


def save_standings(tallies: Iterable[tuple[Reference, rules.Tally]], phase: str) -> None:
    """One statement however many: every vote passes here."""
    rows = [
        Standing(
            reference=reference,
            review_id=reference.review_id,
            phase=phase,
            **{name: getattr(tally, name) for name in COUNTED},
        )
        for reference, tally in tallies
    ]
    Standing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["reference", "phase"], update_fields=COUNTED
    )
