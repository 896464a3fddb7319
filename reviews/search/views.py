from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from reviews.core.access import SeatRequest, needs
from reviews.core.refusals import BadInput
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import cards, forms, selectors, services

PAGE = 50


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
            _show(form, refusal)
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
            _show(form, refusal)
        else:
            messages.success(request, f"The search of {source.name} is recorded. Upload its file next.")
            return redirect("search:upload", review_id, run.pk)
    context = {"form": form, "source": source}
    return render(request, "search/new_run.html", context, status=422 if form.errors else 200)


@needs(Permission.SEARCH, "GET", "POST")
def upload(request: SeatRequest, review_id: int, search_run_id: int) -> HttpResponse:
    """Upload a file to a search run; a cut-off file is offered again with a box to take what is complete."""
    run = selectors.search_run(request.seat, search_run_id)
    if request.method == "POST":
        return _receive(request, run)
    return _upload_page(request, run, forms.UploadForm(), offers="complete" in request.GET)


def _receive(request: SeatRequest, run: Any) -> HttpResponse:
    form = forms.UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, run, form, status=422)
    offers = form.cleaned_data["takes_incomplete"]
    status = 422
    try:
        row = services.receive_file(request.seat, search_run_id=run.pk, **form.cleaned_data)
    except services.IncompleteFile as refusal:
        _show(form, refusal)
        form["takes_incomplete"].label = cards.offer(refusal.complete)
        offers = True
    except services.ImportedAlready as refusal:
        form.add_error("file", refusal.message)
        status = refusal.status
    except BadInput as refusal:
        _show(form, refusal)
    else:
        messages.success(request, f"{row.file_name} is in; its records are being stored.")
        return redirect("search:import", request.seat.review_id, row.pk)
    return _upload_page(request, run, form, offers=offers, status=status)


def _upload_page(
    request: SeatRequest, run: Any, form: forms.UploadForm, *, offers: bool = False, status: int = 200
) -> HttpResponse:
    context = {"form": form, "run": run, "offers_complete": offers}
    return render(request, "search/upload.html", context, status=status)


def _show(form: django_forms.Form, refusal: BadInput) -> None:
    for name, sentence in (refusal.fields or {"": refusal.message}).items():
        form.add_error(name if name in form.fields else None, sentence)


@needs(Permission.VIEW)
def file_import(request: SeatRequest, review_id: int, import_id: int) -> HttpResponse:
    found = selectors.file_import(request.seat, import_id)
    page = Paginator(selectors.refused_records(request.seat, import_id), PAGE).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "row": found.row,
        "job": found.job,
        "run": found.row.search_run,
        "facts": cards.facts(found.row),
        "fill": cards.fill(found.row),
        "page": page,
    }
    return render(request, "search/import.html", context)


@needs(Permission.VIEW)
def import_file(request: SeatRequest, review_id: int, import_id: int) -> FileResponse:
    """The file as it was brought in, byte for byte."""
    row = selectors.file_import(request.seat, import_id).row
    kept = selectors.kept_file(row)
    return FileResponse(kept, as_attachment=True, filename=row.file_name, content_type="application/octet-stream")


@needs(Permission.VIEW)
def references(request: SeatRequest, review_id: int) -> HttpResponse:
    sources = selectors.sources(request.seat).values_list("pk", "name")
    form = forms.FilterForm(request.GET, sources)
    # What is valid filters; the rest shows its error beside the field.
    form.is_valid()
    chosen = form.cleaned_data
    found = selectors.references(
        request.seat,
        words=chosen.get("words", ""),
        source_id=chosen.get("source"),
        year=chosen.get("year"),
    )
    # Pages are cut from keys alone, so that the last of thousands is as quick as the first.
    page = Paginator(found.values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "lines": selectors.reference_lines(request.seat, list(page.object_list)),
        "is_filtered": any(chosen.values()),
    }
    return render(request, "search/references.html", context)


@needs(Permission.VIEW)
def reference(request: SeatRequest, review_id: int, reference_id: int) -> HttpResponse:
    """All records behind a reference, side by side; the address of a merged one leads to where it went."""
    found = selectors.reference(request.seat, reference_id)
    if found.pk != reference_id:
        return redirect("search:reference", review_id, found.pk)
    joins = selectors.records_of(found)
    context = {
        "reference": found,
        "card": cards.card(found.primary_record),
        "joins": joins,
        "rows": cards.side_by_side([join.record for join in joins]),
    }
    return render(request, "search/reference.html", context)
