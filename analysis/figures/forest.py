"""The forest plot as frozen rows: every label, every rounded number and every mark, in RevMan's order.

Text is made here, once; the renderers place it. A test finds each piece of it in every rendering.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from analysis import results, version, wording
from analysis.figures import axis, numerals


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
    """The words around the numbers. `notice` is shown in every rendering, for example that data are synthetic."""

    title: str = ""
    group1: str = "Group 1"
    group2: str = "Group 2"
    favours_left: str = ""
    favours_right: str = ""
    notice: str = ""
    study_heading: str = "Study or subgroup"
    decimals: int = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A text column: `group` spans the columns that share it; numbers are set to the right."""

    key: str
    title: str
    group: str
    is_numeric: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn in the plot: estimate, limits and, for a square, its side relative to the largest (0 to 1)."""

    shape: Shape
    estimate: float
    low: float
    high: float
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the figure. `cells` holds text by column key; `numbers` the same at full precision; `key` is the
    study's. Notes and headers have a label only."""

    kind: Kind
    label: str
    key: str = ""
    subgroup: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    mark: Mark | None = None
    numbers: tuple[tuple[str, float | int | None], ...] = ()

    def cell(self, column: str) -> str:
        """The text in a column, empty when there is none."""
        return dict(self.cells).get(column, "")


@dataclass(frozen=True, slots=True)
class Forest:
    """A forest plot, complete."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    axis: axis.Axis
    favours_left: str
    favours_right: str
    notice: str
    footer: tuple[str, ...]
    summary: str
    pooled: float


def build(analysis: results.Analysis, texts: ForestTexts) -> Forest:
    """The figure of an analysis: subgroups with their own diamonds, the overall diamond, tests and footer."""
    decimals = _Decimals.of(analysis, texts)
    rows = (*_blocks(analysis, decimals), *_overall(analysis, decimals))
    return Forest(
        title=texts.title,
        columns=_columns(analysis, texts),
        rows=rows,
        axis=axis.for_analysis(analysis),
        favours_left=texts.favours_left,
        favours_right=texts.favours_right,
        notice=texts.notice,
        footer=(
            *(notice.text for notice in analysis.notices),
            *wording.methods(analysis.options),
            f"Tandem engine {version.ENGINE_VERSION if not analysis.engine_version else analysis.engine_version}.",
        ),
        summary=_summary(analysis, texts),
        pooled=analysis.overall.estimate,
    )
