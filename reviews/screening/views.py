"""Pages of screening; both phases share them. ``phase`` comes from the URL table, not from the person."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from reviews.core.access import SeatRequest, needs
from reviews.core.forms import cleaned
from reviews.core.middleware import wants_sentence
from reviews.core.refusals import Refusal
from reviews.core.rules import Permission
from reviews.protocols import selectors as protocols
from reviews.screening import cards, forms, selectors, services, undoing
from reviews.screening.rules import Phase, State, Verdict

LIST_SIZE = 25
CARDS_AHEAD = 3
HOME = {Phase.TITLE_ABSTRACT: "screening:title_abstract", Phase.FULL_TEXT: "screening:full_text"}


def _context(request: SeatRequest, phase: str, **more: Any) -> dict[str, Any]:
    return {
        "phase": Phase(phase),
        "is_full_text": phase == Phase.FULL_TEXT,
        "home": reverse(HOME[Phase(phase)], args=[request.seat.review_id]),
        **more,
    }


@needs(Permission.VIEW)
def screen(request: SeatRequest, review_id: int, phase: str) -> HttpResponse:
    """The queue, for those who vote; for the others how far the phase is."""
    if protocols.current(review_id) is None:
        return render(request, "screening/no_protocol.html", _context(request, phase))
    can_vote = request.seat.can["vote"]
    is_list = can_vote and request.user.prefers_list  # type: ignore[union-attr]
    the_rule = selectors.rule(request.seat)
    limit = LIST_SIZE if is_list else CARDS_AHEAD
    shown = cards.queue(request.seat, phase, the_rule, limit=limit) if can_vote else []
    recent = cards.recent(request.seat, phase) if can_vote else []
    context = _context(
        request,
        phase,
        cards=shown,
        is_list=is_list,
        progress=selectors.progress(request.seat, phase),
        reasons=cards.reasons(request.seat, phase),
        recent=recent,
        last=undoing.last(recent),
        rule=the_rule,
    )
    return render(request, "screening/screen.html", context)


@needs(Permission.VIEW)
def progress(request: SeatRequest, review_id: int, phase: str) -> HttpResponse:
    """The bar alone; the page asks for it now and then, so that a vote need not wait for the counting.

    It says which cards are on screen, so that these stay this person's.
    """
    shown = forms.shown(request.GET)
    if shown and request.seat.can["vote"]:
        selectors.keep_claims(request.seat, phase, shown=shown)
    context = _context(request, phase, progress=selectors.progress(request.seat, phase))
    return render(request, "screening/screen.html#progress", context)


@needs(Permission.VOTE, "POST")
def layout(request: SeatRequest, review_id: int, phase: str) -> HttpResponse:
    """One card at a time, or a list of 25; remembered per person."""
    services.choose_layout(request.seat, is_list=request.POST.get("layout") == "list")
    return redirect(HOME[Phase(phase)], review_id)


def _decision(request: SeatRequest) -> dict[str, Any]:
    """What a vote and a resolution have in common, in the services' words."""
    data = cleaned(forms.VerdictForm(request.POST))
    return {"verdict": data["verdict"], "reason_id": data["reason"], "note": data["note"]}


@needs(Permission.VOTE, "POST")
def vote(request: SeatRequest, review_id: int, phase: str, reference_id: int) -> HttpResponse:
    cast = services.cast_vote(request.seat, reference_id=reference_id, phase=phase, **_decision(request))
    number, undo_url = cast.vote.reference.number, ""
    text = f"Saved: {Verdict(cast.vote.verdict).label.lower()}"
    if cast.can_be_taken_back:
        undo_url = reverse(f"screening:{phase}_take_back", args=[review_id, reference_id])
    else:
        text += f". Reference {number} has all its votes."
    if not wants_sentence(request):
        messages.success(request, text, extra_tags=f"undo:{undo_url}" if undo_url else "")
        return redirect(HOME[Phase(phase)], review_id)
    the_rule = selectors.rule(request.seat)
    ahead = cards.queue(request.seat, phase, the_rule, after=number, limit=CARDS_AHEAD)
    return _voted(request, phase, ahead, toast=text, undo_url=undo_url)


def _voted(
    request: SeatRequest,
    phase: str,
    shown: list[cards.Card],
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The fragment after a vote or an undo: a toast, cards for the queue, and where the last votes stand."""
    reasons, recent = cards.reasons(request.seat, phase), cards.recent(request.seat, phase)
    more = {"reasons": reasons, "recent": recent, "last": undoing.last(recent), **more}
    context = _context(request, phase, cards=shown, **more)
    return render(request, "screening/screen.html#voted", context, status=status)


@needs(Permission.VOTE, "POST")
def take_back(request: SeatRequest, review_id: int, phase: str, reference_id: int) -> HttpResponse:
    try:
        services.take_back_vote(request.seat, reference_id=reference_id, phase=phase)
    except Refusal:
        recent = cards.recent(request.seat, phase)
        standing = [one for one in recent if one.card.pk == reference_id and not one.can_be_taken_back]
        if not standing or not wants_sentence(request):
            raise
        said = undoing.refused(standing[0], request.user.keymap)  # type: ignore[union-attr]
        last = undoing.last(standing)
        return _voted(request, phase, [], toast=said, level="info", last=last, status=409)
    if not wants_sentence(request):
        messages.success(request, "Your vote is taken back; the reference is in your queue again.")
        return redirect(HOME[Phase(phase)], review_id)
    selectors.keep_claims(request.seat, phase, shown=[reference_id])
    back = cards.card(selectors.reference(request.seat, reference_id))
    return _voted(request, phase, [back], toast="Your vote is taken back.", last={})


@needs(Permission.VOTE, "POST")
def doubt(request: SeatRequest, review_id: int, phase: str, reference_id: int) -> HttpResponse:
    note = cleaned(forms.NoteForm(request.POST))["note"]
    services.doubt(request.seat, reference_id=reference_id, phase=phase, note=note)
    said = "Your second look is asked for; the reference is a conflict now."
    if wants_sentence(request):
        return _voted(request, phase, [], toast=said)
    messages.success(request, said)
    return redirect(f"screening:{phase}_reference", review_id, reference_id)


@needs(Permission.VIEW)
def reference(request: SeatRequest, review_id: int, phase: str, reference_id: int) -> HttpResponse:
    """One reference: what this seat may know of it, and what it may do."""
    found = selectors.reference(request.seat, reference_id)
    context = _context(
        request,
        phase,
        card=cards.card(found),
        standpoint=selectors.standpoint(request.seat, found, phase),
        settling=selectors.settling(request.seat, [found.pk], phase).get(found.pk),
        reasons=cards.reasons(request.seat, phase),
    )
    return render(request, "screening/reference.html", context)


@needs(Permission.VIEW)
def references(request: HttpRequest, review_id: int, phase: str) -> HttpResponse:
    """All references of the phase by where they stand."""
    form = forms.ListForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    seat = request.seat  # type: ignore[attr-defined]
    found = selectors.in_state(seat, phase, state) if state else selectors.in_phase(seat, phase).order_by("number")
    page = Paginator(found.select_related("primary_record"), 50).get_page(request.GET.get("page"))
    rows = cards.rows(seat, list(page.object_list), phase)
    context = _context(request, phase, page_obj=page, rows=rows, form=form, state=state)  # type: ignore[arg-type]
    return render(request, "screening/references.html", context)


@needs(Permission.VIEW)
def conflicts(request: SeatRequest, review_id: int, phase: str) -> HttpResponse:
    found = selectors.in_state(request.seat, phase, State.CONFLICT).select_related("primary_record")
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    context = _context(
        request,
        phase,
        page_obj=page,
        conflicts=cards.conflicts(request.seat, list(page.object_list), phase),
        reasons=cards.reasons(request.seat, phase),
        rule=selectors.rule(request.seat),
    )
    return render(request, "screening/conflicts.html", context)


@needs(Permission.RESOLVE, "POST")
def resolve(request: SeatRequest, review_id: int, phase: str, reference_id: int) -> HttpResponse:
    resolution = services.resolve(request.seat, reference_id=reference_id, phase=phase, **_decision(request))
    undo_url = reverse(f"screening:{phase}_reopen", args=[review_id, reference_id])
    number, verdict = resolution.reference.number, Verdict(resolution.verdict).label.lower()
    messages.success(request, f"Settled: {verdict} reference {number}", extra_tags=f"undo:{undo_url}")
    return redirect(f"screening:{phase}_conflicts", review_id)


@needs(Permission.VOTE, "POST")
def propose(request: SeatRequest, review_id: int, phase: str, reference_id: int) -> HttpResponse:
    data = cleaned(forms.ProposalForm(request.POST))
    made = services.propose(
        request.seat,
        reference_id=reference_id,
        phase=phase,
        verdict=data["verdict"],
        reason_id=data["reason"],
        note=data["note"],
        answers=data["answers"],
    )
    messages.success(request, f"Your proposal on reference {made.reference.number} waits for the other's answer.")
    return redirect(f"screening:{phase}_conflicts", review_id)


@needs(Permission.VOTE, "POST")
def confirm(request: SeatRequest, review_id: int, phase: str, reference_id: int) -> HttpResponse:
    read = cleaned(forms.ConfirmForm(request.POST))["proposal"]
    settled = services.confirm(request.seat, reference_id=reference_id, phase=phase, proposal_id=read)
    undo_url = reverse(f"screening:{phase}_reopen", args=[review_id, reference_id])
    number, verdict = settled.reference.number, Verdict(settled.verdict).label.lower()
    messages.success(request, f"Settled by both of you: {verdict} reference {number}", extra_tags=f"undo:{undo_url}")
    return redirect(f"screening:{phase}_conflicts", review_id)


@needs(Permission.VIEW, "POST")
def reopen(request: SeatRequest, review_id: int, phase: str, reference_id: int) -> HttpResponse:
    services.reopen(request.seat, reference_id=reference_id, phase=phase)
    messages.success(request, "The resolution is taken back; the reference is a conflict again.")
    return redirect(f"screening:{phase}_conflicts", review_id)


@needs(Permission.SEARCH, "POST")
def not_retrieved(request: SeatRequest, review_id: int, reference_id: int) -> HttpResponse:
    note = cleaned(forms.NoteForm(request.POST))["note"]
    services.mark_not_retrieved(request.seat, reference_id=reference_id, note=note)
    undo_url = reverse("screening:retrieved", args=[review_id, reference_id])
    messages.success(request, "The report is marked as not retrieved.", extra_tags=f"undo:{undo_url}")
    return redirect("screening:full_text", review_id)


@needs(Permission.SEARCH, "POST")
def retrieved(request: SeatRequest, review_id: int, reference_id: int) -> HttpResponse:
    services.mark_retrieved(request.seat, reference_id=reference_id)
    messages.success(request, "The report is in the full-text queue again.")
    return redirect("screening:full_text_reference", review_id, reference_id)
