"""Imports: what a file brought, and taking it back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render

from reviews.core.access import SeatRequest, needs
from reviews.core.rules import Permission
from reviews.search import cards, rules, selectors, services
from reviews.search.selectors import duplicates

PAGE = 50


@needs(Permission.VIEW)
def file_import(request: SeatRequest, review_id: int, import_id: int) -> HttpResponse:
    found = selectors.file_import(request.seat, import_id)
    page = Paginator(selectors.refused_records(request.seat, import_id), PAGE).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "row": found.row,
        "job": found.job,
        "check": duplicates.check_of(request.seat, import_id),
        "run": found.row.search_run,
        "facts": cards.facts(found.row),
        "fill": cards.shares(found.row.fill),
        "page": page,
    }
    return render(request, "search/import.html", context)


@needs(Permission.VIEW)
def import_file(request: SeatRequest, review_id: int, import_id: int) -> FileResponse:
    """The file as it was brought in, byte for byte."""
    row = selectors.file_import(request.seat, import_id).row
    kept = selectors.kept_file(row)
    return FileResponse(kept, as_attachment=True, filename=row.file_name, content_type="application/octet-stream")


@needs(Permission.SEARCH, "GET", "POST")
def undo_import(request: SeatRequest, review_id: int, import_id: int) -> HttpResponse:
    """Say what an undo would do, and do it; 409 when a vote depends on the import."""
    if request.method == "POST":
        row = services.undo_import(request.seat, import_id=import_id)
        is_done = row.state == rules.ImportState.UNDONE
        said = "is undone" if is_done else "is being undone"
        messages.success(request, f"The import of {row.file_name} {said}.")
        return redirect("search:import", review_id, import_id)
    found = selectors.undo(request.seat, import_id)
    return render(request, "search/undo_import.html", {"found": found, "row": found.row, "run": found.row.search_run})
