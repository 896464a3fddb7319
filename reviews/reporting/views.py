from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from analysis import errors
from analysis.figures import flow as diagrams
from analysis.figures import flow_paper
from reviews.core import selectors as core
from reviews.core import typeface
from reviews.core.access import SeatRequest, needs
from reviews.core.refusals import NotFound, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.protocols import selectors as protocols
from reviews.reporting import prisma, rules, selectors, services
from reviews.reporting.models import ReportBuild
from reviews.synthesis import exports

ON_A_PAGE = 50
PIXELS_PER_POINT = 4 / 3
MEDIA_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
}


@needs(Permission.VIEW)
def dashboard(request: SeatRequest, review_id: int) -> HttpResponse:
    return render(request, "reporting/dashboard.html", {"dashboard": selectors.dashboard(request.seat)})


@needs(Permission.VIEW)
def overview(request: SeatRequest, review_id: int) -> HttpResponse:
    """The flow diagram with its table, and the reports that were built."""
    counts = selectors.flow(request.seat)
    builds = Paginator(selectors.builds(request.seat), ON_A_PAGE).get_page(request.GET.get("page"))
    newest = selectors.newest_build(request.seat)
    diagram = diagrams.build(counts, core.review(request.seat).synthetic_note)
    context: dict[str, Any] = {
        "diagram": diagram,
        "width": round(diagram.width * PIXELS_PER_POINT),
        "height": round(diagram.height * PIXELS_PER_POINT),
        "problems": rules.problems(counts),
        "remarks": rules.remarks(counts),
        "settled": selectors.settled(request.seat),
        "kinds": [("svg", "SVG"), ("png", "PNG, 300 dpi"), ("pdf", "PDF"), ("csv", "CSV for PRISMA2020")],
        "builds": builds,
        "has_protocol": protocols.current(review_id) is not None,
        **(_job(request.seat, newest) if newest and newest.finished_at is None else {}),
    }
    return render(request, "reporting/overview.html", context)


@needs(Permission.REPORT, "POST")
def ask_report(request: SeatRequest, review_id: int) -> HttpResponse:
    build = services.ask_report(request.seat)
    messages.success(request, f"Report {build.number} is being built.")
    return redirect("reporting:overview", review_id)


@needs(Permission.VIEW)
def progress(request: SeatRequest, review_id: int, build_id: int) -> HttpResponse:
    build = selectors.build(request.seat, build_id)
    return render(request, "_components/job_progress.html", _job(request.seat, build))


@needs(Permission.VIEW)
def download(request: SeatRequest, review_id: int, build_id: int) -> HttpResponseBase:
    """A report's file under a name made of the review's title."""
    build = selectors.build(request.seat, build_id)
    if build.finished_at is None:
        raise NotFound("This report is not built yet.")
    name = f"{exports.stem(build.review.title, 'review')}-report-{build.number}.html"
    try:
        content = default_storage.open(build.stored_as)
    except FileNotFoundError as error:
        raise Refusal(
            f"The file of report {build.number} is not in the server's file store ({build.stored_as}). Ask whoever "
            "runs the server to restore it from the backup; the report itself is still listed."
        ) from error
    return FileResponse(content, as_attachment=True, filename=name, content_type="text/html; charset=utf-8")


@needs(Permission.VIEW)
def flow(request: SeatRequest, review_id: int, kind: str) -> HttpResponse:
    """The flow diagram as a file. Without ``download`` in the address it is shown where a page asks for it."""
    if kind not in MEDIA_TYPES:
        raise NotFound(f"The flow diagram can be had as {', '.join(MEDIA_TYPES)}.")
    review, counts = core.review(request.seat), selectors.flow(request.seat)
    notice = review.synthetic_note
    body = (
        prisma.to_csv(counts, notice, selectors.pooled(request.seat)).encode()
        if kind == "csv"
        else _drawn(counts, notice, kind)
    )
    if "download" not in request.GET:
        return HttpResponse(body, content_type=MEDIA_TYPES[kind])
    return exports.attachment(body, f"{exports.stem(review.title, 'review')}-flow.{kind}", MEDIA_TYPES[kind])


def _drawn(counts: diagrams.FlowCounts, notice: str, kind: str) -> bytes:
    try:
        body = flow_paper.render(diagrams.build(counts, notice), kind, dpi=exports.DPI)
    except errors.FigureError as error:
        raise Refusal(str(error)) from error
    return typeface.in_svg(body) if kind == "svg" else body


def _job(seat: Seat, build: ReportBuild) -> dict[str, Any]:
    return {
        "job": core.job_of(seat, rules.BUILD, build.pk),
        "poll_url": reverse("reporting:progress", args=[seat.review_id, build.pk]),
        "reload": True,
    }
