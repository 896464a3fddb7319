"""What the trail tells of extraction. No event carries a value: the trail must not unblind.

Reasons are told only of a consensus that is made, whose values the whole team can see.
"""

from dataclasses import dataclass
from typing import ClassVar

from reviews.core.events import Event


@dataclass(frozen=True)
class StudyCreated(Event):
    kind: ClassVar[str] = "extraction.study_created"
    sentence: ClassVar[str] = "made the study {label}"
    study_id: int
    label: str


@dataclass(frozen=True)
class EntryStarted(Event):
    kind: ClassVar[str] = "extraction.entry_started"
    sentence: ClassVar[str] = "started to extract {label}"
    entry_id: int
    label: str


@dataclass(frozen=True)
class EntrySaved(Event):
    kind: ClassVar[str] = "extraction.entry_saved"
    sentence: ClassVar[str] = "saved an entry for {label}"
    entry_id: int
    label: str


@dataclass(frozen=True)
class EntrySubmitted(Event):
    kind: ClassVar[str] = "extraction.entry_submitted"
    sentence: ClassVar[str] = "submitted an entry for {label}"
    entry_id: int
    label: str


@dataclass(frozen=True)
class EntryReopened(Event):
    kind: ClassVar[str] = "extraction.entry_reopened"
    sentence: ClassVar[str] = "reopened an entry for {label}"
    entry_id: int
    label: str


@dataclass(frozen=True)
class EntryHandedOver(Event):
    kind: ClassVar[str] = "extraction.entry_handed_over"
    sentence: ClassVar[str] = "handed the unfinished entry of {from_name} for {label} over to {to_name}: {reason}"
    entry_id: int
    continued_id: int
    label: str
    from_name: str
    to_name: str
    reason: str


@dataclass(frozen=True)
class EntryFreed(Event):
    kind: ClassVar[str] = "extraction.entry_freed"
    sentence: ClassVar[str] = "freed the place of {from_name} in {label}: {reason}"
    entry_id: int
    label: str
    from_name: str
    reason: str


@dataclass(frozen=True)
class ConsensusMade(Event):
    kind: ClassVar[str] = "extraction.consensus_made"
    sentence: ClassVar[str] = "made the consensus for {label}"
    entry_id: int
    label: str


@dataclass(frozen=True)
class ConsensusAgreed(Event):
    kind: ClassVar[str] = "extraction.consensus_agreed"
    sentence: ClassVar[str] = "took the consensus for {label}, for which both entries agree"
    entry_id: int
    label: str


@dataclass(frozen=True)
class ConsensusProposed(Event):
    kind: ClassVar[str] = "extraction.consensus_proposed"
    sentence: ClassVar[str] = "proposed a consensus for {label}"
    proposal_id: int
    label: str


@dataclass(frozen=True)
class ConsensusConfirmed(Event):
    kind: ClassVar[str] = "extraction.consensus_confirmed"
    sentence: ClassVar[str] = "confirmed the consensus for {label} that {proposed_by} had proposed"
    entry_id: int
    proposal_id: int
    label: str
    proposed_by: str


@dataclass(frozen=True)
class ProposalLapsed(Event):
    kind: ClassVar[str] = "extraction.proposal_lapsed"
    sentence: ClassVar[str] = "let the consensus lapse that was proposed for {label}: who may settle it has changed"
    proposal_id: int
    label: str


@dataclass(frozen=True)
class ConsensusRevised(Event):
    """Told until revisions had reasons; kept for the lines that tell it."""

    kind: ClassVar[str] = "extraction.consensus_revised"
    sentence: ClassVar[str] = "revised the consensus for {label}"
    entry_id: int
    label: str


@dataclass(frozen=True)
class ConsensusChanged(Event):
    kind: ClassVar[str] = "extraction.consensus_changed"
    sentence: ClassVar[str] = "revised the consensus for {label}: {reason}"
    entry_id: int
    label: str
    reason: str
