"""What happened in screening. No event carries a verdict: the trail must not unblind."""

from dataclasses import dataclass
from typing import ClassVar

from reviews.core.events import Event


@dataclass(frozen=True)
class Voted(Event):
    kind: ClassVar[str] = "screening.voted"
    sentence: ClassVar[str] = "voted on reference {number} ({phase})"
    vote_id: int
    number: int
    phase: str


@dataclass(frozen=True)
class VoteTakenBack(Event):
    kind: ClassVar[str] = "screening.vote_taken_back"
    sentence: ClassVar[str] = "took back the vote on reference {number} ({phase})"
    vote_id: int
    number: int
    phase: str


@dataclass(frozen=True)
class Doubted(Event):
    kind: ClassVar[str] = "screening.doubted"
    sentence: ClassVar[str] = "asked for a second look at reference {number} ({phase})"
    doubt_id: int
    number: int
    phase: str


@dataclass(frozen=True)
class Resolved(Event):
    kind: ClassVar[str] = "screening.resolved"
    sentence: ClassVar[str] = "settled reference {number} ({phase})"
    resolution_id: int
    number: int
    phase: str


@dataclass(frozen=True)
class Reopened(Event):
    kind: ClassVar[str] = "screening.reopened"
    sentence: ClassVar[str] = "took back the resolution of reference {number} ({phase})"
    resolution_id: int
    number: int
    phase: str


@dataclass(frozen=True)
class NotRetrieved(Event):
    kind: ClassVar[str] = "screening.not_retrieved"
    sentence: ClassVar[str] = "marked the report of reference {number} as not retrieved"
    number: int


@dataclass(frozen=True)
class Retrieved(Event):
    kind: ClassVar[str] = "screening.retrieved"
    sentence: ClassVar[str] = "marked the report of reference {number} as retrieved after all"
    number: int


@dataclass(frozen=True)
class ResolutionLapsed(Event):
    kind: ClassVar[str] = "screening.resolution_lapsed"
    sentence: ClassVar[str] = (
        "ended the resolution of reference {number} ({phase}): a vote it settled no longer belongs to the reference"
    )
    resolution_id: int
    number: int
    phase: str


@dataclass(frozen=True)
class Proposed(Event):
    kind: ClassVar[str] = "screening.proposed"
    sentence: ClassVar[str] = "proposed how to settle reference {number} ({phase})"
    proposal_id: int
    number: int
    phase: str


@dataclass(frozen=True)
class ProposalLapsed(Event):
    kind: ClassVar[str] = "screening.proposal_lapsed"
    sentence: ClassVar[str] = "ended the proposal on reference {number} ({phase}): what it rested on has changed"
    proposal_id: int
    number: int
    phase: str


@dataclass(frozen=True)
class CompletedByRule(Event):
    kind: ClassVar[str] = "screening.completed_by_rule"
    sentence: ClassVar[str] = "counted {number} references ({phase}) as complete under the protocol's new rule"
    number: int
    phase: str
