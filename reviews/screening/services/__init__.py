"""Every write of screening. All of them lock the reference first, then read, derive and write."""

from reviews.screening.services.layout import choose_layout
from reviews.screening.services.regrouping import (
    follow_membership,
    follow_protocol,
    follow_regrouping,
    joining_needs_another,
)
from reviews.screening.services.resolutions import confirm, propose, rebuild_standings, reopen, resolve
from reviews.screening.services.retrieval import mark_not_retrieved, mark_retrieved
from reviews.screening.services.votes import Cast, cast_vote, doubt, take_back_vote

__all__ = [
    "Cast",
    "cast_vote",
    "choose_layout",
    "confirm",
    "doubt",
    "follow_membership",
    "follow_protocol",
    "follow_regrouping",
    "joining_needs_another",
    "mark_not_retrieved",
    "mark_retrieved",
    "propose",
    "rebuild_standings",
    "reopen",
    "resolve",
    "take_back_vote",
]
