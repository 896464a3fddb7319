"""Where the text of a forest plot stands: columns, headings, rows. Shared by screen and print.

Lengths are in the unit of the type size (pixels on screen, points on paper); the origin is the top left of the headings.
The plot is to the right of `width` and not part of the grid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.figures import fonts, forest

COLUMN_GAP = 1.1
GROUP_GAP = 1.8
LINE = 1.3
ROW_PADDING = 0.5
SPACE_BEFORE = {forest.Kind.SUBGROUP: 0.6, forest.Kind.TOTAL: 0.7, forest.Kind.SUBTOTAL: 0.15}
BOLD = (forest.Kind.SUBGROUP, forest.Kind.SUBTOTAL, forest.Kind.TOTAL)
COMPACT = (forest.LABEL, "weight", "effect")
INDENT = 0.9


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's or a group's title in lines, between two edges."""

    key: str
    lines: tuple[str, ...]
    left: float
    right: float
    is_numeric: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the figure with its place; `label_lines` is its label, wrapped."""

    row: forest.Row
    top: float
    height: float
    label_lines: tuple[str, ...]
    indent: float

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything placed. `top` is where rows begin, `bottom` where they end."""

    size: float
    width: float
    columns: tuple[Heading, ...]
    groups: tuple[Heading, ...]
    lines: tuple[Line, ...]
    top: float
    bottom: float


def build(figure: forest.Forest, *, size: float, label_limit: float, keys: Iterable[str] = ()) -> Grid:
    """Place the columns named by `keys` (all when empty) at a type size; labels wrap at `label_limit`."""
    chosen = [column for column in figure.columns if not keys or column.key in keys]
    columns = _columns(figure, chosen, size, label_limit)
    groups = _groups(chosen, columns, size)
    group_lines = max((len(group.lines) for group in groups), default=0)
    title_lines = max(len(column.lines) for column in columns)
    top = (group_lines + title_lines) * size * LINE + size * (0.8 if group_lines else 0.5)
    width = columns[-1].right
    lines = _lines(figure, size, columns[0].right, width, top)
    return Grid(size, width, columns, groups, lines, top, lines[-1].top + lines[-1].height)


def _columns(
    figure: forest.Forest, chosen: list[forest.Column], size: float, label_limit: float
) -> tuple[Heading, ...]:
    placed: list[Heading] = []
    edge, group = 0.0, ""
    for column in chosen:
        gap = 0.0 if not placed else size * (GROUP_GAP if column.group != group or not column.group else COLUMN_GAP)
        wide = _column_width(figure, column, size, label_limit)
        title = fonts.wrap(column.title, wide, size, bold=True)
        placed.append(Heading(column.key, title, edge + gap, edge + gap + wide, column.is_numeric))
        edge, group = edge + gap + wide, column.group
    return tuple(placed)


def _column_width(figure: forest.Forest, column: forest.Column, size: float, label_limit: float) -> float:
    rows = [row for row in figure.rows if row.kind is not forest.Kind.NOTE]
    widest = max(
        fonts.width(row.cell(column.key), size, row.kind in BOLD) + size * indent_of(row, column.key) for row in rows
    )
    if column.key == forest.LABEL:
        return max(min(widest, label_limit), size * 6)
    longest_word = max(fonts.width(word, size, bold=True) for word in column.title.split())
    return max(widest, longest_word)


def indent_of(row: forest.Row, column: str) -> float:
    """How far a label is set in, in em: studies of a subgroup stand under its name."""
    return INDENT if column == forest.LABEL and row.kind is forest.Kind.STUDY and row.subgroup else 0.0


def _groups(
    chosen: list[forest.Column], columns: tuple[Heading, ...], size: float
) -> tuple[Heading, ...]:
    spans: dict[str, list[Heading]] = {}
    for column, heading in zip(chosen, columns, strict=True):
        if column.group:
            spans.setdefault(column.key[-1] + column.group, []).append(heading)
    return tuple(
        Heading(
            key,
            fonts.wrap(key[1:], span[-1].right - span[0].left, size, bold=True),
            span[0].left,
            span[-1].right,
            True,
        )
        for key, span in spans.items()
    )


def _lines(
    figure: forest.Forest, size: float, label_width: float, width: float, top: float
) -> tuple[Line, ...]:
    placed: list[Line] = []
    for row in figure.rows:
        limit = label_width if row.cells else width
        indent = size * indent_of(row, forest.LABEL)
        label = fonts.wrap(row.label, limit - indent, size, row.kind in BOLD)
        top += size * SPACE_BEFORE.get(row.kind, 0.0)
        height = len(label) * size * LINE + size * ROW_PADDING
        placed.append(Line(row, top, height, label, indent))
        top += height
    return tuple(placed)
