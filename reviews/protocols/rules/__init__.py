"""What a protocol says, what it lacks, how its lines keep their identity and what an amendment changes. Pure."""

from reviews.protocols.rules.checks import (
    LEVEL_MAX,
    MEASURE_MAX,
    NAME_MAX,
    POINT_MAX,
    TEXT_MAX,
    is_registration_number,
    missing,
    problems,
    tidy,
)
from reviews.protocols.rules.differences import Change, ChangeKind, changes
from reviews.protocols.rules.keys import fold, keyed
from reviews.protocols.rules.shape import (
    ArmRole,
    Characteristic,
    Content,
    Direction,
    Outcome,
    OutcomeType,
    Question,
    Reason,
    ScreeningRule,
    SettledBy,
    TimePoint,
    content,
)

__all__ = [
    "LEVEL_MAX",
    "MEASURE_MAX",
    "NAME_MAX",
    "POINT_MAX",
    "TEXT_MAX",
    "ArmRole",
    "Change",
    "ChangeKind",
    "Characteristic",
    "Content",
    "Direction",
    "Outcome",
    "OutcomeType",
    "Question",
    "Reason",
    "ScreeningRule",
    "SettledBy",
    "TimePoint",
    "changes",
    "content",
    "fold",
    "is_registration_number",
    "keyed",
    "missing",
    "problems",
    "tidy",
]
