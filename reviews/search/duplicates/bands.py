"""What is done with a scored pair: joined, proposed to a person, or kept apart."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from reviews.search.duplicates import vetoes
from reviews.search.duplicates.features import Floats
from reviews.search.duplicates.table import Ints


class Band(IntEnum):
    APART = 0
    PROPOSE = 1
    JOIN = 2


class Thresholds(NamedTuple):
    """Scores (chances, 0 to 1): `join` and above is joined when no veto stands against it; from `propose` on a
    person is asked."""

    join: float = 0.8
    propose: float = 0.05


DEFAULT = Thresholds()
# What two vetoes at once, and more, ask of the score.
_WITH_TWO, _WITH_MORE = 0.1, 0.97
LOWEST_JOIN, HIGHEST_JOIN = 0.5, 0.999
RISKY_JOIN, COSTLY_JOIN = 0.8, 0.98
RISKY_PROPOSE, COSTLY_PROPOSE = 0.4, 0.03


class ThresholdError(ValueError):
    """Thresholds that cannot be used; the message is one sentence."""


def checked(join: float, propose: float) -> Thresholds:
    """Thresholds that can be used; raises `ThresholdError` with a sentence otherwise."""
    if not LOWEST_JOIN <= join <= HIGHEST_JOIN:
        raise ThresholdError(f"The threshold for joining must be from {LOWEST_JOIN} to {HIGHEST_JOIN}, not {join:g}.")
    if not 0 < propose <= join:
        raise ThresholdError(
            f"The threshold for proposing must be above 0 and at most that for joining ({join:g}), not {propose:g}."
        )
    return Thresholds(join, propose)


def meanings(thresholds: Thresholds) -> tuple[str, str, str]:
    """What the three bands mean, one sentence each: joined, proposed, apart."""
    join, propose = thresholds
    return (
        f"Joined without asking: the chance of being one document is {join:.0%} or more and no rule speaks against it.",
        f"Proposed to a person: the chance is {propose:.0%} or more, or a rule speaks against a likely pair.",
        f"Kept apart: the chance is below {propose:.0%}, or a rule speaks against an unlikely pair.",
    )


def warnings(thresholds: Thresholds) -> list[str]:
    """Sentences for the person who moves a threshold to where it gets risky or costly; none at the default."""
    found = []
    if thresholds.join < RISKY_JOIN:
        found.append(
            f"Joining from {thresholds.join:.0%} on is risky: different studies may be joined, and a study hidden "
            f"behind another is not screened. {RISKY_JOIN:.0%} or more is advised."
        )
    if thresholds.join > COSTLY_JOIN:
        found.append(
            f"Joining only from {thresholds.join:.0%} on leaves many plain duplicates for people to confirm; it makes "
            "false joins hardly rarer, because the rules prevent most of them."
        )
    if thresholds.propose > RISKY_PROPOSE:
        found.append(
            f"Proposing only from {thresholds.propose:.0%} on hides possible duplicates: they stay in as two "
            "references, and a study may be counted twice."
        )
    if thresholds.propose < COSTLY_PROPOSE:
        found.append(f"Proposing from {thresholds.propose:.0%} on makes a long list in which few pairs are duplicates.")
    return found


def of(scores: Floats, vetoed: Ints, thresholds: Thresholds = DEFAULT) -> Ints:
    """The band of each pair, shape (pairs,). A veto keeps a pair from joining, and from the list when the score is
    below what that veto asks; a second veto asks more, a third one, or any beside a short title, still more."""
    asked = np.full(len(scores), thresholds.propose)
    count = np.zeros(len(scores), np.int64)
    for place, veto in enumerate(vetoes.ALL):
        hit = vetoed >> place & 1
        count += hit * (2 if veto.name == vetoes.SHORT_TITLE else 1)
        asked = np.where(hit, np.maximum(asked, veto.least), asked)
    asked = np.where(count == 2, np.maximum(asked, _WITH_TWO), asked)
    asked = np.where(count > 2, np.maximum(asked, _WITH_MORE), asked)
    asked = np.where((vetoed & vetoes.ALWAYS_SHOWN > 0) & (count == 1), 0, asked)
    bands = np.where(scores >= asked, Band.PROPOSE, Band.APART)
    return np.where((scores >= thresholds.join) & (vetoed == 0), Band.JOIN, bands).astype(np.int64)


def counts(bands: Ints) -> Sequence[int]:
    """How many pairs are in each band, in the order of `Band`."""
    return np.bincount(bands, minlength=len(Band)).tolist()  # type: ignore[no-any-return]
