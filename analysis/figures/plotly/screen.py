"""What both halves of the screen figure share: sizes in pixels, the placed text, and safe text."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analysis.figures import forest, grid, theme

SIZE = 12.5
COMPACT_SIZE = 12.0
SMALL = 11.0
STRETCH = 1.1
FULL_LABEL_LIMIT = 260.0
COMPACT_LABEL_LIMIT = 118.0
COMPACT_TEXT = 312.0
BAND = 17.0
EDGE = 14.0
GAP = 18.0
NARROWEST_PLOT = 264.0

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Screen:
    """The figure being described. `margin` is the width of the text beside the plot: 0 in the compact variant.
    `least` is the smallest width at which nothing touches."""

    figure: forest.Forest
    grid: grid.Grid
    colours: theme.Palette
    margin: float
    least: float

    @classmethod
    def of(cls, figure: forest.Forest, colours: theme.Palette, *, is_compact: bool) -> Screen:
        """The text placed for one variant."""
        if is_compact:
            ruler = grid.Ruler(COMPACT_SIZE, STRETCH, BAND)
            placed = grid.build(figure, ruler, label_limit=COMPACT_LABEL_LIMIT, keys=grid.COMPACT)
            return cls(figure, placed, colours, 0.0, max(placed.width, COMPACT_TEXT))
        placed = grid.build(figure, grid.Ruler(SIZE, STRETCH), label_limit=FULL_LABEL_LIMIT)
        margin = placed.width + GAP
        return cls(figure, placed, colours, margin, margin + NARROWEST_PLOT)

    @property
    def is_compact(self) -> bool:
        return self.margin == 0

    def place(self, position: float, *, is_numeric: bool) -> Json:
        """Where text at a distance from the grid's left edge stands, in Plotly's terms."""
        anchor: Json = {"xref": "paper", "xanchor": "right" if is_numeric else "left"}
        if self.is_compact and is_numeric:
            return anchor | {"x": 1, "xshift": position - self.grid.width}
        return anchor | {"x": 0, "xshift": position - self.margin}

    def inside(self, value: float) -> float:
        """A value moved to the end of the axis if it lies beyond."""
        return min(max(value, self.figure.axis.low), self.figure.axis.high)


def safe(text: str) -> str:
    """Text for Plotly, which reads a small dialect of HTML."""
    return html.escape(text, quote=False)


def joined(lines: Iterable[str]) -> str:
    """Lines as one piece of Plotly text."""
    return "<br>".join(safe(line) for line in lines)
