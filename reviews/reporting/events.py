"""What happened in reporting."""

from dataclasses import dataclass
from typing import ClassVar

from reviews.core.events import Event


@dataclass(frozen=True)
class ExampleLoaded(Event):
    kind: ClassVar[str] = "reporting.example_loaded"
    sentence: ClassVar[str] = "loaded the example review"


@dataclass(frozen=True)
class ReportAsked(Event):
    kind: ClassVar[str] = "reporting.report_asked"
    sentence: ClassVar[str] = "asked for report {number}"
    build_id: int
    number: int


@dataclass(frozen=True)
class ReportBuilt(Event):
    kind: ClassVar[str] = "reporting.report_built"
    sentence: ClassVar[str] = "built report {number}"
    build_id: int
    number: int
