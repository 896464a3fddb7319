"""Pages of the protocol."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from reviews.core.access import SeatRequest, needs
from reviews.core.refusals import BadInput, Refusal
from reviews.core.rules import Permission
from reviews.protocols import forms, rules, selectors, services


@needs(Permission.VIEW)
def protocol(request: SeatRequest, review_id: int) -> HttpResponse:
    """The version in force, what the draft would change in it, and all versions."""
    seat = request.seat
    version, saved = selectors.current(review_id), selectors.saved_draft(seat)
    in_force = version.parsed if version else None
    draft = saved.parsed if saved else None
    context = {
        "version": version,
        "content": in_force or draft,
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
    content, revision = selectors.draft(request.seat)
    return _edit_page(request, forms.editor(content, revision))


def _save(request: SeatRequest) -> HttpResponse:
    longer = forms.with_another_row(request.POST)
    if longer is not None:
        return _edit_page(request, forms.Editor(longer))
    editor = forms.Editor(request.POST)
    if not editor.is_valid():
        return _edit_page(request, editor, status=422)
    content = editor.content()
    try:
        services.save_draft(request.seat, content=content, revision=editor.form.cleaned_data["revision"])
    except BadInput as refusal:
        editor.refuse(refusal.fields)
        return _edit_page(request, editor, status=422)
    except Refusal as refusal:
        if refusal.status != Refusal.status:
            raise
        return _somebody_was_faster(request, content, refusal)
    messages.success(request, "The draft is saved.")
    return redirect("protocols:protocol", request.seat.review_id)


def _somebody_was_faster(request: SeatRequest, typed: rules.Content, refusal: Refusal) -> HttpResponse:
    """Show what was typed again. Saving once more is then a decision made with the other's text in view."""
    saved, revision = selectors.draft(request.seat)
    data: QueryDict = request.POST.copy()
    data["revision"] = str(revision)
    mine = rules.keyed(rules.tidy(typed), [saved], secrets.token_hex)
    differences = rules.changes(saved, mine)
    return _edit_page(request, forms.Editor(data), status=409, conflict=refusal.message, differences=differences)


def _edit_page(request: SeatRequest, editor: forms.Editor, status: int = 200, **more: Any) -> HttpResponse:
    is_in_force = selectors.current(request.seat.review_id) is not None
    context = {"editor": editor, "form": editor.form, "is_in_force": is_in_force, **more}
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
    checks = rules.checklist(content)
    context = {
        "form": form,
        "content": content,
        "version": version,
        "draft": selectors.saved_draft(request.seat),
        "changes": rules.changes(version.parsed, content) if version else (),
        "checks": checks,
        "is_complete": not any(check.problem for check in checks),
        "conflict": conflict,
    }
    return render(request, "protocols/approve.html", context, status=status)
