from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from analysis import results
from reviews.core import forms as core_forms
from reviews.core import selectors as core
from reviews.core.access import SeatRequest, needs
from reviews.core.history import Stale
from reviews.core.refusals import BadInput, NotFound
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction import selectors as extraction
from reviews.protocols import selectors as protocols
from reviews.synthesis import engine, exports, forms, rules, selectors, services
from reviews.synthesis.models import Run, Synthesis

ON_A_PAGE = 50


@needs(Permission.VIEW)
def overview(request: SeatRequest, review_id: int) -> HttpResponse:
    page = Paginator(selectors.syntheses(request.seat), ON_A_PAGE).get_page(request.GET.get("page"))
    lines = selectors.overview(request.seat, list(page.object_list))
    context = {"page_obj": page, "lines": lines, "has_protocol": protocols.current(review_id) is not None}
    return render(request, "synthesis/overview.html", context)


@needs(Permission.SYNTHESISE, "GET", "POST")
def new(request: SeatRequest, review_id: int) -> HttpResponse:
    protocols.in_force(review_id)
    form = forms.SynthesisForm(
        request.POST or None,
        time_points=protocols.time_points(request.seat),
        characteristics=protocols.characteristics(request.seat),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_synthesis(request.seat, **form.cleaned_data)
        except BadInput as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error(name, sentence)
        else:
            messages.success(request, f"“{made.title}” is planned. Run it to see the result.")
            return redirect("synthesis:synthesis", review_id, made.pk)
    return render(request, "synthesis/new.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.VIEW)
def synthesis(request: SeatRequest, review_id: int, synthesis_id: int) -> HttpResponse:
    """A synthesis with its newest finished run."""
    spec = selectors.synthesis(request.seat, synthesis_id)
    waiting = _waiting(request, spec)
    return _synthesis(request, spec, selectors.latest_run(request.seat, spec), waiting)


@needs(Permission.VIEW)
def run(request: SeatRequest, review_id: int, run_id: int) -> HttpResponse:
    """The same page as it stood with an older run."""
    found = selectors.run(request.seat, run_id)
    return _synthesis(request, found.synthesis, found, _waiting(request, found.synthesis))


@needs(Permission.SYNTHESISE, "POST")
def ask_run(request: SeatRequest, review_id: int, synthesis_id: int) -> HttpResponse:
    asked = services.ask_run(request.seat, synthesis_id=synthesis_id)
    messages.success(request, f"Run {asked.number} is on its way.")
    return redirect("synthesis:synthesis", review_id, synthesis_id)


@needs(Permission.SYNTHESISE, "GET", "POST")
def rename(request: SeatRequest, review_id: int, synthesis_id: int) -> HttpResponse:
    """Another title or note; what is computed stays as it is."""
    spec = selectors.synthesis(request.seat, synthesis_id)
    seen = {"old_title": spec.title, "old_note": spec.note}
    if request.method != "POST":
        return _rename_page(request, spec, forms.RenameForm(initial={"title": spec.title, "note": spec.note, **seen}))
    form = forms.RenameForm(request.POST)
    if not form.is_valid():
        return _rename_page(request, spec, form, status=422)
    try:
        services.rename_synthesis(request.seat, synthesis_id=synthesis_id, **form.cleaned_data)
    except BadInput as refusal:
        for name, sentence in refusal.fields.items():
            form.add_error(name, sentence)
        return _rename_page(request, spec, form, status=422)
    except Stale as refusal:
        # What was typed stays; saving once more is a decision made with the other's text in view.
        again = forms.RenameForm(initial={**form.cleaned_data, **seen})
        return _rename_page(request, spec, again, status=refusal.status, conflict=refusal)
    messages.success(request, "The synthesis is renamed; the history keeps what it was called before.")
    return redirect("synthesis:synthesis", review_id, synthesis_id)


def _rename_page(
    request: SeatRequest, spec: Synthesis, form: forms.RenameForm, status: int = 200, conflict: Stale | None = None
) -> HttpResponse:
    context = {"spec": spec, "form": form, "conflict": conflict}
    return render(request, "synthesis/rename.html", context, status=status)


@needs(Permission.SYNTHESISE, "POST")
def archive(request: SeatRequest, review_id: int, synthesis_id: int) -> HttpResponse:
    services.archive_synthesis(request.seat, synthesis_id=synthesis_id)
    messages.success(request, "The synthesis is put away; its runs are kept.")
    return redirect("synthesis:overview", review_id)


@needs(Permission.VIEW)
def progress(request: SeatRequest, review_id: int, run_id: int) -> HttpResponse:
    found = selectors.run(request.seat, run_id)
    return render(request, "_components/job_progress.html", _job(request, found))


@needs(Permission.VIEW)
def plot(request: SeatRequest, review_id: int, run_id: int) -> JsonResponse:
    """The figure for the browser; with ``without``, of the frozen rows pooled again."""
    found = selectors.run(request.seat, run_id)
    _, figure = selectors.what_if(found, _without(request, found))
    return JsonResponse(engine.interactive(figure))


@needs(Permission.VIEW)
def what_if(request: SeatRequest, review_id: int, run_id: int) -> HttpResponse:
    """The pooled result without some studies, for looking at only."""
    found = selectors.run(request.seat, run_id)
    without = _without(request, found)
    pooled, figure = selectors.what_if(found, without)
    context = {
        "run": found,
        "spec": found.synthesis,
        "studies": selectors.studies(found),
        "without": without,
        "analysis": pooled,
        "original": engine.facts(selectors.analysis(found)),
        "facts": engine.facts(pooled),
        "figure": engine.interactive(figure),
        "study_url": _study_url(request.seat),
        "table": engine.table_rows(figure),
    }
    template = "synthesis/what_if.html#result" if request.headers.get("HX-Request") else "synthesis/what_if.html"
    return render(request, template, context)


@needs(Permission.VIEW)
def download(request: SeatRequest, review_id: int, run_id: int, kind: str) -> HttpResponse:
    """A run's figure, table, script or everything, as a file; old runs too."""
    if kind not in rules.Format.values:
        raise NotFound(f"A run can be downloaded as {', '.join(rules.Format.values)}.")
    found = selectors.run(request.seat, run_id)
    content = exports.content(found, selectors.analysis(found), kind)
    return exports.attachment(content, exports.file_name(found, kind), rules.MEDIA_TYPES[kind])


def _without(request: SeatRequest, found: Run) -> list[int]:
    studies = [(row.study_id, row.label) for row in selectors.studies(found)]
    cleaned: dict[str, Any] = core_forms.cleaned(forms.WhatIfForm(request.GET, studies=studies))
    return list(cleaned["without"])


def _waiting(request: SeatRequest, spec: Synthesis) -> dict[str, Any]:
    """The job of an unfinished run. Read before the results: what it says is done is then there to be shown."""
    newest = selectors.newest_run(request.seat, spec)
    return {"waits_for": newest, **_job(request, newest)} if newest and newest.finished_at is None else {}


def _synthesis(request: SeatRequest, spec: Synthesis, shown: Run | None, waiting: dict[str, Any]) -> HttpResponse:
    seat = request.seat
    history = Paginator(selectors.runs(seat, spec), ON_A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "spec": spec,
        "run": shown,
        "newest": selectors.latest_run(seat, spec),
        "history": history,
        "study_url": _study_url(seat),
        "method": engine.methods(spec),
        **waiting,
    }
    if shown is not None and shown.finished_at is not None:
        context |= _result(seat, shown)
        if waiting.get("waits_for") == shown:
            # It finished between the two reads: a page that has the figure is not loaded again under the reader's hand.
            context["job"] = None
    return render(request, "synthesis/synthesis.html", context)


def _result(seat: Seat, shown: Run) -> dict[str, Any]:
    analysis: results.Analysis = selectors.analysis(shown)
    figure = selectors.figure(shown)
    return {
        "analysis": analysis,
        "figure": figure,
        "facts": engine.facts(analysis),
        "table": engine.table_rows(figure),
        "changes": selectors.changes(seat, shown),
        "retracted": selectors.retracted(shown, extraction.retracted_studies(seat)),
        "formats": rules.Format.choices,
        "studies": selectors.studies(shown),
    }


def _job(request: SeatRequest, asked: Run) -> dict[str, Any]:
    return {
        "job": core.job_of(request.seat, rules.COMPUTE, asked.pk),
        "poll_url": reverse("synthesis:progress", args=[request.seat.review_id, asked.pk]),
        "reload": True,
    }


def _study_url(seat: Seat) -> str:
    """The address of a study with a place for its key, as plot.js fills it in."""
    return reverse("extraction:study", args=[seat.review_id, 0]).replace("/0/", "/__key__/")
