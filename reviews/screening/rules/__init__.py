"""What votes mean, which of them count, who was shown what, and who settles. Pure."""

from reviews.screening.rules.exposure import (
    Ballot,
    Completion,
    Document,
    Finding,
    Seating,
    counted,
    exposed_since,
    is_anybody_exposed,
    is_own_only,
    judge,
    may_complete,
    shows,
    stands,
    would_see_first,
)
from reviews.screening.rules.settling import NAMED, settlers
from reviews.screening.rules.verdicts import SETTLED, VERDICTS, Part, Phase, State, Tally, Verdict, allowed, state

__all__ = [
    "NAMED",
    "SETTLED",
    "VERDICTS",
    "Ballot",
    "Completion",
    "Document",
    "Finding",
    "Part",
    "Phase",
    "Seating",
    "State",
    "Tally",
    "Verdict",
    "allowed",
    "counted",
    "exposed_since",
    "is_anybody_exposed",
    "is_own_only",
    "judge",
    "may_complete",
    "settlers",
    "shows",
    "stands",
    "state",
    "would_see_first",
]
