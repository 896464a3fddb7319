"""Pages of the protocol."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from reviews.core.access import SeatRequest, needs
from reviews.core.refusals import BadInput, Refusal
from reviews.core.rules import Permission
from reviews.protocols import answers, forms, rules, selectors, services


@needs(Permission.VIEW)
def protocol(request: SeatRequest, review_id: int) -> HttpResponse:
    """The version in force, what the draft would change in it, and all versions."""
    seat = request.seat
    version, saved = selectors.current(review_id), selectors.saved_draft(seat)
    in_force = version.parsed if version else None
    draft = saved.parsed if saved else None
    shown = in_force or draft
    context = {
        "version": version,
        "content": shown,
        "warnings": selectors.warnings(seat, shown) if shown else {},
        "draft": saved,
        "changes": rules.changes(in_force, draft) if in_force and draft else (),
        "page": Paginator(selectors.versions(seat), 50).get_page(request.GET.get("page")),
    }
    return render(request, "protocols/protocol.html", context)


@needs(Permission.VIEW)
def version(request: SeatRequest, review_id: int, number: int) -> HttpResponse:
    found = selectors.version(request.seat, number)
    context = {"version": found, "content": found.parsed, "changes": selectors.amended(request.seat, found)}
    return render(request, "protocols/version.html", context)


@needs(Permission.WRITE_PROTOCOL, "GET", "POST")
def edit(request: SeatRequest, review_id: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request)
    content, _ = selectors.draft(request.seat)
    return _edit_page(request, forms.editor(content))


def _save(request: SeatRequest) -> HttpResponse:
    """Save every good value that was sent. A script sends what was changed, a browser without scripts all of it."""
    draft, _ = selectors.draft(request.seat)
    longer = forms.with_another_row(request.POST)
    if longer is not None:
        return _edit_page(request, forms.Editor(forms.posted(longer, draft)))
    sent = forms.posted(request.POST, draft)
    editor = forms.Editor(sent)
    saved = services.save_parts(request.seat, editor.edits(draft))
    editor.refuse(saved.refused)
    told = answers.told(sent, editor, saved)
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse(told.to_dict(), status=told.status)
    if told.is_open:
        again = forms.Editor(forms.posted_again(sent, told.open_parts, saved.content, told.new_fields))
        again.form.is_valid()
        again.refuse(saved.refused)
        return _edit_page(request, again, status=told.status, told=told)
    messages.success(request, told.sentence)
    return redirect("protocols:protocol", request.seat.review_id)


def _edit_page(request: SeatRequest, editor: forms.Editor, status: int = 200, **more: Any) -> HttpResponse:
    is_in_force = selectors.current(request.seat.review_id) is not None
    context = {"editor": editor, "form": editor.form, "is_in_force": is_in_force, "told": None, **more}
    return render(request, "protocols/edit.html", context, status=status)


@needs(Permission.APPROVE_PROTOCOL, "GET", "POST")
def approve(request: SeatRequest, review_id: int) -> HttpResponse:
    if request.method != "POST":
        _, revision = selectors.draft(request.seat)
        return _approve_page(request, forms.ApproveForm(initial={"revision": revision}))
    form = forms.ApproveForm(request.POST)
    if not form.is_valid():
        return _approve_page(request, form, status=422)
    data = form.cleaned_data
    try:
        made = services.approve(request.seat, revision=data["revision"], reason=data["reason"])
    except BadInput as refusal:
        form.add_error("reason" if "reason" in refusal.fields else None, refusal.message)
        return _approve_page(request, form, status=422)
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        return _read_again(request, data["reason"], refusal)
    messages.success(request, f"Version {made.number} of the protocol is in force.")
    return redirect("protocols:protocol", review_id)


def _read_again(request: SeatRequest, reason: str, refusal: Refusal) -> HttpResponse:
    _, revision = selectors.draft(request.seat)
    form = forms.ApproveForm(initial={"revision": revision, "reason": reason})
    return _approve_page(request, form, status=refusal.status, conflict=refusal.message)


def _approve_page(request: SeatRequest, form: forms.ApproveForm, status: int = 200, conflict: str = "") -> HttpResponse:
    content, _ = selectors.draft(request.seat)
    version = selectors.current(request.seat.review_id)
    checks = rules.checklist(content, selectors.warnings(request.seat, content))
    context = {
        "form": form,
        "content": content,
        "version": version,
        "draft": selectors.saved_draft(request.seat),
        "changes": rules.changes(version.parsed, content) if version else (),
        "checks": checks,
        "is_complete": not any(check.problem for check in checks),
        "has_warnings": any(check.warning for check in checks),
        "conflict": conflict,
    }
    return render(request, "protocols/approve.html", context, status=status)
