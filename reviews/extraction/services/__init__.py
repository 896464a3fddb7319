"""Every write of extraction."""

from reviews.extraction.rules import ConsensusTrait, ConsensusValue, TraitInput, ValueInput
from reviews.extraction.services.consensus import make_consensus, revise_consensus
from reviews.extraction.services.discussing import (
    confirm_consensus,
    follow_membership,
    follow_protocol,
    propose_consensus,
)
from reviews.extraction.services.entries import reopen_entry, start_entry, submit_entry
from reviews.extraction.services.handing import free_entry, hand_over_entry
from reviews.extraction.services.saving import Saved, save_values
from reviews.extraction.services.studies import create_study

__all__ = [
    "ConsensusTrait",
    "ConsensusValue",
    "Saved",
    "TraitInput",
    "ValueInput",
    "confirm_consensus",
    "create_study",
    "follow_membership",
    "follow_protocol",
    "free_entry",
    "hand_over_entry",
    "make_consensus",
    "propose_consensus",
    "reopen_entry",
    "revise_consensus",
    "save_values",
    "start_entry",
    "submit_entry",
]
