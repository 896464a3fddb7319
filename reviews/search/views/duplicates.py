"""Duplicates: pairs to decide, the joins that were made, and the thresholds."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from reviews.core.access import SeatRequest, needs
from reviews.core.forms import cleaned
from reviews.core.middleware import wants_sentence
from reviews.core.refusals import BadInput
from reviews.core.rules import Permission
from reviews.search import comparing, forms, services
from reviews.search.duplicates import bands
from reviews.search.models import JoinProposal
from reviews.search.rules import PairVerdict
from reviews.search.selectors import duplicates as selectors
from reviews.search.views import errors

PAGE = 50
CARDS_AHEAD = 3
PROPOSED = "Proposed: somebody else confirms it, because votes lie on these references"
SAID = {PairVerdict.JOINED: "Saved: duplicate", PairVerdict.DIFFERENT: "Saved: not a duplicate"}
KINDS = {
    "automatic": "Joined automatically",
    "confirmed": "Confirmed by people",
    "different": "Not duplicates",
}
# Listed only where there are some.
DOUBTFUL = {"doubtful": "To look at again"}


@needs(Permission.VIEW)
def duplicates(request: SeatRequest, review_id: int) -> HttpResponse:
    """The pairs that wait for a person, most likely first; the next ones are in the page already."""
    mine = selectors.last_of_mine(request.seat)
    context = _queue(request, undo_url=_undo_url(review_id, mine.pk) if mine and request.seat.can["search"] else "")
    context |= {"job": selectors.running_check(request.seat), "thresholds": _in_force(request).thresholds}
    return render(request, "search/duplicates.html", context)


def _queue(request: SeatRequest, **more: Any) -> dict[str, Any]:
    waiting = selectors.waiting(request.seat)
    return {
        "cards": _cards(request, [one.pair_id for one in waiting[:CARDS_AHEAD]]),
        "counts": selectors.counts(request.seat, waiting),
        **more,
    }


def _cards(request: SeatRequest, ids: list[int]) -> list[comparing.PairCard]:
    thresholds = _in_force(request).thresholds
    return [comparing.card(page, thresholds) for page in selectors.pairs(request.seat, ids)]


def _in_force(request: SeatRequest) -> selectors.InForce:
    return selectors.thresholds(request.seat)


def _undo_url(review_id: int, decision_id: int) -> str:
    return reverse("search:undo_decision", args=[review_id, decision_id])


@needs(Permission.VIEW)
def pair(request: SeatRequest, review_id: int, pair_id: int) -> HttpResponse:
    """One pair, decided or not."""
    page = selectors.pair(request.seat, pair_id)
    context = {"card": comparing.card(page, _in_force(request).thresholds), "page": page}
    return render(request, "search/pair.html", context)


@needs(Permission.SEARCH, "POST")
def decide_pair(request: SeatRequest, review_id: int, pair_id: int) -> HttpResponse:
    data = cleaned(forms.PairForm(request.POST))
    made = services.decide_pair(request.seat, pair_id=pair_id, verdict=data["verdict"], note=data["note"])
    said, undo_url = SAID[PairVerdict(data["verdict"])], _undo_url(review_id, made.pk)
    if isinstance(made, JoinProposal):
        said, undo_url = PROPOSED, reverse("search:withdraw_proposal", args=[review_id, made.pk])
    if wants_sentence(request):
        return _fragment(request, toast=said, undo_url=undo_url)
    messages.success(request, said, extra_tags=f"undo:{undo_url}")
    return redirect("search:duplicates", review_id)


@needs(Permission.SEARCH, "POST")
def withdraw_proposal(request: SeatRequest, review_id: int, proposal_id: int) -> HttpResponse:
    pair = services.withdraw_proposal(request.seat, proposal_id=proposal_id)
    if wants_sentence(request):
        return _fragment(request, toast="Your proposal is taken back.", back=_cards(request, [pair.pk]))
    messages.success(request, "Your proposal is taken back.")
    return redirect("search:pair", review_id, pair.pk)


@needs(Permission.SEARCH, "POST")
def undo_decision(request: SeatRequest, review_id: int, decision_id: int) -> HttpResponse:
    undone = services.undo_decision(request.seat, decision_id=decision_id)
    if wants_sentence(request):
        return _fragment(request, toast="Your decision is taken back.", back=_cards(request, [undone.pk]))
    messages.success(request, "The decision is taken back.")
    if (kind := request.POST.get("kind")) in KINDS | DOUBTFUL:
        return redirect(f"{reverse('search:joins', args=[review_id])}?kind={kind}")
    return redirect("search:duplicates", review_id)


def _fragment(request: SeatRequest, *, back: Any = None, **more: Any) -> HttpResponse:
    """After a decision or an undo: a toast, the next cards (or the one that comes back), and the progress."""
    context = _queue(request, **more)
    if back is not None:
        context["cards"] = back
    return render(request, "search/duplicates.html#decided", context)


@needs(Permission.VIEW)
def joins(request: SeatRequest, review_id: int) -> HttpResponse:
    """Every join in force, and every pair that was kept apart, each with its undo."""
    kind = request.GET.get("kind", "automatic")
    kind = kind if kind in KINDS | DOUBTFUL else "automatic"
    counts = selectors.counts(request.seat, selectors.waiting(request.seat))
    listed = KINDS | DOUBTFUL if counts.doubtful or kind in DOUBTFUL else KINDS
    page = Paginator(selectors.made(request.seat, kind), PAGE).get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "kinds": [(name, label, name == kind) for name, label in listed.items()],
        "page": page,
        "counts": counts,
    }
    return render(request, "search/duplicates_joins.html", context)


@needs(Permission.VIEW)
def thresholds(request: SeatRequest, review_id: int) -> HttpResponse:
    """What the two thresholds are and mean; a lead may move them."""
    found = _in_force(request)
    initial = {"join": _percent(found.thresholds.join), "propose": _percent(found.thresholds.propose)}
    form = forms.ThresholdsForm(initial={**initial, "revision": found.revision})
    return _thresholds_page(request, found, form)


def _percent(value: float) -> float:
    return round(value * 100, 3)


def _thresholds_page(request: SeatRequest, found: selectors.InForce, form: Any, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "found": found,
        "meanings": bands.meanings(found.thresholds),
        "warnings": bands.warnings(found.thresholds),
        "own": bands.DEFAULT,
        "job": selectors.running_check(request.seat),
        "limits": [_percent(value) for value in (bands.RISKY_JOIN, bands.COSTLY_JOIN, *_PROPOSED)],
    }
    return render(request, "search/duplicates_thresholds.html", context, status=status)


_PROPOSED = (bands.RISKY_PROPOSE, bands.COSTLY_PROPOSE)


@needs(Permission.MANAGE, "POST")
def set_thresholds(request: SeatRequest, review_id: int) -> HttpResponse:
    """Move the thresholds; a value that is risky or costly is warned about first and has to be confirmed."""
    form = forms.ThresholdsForm(request.POST)
    found = _in_force(request)
    if not form.is_valid():
        return _thresholds_page(request, found, form, 422)
    data = form.cleaned_data
    chosen = bands.Thresholds(data["join"] / 100, data["propose"] / 100)
    warned = bands.warnings(chosen)
    if warned and not data["is_sure"]:
        form.ask(warned)
        return _thresholds_page(request, found, form, 422)
    try:
        check = services.set_thresholds(request.seat, **chosen._asdict(), revision=data["revision"])
    except BadInput as refusal:
        errors.show(form, refusal)
        return _thresholds_page(request, found, form, 422)
    said = "The thresholds are moved; undecided pairs are judged again." if check else "Nothing has changed."
    messages.success(request, said)
    return redirect("search:thresholds", review_id)
