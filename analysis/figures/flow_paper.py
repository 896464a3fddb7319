"""A PRISMA flow diagram for print: SVG, PDF, PNG or TIFF."""

from __future__ import annotations

from analysis import errors
from analysis.figures import canvas, flow, fonts, theme
from analysis.figures.flow import parts

WIDTH_RANGE_MM = (100.0, 600.0)
HEAD = 4.0

_FILLS = {
    flow.Role.STAGE: theme.FLOW.stage,
    flow.Role.HEADER: theme.FLOW.header,
    flow.Role.OTHER_HEADER: theme.FLOW.other_header,
    flow.Role.STEP: theme.LIGHT.paper,
}


def render(figure: flow.Flow, format: str = "svg", *, width_mm: float | None = None, dpi: float = 300.0) -> bytes:
    """The diagram as a file's bytes, at its natural size or scaled to a width.

    Raises FigureError for a width, resolution or format out of range and for characters its typeface lacks.
    """
    return draw(figure, width_mm=width_mm).save(format, dpi=dpi, title="PRISMA 2020 flow diagram")


def draw(figure: flow.Flow, *, width_mm: float | None = None) -> canvas.Canvas:
    """The diagram drawn but not yet written."""
    page = canvas.Canvas(figure.width, figure.height, background=theme.LIGHT.paper, scale=_scale(figure, width_mm))
    for arrow in figure.arrows:
        _draw_arrow(page, arrow)
    for box in figure.boxes:
        _draw_box(page, box, figure.size)
    lines = fonts.wrap(figure.notice, figure.width - 2 * parts.MARGIN, figure.size, bold=True) if figure.notice else ()
    for index, text in enumerate(reversed(lines)):
        y = figure.height - parts.MARGIN - figure.size * parts.LINE * index
        page.text(parts.MARGIN, y, text, size=figure.size, colour=theme.LIGHT.notice, bold=True)
    return page


def _scale(figure: flow.Flow, width_mm: float | None) -> float:
    if width_mm is None:
        return 1.0
    low, high = WIDTH_RANGE_MM
    if not low <= width_mm <= high:
        raise errors.FigureError(f"A diagram {width_mm:g} mm wide is not possible; give {low:g} to {high:g} mm.")
    return width_mm * canvas.POINTS_PER_MM / figure.width


def _draw_box(page: canvas.Canvas, box: flow.Box, size: float) -> None:
    edge = theme.LIGHT.ink if box.role is flow.Role.STEP else "none"
    radius = 0.0 if box.role is flow.Role.STEP else 5.0
    page.rectangle(box.x, box.y, box.width, box.height, fill=_FILLS[box.role], edge=edge, radius=radius)
    if box.role is flow.Role.STAGE:
        middle = box.x + box.width / 2
        page.text(
            middle, box.middle, box.text[0], size=size, colour=theme.LIGHT.ink, bold=True, align="center", rotation=90
        )
        return
    first = box.middle - len(box.lines) * size * parts.LINE / 2
    for index, line in enumerate(box.lines):
        baseline = first + size * parts.LINE * (index + 0.5) + size * fonts.CAP_HEIGHT / 2
        is_bold = line.is_bold or line.awaits
        colour = theme.LIGHT.notice if line.awaits else theme.LIGHT.ink
        if box.role is flow.Role.STEP:
            page.text(box.x + parts.PADDING + line.indent, baseline, line.text, size=size, colour=colour, bold=is_bold)
        else:
            x = box.x + box.width / 2
            page.text(x, baseline, line.text, size=size, colour=colour, bold=is_bold, align="center")


def _draw_arrow(page: canvas.Canvas, arrow: flow.Arrow) -> None:
    """A line that ends where its head begins."""
    (x0, y0), (x, y) = arrow.points[-2:]
    way_x, way_y = (x > x0) - (x < x0), (y > y0) - (y < y0)
    back = (x - way_x * HEAD, y - way_y * HEAD)
    page.line([*arrow.points[:-1], back], colour=theme.LIGHT.ink, width=0.8)
    side_x, side_y = way_y * HEAD * 0.6, way_x * HEAD * 0.6
    page.polygon(
        [(x, y), (back[0] + side_x, back[1] + side_y), (back[0] - side_x, back[1] - side_y)], fill=theme.LIGHT.ink
    )
