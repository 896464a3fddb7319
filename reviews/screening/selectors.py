"""Reads of screening. Blinding lives here: a verdict leaves this file only when nobody may still vote on it."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from reviews.core.refusals import NotFound
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.protocols import selectors as protocols
from reviews.protocols.rules import ScreeningRule
from reviews.screening import queueing, rules
from reviews.screening.models import Resolution, Retrieval, Standing, Vote
from reviews.screening.rules import Phase, State, Verdict
from reviews.search.models import DOCUMENT, Reference

IN_FAVOUR = Q(includes__gt=0) | Q(maybes__gt=0)


def rule(seat: Seat) -> ScreeningRule:
    """The screening rule of the protocol in force; refuses when no protocol is approved yet."""
    return protocols.in_force(seat.review_id).parsed.screening


def _has_all_votes(rule: ScreeningRule) -> Q:
    """``rules.has_all_votes`` for the database."""
    return Q(resolution__isnull=False) | Q(votes__gte=rule.votes_needed)


def _in_state(state: State, rule: ScreeningRule) -> Q:
    """``rules.state`` for the database, on standings annotated with ``votes`` (a test holds them together)."""
    is_open = Q(resolution=None)
    is_complete = is_open & Q(votes__gte=rule.votes_needed)
    is_disputed = Q(is_contested=True) | (IN_FAVOUR & Q(excludes__gt=0))
    conditions = {
        State.WAITING: is_open & Q(votes__gt=0, votes__lt=rule.votes_needed),
        State.CONFLICT: is_complete & is_disputed,
        State.INCLUDED: Q(resolution=Verdict.INCLUDE) | (is_complete & ~is_disputed & IN_FAVOUR),
        State.EXCLUDED: Q(resolution=Verdict.EXCLUDE) | (is_complete & ~is_disputed & ~IN_FAVOUR),
    }
    return conditions[state]


def _standings(phase: str) -> QuerySet[Standing]:
    return Standing.objects.filter(phase=phase).annotate(votes=F("includes") + F("maybes") + F("excludes"))


def in_phase(seat: Seat, phase: str) -> QuerySet[Reference]:
    """The references that are up in this phase: all of them, then those included by title and abstract."""
    references = Reference.objects.unique_documents().filter(review_id=seat.review_id)
    if phase == Phase.TITLE_ABSTRACT:
        return references
    passed = _standings(Phase.TITLE_ABSTRACT).filter(_in_state(State.INCLUDED, rule(seat)))
    return references.filter(Exists(passed.filter(reference=OuterRef("pk"))))


def in_state(seat: Seat, phase: str, state: str) -> QuerySet[Reference]:
    """The references of a phase that stand at ``state``, in the order of their numbers."""
    references = in_phase(seat, phase)
    if state == State.UNTOUCHED:
        voted = _standings(phase).filter(Q(votes__gt=0) | Q(resolution__isnull=False))
        return references.exclude(Exists(voted.filter(reference=OuterRef("pk")))).order_by("number")
    matching = _standings(phase).filter(_in_state(State(state), rule(seat)))
    return references.filter(Exists(matching.filter(reference=OuterRef("pk")))).order_by("number")


@dataclass(frozen=True)
class Progress:
    """How many references of a phase stand where. ``mine`` counts the seat's own current votes."""

    untouched: int
    waiting: int
    conflicts: int
    included: int
    excluded: int
    not_retrieved: int
    total: int
    mine: int

    @property
    def done(self) -> int:
        return self.included + self.excluded + self.not_retrieved


def progress(seat: Seat, phase: str) -> Progress:
    """Counts of references with all their votes by outcome; of the others only whether they were begun."""
    the_rule = rule(seat)
    up = in_phase(seat, phase)
    total = up.count()
    counted = _standings(phase).filter(reference__in=up) if phase == Phase.FULL_TEXT else _standings(phase)
    states = (State.WAITING, State.CONFLICT, State.INCLUDED, State.EXCLUDED)
    counts = counted.filter(review_id=seat.review_id).aggregate(
        **{state.value: Count("pk", filter=_in_state(state, the_rule)) for state in states}
    )
    missing = _missing(up).count() if phase == Phase.FULL_TEXT else 0
    voted = Vote.objects.filter(person_id=seat.user_id, phase=phase, superseded_at=None).annotate(document=DOCUMENT)
    mine = voted.filter(document__in=up.values("pk")).aggregate(count=Count("document", distinct=True))["count"]
    return Progress(
        untouched=total - missing - sum(counts.values()),
        waiting=counts[State.WAITING],
        conflicts=counts[State.CONFLICT],
        included=counts[State.INCLUDED],
        excluded=counts[State.EXCLUDED],
        not_retrieved=missing,
        total=total,
        mine=mine,
    )


def _missing(references: QuerySet[Reference]) -> QuerySet[Reference]:
    gone = Retrieval.objects.filter(superseded_at=None).annotate(document=DOCUMENT)
    return references.filter(pk__in=gone.values("document"))


def queue(
    seat: Seat, phase: str, *, after: int = 0, limit: int = 2, the_rule: ScreeningRule | None = None
) -> list[Reference]:
    """The next references this seat may vote on, by number, from ``after`` on and then from the start.

    They count as shown: others find them only when there are votes left for them (``queueing``). What anybody's
    vote says changes nothing in the order.
    """
    seat.require(Permission.VOTE)
    the_rule = the_rule or rule(seat)
    open_ones = _votable(seat, phase, the_rule)
    return queueing.ahead(seat, phase, open_ones, votes_needed=the_rule.votes_needed, after=after, limit=limit)


def keep_claims(seat: Seat, phase: str, *, shown: list[int]) -> None:
    """These references are on the seat's screen (still, or again), the first ones foremost."""
    seat.require(Permission.VOTE)
    the_rule = rule(seat)
    queueing.keep(seat, phase, _votable(seat, phase, the_rule), votes_needed=the_rule.votes_needed, shown=shown)


def has_open(seat: Seat, phase: str) -> bool:
    """Whether this seat may vote on anything; nothing is shown by it."""
    seat.require(Permission.VOTE)
    return _votable(seat, phase, rule(seat)).exists()


def _votable(seat: Seat, phase: str, the_rule: ScreeningRule) -> QuerySet[Reference]:
    mine = Vote.objects.filter(person_id=seat.user_id, phase=phase, superseded_at=None)
    complete = _standings(phase).filter(_has_all_votes(the_rule), reference=OuterRef("pk"))
    found = in_phase(seat, phase).filter(~Exists(mine.filter(reference=OuterRef("pk"))), ~Exists(complete))
    # By itself, so that each of the two questions is answered by an index.
    found = found.filter(~Exists(mine.filter(reference__merged_into=OuterRef("pk"))))
    if phase == Phase.FULL_TEXT:
        found = found.exclude(pk__in=_missing(found))
    return found.select_related("primary_record").order_by("number")


def reference(seat: Seat, reference_id: int) -> Reference:
    found = (
        Reference.objects.unique_documents()
        .select_related("primary_record")
        .filter(pk=reference_id, review_id=seat.review_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such reference in this review.")
    return found


@dataclass(frozen=True)
class Standpoint:
    """What a seat may know of a reference in a phase.

    ``votes`` holds everybody's once the reference has all of them, before that only the seat's own.
    """

    phase: Phase
    state: State
    votes: list[Vote]
    resolution: Resolution | None
    mine: Vote | None
    is_missing: bool

    @property
    def is_complete(self) -> bool:
        return self.state not in {State.UNTOUCHED, State.WAITING}


def standpoint(seat: Seat, reference: Reference, phase: str) -> Standpoint:
    the_rule = rule(seat)
    standing = _standings(phase).filter(reference=reference).first()
    tally = standing.tally if standing else rules.Tally()
    behind = Reference.objects.behind(reference.pk)
    votes = Vote.objects.filter(reference__in=behind, phase=phase, superseded_at=None)
    votes = votes.select_related("person", "reason").order_by("made_at", "pk")
    if not rules.has_all_votes(tally, the_rule):
        votes = votes.filter(person_id=seat.user_id)
    visible = list({vote.person_id: vote for vote in votes}.values())
    settled = Resolution.objects.filter(reference__in=behind, phase=phase, superseded_at=None)
    return Standpoint(
        phase=Phase(phase),
        state=rules.state(tally, the_rule),
        votes=visible,
        resolution=settled.select_related("person", "reason").order_by("-made_at", "-pk").first(),
        mine=next((vote for vote in visible if vote.person_id == seat.user_id), None),
        is_missing=Retrieval.objects.filter(reference__in=behind, superseded_at=None).exists(),
    )


def all_my_votes(seat: Seat) -> QuerySet[Vote]:
    """The seat's own current votes of both phases, newest first."""
    votes = Vote.objects.filter(person_id=seat.user_id, superseded_at=None, reference__review_id=seat.review_id)
    shown = ("reference__primary_record", "reference__merged_into__primary_record", "reason")
    return votes.select_related(*shown).order_by("-made_at", "-pk")


def my_votes(seat: Seat, phase: str) -> QuerySet[Vote]:
    return all_my_votes(seat).filter(phase=phase)


def included_references(seat: Seat) -> QuerySet[Reference]:
    """The reports included at full text: what studies are made of."""
    return in_state(seat, Phase.FULL_TEXT, State.INCLUDED).select_related("primary_record")


@dataclass(frozen=True)
class ReasonCount:
    text: str
    number: int


@dataclass(frozen=True)
class Flow:
    """The screening boxes of a PRISMA 2020 flow diagram; every number counts references."""

    screened: int
    excluded: int
    awaiting_title_abstract: int
    sought: int
    not_retrieved: int
    assessed: int
    reasons: tuple[ReasonCount, ...]
    awaiting_full_text: int
    included: int


def flow(seat: Seat) -> Flow:
    first, second = progress(seat, Phase.TITLE_ABSTRACT), progress(seat, Phase.FULL_TEXT)
    return Flow(
        screened=first.total,
        excluded=first.excluded,
        awaiting_title_abstract=first.total - first.included - first.excluded,
        sought=second.total,
        not_retrieved=second.not_retrieved,
        assessed=second.total - second.not_retrieved,
        reasons=reasons_given(seat),
        awaiting_full_text=second.untouched + second.waiting + second.conflicts,
        included=second.included,
    )


def reasons_given(seat: Seat) -> tuple[ReasonCount, ...]:
    """Reports excluded at full text by reason: one each, the resolution's, else the highest-ranked one voted."""
    excluded = in_state(seat, Phase.FULL_TEXT, State.EXCLUDED).values("pk")
    chosen: dict[int, tuple[int, str]] = {}
    for decisions in (Resolution.objects, Vote.objects):
        rows = (
            decisions.annotate(document=DOCUMENT)
            .filter(document__in=excluded, phase=Phase.FULL_TEXT, superseded_at=None, reason__isnull=False)
            .values_list("document", "reason__rank", "reason__text")
        )
        found: dict[int, tuple[int, str]] = {}
        for reference_id, rank, text in rows:
            found[reference_id] = min(found.get(reference_id, (rank, text)), (rank, text))
        chosen = {**found, **chosen}
    # By name, not by row: an amendment can give a reason the name that a retired one had.
    counts = Counter(text for _, text in sorted(chosen.values()))
    return tuple(ReasonCount(text, number) for text, number in counts.items())


def may_settle(seat: Seat) -> bool:
    """Whether the protocol's rule lets this seat settle conflicts."""
    return seat.can["resolve"] and seat.role == rules.RESOLVING_ROLE[rule(seat).settled_by]
