"""Two people do the same work independently, and a third entry settles where they differ. Pure.

Extraction works like this, and whatever else is judged twice: two slots, hidden from each other until both are
submitted; then cells that agree, cells that differ, and a decision on each of these: A's, B's, or another one.
"""

from collections.abc import Collection

from django.db.models import TextChoices

SLOTS = (1, 2)


class State(TextChoices):
    """Where the work on one thing stands, from how many of its slots are submitted."""

    OPEN = "open", "Open"
    WAITING = "waiting", "Waiting for the second person"
    COMPARE = "compare", "Ready for consensus"
    DONE = "done", "Consensus made"


class Choice(TextChoices):
    """Whose answer counts."""

    A = "a", "A"
    B = "b", "B"
    OTHER = "other", "Other"


class Step(TextChoices):
    """What a seat can do next."""

    START = "start", "Start"
    CONTINUE = "continue", "Continue"
    COMPARE = "compare", "Make the consensus"
    LOOK = "look", "Look"


class Turn(TextChoices):
    """What a party to a discussion can do next. Both may always propose something else."""

    NONE = "none", "Not a party"
    PROPOSE = "propose", "Propose"
    WAIT = "wait", "Wait for the other's answer"
    CONFIRM = "confirm", "Confirm, or propose something else"


def state(submitted: int, has_consensus: bool) -> State:
    """``submitted`` counts the slots whose work is handed in."""
    if has_consensus:
        return State.DONE
    if submitted >= len(SLOTS):
        return State.COMPARE
    return State.WAITING if submitted else State.OPEN


def next_step(state: State, *, has_slot: bool, has_open_entry: bool, may_claim: bool, may_settle: bool) -> Step:
    """What a seat can do next. ``may_claim``: a slot is free for it; ``may_settle``: the rule names it."""
    if has_open_entry:
        return Step.CONTINUE
    if may_claim and not has_slot:
        return Step.START
    if state == State.COMPARE and may_settle:
        return Step.COMPARE
    return Step.LOOK


def turn(person: int, parties: Collection[int], proposed_by: int | None) -> Turn:
    """Nobody confirms a proposal of their own; who proposes again takes the earlier proposal's place."""
    if person not in parties:
        return Turn.NONE
    if proposed_by is None:
        return Turn.PROPOSE
    return Turn.WAIT if proposed_by == person else Turn.CONFIRM
