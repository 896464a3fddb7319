"""A run as a file: figure, table, script or everything. The note on synthetic data is in each of them."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from analysis import errors, results
from analysis.figures import forest, paper, table
from reviews.core import typeface
from reviews.core.refusals import Refusal
from reviews.synthesis import engine, rules
from reviews.synthesis.models import Run

DPI = 300
WIDTH_MM = 180.0
BYTE_ORDER_MARK = "\ufeff"


def content(run: Run, analysis: results.Analysis, kind: str) -> bytes:
    """The bytes of a finished run in one of ``rules.Format``. The same run gives the same bytes.

    Raises Refusal when the figure's typeface lacks the letters of its words.
    """
    inputs = rules.inputs(run.inputs)
    if kind == rules.Format.JSON:
        return engine.as_json(inputs, run.results or {}).encode()
    if kind == rules.Format.R:
        return engine.script(inputs, analysis).encode()
    try:
        return _FIGURES[kind](engine.figure(analysis, inputs.texts))
    except errors.FigureError as error:
        raise Refusal(str(error)) from error


def _svg(figure: forest.Forest) -> bytes:
    return typeface.in_svg(paper.render(figure, "svg", width_mm=WIDTH_MM))


def _print(kind: str) -> Callable[[forest.Forest], bytes]:
    return lambda figure: paper.render(figure, kind, width_mm=WIDTH_MM, dpi=DPI)


def _csv(figure: forest.Forest) -> bytes:
    """With a byte order mark, without which Excel misreads everything that is not ASCII."""
    return (BYTE_ORDER_MARK + table.to_csv(figure)).encode()


_FIGURES: dict[str, Callable[[forest.Forest], bytes]] = {
    rules.Format.SVG: _svg,
    rules.Format.PNG: _print("png"),
    rules.Format.PDF: _print("pdf"),
    rules.Format.CSV: _csv,
}


def stem(title: str, fallback: str) -> str:
    """A title as a file's name, in any script; ``fallback`` when nothing of it can stand in one."""
    return slugify(title, allow_unicode=True)[:80].strip("-") or fallback


def file_name(run: Run, kind: str) -> str:
    return f"{stem(run.synthesis.title, 'synthesis')}-run-{run.number}.{kind}"


def attachment(body: bytes, name: str, media_type: str) -> HttpResponse:
    """A download under a name that may be written in any script."""
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(body, content_type=media_type, headers=headers)
