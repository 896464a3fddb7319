"""Reads of extraction. Blinding lives here: an entry's values leave this folder only for who may see them."""

from reviews.extraction.selectors.entries import EntryTable, comparison, entry, entry_table, my_entry
from reviews.extraction.selectors.numbers import StudyRow, consensus_rows
from reviews.extraction.selectors.settling import (
    Proposal,
    Proposed,
    Standing,
    consensus_alone,
    proposal,
    settlements,
    ways_of_consensus,
)
from reviews.extraction.selectors.studies import (
    Line,
    Place,
    Progress,
    StudyPage,
    free_references,
    heirs,
    lines,
    next_line,
    progress,
    studies,
    study,
    study_page,
)
from reviews.extraction.selectors.uses import retracted_studies

__all__ = [
    "EntryTable",
    "Line",
    "Place",
    "Progress",
    "Proposal",
    "Proposed",
    "Standing",
    "StudyPage",
    "StudyRow",
    "comparison",
    "consensus_alone",
    "consensus_rows",
    "entry",
    "entry_table",
    "free_references",
    "heirs",
    "lines",
    "my_entry",
    "next_line",
    "progress",
    "proposal",
    "retracted_studies",
    "settlements",
    "studies",
    "study",
    "study_page",
    "ways_of_consensus",
]
