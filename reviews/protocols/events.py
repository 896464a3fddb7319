"""What the trail tells of a protocol."""

from dataclasses import dataclass
from typing import ClassVar

from reviews.core.events import Event


@dataclass(frozen=True)
class DraftSaved(Event):
    kind: ClassVar[str] = "protocols.draft_saved"
    sentence: ClassVar[str] = "saved the draft of the protocol: {parts}"
    revision: int
    parts: str = "the whole page"


@dataclass(frozen=True)
class Approved(Event):
    kind: ClassVar[str] = "protocols.approved"
    sentence: ClassVar[str] = "approved version {number} of the protocol"
    number: int
    reason: str
