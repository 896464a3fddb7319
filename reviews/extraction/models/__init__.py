from reviews.extraction.models.consensus import ConsensusProposal, Settlement, SettlementPerson
from reviews.extraction.models.entries import Completion, Entry, Submission, Trait, Value
from reviews.extraction.models.studies import Arm, Study, StudyReport

__all__ = [
    "Arm",
    "Completion",
    "ConsensusProposal",
    "Entry",
    "Settlement",
    "SettlementPerson",
    "Study",
    "StudyReport",
    "Submission",
    "Trait",
    "Value",
]
