"""Pages of extraction."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from reviews.core.access import SeatRequest, needs
from reviews.core.refusals import BadInput, NotAllowed
from reviews.core.rules import Permission
from reviews.extraction import forms, rules, selectors, services
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
    """One's own entry: the report on the left, the numbers on the right."""
    table = selectors.entry_table(request.seat, entry_id)
    if request.method != "POST":
        if table.entry.submitted_at:
            return redirect("extraction:study", review_id, table.entry.study_id)
        return _entry_page(request, forms.EntryForm(table))
    form = forms.EntryForm(table, request.POST)
    is_submitting, is_saved = request.POST.get("action") == "submit", False
    if form.is_valid():
        try:
            services.save_values(request.seat, entry_id=entry_id, values=form.values(), traits=form.levels())
            is_saved = True
            if is_submitting:
                services.submit_entry(request.seat, entry_id=entry_id)
        except BadInput as refusal:
            form.refuse(refusal.fields, refusal.message)
    if request.htmx:  # type: ignore[attr-defined]
        context = {"at": timezone.now(), "sentences": form.sentences}
        return render(request, "extraction/_saved.html", context, status=422 if form.errors else 200)
    if form.errors:
        return _entry_page(request, form, status=422, is_saved=is_saved)
    return _after_entry(request, table.entry.study_id, entry_id, is_submitting)


def _after_entry(request: SeatRequest, study_id: int, entry_id: int, is_submitted: bool) -> HttpResponse:
    if is_submitted:
        messages.success(request, "Your entry is submitted. It stays hidden from the other extractor until both are.")
        return redirect("extraction:study", request.seat.review_id, study_id)
    messages.success(request, "Saved.")
    return redirect("extraction:entry", request.seat.review_id, entry_id)


def _entry_page(request: SeatRequest, form: forms.EntryForm, status: int = 200, is_saved: bool = False) -> HttpResponse:
    page = selectors.study_page(request.seat, form.table.entry.study_id)
    context: dict[str, Any] = {
        "form": form,
        "study": page.study,
        "cards": [cards.card(one) for one in page.reports],
        "is_saved": is_saved,
    }
    return render(request, "extraction/entry.html", context, status=status)


@needs(Permission.ADJUDICATE, "GET", "POST")
def consensus(request: SeatRequest, review_id: int, study_id: int) -> HttpResponse:
    """Both entries side by side; a made consensus can be revised here."""
    comparison = selectors.comparison(request.seat, study_id)
    if request.seat.user_id in {comparison.a.person_id, comparison.b.person_id}:
        raise NotAllowed(f"You extracted {comparison.study.label} yourself. Somebody else makes the consensus.")
    if request.method != "POST":
        return _consensus_page(request, forms.ConsensusForm(comparison))
    form = forms.ConsensusForm(comparison, request.POST)
    # The page says what it was opened for: a consensus that somebody made meanwhile is not revised by accident.
    decide = services.revise_consensus if request.POST.get("revises") else services.make_consensus
    if form.is_valid():
        try:
            decide(request.seat, study_id=study_id, values=form.values(), traits=form.levels())
        except BadInput as refusal:
            form.refuse(refusal.fields, refusal.message)
    if form.errors:
        return _consensus_page(request, form, status=422)
    messages.success(request, f"The consensus for {comparison.study.label} is saved.")
    return redirect("extraction:study", review_id, study_id)


def _consensus_page(request: SeatRequest, form: forms.ConsensusForm, status: int = 200) -> HttpResponse:
    page = selectors.study_page(request.seat, form.comparison.study.pk)
    context: dict[str, Any] = {
        "form": form,
        "comparison": form.comparison,
        "study": page.study,
        "cards": [cards.card(one) for one in page.reports],
    }
    return render(request, "extraction/consensus.html", context, status=status)
