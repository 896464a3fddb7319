"""The pieces a flow diagram is described with. Lengths are points at natural size, origin top left."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SIZE = 8.5
LINE = 1.3
PADDING = 6.0
MARGIN = 8.0


class Role(StrEnum):
    """What a box is, which decides its colour and how its text is set."""

    STAGE = "stage"
    HEADER = "header"
    OTHER_HEADER = "other_header"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a box. `awaits` marks numbers that are not final."""

    text: str
    is_bold: bool = False
    indent: float = 0.0
    awaits: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A placed box. `text` is what it says in unwrapped lines, `lines` the same wrapped to fit."""

    key: str
    role: Role
    text: tuple[str, ...]
    lines: tuple[TextLine, ...]
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line through points with its head at the last, from one box to another."""

    source: str
    target: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow diagram, complete. `problems` lists the sums that do not come out, as sentences."""

    width: float
    height: float
    size: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    notice: str
    problems: tuple[str, ...]
    summary: str

    def box(self, key: str) -> Box:
        """The box with a key."""
        return next(box for box in self.boxes if box.key == key)

    def rows(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Stage and lines of every step, in reading order: the diagram as an accessible table."""
        stages = [box for box in self.boxes if box.role is Role.STAGE]
        steps = [box for box in self.boxes if box.role is Role.STEP]
        return tuple(
            (next(stage.text[0] for stage in stages if stage.y <= step.middle <= stage.bottom), step.text)
            for step in steps
        )
