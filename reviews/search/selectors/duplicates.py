"""Duplicates: what waits for a person, what was decided, and by which thresholds."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from reviews.core import selectors as core
from reviews.core.models import Job
from reviews.core.refusals import NotFound
from reviews.core.rules import JobState
from reviews.core.seats import Seat
from reviews.search.duplicates import bands, finding
from reviews.search.duplicates.bands import Band
from reviews.search.models import DuplicateCheck, Join, JoinProposal, Pair, PairDecision, Reference, Thresholds
from reviews.search.rules import PairVerdict

CHECK_TASK = "reviews.search.tasks.check_duplicates"


class Waiting(NamedTuple):
    """A pair that a person has to decide, and the references of its two records."""

    pair_id: int
    one: int
    other: int


def waiting(seat: Seat) -> list[Waiting]:
    """One pair for every two references that may be one document, the most likely first: three queries.

    Not between references of which some records were declared different: joining them would undo that. What this
    person has proposed waits for somebody else; what others proposed comes first.
    """
    apart = {frozenset(homes) for homes in _with_homes(_current(seat, PairVerdict.DIFFERENT), "pair__")}
    decided = PairDecision.objects.filter(pair=OuterRef("pk"), superseded_at=None)
    rows = Pair.objects.filter(~Exists(decided), review_id=seat.review_id, band__gte=Band.PROPOSE)
    rows = rows.annotate(one_home=_home("one_id"), other_home=_home("other_id")).order_by("-score", "pk")
    proposals = JoinProposal.objects.filter(review_id=seat.review_id, superseded_at=None)
    proposals = proposals.annotate(one_home=_home("pair__one_id"), other_home=_home("pair__other_id"))
    proposed = list(proposals.values_list("pair", "person", "one_home", "other_home"))
    theirs = {pair for pair, person, *_ in proposed if person != seat.user_id}
    apart |= {frozenset(homes) for _, person, *homes in proposed if person == seat.user_id}
    found: list[Waiting] = []
    listed = list(rows.values_list("pk", "one_home", "other_home"))
    for pair_id, one, other in sorted(listed, key=lambda row: row[0] not in theirs):
        ends = frozenset((one, other))
        if None not in ends and len(ends) == 2 and ends not in apart:
            apart.add(ends)
            found.append(Waiting(pair_id, one, other))
    return found


def _home(record: str) -> Subquery:
    return Subquery(Join.objects.filter(record=OuterRef(record), superseded_at=None).values("reference_id")[:1])


def _with_homes(rows: "QuerySet[PairDecision]", prefix: str) -> list[tuple[int | None, int | None]]:
    rows = rows.annotate(one_home=_home(f"{prefix}one_id"), other_home=_home(f"{prefix}other_id"))
    return list(rows.values_list("one_home", "other_home"))


def _current(seat: Seat, verdict: str) -> "QuerySet[PairDecision]":
    return PairDecision.objects.filter(review_id=seat.review_id, verdict=verdict, superseded_at=None)


@dataclass(frozen=True)
class Counts:
    """``decided`` are pairs that people decided, ``waiting`` those still open; ``automatic`` joins nobody was asked.

    ``doubtful`` are those automatic ones that are to be looked at again.
    """

    decided: int
    waiting: int
    automatic: int
    confirmed: int
    different: int
    doubtful: int = 0

    @property
    def total(self) -> int:
        return self.decided + self.waiting


def counts(seat: Seat, found: Sequence[Waiting]) -> Counts:
    joined = _current(seat, PairVerdict.JOINED)
    numbers = joined.aggregate(
        automatic=Count("pk", filter=Q(person=None)),
        confirmed=Count("pk", filter=Q(person__isnull=False)),
        doubtful=Count("pk", filter=Q(person=None, pair__vetoes__contains=[finding.JOURNAL_AS_TITLE])),
    )
    automatic, confirmed, doubtful = numbers["automatic"], numbers["confirmed"], numbers["doubtful"]
    different = _current(seat, PairVerdict.DIFFERENT).count()
    return Counts(confirmed + different, len(found), automatic, confirmed, different, doubtful)


def _doubtful(rows: QuerySet[PairDecision]) -> QuerySet[PairDecision]:
    return rows.filter(person=None, pair__vetoes__contains=[finding.JOURNAL_AS_TITLE])


@dataclass(frozen=True)
class Side:
    """One record of a pair, its reference, and all records behind that, each with where it comes from."""

    join: Join
    behind: tuple[Join, ...]

    @property
    def reference(self) -> Reference:
        return self.join.reference


@dataclass(frozen=True)
class PairPage:
    """``decision`` is the one in force, None for a pair that waits; ``proposal`` waits for somebody to confirm it."""

    pair: Pair
    one: Side
    other: Side
    decision: PairDecision | None
    proposal: JoinProposal | None = None

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.one, self.other

    @property
    def has_votes(self) -> bool:
        return any(side.reference.is_decided_on for side in self.sides)


def pairs(seat: Seat, ids: Sequence[int]) -> list[PairPage]:
    """The pairs ``ids`` in this order, without those whose import was undone: five queries, however many."""
    rows = {row.pk: row for row in Pair.objects.filter(review_id=seat.review_id, pk__in=ids)}
    records = {record for row in rows.values() for record in (row.one_id, row.other_id)}
    homes = Join.objects.filter(record_id__in=records, superseded_at=None).values_list("reference_id", flat=True)
    behind: defaultdict[int, list[Join]] = defaultdict(list)
    for join in _joins(set(homes)):
        behind[join.reference_id].append(join)
    of_record = {join.record_id: join for held in behind.values() for join in held}
    decisions = PairDecision.objects.filter(pair__in=rows, superseded_at=None).select_related("person")
    decided = {row.pair_id: row for row in decisions}
    proposals = JoinProposal.objects.filter(pair__in=rows, superseded_at=None).select_related("person")
    proposed = {row.pair_id: row for row in proposals}
    found = []
    for pk in ids:
        row = rows.get(pk)
        if row and {row.one_id, row.other_id} <= of_record.keys():
            one, other = of_record[row.one_id], of_record[row.other_id]
            sides = _side(one, behind), _side(other, behind)
            found.append(PairPage(row, *sides, decided.get(pk), proposed.get(pk)))
    return found


def _side(join: Join, behind: Mapping[int, list[Join]]) -> Side:
    return Side(join, tuple(behind[join.reference_id]))


def _joins(references: Collection[int]) -> QuerySet[Join]:
    rows = Join.objects.filter(reference__in=references, superseded_at=None).order_by("record_id")
    return rows.select_related("reference", "record", "in_import__search_run__source").defer("record__tags")


def pair(seat: Seat, pair_id: int) -> PairPage:
    found = pairs(seat, [pair_id])
    if not found:
        raise NotFound("There is no such pair of records in this review, or an import that brought one was undone.")
    return found[0]


def made(seat: Seat, kind: str) -> QuerySet[PairDecision]:
    """Decisions in force, the newest first: ``automatic`` joins, ``confirmed`` ones, or ``different`` pairs.

    ``doubtful`` are the automatic joins that are to be looked at again.
    """
    rows = _current(seat, PairVerdict.DIFFERENT if kind == "different" else PairVerdict.JOINED)
    if kind != "different":
        rows = _doubtful(rows) if kind == "doubtful" else rows.filter(person__isnull=kind == "automatic")
    shown = ("pair__one", "pair__other", "person", "proposed_by", "loser", "survivor__merged_into")
    heavy = [f"pair__{end}__{name}" for end in ("one", "other") for name in ("raw", "tags", "abstract")]
    return rows.select_related(*shown).defer(*heavy).order_by("-pk")


def last_of_mine(seat: Seat) -> PairDecision | None:
    """What ``Z`` takes back: this person's newest decision in force."""
    rows = PairDecision.objects.filter(review_id=seat.review_id, person_id=seat.user_id, superseded_at=None)
    return rows.order_by("-pk").first()


@dataclass(frozen=True)
class InForce:
    """The thresholds of a review; ``row`` is None as long as they are the engine's own."""

    thresholds: bands.Thresholds
    row: Thresholds | None

    @property
    def revision(self) -> int:
        return self.row.revision if self.row else 0


def thresholds(seat: Seat) -> InForce:
    row = Thresholds.objects.filter(review_id=seat.review_id).select_related("changed_by").first()
    return InForce(bands.Thresholds(row.join, row.propose) if row else bands.DEFAULT, row)


def running_check(seat: Seat) -> Job | None:
    """The newest search for duplicates that is not finished."""
    rows = Job.objects.filter(review_id=seat.review_id, task=CHECK_TASK)
    return rows.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).order_by("-pk").first()


@dataclass(frozen=True)
class CheckOfImport:
    check: DuplicateCheck
    job: Job | None


def check_of(seat: Seat, import_id: int) -> CheckOfImport | None:
    """The search for duplicates of an import's records; None until the import is stored."""
    check = DuplicateCheck.objects.filter(review_id=seat.review_id, in_import_id=import_id).first()
    if check is None:
        return None
    job = core.job_of(seat, CHECK_TASK, check.pk)
    if job and job.is_finished and check.finished_at is None:
        # It ended between the two reads.
        check.refresh_from_db()
    return CheckOfImport(check, job)
