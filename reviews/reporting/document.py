"""The report as one HTML file that needs nothing else: figures, scripts and styles are inside."""

import base64
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from analysis import errors, version
from analysis.figures import flow, flow_paper, forest, paper
from reviews.core import typeface
from reviews.core.refusals import Refusal
from reviews.reporting import contents, rules
from reviews.reporting.models import ReportBuild
from reviews.synthesis import engine

STATIC = settings.BASE_DIR / "static"
PAPER_MM = 180.0


def render(told: contents.Contents, build: ReportBuild, built_at: datetime) -> str:
    """The whole file. Everything but ``built_at`` follows from the contents.

    Raises Refusal when a figure cannot be drawn.
    """
    try:
        figures = [_figures(number, part) for number, part in enumerate(told.syntheses, start=1)]
        diagram = flow.build(told.flow, told.review.synthetic_note)
        picture = flow_paper.render(diagram, "svg").decode()
    except errors.FigureError as error:
        raise Refusal(str(error)) from error
    context = {
        "told": told,
        "build": build,
        "built_at": built_at,
        "figures": figures,
        "diagram": diagram,
        "picture": _inline(picture),
        "remarks": rules.remarks(told.flow),
        "engine_version": version.ENGINE_VERSION,
        "app_version": settings.SPECTACULAR_SETTINGS["VERSION"],
        "tokens": _style("css/tokens.css"),
        "typeface": mark_safe(typeface.embedded()),
        "has_plots": any(part.figure for part in told.syntheses),
        "plotly": _encoded(settings.PLOTLY_FILES / "plotly.min.js"),
        "plot": _encoded(STATIC / "js" / "plot.js"),
    }
    return render_to_string("reporting/report.html", context)


def _figures(number: int, part: contents.SynthesisPart) -> dict[str, Any]:
    """A synthesis with its figure twice: to touch on the screen, and as a picture for print."""
    return {
        "id": f"synthesis-{number}",
        "number": number,
        "part": part,
        "interactive": engine.interactive(part.figure) if part.figure else None,
        "picture": _picture(part.figure) if part.figure else "",
    }


def _picture(figure: forest.Forest) -> str:
    drawn = typeface.in_svg(paper.render(figure, "svg", width_mm=PAPER_MM))
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"


def _inline(svg: str) -> SafeString:
    """The element without the file's head. The engine drew it and escaped every text in it."""
    return mark_safe(svg[svg.index("<svg") :])


def _style(name: str) -> SafeString:
    """A style sheet of ours, to stand between <style> tags."""
    return mark_safe((STATIC / name).read_text(encoding="utf-8"))


def _encoded(path: Path) -> str:
    """A script for a data: address: in this form nothing in it can end the element it stands in."""
    return base64.b64encode(path.read_bytes()).decode()
