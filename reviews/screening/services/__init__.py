"""Every write of screening. All of them lock the reference first, then read, derive and write."""

from reviews.screening.services.layout import choose_layout
from reviews.screening.services.regrouping import follow_regrouping
from reviews.screening.services.resolutions import rebuild_standings, reopen, resolve
from reviews.screening.services.retrieval import mark_not_retrieved, mark_retrieved
from reviews.screening.services.votes import Cast, cast_vote, doubt, take_back_vote

__all__ = [
    "Cast",
    "cast_vote",
    "choose_layout",
    "doubt",
    "follow_regrouping",
    "mark_not_retrieved",
    "mark_retrieved",
    "rebuild_standings",
    "reopen",
    "resolve",
    "take_back_vote",
]
