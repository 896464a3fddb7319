"""Phases, verdicts, and the state that follows from what a reference has got. Pure."""

from dataclasses import dataclass

from django.db.models import TextChoices


class Phase(TextChoices):
    TITLE_ABSTRACT = "title_abstract", "Title and abstract"
    FULL_TEXT = "full_text", "Full text"


class Verdict(TextChoices):
    INCLUDE = "include", "Include"
    MAYBE = "maybe", "Maybe"
    EXCLUDE = "exclude", "Exclude"


class State(TextChoices):
    UNTOUCHED = "untouched", "Not screened yet"
    WAITING = "waiting", "Waiting for another vote"
    CONFLICT = "conflict", "Conflict"
    INCLUDED = "included", "Included"
    EXCLUDED = "excluded", "Excluded"


class Part(TextChoices):
    """What one of the people named on a resolution did."""

    SETTLED = "settled", "Settled it"
    PROPOSED = "proposed", "Proposed it"
    CONFIRMED = "confirmed", "Confirmed it"


SETTLED = frozenset({State.INCLUDED, State.EXCLUDED})

VERDICTS: dict[str, tuple[Verdict, ...]] = {
    Phase.TITLE_ABSTRACT: (Verdict.INCLUDE, Verdict.MAYBE, Verdict.EXCLUDE),
    Phase.FULL_TEXT: (Verdict.INCLUDE, Verdict.EXCLUDE),
}


@dataclass(frozen=True)
class Tally:
    """What counts for one reference in one phase.

    ``is_complete``: its verdicts can be seen and nobody votes on it any more. ``lacks_votes``: it is complete although
    it has too few votes that count, because nobody is left who could cast one unseen.
    """

    includes: int = 0
    maybes: int = 0
    excludes: int = 0
    is_complete: bool = False
    lacks_votes: bool = False
    is_contested: bool = False
    resolution: str | None = None

    @property
    def votes(self) -> int:
        return self.includes + self.maybes + self.excludes


def state(tally: Tally) -> State:
    """Derive where a reference stands.

    ``maybe`` speaks for reading the full text, as ``include`` does: they agree with each other and disagree
    with ``exclude``. A resolution ends every conflict. A voter who doubts a complete reference makes it a
    conflict, because voting again after seeing the other's verdict would not be independent; so does a
    reference to which no independent vote can be added.
    """
    if tally.resolution is not None:
        return State.INCLUDED if tally.resolution == Verdict.INCLUDE else State.EXCLUDED
    if not tally.is_complete:
        return State.WAITING if tally.votes else State.UNTOUCHED
    in_favour = tally.includes + tally.maybes
    if tally.is_contested or tally.lacks_votes or (in_favour and tally.excludes):
        return State.CONFLICT
    return State.INCLUDED if in_favour else State.EXCLUDED


def may_be_taken_back(tally: Tally) -> bool:
    """Whether a voter may still undo: while votes are missing, or where one vote decided and nobody has answered it."""
    is_answered = tally.is_contested or tally.lacks_votes or tally.resolution is not None
    return not tally.is_complete or (tally.votes == 1 and not is_answered)


def allowed(phase: str, verdict: str, has_reason: bool) -> str:
    """The sentence that refuses this verdict, or an empty string."""
    if phase not in Phase.values:
        return f"There is no phase “{phase}”; the phases are {', '.join(Phase.values)}."
    if verdict not in VERDICTS[phase]:
        names = ", ".join(VERDICTS[phase])
        return f"At this phase a vote is one of: {names}."
    needs_reason = phase == Phase.FULL_TEXT and verdict == Verdict.EXCLUDE
    if needs_reason and not has_reason:
        return "Choose the reason: excluding a report at full text takes one of the protocol's reasons."
    if has_reason and not needs_reason:
        return "A reason goes only with excluding at full text."
    return ""
