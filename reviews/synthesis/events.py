"""What happened in the synthesis."""

from dataclasses import dataclass
from typing import ClassVar

from reviews.core.events import Event


@dataclass(frozen=True)
class SynthesisCreated(Event):
    kind: ClassVar[str] = "synthesis.created"
    sentence: ClassVar[str] = "planned the synthesis “{title}”"
    synthesis_id: int
    title: str


@dataclass(frozen=True)
class SynthesisRenamed(Event):
    """Title and note before and after; a run keeps the title that stood over its figure."""

    kind: ClassVar[str] = "synthesis.renamed"
    sentence: ClassVar[str] = "renamed the synthesis “{old_title}”: “{title}”"
    synthesis_id: int
    old_title: str
    title: str
    old_note: str
    note: str


@dataclass(frozen=True)
class SynthesisArchived(Event):
    kind: ClassVar[str] = "synthesis.archived"
    sentence: ClassVar[str] = "put the synthesis “{title}” away"
    synthesis_id: int
    title: str


@dataclass(frozen=True)
class RunAsked(Event):
    kind: ClassVar[str] = "synthesis.run_asked"
    sentence: ClassVar[str] = "asked for run {number} of “{title}”"
    run_id: int
    number: int
    title: str


@dataclass(frozen=True)
class RunFinished(Event):
    kind: ClassVar[str] = "synthesis.run_finished"
    sentence: ClassVar[str] = "computed run {number} of “{title}”"
    run_id: int
    number: int
    title: str
