"""References, and the records behind one."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from reviews.core.access import SeatRequest, needs
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import cards, filters, forms, lines, selectors, services, tasks
from reviews.search.filters import FilterForm
from reviews.search.models import ReferenceQuerySet
from reviews.search.selectors import Query

PAGE = 50
# More digits are no page of any list.
_LONGEST = 8


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the form, its words as they were read, and the references that fit."""

    form: FilterForm
    looked_for: Query
    found: ReferenceQuerySet


def asked(request: SeatRequest) -> Asked:
    form = FilterForm(request.GET, selectors.choices(request.seat))
    wanted = form.wanted
    looked_for = selectors.query(wanted.words)
    return Asked(form, looked_for, selectors.references(request.seat, wanted, form.order, looked_for))


@needs(Permission.VIEW)
def references(request: SeatRequest, review_id: int) -> HttpResponse:
    """All references that fit the filters of the address, fifty at a time."""
    question = asked(request)
    chips = filters.chips(question.form, request.GET)
    page = _page(request.seat, question, request.GET.get("page", ""))
    found = selectors.reference_lines(request.seat, list(page.object_list))
    marks = question.looked_for.marks
    context = {
        "form": question.form,
        "page": page,
        "lines": [lines.line(one, marks) for one in found],
        "chips": chips,
        "is_filtered": bool(chips),
        "narrowed": len(chips) - bool(question.form.wanted.words),
        "export": filters.ExportForm(),
        "kept": [(name, value) for name in question.form.fields for value in request.GET.getlist(name) if value],
    }
    return render(request, "search/references.html", context)


def _page(seat: Seat, question: Asked, asked_for: str) -> "Page[int]":
    """The page that was asked for, or the last one when there are fewer; a number that is none is the first."""
    number = int(asked_for) if asked_for.isdecimal() and len(asked_for) < _LONGEST else 1
    wanted, order = question.form.wanted, question.form.order
    found = selectors.found(seat, question.found, (max(1, number) - 1) * PAGE, PAGE, wanted, order)
    pages = Paginator(range(found.total), PAGE)
    if number > pages.num_pages:
        number = pages.num_pages
        found = selectors.found(seat, question.found, (number - 1) * PAGE, PAGE, wanted, order)
    return Page(found.ids, max(1, number), pages)


@needs(Permission.VIEW)
def reference(request: SeatRequest, review_id: int, reference_id: int) -> HttpResponse:
    """All records behind a reference, side by side; the address of a merged one leads to where it went."""
    found = selectors.reference(request.seat, reference_id)
    if found.pk != reference_id:
        return redirect("search:reference", review_id, found.pk)
    joins = selectors.records_of(found)
    rows = cards.side_by_side([join.record for join in joins])
    context = {
        "reference": found,
        "card": cards.card(found.citation),
        "joins": joins,
        "origins": cards.origins(found),
        "rows": rows,
        "different": any(row.is_different for row in rows),
        "moved": selectors.moved_to(found),
    }
    return render(request, "search/reference.html", context)


@needs(Permission.SEARCH, "GET", "POST")
def choose_first_language(request: SeatRequest, review_id: int) -> HttpResponse:
    """Which language of a paper in two is shown first, to everybody in the review."""
    form = forms.LanguagesForm(request.POST or None, initial={"first": selectors.first_language(request.seat)})
    if request.method != "POST" or not form.is_valid():
        return render(request, "search/languages.html", {"form": form}, status=422 if form.errors else 200)
    if services.choose_first_language(request.seat, form.cleaned_data["first"]):
        tasks.present_again.delay()
        messages.success(request, "Chosen. The references follow within a minute.")
    return redirect("search:references", review_id)
