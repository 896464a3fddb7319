"""What the trail tells of extraction. No event carries a value: the trail must not unblind."""

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
class ConsensusMade(Event):
    kind: ClassVar[str] = "extraction.consensus_made"
    sentence: ClassVar[str] = "made the consensus for {label}"
    entry_id: int
    label: str


@dataclass(frozen=True)
class ConsensusRevised(Event):
    kind: ClassVar[str] = "extraction.consensus_revised"
    sentence: ClassVar[str] = "revised the consensus for {label}"
    entry_id: int
    label: str
