"""A sheet of paper: text, lines and shapes at places measured in points, written as SVG, PDF, PNG or TIFF.

The same drawing gives the same bytes: no dates, fixed identifiers. SVG keeps text as text.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Sequence
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Polygon

from analysis import errors
from analysis.figures import fonts, typeface

FORMATS = ("svg", "png", "pdf", "tiff")
POINTS_PER_MM = 72 / 25.4
DPI_RANGE = (72, 1200)
LARGEST_SIDE = 30000

Align = Literal["left", "center", "right"]
Point = tuple[float, float]

# matplotlib reads these settings from process-wide state while it writes, so only one drawing is written at a time.
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "tandem",
    "pdf.fonttype": 42,
    "text.hinting": "no_hinting",
}
_WRITING = threading.Lock()


class Canvas:
    """One page, `width` by `height` points, origin at the top left. `scale` enlarges everything."""

    def __init__(self, width: float, height: float, *, background: str, scale: float = 1.0) -> None:
        typeface.install()
        self.scale = scale
        self.figure = Figure(figsize=(width * scale / 72, height * scale / 72), facecolor=background)
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self._texts: list[str] = []
        self._drawn = 0

    def _above(self) -> int:
        """What is drawn later lies on top."""
        self._drawn += 1
        return self._drawn

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        *,
        size: float,
        colour: str,
        bold: bool = False,
        align: Align = "left",
        rotation: float = 0.0,
    ) -> None:
        """One line of text; turned text is centred on the point."""
        self._texts.append(text)
        self.axes.text(
            x,
            baseline,
            text,
            fontsize=size * self.scale,
            color=colour,
            fontweight="bold" if bold else "normal",
            fontfamily=list(typeface.FAMILIES),
            fontfeatures=typeface.FEATURES,
            language=typeface.WIDE_LANGUAGE if fonts.has_ideographs(text) else None,
            horizontalalignment=align,
            verticalalignment="center" if rotation else "baseline",
            rotation=rotation,
            parse_math=False,
            zorder=self._above(),
        )

    def line(self, points: Sequence[Point], *, colour: str, width: float = 0.6, dashed: bool = False) -> None:
        """A line through points."""
        xs, ys = zip(*points, strict=True)
        style: tuple[float, Sequence[float]] = (0, (2.5, 2.5)) if dashed else (0, ())
        self.axes.add_line(
            Line2D(
                xs,
                ys,
                color=colour,
                linewidth=width * self.scale,
                linestyle=style,
                solid_capstyle="butt",
                zorder=self._above(),
            )
        )

    def polygon(self, points: Sequence[Point], *, fill: str) -> None:
        """A filled shape."""
        self.axes.add_patch(Polygon(list(points), closed=True, facecolor=fill, edgecolor="none", zorder=self._above()))

    def rectangle(
        self, x: float, y: float, width: float, height: float, *, fill: str, edge: str = "none", radius: float = 0.0
    ) -> None:
        """A box, with rounded corners if asked for."""
        style = f"round,pad=0,rounding_size={radius}" if radius else "square,pad=0"
        self.axes.add_patch(
            FancyBboxPatch(
                (x, y),
                width,
                height,
                boxstyle=style,
                facecolor=fill,
                edgecolor=edge,
                linewidth=0.7 * self.scale,
                zorder=self._above(),
            )
        )

    def save(self, format: str, *, dpi: float, title: str) -> bytes:
        """The page as a file's bytes.

        Raises FigureError for an unknown format, a resolution out of range, and characters no face can draw (SVG
        keeps those: the reader's own fonts draw them).
        """
        _require_format(format, dpi)
        _require_size(self.figure, dpi, format)
        lacking = fonts.missing("".join(self._texts))
        if lacking and format != "svg":
            raise errors.FigureError(
                f"Pictures and PDF cannot show “{lacking[:20]}”: their typeface has Latin, Greek, Cyrillic, Chinese, "
                "Japanese and Korean script. Change these words, or take the SVG, which uses the reader's fonts."
            )
        target = io.BytesIO()
        with _WRITING, mpl.rc_context(_SETTINGS), warnings.catch_warnings():
            if lacking:
                warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            _write(self.figure, target, format, dpi, title)
        return target.getvalue()


def _write(figure: Figure, target: io.BytesIO, format: str, dpi: float, title: str) -> None:
    if format == "svg":
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": "Tandem", "Title": title})
    elif format == "pdf":
        dateless = {"CreationDate": None, "Creator": "Tandem", "Producer": None, "Title": title}
        figure.savefig(target, format="pdf", metadata=dateless)
    elif format == "png":
        figure.savefig(target, format="png", dpi=dpi, metadata={"Software": "Tandem", "Title": title})
    else:
        figure.savefig(target, format="tiff", dpi=dpi, pil_kwargs={"compression": "tiff_lzw"})


def _require_format(format: str, dpi: float) -> None:
    if format not in FORMATS:
        raise errors.FigureError(f"There is no figure format “{format}”; choose one of {', '.join(FORMATS)}.")
    low, high = DPI_RANGE
    if not low <= dpi <= high:
        raise errors.FigureError(f"A resolution of {dpi:g} dpi is not possible; give {low} to {high}.")


def _require_size(figure: Figure, dpi: float, format: str) -> None:
    longest = max(figure.get_size_inches()) * dpi
    if format in ("png", "tiff") and longest > LARGEST_SIDE:
        raise errors.FigureError(
            f"The figure would be {longest:.0f} pixels long; choose a lower resolution, or SVG or PDF."
        )
