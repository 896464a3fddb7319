"""Sources and their searches."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from reviews.core.access import SeatRequest, needs
from reviews.core.refusals import BadInput
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import cards, forms, selectors, services
from reviews.search.views import errors


@needs(Permission.VIEW)
def overview(request: SeatRequest, review_id: int) -> HttpResponse:
    found = selectors.overview(request.seat)
    context = {"overview": found, "next_step": _next_step(request.seat, found)}
    return render(request, "search/overview.html", context)


@dataclass(frozen=True)
class NextStep:
    label: str
    url: str


def _next_step(seat: Seat, found: selectors.Overview) -> NextStep | None:
    """The one primary button: the first thing that is missing, and screening when nothing is."""
    if seat.can["search"]:
        for line in found.sources:
            name = line.source.name
            if not line.runs:
                url = reverse("search:new_run", args=[seat.review_id, line.source.pk])
                return NextStep(f"Add the search of {name}", url)
            for run in line.runs:
                if not run.has_records:
                    url = reverse("search:upload", args=[seat.review_id, run.search_run.pk])
                    return NextStep(f"Upload the file from {name}", url)
    if found.references and seat.can["vote"]:
        return NextStep("Screen the references", reverse("screening:title_abstract", args=[seat.review_id]))
    return None


@needs(Permission.SEARCH, "GET", "POST")
def new_source(request: SeatRequest, review_id: int) -> HttpResponse:
    form = forms.SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            source = services.add_source(request.seat, **form.cleaned_data)
        except BadInput as refusal:
            errors.show(form, refusal)
        else:
            messages.success(request, f"{source.name} is added. Record its search next.")
            return redirect("search:new_run", review_id, source.pk)
    return render(request, "search/new_source.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.SEARCH, "GET", "POST")
def new_run(request: SeatRequest, review_id: int, source_id: int) -> HttpResponse:
    source = selectors.source(request.seat, source_id)
    form = forms.SearchRunForm(request.POST or None, initial={"run_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            run = services.add_search_run(request.seat, source_id=source_id, **form.cleaned_data)
        except BadInput as refusal:
            errors.show(form, refusal)
        else:
            messages.success(request, f"The search of {source.name} is recorded. Upload its file next.")
            return redirect("search:upload", review_id, run.pk)
    context = {"form": form, "source": source}
    return render(request, "search/new_run.html", context, status=422 if form.errors else 200)


@needs(Permission.VIEW)
def search_run(request: SeatRequest, review_id: int, search_run_id: int) -> HttpResponse:
    """Everything recorded of one search, as PRISMA-S asks to report it, and how it was corrected."""
    run = selectors.search_run(request.seat, search_run_id)
    line = selectors.run_line(request.seat, run)
    context = {"run": run, "line": line, "facts": cards.run_facts(run)}
    context["corrections"] = selectors.corrections(request.seat, search_run_id)
    return render(request, "search/run.html", context)


@needs(Permission.SEARCH, "GET", "POST")
def correct_run(request: SeatRequest, review_id: int, search_run_id: int) -> HttpResponse:
    """Correct what was recorded; what was there before is kept and shown."""
    run = selectors.search_run(request.seat, search_run_id)
    initial = {name: getattr(run, name) for name in (*forms.FACTS, "revision")}
    form = forms.CorrectRunForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.correct_search_run(request.seat, search_run_id=search_run_id, **form.cleaned_data)
        except BadInput as refusal:
            errors.show(form, refusal)
        else:
            messages.success(request, f"The search of {run.source.name} is corrected.")
            return redirect("search:run", review_id, run.pk)
    context = {"form": form, "run": run}
    return render(request, "search/correct_run.html", context, status=422 if form.errors else 200)
