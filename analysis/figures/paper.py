"""A forest plot for print: SVG, PDF, PNG or TIFF at a given width."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from analysis import errors
from analysis.figures import axis, canvas, fonts, forest, grid, theme

SIZES = (8.0, 7.5, 7.0, 6.5, 6.0)
SMALLEST_COMPACT = 5.0
WIDTH_RANGE_MM = (80.0, 600.0)
MARGIN = 8.0
PLOT_GAP = 12.0
PLOT_SHARE = 0.24
COMPACT_PLOT_SHARE = 0.36
LABEL_SHARE = 0.26
SMALLEST_SQUARE = 0.3
LARGEST_SQUARE = 1.05


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The page being drawn on: where the plot stands and how values become places."""

    page: canvas.Canvas
    figure: forest.Forest
    grid: grid.Grid
    colours: theme.Palette
    top: float
    left: float
    right: float

    def x(self, value: float) -> float:
        scale = self.figure.axis
        inside = min(max(value, scale.low), scale.high)
        return self.left + (self.right - self.left) * (inside - scale.low) / (scale.high - scale.low)


def render(figure: forest.Forest, format: str = "svg", *, width_mm: float = 180.0, dpi: float = 300.0) -> bytes:
    """The figure as a file's bytes; its height follows from its rows.

    Below about 120 mm the columns of raw data give way, as type under 6 points cannot be read. Raises FigureError for a
    width, resolution or format out of range and for characters its typeface lacks.
    """
    return draw(figure, width_mm=width_mm).save(format, dpi=dpi, title=figure.title or "Forest plot")


def draw(figure: forest.Forest, *, width_mm: float = 180.0) -> canvas.Canvas:
    """The figure drawn but not yet written."""
    low, high = WIDTH_RANGE_MM
    if not low <= width_mm <= high:
        raise errors.FigureError(f"A figure {width_mm:g} mm wide is not possible; give {low:g} to {high:g} mm.")
    width = width_mm * canvas.POINTS_PER_MM
    placed = _fitting_grid(figure, width - 2 * MARGIN)
    title = fonts.wrap(figure.title, width - 2 * MARGIN, placed.size + 2, bold=True) if figure.title else ()
    notice = fonts.wrap(figure.notice, width - 2 * MARGIN, placed.size, bold=True) if figure.notice else ()
    foot = _Foot.of(figure, placed, width)
    head = MARGIN + len(title) * (placed.size + 2) * grid.LINE + len(notice) * placed.size * grid.LINE
    head += placed.size * 0.6 if title or notice else 0.0
    page = canvas.Canvas(width, head + placed.bottom + foot.height, background=theme.LIGHT.paper)
    left = MARGIN + placed.width + PLOT_GAP
    sheet = _Sheet(page, figure, placed, theme.LIGHT, head, left, width - MARGIN)
    _draw_head(sheet, title, notice)
    _draw_headings(sheet)
    _draw_scale(sheet)
    for line in placed.lines:
        _draw_text(sheet, line)
        if line.row.mark:
            _SHAPES[line.row.mark.shape](sheet, line, line.row.mark)
    _draw_foot(sheet, foot)
    return page


def _fitting_grid(figure: forest.Forest, width: float) -> grid.Grid:
    """The largest type at which text leaves room for the plot; without raw data where even the smallest does not."""
    for size in SIZES:
        placed = grid.build(figure, grid.Ruler(size), label_limit=width * LABEL_SHARE)
        if placed.width + PLOT_GAP <= width * (1 - PLOT_SHARE):
            return placed
    size = SIZES[0]
    while True:
        placed = grid.build(figure, grid.Ruler(size), label_limit=width * LABEL_SHARE, keys=grid.COMPACT)
        if placed.width + PLOT_GAP <= width * (1 - COMPACT_PLOT_SHARE) or size <= SMALLEST_COMPACT:
            return placed
        size -= 0.5


@dataclass(frozen=True, slots=True)
class _Foot:
    """What stands below the rows, in lines, and how high it is."""

    favours_left: tuple[str, ...]
    favours_right: tuple[str, ...]
    notes: tuple[str, ...]
    size: float
    height: float

    @classmethod
    def of(cls, figure: forest.Forest, placed: grid.Grid, width: float) -> _Foot:
        limit = (width - 2 * MARGIN - placed.width - PLOT_GAP) / 2 - placed.size
        favours = (
            fonts.wrap(f"←\u00a0{figure.favours_left}", limit, placed.size) if figure.favours_left else (),
            fonts.wrap(f"{figure.favours_right}\u00a0→", limit, placed.size) if figure.favours_right else (),
        )
        size = placed.size - 1
        notes = fonts.wrap(" ".join(figure.footer), width - 2 * MARGIN, size)
        scale = placed.size * (2.4 + grid.LINE * max(len(lines) for lines in favours))
        return cls(*favours, notes, size, scale + placed.size + len(notes) * size * grid.LINE + MARGIN)


def _draw_head(sheet: _Sheet, title: tuple[str, ...], notice: tuple[str, ...]) -> None:
    size, y = sheet.grid.size, MARGIN
    for text in title:
        y += (size + 2) * grid.LINE
        sheet.page.text(MARGIN, y - size * 0.4, text, size=size + 2, colour=sheet.colours.ink, bold=True)
    for text in notice:
        y += size * grid.LINE
        sheet.page.text(MARGIN, y - size * 0.3, text, size=size, colour=sheet.colours.notice, bold=True)


def _draw_headings(sheet: _Sheet) -> None:
    size, colours = sheet.grid.size, sheet.colours
    bottom = sheet.top + sheet.grid.top - size * 0.5
    step = size * grid.LINE
    titles = max(len(heading.lines) for heading in sheet.grid.columns)
    for heading in sheet.grid.columns:
        for index, text in enumerate(heading.lines):
            baseline = bottom - size * 0.35 - step * (len(heading.lines) - 1 - index)
            edge = heading.right if heading.is_numeric else heading.left
            align: canvas.Align = "right" if heading.is_numeric else "left"
            sheet.page.text(MARGIN + edge, baseline, text, size=size, colour=colours.ink, bold=True, align=align)
    rule = bottom - titles * step - size * 0.1
    for arm in sheet.grid.arms:
        for index, text in enumerate(arm.lines):
            baseline = rule - size * 0.4 - step * (len(arm.lines) - 1 - index)
            middle = MARGIN + (arm.left + arm.right) / 2
            sheet.page.text(middle, baseline, text, size=size, colour=colours.ink, bold=True, align="center")
        sheet.page.line([(MARGIN + arm.left, rule), (MARGIN + arm.right, rule)], colour=colours.rule, width=0.5)
    sheet.page.line([(MARGIN, bottom), (sheet.right, bottom)], colour=colours.ink, width=0.8)


def _draw_scale(sheet: _Sheet) -> None:
    size, colours = sheet.grid.size, sheet.colours
    top, bottom = sheet.top + sheet.grid.top - size * 0.5, sheet.top + sheet.grid.bottom + size * 0.5
    for tick in sheet.figure.axis.ticks:
        x = sheet.x(tick.position)
        sheet.page.line([(x, top), (x, bottom)], colour=colours.grid, width=0.5)
    null, pooled = sheet.x(sheet.figure.axis.null), sheet.x(sheet.figure.pooled)
    sheet.page.line([(null, top), (null, bottom)], colour=colours.ink, width=0.8)
    sheet.page.line([(pooled, top), (pooled, bottom)], colour=colours.rule, width=0.7, dashed=True)
    sheet.page.line([(sheet.left, bottom), (sheet.right, bottom)], colour=colours.ink, width=0.8)
    for tick in sheet.figure.axis.ticks:
        x = sheet.x(tick.position)
        sheet.page.line([(x, bottom), (x, bottom + 3)], colour=colours.ink, width=0.8)
    for tick in _readable_ticks(sheet):
        x = sheet.x(tick.position)
        sheet.page.text(x, bottom + 4 + size, tick.text, size=size, colour=colours.ink, align="center")


def _readable_ticks(sheet: _Sheet) -> list[axis.Tick]:
    """The ticks that can carry their text: all, or every second, third ... counted from no effect."""
    ticks, size = sheet.figure.axis.ticks, sheet.grid.size
    if len(ticks) < 2:
        return list(ticks)
    spacing = sheet.x(ticks[1].position) - sheet.x(ticks[0].position)
    widest = max(fonts.width(tick.text, size) for tick in ticks) + size * 0.6
    stride = math.ceil(widest / spacing)
    origin = next(i for i, tick in enumerate(ticks) if tick.position == sheet.figure.axis.null)
    return [tick for index, tick in enumerate(ticks) if (index - origin) % stride == 0]


def _draw_text(sheet: _Sheet, line: grid.Line) -> None:
    size = sheet.grid.size
    is_bold = line.row.kind in grid.BOLD
    colour = sheet.colours.muted if line.row.kind is forest.Kind.NOTE else sheet.colours.ink
    centre = sheet.top + line.label_middle + size * fonts.CAP_HEIGHT / 2
    step = size * grid.LINE
    first = centre - step * (len(line.label_lines) - 1) / 2
    for index, text in enumerate(line.label_lines):
        sheet.page.text(MARGIN + line.indent, first + step * index, text, size=size, colour=colour, bold=is_bold)
    for heading in sheet.grid.columns[1:]:
        text = line.row.cell(heading.key)
        if text:
            sheet.page.text(MARGIN + heading.right, centre, text, size=size, colour=colour, bold=is_bold, align="right")


def _draw_square(sheet: _Sheet, line: grid.Line, mark: forest.Mark) -> None:
    y, x = sheet.top + line.mark_middle, sheet.x(mark.estimate)
    half = sheet.grid.size * max(SMALLEST_SQUARE, LARGEST_SQUARE * mark.size) / 2
    is_hidden = x - half < sheet.x(mark.low) and sheet.x(mark.high) < x + half
    _draw_interval(sheet, y, mark, sheet.colours.ink, 0.8)
    sheet.page.polygon(
        [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)],
        fill=sheet.colours.accent,
    )
    if is_hidden:
        _draw_interval(sheet, y, mark, sheet.colours.paper, 0.8)


def _draw_interval(sheet: _Sheet, y: float, mark: forest.Mark, colour: str, width: float) -> None:
    """The line of an interval; an arrow head where it leaves the axis."""
    sheet.page.line([(sheet.x(mark.low), y), (sheet.x(mark.high), y)], colour=colour, width=width)
    tip = sheet.grid.size * 0.4
    for value, is_out, way in (
        (sheet.left, mark.low < sheet.figure.axis.low, 1),
        (sheet.right, mark.high > sheet.figure.axis.high, -1),
    ):
        if is_out:
            back = value + way * tip
            sheet.page.polygon([(value, y), (back, y - tip * 0.7), (back, y + tip * 0.7)], fill=colour)


def _draw_diamond(sheet: _Sheet, line: grid.Line, mark: forest.Mark) -> None:
    y, half = sheet.top + line.mark_middle, sheet.grid.size * 0.5
    is_total = line.row.kind is forest.Kind.TOTAL
    low, centre, high = sheet.x(mark.low), sheet.x(mark.estimate), sheet.x(mark.high)
    sheet.page.polygon(
        [(low, y), (centre, y - half), (high, y), (centre, y + half)],
        fill=sheet.colours.total if is_total else sheet.colours.diamond,
    )


def _draw_bar(sheet: _Sheet, line: grid.Line, mark: forest.Mark) -> None:
    _draw_interval(sheet, sheet.top + line.mark_middle, mark, sheet.colours.prediction, 2.4)


_SHAPES: dict[forest.Shape, Callable[[_Sheet, grid.Line, forest.Mark], None]] = {
    forest.Shape.SQUARE: _draw_square,
    forest.Shape.DIAMOND: _draw_diamond,
    forest.Shape.BAR: _draw_bar,
}


def _draw_foot(sheet: _Sheet, foot: _Foot) -> None:
    size, colours = sheet.grid.size, sheet.colours
    y = sheet.top + sheet.grid.bottom + size * 0.5 + 4 + size * 1.2
    null, gap, step = sheet.x(sheet.figure.axis.null), size * 0.5, size * grid.LINE
    needed = [
        max((fonts.width(text, size) for text in lines), default=0.0)
        for lines in (foot.favours_left, foot.favours_right)
    ]
    start = min(max(null + gap, sheet.left + needed[0] + 2 * gap), sheet.right - needed[1])
    end = min(null - gap, start - 2 * gap) if needed[1] else max(null - gap, sheet.left + needed[0])
    end = max(end, sheet.left + needed[0])
    for index, text in enumerate(foot.favours_left):
        sheet.page.text(end, y + step * (index + 1), text, size=size, colour=colours.ink, align="right")
    for index, text in enumerate(foot.favours_right):
        sheet.page.text(start, y + step * (index + 1), text, size=size, colour=colours.ink)
    y += step * max(len(foot.favours_left), len(foot.favours_right)) + size
    for index, text in enumerate(foot.notes):
        sheet.page.text(MARGIN, y + foot.size * grid.LINE * (index + 1), text, size=foot.size, colour=colours.muted)
