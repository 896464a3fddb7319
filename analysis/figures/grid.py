"""Where the text of a forest plot stands: columns, headings, rows. Shared by screen and print.

Lengths are in the unit of the type size (pixels on screen, points on paper); the origin is the top left of the
headings. On paper and on a wide screen the plot is to the right of `width`; on a phone each mark has a band of its
own below its text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.figures import fonts, forest

COLUMN_GAP = 1.1
ARM_GAP = 1.8
LINE = 1.3
PADDING = {forest.Kind.NOTE: 0.15}
ROW_PADDING = 0.5
SPACE_BEFORE = {forest.Kind.SUBGROUP: 0.7, forest.Kind.TOTAL: 0.7, forest.Kind.SUBTOTAL: 0.15}
BOLD = (forest.Kind.SUBGROUP, forest.Kind.SUBTOTAL, forest.Kind.TOTAL)
COMPACT = (forest.LABEL, "weight", "effect")
INDENT = 0.9
NARROWEST_LABEL = 6.0
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Ruler:
    """A type size, how much wider than print's fonts the reader's may be, and the height of a mark's own band."""

    size: float
    stretch: float = 1.0
    band: float = 0.0

    def width(self, text: str, bold: bool) -> float:
        return self.stretch * fonts.width(text, self.size, bold)

    def wrap(self, text: str, limit: float, bold: bool = False) -> tuple[str, ...]:
        return fonts.wrap(text, limit / self.stretch + ROUNDING, self.size, bold)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's or an arm's title in lines, between two edges."""

    key: str
    lines: tuple[str, ...]
    left: float
    right: float
    is_numeric: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the figure with its place: the wrapped label, and the heights at which label, numbers and mark stand.

    They share one height beside a plot; on a phone the mark is below, and so are the numbers of a long label.
    """

    row: forest.Row
    top: float
    bottom: float
    label_lines: tuple[str, ...]
    indent: float
    label_middle: float
    cell_middle: float
    mark_middle: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything placed. `top` is where rows begin, `bottom` where they end."""

    ruler: Ruler
    width: float
    columns: tuple[Heading, ...]
    arms: tuple[Heading, ...]
    lines: tuple[Line, ...]
    top: float
    bottom: float

    @property
    def size(self) -> float:
        return self.ruler.size


def build(figure: forest.Forest, ruler: Ruler, *, label_limit: float, keys: Iterable[str] = ()) -> Grid:
    """Place the columns named by `keys` (all when empty); labels wrap at `label_limit`."""
    chosen = [column for column in figure.columns if not keys or column.key in keys]
    columns = _columns(figure, chosen, ruler, label_limit)
    arms = _arms(chosen, columns, ruler)
    heads = max((len(arm.lines) for arm in arms), default=0) + max(len(column.lines) for column in columns)
    top = ruler.size * (heads * LINE + (0.8 if arms else 0.5))
    width = columns[-1].right
    lines = _lines(figure, ruler, columns[0].right, width, top)
    return Grid(ruler, width, columns, arms, lines, top, lines[-1].bottom)


def _columns(
    figure: forest.Forest, chosen: list[forest.Column], ruler: Ruler, label_limit: float
) -> tuple[Heading, ...]:
    placed: list[Heading] = []
    edge, arm = 0.0, 0
    for column in chosen:
        is_neighbour = column.arm == arm != 0
        left = edge + (ruler.size * (COLUMN_GAP if is_neighbour else ARM_GAP) if placed else 0.0)
        edge, arm = left + _column_width(figure, column, ruler, label_limit), column.arm
        title = ruler.wrap(column.title, edge - left, bold=True)
        placed.append(Heading(column.key, title, left, edge, column.is_numeric))
    return tuple(placed)


def _column_width(figure: forest.Forest, column: forest.Column, ruler: Ruler, label_limit: float) -> float:
    longest = max(ruler.width(piece.rstrip(), True) for piece in fonts.pieces(column.title))
    rows = [row for row in figure.rows if row.cells]
    widest = max(ruler.width(row.cell(column.key), row.kind in BOLD) for row in rows)
    if column.key != forest.LABEL:
        return max(widest, longest)
    return max(min(widest + ruler.size * INDENT, label_limit), longest, ruler.size * NARROWEST_LABEL)


def _arms(chosen: list[forest.Column], columns: tuple[Heading, ...], ruler: Ruler) -> tuple[Heading, ...]:
    spans: dict[tuple[int, str], list[Heading]] = {}
    for column, heading in zip(chosen, columns, strict=True):
        if column.arm:
            spans.setdefault((column.arm, column.arm_name), []).append(heading)
    return tuple(
        Heading(
            f"arm{arm}",
            ruler.wrap(name, span[-1].right - span[0].left, bold=True),
            span[0].left,
            span[-1].right,
            True,
        )
        for (arm, name), span in spans.items()
    )


def _lines(figure: forest.Forest, ruler: Ruler, label_width: float, width: float, top: float) -> tuple[Line, ...]:
    placed: list[Line] = []
    for row in figure.rows:
        top += ruler.size * SPACE_BEFORE.get(row.kind, 0.0)
        placed.append(_line(row, ruler, label_width if row.cells else width, width, top))
        top = placed[-1].bottom
    return tuple(placed)


def _line(row: forest.Row, ruler: Ruler, label_width: float, width: float, top: float) -> Line:
    size, is_bold = ruler.size, row.kind in BOLD
    indent = size * INDENT if row.kind is forest.Kind.STUDY and row.subgroup else 0.0
    label = ruler.wrap(row.label, label_width - indent, is_bold)
    has_own_lines = bool(ruler.band) and len(label) > 1
    if has_own_lines:
        label = ruler.wrap(row.label, width - indent, is_bold)
    padding = size * PADDING.get(row.kind, ROW_PADDING)
    label_height = size * len(label) * LINE + padding
    cells_height = size * LINE if has_own_lines and row.cells else 0.0
    band = ruler.band if row.mark else 0.0
    label_middle = top + label_height / 2
    cell_middle = top + label_height + (cells_height - padding) / 2 if cells_height else label_middle
    bottom = top + label_height + cells_height + band
    mark_middle = bottom - band / 2 if band else label_middle
    return Line(row, top, bottom, label, indent, label_middle, cell_middle, mark_middle)
