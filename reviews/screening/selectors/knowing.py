"""What a seat may know of a reference: a verdict leaves here only when nobody may still vote on it unseen."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from reviews.core.seats import Seat
from reviews.protocols.rules import ScreeningRule
from reviews.screening import rules
from reviews.screening.models import Completion, Proposal, Resolution, Retrieval, Standing, Vote
from reviews.screening.rules import Phase, State
from reviews.screening.selectors import states
from reviews.search.models import Reference


@dataclass(frozen=True)
class Standpoint:
    """What a seat may know of a reference in a phase.

    ``votes`` holds everybody's that count once the reference is complete, before that only the seat's own.
    ``is_hidden``: they are kept from this seat until its own vote at full text cannot be influenced any more.
    """

    phase: Phase
    state: State
    votes: list[Vote]
    resolution: Resolution | None
    proposal: Proposal | None
    mine: Vote | None
    is_complete: bool
    is_missing: bool
    can_be_taken_back: bool
    is_hidden: bool = False


def standpoint(seat: Seat, reference: Reference, phase: str) -> Standpoint:
    the_rule = states.rule(seat)
    row = Standing.objects.filter(phase=phase, reference=reference).first()
    tally = row.tally if row else rules.Tally()
    behind = Reference.objects.behind(reference.pk)
    is_hidden = tally.is_complete and _is_hidden(seat, reference, phase, the_rule)
    others = {} if is_hidden or not tally.is_complete else visible_votes([reference.pk], phase)
    own = Vote.objects.filter(reference__in=behind, phase=phase, superseded_at=None, person_id=seat.user_id)
    mine = own.select_related("person", "reason").order_by("-made_at", "-pk").first()
    settled = Resolution.objects.filter(reference__in=behind, phase=phase, superseded_at=None)
    proposed = Proposal.objects.filter(reference__in=behind, phase=phase, superseded_at=None)
    shown = others.get(reference.pk, [mine] if mine else [])
    is_mine_alone = mine is not None and [vote.person_id for vote in shown] == [seat.user_id]
    return Standpoint(
        phase=Phase(phase),
        state=rules.state(tally),
        votes=shown,
        resolution=None
        if is_hidden
        else settled.select_related("person", "reason")
        .prefetch_related("settlers__person")
        .order_by("-made_at", "-pk")
        .first(),
        proposal=None if is_hidden else proposed.select_related("person", "reason").order_by("-pk").first(),
        mine=mine,
        is_complete=tally.is_complete,
        is_missing=Retrieval.objects.filter(reference__in=behind, superseded_at=None).exists(),
        can_be_taken_back=mine is not None
        and (not tally.is_complete or (is_mine_alone and not tally.is_contested and tally.resolution is None)),
        is_hidden=is_hidden,
    )


def visible_votes(ids: Iterable[int], phase: str) -> dict[int, list[Vote]]:
    """The votes that complete documents rest on, by document, in the order they were cast. Nothing of open ones."""
    rows = Completion.objects.filter(reference__in=ids, phase=phase, closed_at=None).values_list("reference", "votes")
    named = dict(rows)
    found = {
        vote.pk: vote
        for vote in Vote.objects.filter(pk__in={pk for votes in named.values() for pk in votes})
        .select_related("person", "reason")
        .order_by("made_at", "pk")
    }
    return {reference: [vote for pk, vote in found.items() if pk in set(votes)] for reference, votes in named.items()}


def _is_hidden(seat: Seat, reference: Reference, phase: str, rule: ScreeningRule) -> bool:
    """Whether the protocol keeps what was said by title and abstract from who still judges the full text."""
    if phase != Phase.TITLE_ABSTRACT or not rule.hides_earlier_votes or not seat.can["vote"]:
        return False
    if rules.state(_tally(reference, phase)) != State.INCLUDED:
        return False
    return not _tally(reference, Phase.FULL_TEXT).is_complete


def _tally(reference: Reference, phase: str) -> rules.Tally:
    row = Standing.objects.filter(phase=phase, reference=reference).first()
    return row.tally if row else rules.Tally()


def all_my_votes(seat: Seat) -> QuerySet[Vote]:
    """The seat's own current votes of both phases, newest first."""
    votes = Vote.objects.filter(person_id=seat.user_id, superseded_at=None, reference__review_id=seat.review_id)
    shown = ("reference__primary_record", "reference__merged_into__primary_record", "reason")
    return votes.select_related(*shown).order_by("-made_at", "-pk")


def my_votes(seat: Seat, phase: str) -> QuerySet[Vote]:
    return all_my_votes(seat).filter(phase=phase)
