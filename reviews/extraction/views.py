"""Pages of extraction."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from reviews.core.access import SeatRequest, needs
from reviews.core.double import State
from reviews.core.forms import cleaned
from reviews.core.history import Stale
from reviews.core.middleware import wants_sentence
from reviews.core.refusals import BadInput
from reviews.core.rules import Permission
from reviews.extraction import forms, rules, selectors, services, settling
from reviews.extraction.models import Study
from reviews.protocols import selectors as protocols
from reviews.protocols.rules import ArmRole
from reviews.screening import cards
from reviews.search.models import Reference

REFERENCES_SHOWN = 200


@needs(Permission.VIEW)
def overview(request: SeatRequest, review_id: int) -> HttpResponse:
    """Studies with where they stand, and the included references that are in none yet."""
    if protocols.current(review_id) is None:
        return render(request, "extraction/no_protocol.html")
    seat = request.seat
    page = Paginator(selectors.studies(seat), 50).get_page(request.GET.get("page"))
    free = Paginator(selectors.free_references(seat), 50).get_page(request.GET.get("references"))
    context = {
        "page": page,
        "lines": selectors.lines(seat, page.object_list),
        "next": selectors.next_line(seat),
        "progress": selectors.progress(seat),
        "free": free,
        "free_cards": [cards.card(one) for one in free.object_list],
    }
    return render(request, "extraction/overview.html", context)


@needs(Permission.EXTRACT, "GET", "POST")
def new_study(request: SeatRequest, review_id: int) -> HttpResponse:
    protocols.in_force(review_id)
    free = list(selectors.free_references(request.seat)[:REFERENCES_SHOWN])
    choices = [(one.pk, _described(one)) for one in free]
    if request.method != "POST":
        chosen = [one for one in free if str(one.pk) in request.GET.getlist("reference")]
        initial = {"references": [one.pk for one in chosen], "label": _suggested(request, chosen)}
        return _study_page(request, forms.StudyForm(None, choices, initial=initial))
    form = forms.StudyForm(request.POST, choices)
    if not form.is_valid():
        return _study_page(request, form, status=422)
    data = form.cleaned_data
    arms = [(ArmRole.INTERVENTION.value, data["intervention"]), (ArmRole.COMPARATOR.value, data["comparator"])]
    try:
        made = services.create_study(request.seat, label=data["label"], reference_ids=data["references"], arms=arms)
    except BadInput as refusal:
        for name, sentence in refusal.fields.items():
            form.add_error(name if name in form.fields else None, sentence)
        return _study_page(request, form, status=422)
    messages.success(request, f"{made.label} is ready for two extractors.")
    return redirect("extraction:study", review_id, made.pk)


def _described(reference: Reference) -> str:
    record = reference.citation
    author = record.authors[0] if record.authors else ""
    about = ", ".join(part for part in (author, str(record.year or "")) if part)
    return f"{record.title or 'No title'} ({about})" if about else record.title


def _suggested(request: SeatRequest, chosen: list[Reference]) -> str:
    if not chosen:
        return ""
    record = chosen[0].citation
    taken = selectors.studies(request.seat).values_list("label", flat=True)
    return rules.suggested_label(record.authors, record.year, list(taken))


def _study_page(request: SeatRequest, form: forms.StudyForm, status: int = 200) -> HttpResponse:
    return render(request, "extraction/new_study.html", {"form": form}, status=status)


@needs(Permission.VIEW)
def study(request: SeatRequest, review_id: int, study_id: int) -> HttpResponse:
    """What is known of a study; where a click in a forest plot leads."""
    page = selectors.study_page(request.seat, study_id)
    context = {"page": page, "cards": [cards.card(one) for one in page.reports]}
    return render(request, "extraction/study.html", context)


@needs(Permission.EXTRACT, "POST")
def start(request: SeatRequest, review_id: int, study_id: int) -> HttpResponse:
    entry = services.start_entry(request.seat, study_id=study_id)
    return redirect("extraction:entry", review_id, entry.pk)


@needs(Permission.EXTRACT, "GET", "POST")
def entry(request: SeatRequest, review_id: int, entry_id: int) -> HttpResponse:
    """One's own entry: the report on the left, the numbers on the right. Each field that is sent is saved alone."""
    table = selectors.entry_table(request.seat, entry_id)
    if request.method != "POST":
        if table.entry.submitted_at:
            return redirect("extraction:study", review_id, table.entry.study_id)
        return _entry_page(request, forms.EntryForm(table))
    form = forms.EntryForm(table, request.POST)
    form.is_valid()
    saved = services.save_values(
        request.seat, entry_id=entry_id, values=form.values(), traits=form.levels(), keeps_good=True
    )
    page = form.shown(selectors.entry_table(request.seat, entry_id), saved)
    if wants_sentence(request):
        return _answer(request, page)
    is_submitting = request.POST.get("action") == "submit"
    if is_submitting and page.is_kept:
        try:
            services.submit_entry(request.seat, entry_id=entry_id)
        except BadInput as refusal:
            page.refuse(refusal.fields, refusal.message)
    if not page.is_kept:
        return _entry_page(request, page, status=page.status, is_saved=saved.is_whole)
    return _after_entry(request, table.entry.study, entry_id, is_submitting)


def _answer(request: SeatRequest, page: forms.EntryForm) -> HttpResponse:
    """To a field that saves itself: what became of it, and the ids of what stands now."""
    context = {"at": timezone.now(), "cells": page.cells(request.POST), "rows": page.current}
    return render(request, "extraction/_saved.html", context, status=page.status)


def _after_entry(request: SeatRequest, study: Study, entry_id: int, is_submitted: bool) -> HttpResponse:
    if not is_submitted:
        messages.success(request, "Saved.")
        return redirect("extraction:entry", request.seat.review_id, entry_id)
    line = selectors.study_page(request.seat, study.pk).line
    if line.state == State.DONE:
        words = "Your entry is submitted. Both entries agree, so the consensus is made."
    elif line.state == State.COMPARE:
        words = "Your entry is submitted. Both entries can be seen now."
    else:
        words = "Your entry is submitted. It stays hidden from the other extractor until both are."
    messages.success(request, words)
    return redirect("extraction:study", request.seat.review_id, study.pk)


def _entry_page(request: SeatRequest, form: forms.EntryForm, status: int = 200, is_saved: bool = False) -> HttpResponse:
    page = selectors.study_page(request.seat, form.table.entry.study_id)
    context: dict[str, Any] = {
        "form": form,
        "study": page.study,
        "cards": [cards.card(one) for one in page.reports],
        "is_saved": is_saved,
    }
    return render(request, "extraction/entry.html", context, status=status)


@needs(Permission.EXTRACT, "POST")
def reopen(request: SeatRequest, review_id: int, entry_id: int) -> HttpResponse:
    services.reopen_entry(request.seat, entry_id=entry_id)
    messages.success(request, "Your entry is open again. Submit it once it is right.")
    return redirect("extraction:entry", review_id, entry_id)


@needs(Permission.MANAGE, "POST")
def pass_on(request: SeatRequest, review_id: int, entry_id: int) -> HttpResponse:
    """An unfinished entry goes to somebody else, or its place is freed."""
    study_id, heirs = selectors.heirs(request.seat, entry_id)
    data = cleaned(forms.PassOnForm(request.POST, heirs))
    if request.POST.get("action") == "free":
        services.free_entry(request.seat, entry_id=entry_id, reason=data["reason"])
        messages.success(request, "The place is free.")
    elif data["person"] is None:
        raise BadInput("Pick who goes on with the entry, or free its place.", {"person": "Pick somebody."})
    else:
        services.hand_over_entry(request.seat, entry_id=entry_id, person_id=data["person"], reason=data["reason"])
        messages.success(request, "The entry is handed over.")
    return redirect("extraction:study", review_id, study_id)


@needs(Permission.VIEW, "GET", "POST")
def consensus(request: SeatRequest, review_id: int, study_id: int) -> HttpResponse:
    """Both entries side by side, for whom the protocol lets settle them; a made consensus can be revised here."""
    if request.method != "POST":
        return _consensus_page(request, _consensus_form(request, study_id))
    form = _consensus_form(request, study_id, request.POST)
    if form.is_valid():
        try:
            words = _decide(request, study_id, form)
        except Stale as stale:
            form = _consensus_form(request, study_id, request.POST)
            form.clash(stale.clashes)
            return _consensus_page(request, form, status=409)
        except BadInput as refusal:
            form.refuse(refusal.fields, refusal.message)
    if form.errors:
        return _consensus_page(request, form, status=422)
    messages.success(request, words)
    return redirect("extraction:study", review_id, study_id)


def _consensus_form(request: SeatRequest, study_id: int, data: QueryDict | None = None) -> forms.ConsensusForm:
    found = selectors.comparison(request.seat, study_id)
    way = settling.way(request.seat, found)
    return forms.ConsensusForm(found, way, selectors.proposal(request.seat, found), data)


def _decide(request: SeatRequest, study_id: int, form: forms.ConsensusForm) -> str:
    """Do what the page was made for: a consensus that somebody made meanwhile is not revised by accident."""
    seat, sent, reason = request.seat, request.POST, form.text("reason")
    values, traits, is_revision = form.values(), form.levels(), bool(sent.get("revises"))
    label = form.comparison.study.label
    if sent.get("proposes"):
        services.propose_consensus(
            seat,
            study_id=study_id,
            values=values,
            traits=traits,
            note=reason,
            answers=forms.row_id(sent.get("answers")),
            is_revision=is_revision,
        )
        return f"Your proposal for {label} is saved. It counts once the other extractor confirms it."
    decide = services.revise_consensus if is_revision else services.make_consensus
    decide(seat, study_id=study_id, values=values, traits=traits, reason=reason)
    return f"The consensus for {label} is saved."


def _consensus_page(request: SeatRequest, form: forms.ConsensusForm, status: int = 200) -> HttpResponse:
    page = selectors.study_page(request.seat, form.comparison.study.pk)
    context: dict[str, Any] = {
        "form": form,
        "comparison": form.comparison,
        "proposal": page.proposal,
        "turn": page.line.standing.turn,
        "study": page.study,
        "cards": [cards.card(one) for one in page.reports],
    }
    return render(request, "extraction/consensus.html", context, status=status)


@needs(Permission.EXTRACT, "POST")
def confirm(request: SeatRequest, review_id: int, study_id: int) -> HttpResponse:
    """The other extractor's proposal becomes the consensus."""
    proposal_id = forms.row_id(request.POST.get("proposal"))
    services.confirm_consensus(request.seat, study_id=study_id, proposal_id=proposal_id or 0)
    messages.success(request, "The consensus is made, with both your names.")
    return redirect("extraction:study", review_id, study_id)
