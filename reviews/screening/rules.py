"""What votes mean: verdicts, tallies and the standing derived from them. Pure."""

from dataclasses import dataclass

from django.db.models import TextChoices

from reviews.core.rules import Role
from reviews.protocols.rules import ScreeningRule, SettledBy


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


RESOLVING_ROLE: dict[str, Role] = {SettledBy.ADJUDICATOR: Role.ADJUDICATOR, SettledBy.LEAD: Role.LEAD}

SETTLED = frozenset({State.INCLUDED, State.EXCLUDED})

VERDICTS: dict[str, tuple[Verdict, ...]] = {
    Phase.TITLE_ABSTRACT: (Verdict.INCLUDE, Verdict.MAYBE, Verdict.EXCLUDE),
    Phase.FULL_TEXT: (Verdict.INCLUDE, Verdict.EXCLUDE),
}


@dataclass(frozen=True)
class Tally:
    """Current votes on one reference in one phase, the resolution if there is one, and a voter's doubt."""

    includes: int = 0
    maybes: int = 0
    excludes: int = 0
    is_contested: bool = False
    resolution: str | None = None

    @property
    def votes(self) -> int:
        return self.includes + self.maybes + self.excludes


def has_all_votes(tally: Tally, rule: ScreeningRule) -> bool:
    """From here on nobody may vote, so the verdicts may be seen."""
    return tally.resolution is not None or tally.votes >= rule.votes_needed


def can_be_taken_back(tally: Tally, rule: ScreeningRule) -> bool:
    """Whether a voter may still undo: not once another's verdict can be seen, unless there is no other voter."""
    return not has_all_votes(tally, rule) or is_alone(tally, rule)


def is_alone(tally: Tally, rule: ScreeningRule) -> bool:
    """Whether the only vote there is decided: its author may change it, with nobody's verdict to look at first."""
    return rule.votes_needed == 1 and tally.votes == 1 and tally.resolution is None


def state(tally: Tally, rule: ScreeningRule) -> State:
    """Derive where a reference stands.

    ``maybe`` speaks for reading the full text, as ``include`` does: they agree with each other and disagree
    with ``exclude``. A resolution ends every conflict. A voter who doubts a complete reference sends it
    to the adjudicator, because voting again after seeing the other's verdict would not be independent.
    """
    if tally.resolution is not None:
        return State.INCLUDED if tally.resolution == Verdict.INCLUDE else State.EXCLUDED
    if tally.votes == 0:
        return State.UNTOUCHED
    if tally.votes < rule.votes_needed:
        return State.WAITING
    in_favour = tally.includes + tally.maybes
    if tally.is_contested or (in_favour and tally.excludes):
        return State.CONFLICT
    return State.INCLUDED if in_favour else State.EXCLUDED


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
