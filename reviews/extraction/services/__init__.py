"""Every write of extraction."""

from reviews.extraction.rules import ConsensusTrait, ConsensusValue, TraitInput, ValueInput
from reviews.extraction.services.consensus import make_consensus, revise_consensus
from reviews.extraction.services.entries import save_values, start_entry, submit_entry
from reviews.extraction.services.studies import create_study

__all__ = [
    "ConsensusTrait",
    "ConsensusValue",
    "TraitInput",
    "ValueInput",
    "create_study",
    "make_consensus",
    "revise_consensus",
    "save_values",
    "start_entry",
    "submit_entry",
]
