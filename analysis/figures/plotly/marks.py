"""The marks of the screen figure: lines, squares, diamonds and the prediction interval, as Plotly traces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analysis.figures import forest, grid
from analysis.figures.plotly import screen as screens

LARGEST_SQUARE = 14.0
SMALLEST_SQUARE = 4.0
HALF_DIAMOND = 7.0

Marked = tuple[grid.Line, forest.Mark]


def traces(screen: screens.Screen) -> list[screens.Json]:
    lines = [(line, line.row.mark) for line in screen.grid.lines if line.row.mark]
    squares = [(line, mark) for line, mark in lines if mark.shape is forest.Shape.SQUARE]
    return [
        *_verticals(screen),
        _interval_trace(screen, squares),
        *(_bar(screen, line, mark) for line, mark in lines if mark.shape is forest.Shape.BAR),
        *(_diamond(screen, line, mark) for line, mark in lines if mark.shape is forest.Shape.DIAMOND),
        _arrow_trace(screen, lines),
        _square_trace(screen, squares),
    ]


def _verticals(screen: screens.Screen) -> Iterator[screens.Json]:
    """The lines of the scale, of no effect and of the pooled estimate; in the compact variant only beside marks."""
    colours, scale = screen.colours, screen.figure.axis
    ticks = () if screen.is_compact else tuple(tick.position for tick in scale.ticks)
    for name, positions, line in (
        ("scale", ticks, {"color": colours.grid, "width": 1}),
        ("no effect", (scale.null,), {"color": colours.ink, "width": 1}),
        ("pooled", (screen.figure.pooled,), {"color": colours.rule, "width": 1, "dash": "dot"}),
    ):
        xs: list[float | None] = []
        ys: list[float | None] = []
        for x in positions:
            for top, bottom in _spans(screen):
                xs += [x, x, None]
                ys += [top, bottom, None]
        yield _plain(xs, ys, name) | {"mode": "lines", "line": line}


def _spans(screen: screens.Screen) -> list[tuple[float, float]]:
    placed = screen.grid
    if not screen.is_compact:
        return [(placed.top - placed.size * 0.5, placed.bottom + placed.size * 0.5)]
    return [(line.bottom - screens.BAND, line.bottom) for line in placed.lines if line.row.mark]


def _square_trace(screen: screens.Screen, squares: list[Marked]) -> screens.Json:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "studies",
        "x": [mark.estimate for _, mark in squares],
        "y": [line.mark_middle for line, _ in squares],
        "customdata": [line.row.key for line, _ in squares],
        "hovertext": [_hover(screen, line.row) for line, _ in squares],
        "hoverinfo": "text",
        "marker": {
            "symbol": "square",
            "size": [max(SMALLEST_SQUARE, LARGEST_SQUARE * mark.size) for _, mark in squares],
            "color": screen.colours.accent,
            "opacity": 1,
            "line": {"width": 0},
        },
        "cliponaxis": False,
    }


def _interval_trace(screen: screens.Screen, squares: list[Marked]) -> screens.Json:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for line, mark in squares:
        xs += [screen.inside(mark.low), screen.inside(mark.high), None]
        ys += [line.mark_middle, line.mark_middle, None]
    return _plain(xs, ys, "intervals") | {
        "mode": "lines",
        "line": {"color": screen.colours.ink, "width": 1.3},
    }


def _arrow_trace(screen: screens.Screen, lines: list[Marked]) -> screens.Json:
    scale = screen.figure.axis
    left = [line for line, mark in lines if mark.low < scale.low]
    right = [line for line, mark in lines if mark.high > scale.high]
    symbols = ["triangle-left"] * len(left) + ["triangle-right"] * len(right)
    xs: list[float | None] = [*(scale.low for _ in left), *(scale.high for _ in right)]
    return _plain(xs, [line.mark_middle for line in (*left, *right)], "beyond the axis") | {
        "mode": "markers",
        "marker": {"symbol": symbols, "size": 8, "color": screen.colours.ink},
        "cliponaxis": False,
    }


def _diamond(screen: screens.Screen, line: grid.Line, mark: forest.Mark) -> screens.Json:
    y = line.mark_middle
    is_total = line.row.kind is forest.Kind.TOTAL
    return {
        "type": "scatter",
        "mode": "lines",
        "name": line.row.label,
        "x": [mark.low, mark.estimate, mark.high, mark.estimate, mark.low],
        "y": [y, y - HALF_DIAMOND, y, y + HALF_DIAMOND, y],
        "fill": "toself",
        "fillcolor": screen.colours.total if is_total else screen.colours.diamond,
        "line": {"width": 0},
        "hoveron": "fills",
        "text": _hover(screen, line.row),
        "hoverinfo": "text",
    }


def _bar(screen: screens.Screen, line: grid.Line, mark: forest.Mark) -> screens.Json:
    ends = [screen.inside(mark.low), screen.inside(mark.high)]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": line.row.label,
        "x": [ends[0], mark.estimate, ends[1]],
        "y": [line.mark_middle] * 3,
        "line": {"color": screen.colours.prediction, "width": 4},
        "hovertext": _hover(screen, line.row),
        "hoverinfo": "text",
    }


def _plain(xs: list[float | None], ys: list[Any], name: str) -> screens.Json:
    return {"type": "scatter", "x": xs, "y": ys, "name": name, "hoverinfo": "skip"}


def _hover(screen: screens.Screen, row: forest.Row) -> str:
    lines = [screens.safe(row.label)]
    if row.subgroup:
        lines.append(screens.safe(row.subgroup))
    arms: dict[int, list[str]] = {}
    for column in screen.figure.columns[1:]:
        text = row.cell(column.key)
        if not text:
            continue
        if column.arm:
            arms.setdefault(column.arm, [f"{screens.safe(column.arm_name)}:"]).append(f"{column.title} {text}")
        else:
            lines.append(f"{screens.safe(column.title)}: {text}")
    lines[1 + bool(row.subgroup) : 1 + bool(row.subgroup)] = [" ".join(words) for words in arms.values()]
    return "<br>".join(lines)
