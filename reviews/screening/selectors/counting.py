"""How far a phase is, and the screening boxes of the flow diagram."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from reviews.core.seats import Seat
from reviews.screening.models import Resolution, Vote
from reviews.screening.rules import Phase, State
from reviews.screening.selectors import knowing, states
from reviews.search.models import DOCUMENT


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
    up = states.in_phase(seat, phase)
    total = up.count()
    counted = states.standings(phase)
    counted = counted.filter(reference__in=up) if phase == Phase.FULL_TEXT else counted
    each = (State.WAITING, State.CONFLICT, State.INCLUDED, State.EXCLUDED)
    counts = counted.filter(review_id=seat.review_id).aggregate(
        **{state.value: Count("pk", filter=states.has_state(state)) for state in each}
    )
    missing = states.missing(up).count() if phase == Phase.FULL_TEXT else 0
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
    chosen = reasons_of(seat)
    # By name, not by row: an amendment can give a reason the name that a retired one had.
    counts = Counter(text for _, text in sorted(chosen.values()))
    return tuple(ReasonCount(text, number) for text, number in counts.items())


def reasons_of(seat: Seat) -> dict[int, tuple[int, str]]:
    """The reason that counts for each excluded report: reference to the reason's rank and text."""
    excluded = states.in_state(seat, Phase.FULL_TEXT, State.EXCLUDED)
    chosen: dict[int, tuple[int, str]] = {}
    for reference, votes in knowing.visible_votes(excluded.values_list("pk", flat=True), Phase.FULL_TEXT).items():
        given = [(vote.reason.rank, vote.reason.text) for vote in votes if vote.reason]
        if given:
            chosen[reference] = min(given)
    settled = Resolution.objects.filter(phase=Phase.FULL_TEXT, superseded_at=None, reason__isnull=False)
    settled = settled.annotate(document=DOCUMENT).filter(document__in=excluded.values("pk")).order_by("made_at", "pk")
    for reference, rank, text in settled.values_list("document", "reason__rank", "reason__text"):
        chosen[reference] = (rank, text)
    return chosen
