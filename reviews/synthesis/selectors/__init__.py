"""Reads of synthesis: specifications, runs, and whether a run still says what the data say."""

from reviews.synthesis.selectors.inputs import current_inputs, current_inputs_of
from reviews.synthesis.selectors.lines import Line, overview
from reviews.synthesis.selectors.results import (
    analysis,
    changes,
    changes_to,
    figure,
    is_outdated,
    retracted,
    studies,
    what_if,
)
from reviews.synthesis.selectors.specs import (
    latest_run,
    latest_runs,
    newest_run,
    run,
    runs,
    syntheses,
    synthesis,
)

__all__ = [
    "Line",
    "analysis",
    "changes",
    "changes_to",
    "current_inputs",
    "current_inputs_of",
    "figure",
    "is_outdated",
    "latest_run",
    "latest_runs",
    "newest_run",
    "overview",
    "retracted",
    "run",
    "runs",
    "studies",
    "syntheses",
    "synthesis",
    "what_if",
]
