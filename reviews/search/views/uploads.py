"""Uploads: a file arrives, is looked at, and becomes an import."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import reverse

from reviews.core.access import SeatRequest, needs
from reviews.core.refusals import BadInput
from reviews.core.rules import Permission
from reviews.search import cards, forms, rules, selectors, services
from reviews.search.models import Preview, Upload
from reviews.search.views import errors


@needs(Permission.SEARCH, "GET", "POST")
def upload(request: SeatRequest, review_id: int, search_run_id: int) -> HttpResponse:
    """Choose a file. Without scripts the form sends it whole; ``upload.js`` sends it in parts."""
    run = selectors.search_run(request.seat, search_run_id)
    form = forms.UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            preview = services.take_upload(request.seat, search_run_id=run.pk, file=form.cleaned_data["file"])
        except BadInput as refusal:
            errors.show(form, refusal)
        else:
            return redirect("search:preview", review_id, preview.upload_id)
    context = {
        "form": form,
        "run": run,
        "uploads": selectors.unfinished_uploads(request.seat, run.pk),
        "part": rules.SENT_AT_A_TIME,
        "most": cards.most(),
    }
    return render(request, "search/upload.html", context, status=422 if form.errors else 200)


@needs(Permission.SEARCH, "POST")
def begin_upload(request: SeatRequest, review_id: int, search_run_id: int) -> JsonResponse:
    """Announce a file; answers where to send its parts, and how much of it is here already."""
    form = forms.BeginForm(request.POST)
    if not form.is_valid():
        raise BadInput("The file was not announced as this page does it. Load the page again.", _first_errors(form))
    row = services.begin_upload(request.seat, search_run_id=search_run_id, **form.cleaned_data)
    return _state(request, row)


@needs(Permission.SEARCH, "POST")
def add_part(request: SeatRequest, review_id: int, upload_id: int) -> HttpResponse:
    """The body is bytes of the file, from ``?offset=`` on. 409 says how much is here when they do not follow."""
    form = forms.PartForm(request.GET)
    length = request.headers.get("Content-Length", "")
    if not form.is_valid() or not length.isdecimal() or int(length) > rules.MOST_IN_PART:
        raise BadInput("This is no part of a file. Load the page again and choose the file once more.")
    try:
        content = request.read(rules.MOST_IN_PART + 1)
    except UnreadablePostError as error:
        raise BadInput("The part arrived incomplete; send it again.") from error
    try:
        row = services.add_part(
            request.seat, upload_id=upload_id, offset=form.cleaned_data["offset"], content=bytes(content)
        )
    except services.OutOfStep as refusal:
        return JsonResponse({"received": refusal.received, "message": refusal.message}, status=refusal.status)
    return _state(request, row)


@needs(Permission.SEARCH, "POST")
def finish_upload(request: SeatRequest, review_id: int, upload_id: int) -> JsonResponse:
    """All parts are here; answers where the preview is."""
    services.finish_upload(request.seat, upload_id=upload_id)
    return JsonResponse({"url": reverse("search:preview", args=[review_id, upload_id])})


def _state(request: SeatRequest, row: Upload) -> JsonResponse:
    address = [request.seat.review_id, row.pk]
    return JsonResponse(
        {
            "received": row.received,
            "size": row.size,
            "part_url": reverse("search:add_part", args=address),
            "finish_url": reverse("search:finish_upload", args=address),
        }
    )


def _first_errors(form: Any) -> dict[str, str]:
    return {name: str(sentences[0]) for name, sentences in form.errors.items()}


@needs(Permission.SEARCH)
def preview(request: SeatRequest, review_id: int, upload_id: int) -> HttpResponse:
    """What an uploaded file holds, before anything of it is stored."""
    found = selectors.upload(request.seat, upload_id)
    if found.upload.became_id:
        return redirect("search:import", review_id, found.upload.became_id)
    return _preview_page(request, found, forms.ImportForm(initial=_seen(found.preview)))


def _seen(preview: Preview | None) -> dict[str, Any]:
    return {"preview": preview.pk if preview else ""}


def _preview_page(request: SeatRequest, found: selectors.UploadPage, form: Any, status: int = 200) -> HttpResponse:
    look = found.preview
    if look and look.found.get("cut_off"):
        form["takes_incomplete"].label = cards.offer(look.found["readable"])
    reading = {"format": look.format, "encoding": look.encoding} if look else {}
    context = {
        "upload": found.upload,
        "run": found.upload.search_run,
        "preview": look,
        "found": look.found if look else {},
        "job": found.job,
        "form": form,
        "reading": forms.ReadingForm(initial=reading),
        "columns": cards.columns(look) if look else [],
        "fill": cards.shares(look.found.get("fill", {})) if look else [],
    }
    return render(request, "search/preview.html", context, status=status)


@needs(Permission.SEARCH, "POST")
def read_again(request: SeatRequest, review_id: int, upload_id: int) -> HttpResponse:
    """Read the file in another format or encoding."""
    form = forms.ReadingForm(request.POST)
    if not form.is_valid():
        raise BadInput("Choose a format and an encoding of the lists.", _first_errors(form))
    services.look_again(request.seat, upload_id=upload_id, **form.cleaned_data)
    return redirect("search:preview", review_id, upload_id)


@needs(Permission.SEARCH, "GET", "POST")
def columns(request: SeatRequest, review_id: int, upload_id: int) -> HttpResponse:
    """Say what the columns of a table mean."""
    found = selectors.upload(request.seat, upload_id)
    look = found.preview
    if found.upload.became_id or look is None or not look.found.get("columns"):
        return redirect("search:preview", review_id, upload_id)
    form = forms.ColumnsForm(look.found["columns"], look.found["mapping"], request.POST or None)
    if request.method == "POST" and form.is_valid():
        read_as = {"format": look.found["format"], "encoding": look.encoding}
        services.look_again(request.seat, upload_id=upload_id, mapping=form.mapping, **read_as)
        return redirect("search:preview", review_id, upload_id)
    context = {"form": form, "upload": found.upload, "run": found.upload.search_run, "look": look}
    return render(request, "search/columns.html", context, status=422 if form.errors else 200)


@needs(Permission.SEARCH, "POST")
def import_upload(request: SeatRequest, review_id: int, upload_id: int) -> HttpResponse:
    """Import what was looked at."""
    form = forms.ImportForm(request.POST)
    if not form.is_valid():
        raise BadInput("Look at the preview, then import the file from there.", _first_errors(form))
    chosen = form.cleaned_data
    try:
        row = services.import_upload(
            request.seat,
            upload_id=upload_id,
            preview_id=chosen["preview"],
            takes_incomplete=chosen["takes_incomplete"],
        )
    except services.IncompleteFile as refusal:
        form.add_error("takes_incomplete", refusal.message)
        return _preview_page(request, selectors.upload(request.seat, upload_id), form, status=refusal.status)
    messages.success(request, f"{row.file_name} is in; its records are being stored.")
    return redirect("search:import", review_id, row.pk)


@needs(Permission.SEARCH, "POST")
def discard_upload(request: SeatRequest, review_id: int, upload_id: int) -> HttpResponse:
    row = services.discard_upload(request.seat, upload_id=upload_id)
    messages.success(request, f"{row.file_name} is discarded.")
    return redirect("search:upload", review_id, row.search_run_id)
