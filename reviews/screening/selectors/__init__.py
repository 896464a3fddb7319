"""Reads of screening. Blinding lives here: a verdict leaves this folder only when nobody may still vote on it."""

from reviews.screening.selectors.counting import Flow, Progress, ReasonCount, flow, progress, reasons_given, reasons_of
from reviews.screening.selectors.knowing import Standpoint, all_my_votes, my_votes, standpoint, visible_votes
from reviews.screening.selectors.queue import has_open, keep_claims, queue
from reviews.screening.selectors.settling import (
    Settling,
    may_settle,
    reasons_alone,
    settling,
    waiting_for,
    ways_of_resolution,
)
from reviews.screening.selectors.states import in_phase, in_state, included_references, reference, rule

__all__ = [
    "Flow",
    "Progress",
    "ReasonCount",
    "Settling",
    "Standpoint",
    "all_my_votes",
    "flow",
    "has_open",
    "in_phase",
    "in_state",
    "included_references",
    "keep_claims",
    "may_settle",
    "my_votes",
    "progress",
    "queue",
    "reasons_alone",
    "reasons_given",
    "reasons_of",
    "reference",
    "rule",
    "settling",
    "standpoint",
    "visible_votes",
    "waiting_for",
    "ways_of_resolution",
]
