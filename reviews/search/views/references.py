"""References, and the records behind one."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from reviews.core.access import SeatRequest, needs
from reviews.core.rules import Permission
from reviews.search import cards, forms, selectors

PAGE = 50


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
