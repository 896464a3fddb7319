"""The words, rules and axes of the screen figure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from analysis.figures import forest, grid, theme
from analysis.figures.plotly import screen as screens

TITLE = 15.0
AXIS_TEXT = 26.0
TRANSPARENT = "rgba(0,0,0,0)"


def of(screen: screens.Screen) -> screens.Json:
    """Plotly's layout: heights are fixed by the rows, the width is the container's."""
    head, foot = list(_head(screen)), list(_foot(screen))
    top = screens.EDGE + sum(height for _, height in head)
    bottom = AXIS_TEXT + sum(height for _, height in foot) + screens.EDGE
    rows = screen.grid.bottom + screen.grid.size * 0.5
    figure, colours = screen.figure, screen.colours
    return {
        "autosize": True,
        "height": math.ceil(top + rows + bottom),
        "margin": {"l": screens.EDGE + screen.margin, "r": screens.EDGE, "t": top, "b": bottom, "pad": 0},
        "font": {"family": theme.SCREEN_FONTS, "size": screens.SIZE, "color": colours.ink},
        "paper_bgcolor": TRANSPARENT,
        "plot_bgcolor": TRANSPARENT,
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "align": "left",
            "bgcolor": colours.paper,
            "bordercolor": colours.rule,
            "font": {"family": theme.SCREEN_FONTS, "size": screens.SIZE, "color": colours.ink},
        },
        "dragmode": False,
        "xaxis": _x_axis(figure, colours),
        "yaxis": {"range": [rows, 0], "visible": False, "fixedrange": True},
        "shapes": list(_rules(screen)),
        "annotations": [
            *_stacked(head, from_top=top - screens.EDGE),
            *_headings(screen),
            *(text for line in screen.grid.lines for text in _row(screen, line)),
            *_favours(screen),
            *_stacked(foot, from_top=-AXIS_TEXT),
        ],
        "meta": {"min_width": math.ceil(screen.least + 2 * screens.EDGE), "description": figure.summary},
    }


def _x_axis(figure: forest.Forest, colours: theme.Palette) -> screens.Json:
    return {
        "range": [figure.axis.low, figure.axis.high],
        "tickmode": "array",
        "tickvals": [tick.position for tick in figure.axis.ticks],
        "ticktext": [tick.text for tick in figure.axis.ticks],
        "tickangle": 0,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": colours.ink,
        "showline": True,
        "linecolor": colours.ink,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


Block = tuple[screens.Json, float]


def _head(screen: screens.Screen) -> Iterator[Block]:
    figure, colours = screen.figure, screen.colours
    if figure.title:
        yield _block(screen, figure.title, TITLE, colours.ink, bold=True)
    if figure.notice:
        yield _block(screen, figure.notice, screens.SIZE, colours.notice, bold=True)


def _foot(screen: screens.Screen) -> Iterator[Block]:
    sides = _favours_lines(screen)
    if any(sides):
        yield {}, max(len(lines) for lines in sides) * screens.SIZE * grid.LINE
    yield {}, screens.SMALL * 0.8
    yield _block(screen, " ".join(screen.figure.footer), screens.SMALL, screen.colours.muted, bold=False)


def _block(screen: screens.Screen, text: str, size: float, colour: str, *, bold: bool) -> Block:
    lines = grid.Ruler(size, screens.STRETCH).wrap(text, screen.least, bold)
    words = screens.joined(lines)
    note = _text(words, colour, size=size, bold=bold)
    return note | screen.place(0.0, is_numeric=False), len(lines) * size * grid.LINE + 3


def _stacked(blocks: list[Block], *, from_top: float) -> Iterator[screens.Json]:
    """Blocks one under the other, measured from the top (positive) or the bottom (negative) of the plot area."""
    offset = from_top
    for note, height in blocks:
        if note:
            yield note | {"yref": "paper", "y": 1 if from_top > 0 else 0, "yanchor": "top", "yshift": offset}
        offset -= height


def _headings(screen: screens.Screen) -> Iterator[screens.Json]:
    placed, colours = screen.grid, screen.colours
    bottom = placed.top - placed.size * 0.5
    for column in placed.columns:
        edge = column.right if column.is_numeric else column.left
        place = screen.place(edge, is_numeric=column.is_numeric)
        note = _text(screens.joined(column.lines), colours.ink, size=placed.size, align=place["xanchor"], bold=True)
        yield note | place | {"yref": "y", "y": bottom, "yanchor": "bottom"}
    for arm in placed.arms:
        place = screen.place((arm.left + arm.right) / 2, is_numeric=False) | {"xanchor": "center"}
        note = _text(screens.joined(arm.lines), colours.ink, align="center", bold=True)
        yield note | place | {"yref": "y", "y": _arm_rule(screen), "yanchor": "bottom"}


def _arm_rule(screen: screens.Screen) -> float:
    titles = max(len(column.lines) for column in screen.grid.columns)
    return screen.grid.top - screen.grid.size * (0.7 + titles * grid.LINE)


def _row(screen: screens.Screen, line: grid.Line) -> Iterator[screens.Json]:
    row, colours = line.row, screen.colours
    colour = colours.muted if row.kind is forest.Kind.NOTE else colours.ink
    bold = row.kind in grid.BOLD
    size = screen.grid.size
    at = {"yref": "y", "y": line.label_middle, "yanchor": "middle"}
    label = _cell(screens.joined(line.label_lines), colour, size, bold)
    yield label | screen.place(line.indent, is_numeric=False) | at
    at["y"] = line.cell_middle
    for column in screen.grid.columns[1:]:
        words = screens.safe(row.cell(column.key))
        if words:
            yield _cell(words, colour, size, bold) | screen.place(column.right, is_numeric=True) | at


def _cell(words: str, colour: str, size: float, bold: bool) -> screens.Json:
    return _text(words, colour, size=size, bold=bold)


def _favours_lines(screen: screens.Screen) -> tuple[tuple[str, ...], tuple[str, ...]]:
    figure = screen.figure
    limit = (screens.COMPACT_TEXT if screen.is_compact else screens.NARROWEST_PLOT) / 2 - screens.SIZE
    ruler = screen.grid.ruler
    return (
        ruler.wrap(f"←\u00a0{figure.favours_left}", limit) if figure.favours_left else (),
        ruler.wrap(f"{figure.favours_right}\u00a0→", limit) if figure.favours_right else (),
    )


def _favours(screen: screens.Screen) -> Iterator[screens.Json]:
    for lines, side, x in zip(_favours_lines(screen), ("left", "right"), (0, 1), strict=True):
        if lines:
            note = _text(screens.joined(lines), screen.colours.ink, align=side)
            below = {"yref": "paper", "y": 0, "yanchor": "top", "yshift": -AXIS_TEXT}
            yield note | {"xref": "paper", "x": x, "xanchor": side} | below


def _text(
    words: str, colour: str, *, size: float = screens.SIZE, align: str = "left", bold: bool = False
) -> screens.Json:
    # The font's weight, not <b>: Plotly turns that into a style attribute, which a strict content policy blocks.
    weight = {"weight": "bold"} if bold else {}
    return {
        "text": words,
        "showarrow": False,
        "align": align,
        "font": {"size": size, "color": colour, **weight},
        "borderpad": 0,
        "captureevents": False,
    }


def _rules(screen: screens.Screen) -> Iterator[screens.Json]:
    y = screen.grid.top - screen.grid.size * 0.5
    yield _rule({"x0": 0, "x1": 1}, y, screen.colours.ink)
    if screen.is_compact:
        return
    yield _margin_rule(screen, 0.0, screen.margin, y, screen.colours.ink)
    for arm in screen.grid.arms:
        yield _margin_rule(screen, arm.left, arm.right, _arm_rule(screen), screen.colours.rule)


def _margin_rule(screen: screens.Screen, left: float, right: float, y: float, colour: str) -> screens.Json:
    ends = {"xsizemode": "pixel", "xanchor": 0, "x0": left - screen.margin, "x1": right - screen.margin}
    return _rule(ends, y, colour)


def _rule(ends: screens.Json, y: float, colour: str) -> screens.Json:
    return {
        "type": "line",
        "xref": "paper",
        "yref": "y",
        "y0": y,
        "y1": y,
        "line": {"color": colour, "width": 1},
    } | ends
