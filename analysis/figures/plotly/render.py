"""The whole screen figure."""

from __future__ import annotations

from analysis import errors
from analysis.figures import forest, theme
from analysis.figures.plotly import layout, marks
from analysis.figures.plotly import screen as screens

VARIANTS = ("full", "compact")


def render(figure: forest.Forest, scheme: str = "light", *, variant: str = "full") -> screens.Json:
    """The figure as {"data", "layout", "config"}, ready for Plotly.newPlot.

    A square's `customdata` is the key of its study. `layout.meta.min_width` is the width in pixels below which text
    would touch. `scheme` is "light" or "dark"; the background is transparent. Raises FigureError for another scheme
    or variant.
    """
    _require("scheme", scheme, tuple(theme.SCHEMES))
    _require("variant", variant, VARIANTS)
    screen = screens.Screen.of(figure, theme.SCHEMES[scheme], is_compact=variant == "compact")
    config = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}
    return {"data": marks.traces(screen), "layout": layout.of(screen), "config": config}


def _require(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        names = ", ".join(f"“{item}”" for item in allowed)
        raise errors.FigureError(f"There is no {name} “{value}”; choose one of {names}.")
