"""The pieces a forest plot is described with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analysis.figures import axis

LABEL = "label"


class Kind(StrEnum):
    """What a row is: it decides how the row is set, never what it says."""

    SUBGROUP = "subgroup"
    STUDY = "study"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    PREDICTION = "prediction"
    NOTE = "note"


class Shape(StrEnum):
    """How a row is drawn: a square by weight, a diamond, or the bar of a prediction interval."""

    SQUARE = "square"
    DIAMOND = "diamond"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class ForestTexts:
    """The words around the numbers. `notice` is shown in every rendering, for example that data are synthetic.

    `decimals` are those of effects and intervals; raw data keep the decimals they were entered with.
    """

    title: str = ""
    group1: str = "Group 1"
    group2: str = "Group 2"
    favours_left: str = ""
    favours_right: str = ""
    notice: str = ""
    study_heading: str = ""
    decimals: int = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column of text. The columns of one `arm` (1 or 2) stand under its name; numbers are set to the right."""

    key: str
    title: str
    arm: int = 0
    arm_name: str = ""
    is_numeric: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn in the plot. `size` is a square's side relative to the largest, 0 to 1: its area is the weight."""

    shape: Shape
    estimate: float
    low: float
    high: float
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the figure.

    `cells` holds the rounded text by column key, `numbers` the same and more at full precision, `key` the study's key.
    Headers and notes have a label only.
    """

    kind: Kind
    label: str
    key: str = ""
    subgroup: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    numbers: tuple[tuple[str, float | int | None], ...] = ()
    mark: Mark | None = None

    def cell(self, column: str) -> str:
        """The text in a column, empty when there is none."""
        return self.label if column == LABEL else dict(self.cells).get(column, "")


@dataclass(frozen=True, slots=True)
class Forest:
    """A forest plot, complete. `summary` says in one sentence what it shows, for people who cannot see it."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    axis: axis.Axis
    pooled: float
    favours_left: str
    favours_right: str
    notice: str
    footer: tuple[str, ...]
    summary: str
