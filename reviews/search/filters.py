"""What the address of a list of references may say, and how the page tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.template.defaultfilters import date as written

from reviews.search import selectors
from reviews.search.formats.writing import formats
from reviews.search.lookup import kinds
from reviews.search.selectors import Choices, Order, Show, Wanted

SHOWN: dict[str, str] = {
    Show.DUPLICATES: "With more than one record",
    Show.SINGLE: "With one record",
    Show.SEVERAL_SOURCES: "Found in more than one source",
    Show.NO_ABSTRACT: "Without an abstract",
    Show.NO_DOI: "Without a DOI",
}
ORDERS: dict[str, str] = {
    Order.RELEVANCE: "Words in the title first",
    Order.NUMBER: "Number",
    Order.NEWEST: "Newest year first",
    Order.OLDEST: "Oldest year first",
    Order.TITLE: "Title",
    Order.AUTHOR: "First author",
}
_EARLIEST = date(1900, 1, 1)


class FilterForm(forms.Form):
    """The filters above the list. An invalid field filters nothing and shows its error."""

    words = forms.CharField(
        label="Words",
        required=False,
        max_length=200,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    source = forms.TypedChoiceField(label="Source", required=False, coerce=int, empty_value=None)
    year_from = forms.IntegerField(label="Year from", required=False, min_value=0, max_value=9999)
    year_to = forms.IntegerField(label="Year to", required=False, min_value=0, max_value=9999)
    language = forms.ChoiceField(label="Language", required=False)
    kind = forms.ChoiceField(label="Type", required=False)
    show = forms.ChoiceField(label="Show", required=False, choices=[("", "All references"), *SHOWN.items()])
    added_since = forms.DateField(
        label="Added since", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    sort = forms.ChoiceField(label="Sorted by", required=False, choices=[("", "Best first"), *ORDERS.items()])

    def __init__(self, data: Any, offered: Choices) -> None:
        super().__init__(data)
        languages = [("", "All languages"), *((name, name) for name in offered.languages)]
        self._offer("source", [("", "All sources"), *offered.sources])
        self._offer("language", [*languages, (selectors.NOT_GIVEN, "Not given")])
        self._offer("kind", [("", "All types"), *((name, kinds.LABELS[name]) for name in offered.kinds)])

    def _offer(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> None:
        chosen = self.cleaned_data
        first, last = chosen.get("year_from"), chosen.get("year_to")
        if first is not None and last is not None and first > last:
            self.add_error("year_to", f"This is before {first}. Swap the two years.")

    @property
    def wanted(self) -> Wanted:
        """The filters that are valid; reading it validates the form."""
        self.is_valid()
        chosen = self.cleaned_data
        since = chosen.get("added_since")
        return Wanted(
            words=chosen.get("words", ""),
            source_id=chosen.get("source"),
            year_from=chosen.get("year_from"),
            year_to=chosen.get("year_to"),
            language=chosen.get("language", ""),
            kind=chosen.get("kind", ""),
            show=chosen.get("show", ""),
            added_since=max(since, _EARLIEST) if since else None,
        )

    @property
    def order(self) -> Order:
        """As chosen; else words bring the best first, and without words references come by number."""
        self.is_valid()
        chosen = self.cleaned_data.get("sort")
        if chosen:
            return Order(chosen)
        return Order.RELEVANCE if self.cleaned_data.get("words") else Order.NUMBER


class ExportForm(forms.Form):
    """Which format, and whether everything found or what is ticked."""

    format = forms.ChoiceField(label="Format", choices=[(item.name, item.label) for item in formats.FORMATS])
    which = forms.ChoiceField(required=False, choices=[("", "Everything found"), ("ticked", "What is ticked")])


@dataclass(frozen=True)
class Chip:
    """One filter in force, and the query string of the list without it."""

    text: str
    without: str


def chips(form: FilterForm, query: QueryDict) -> list[Chip]:
    """Every filter in force, in the order of the form."""
    return [Chip(text, _without(query, names)) for names, text in _said(form)]


def _said(form: FilterForm) -> Iterator[tuple[tuple[str, ...], str]]:
    wanted = form.wanted
    if wanted.words:
        yield ("words",), f"Words: {wanted.words}"
    if wanted.source_id is not None:
        yield ("source",), f"Source: {_label(form, 'source', wanted.source_id)}"
    if years := _years(wanted):
        yield ("year_from", "year_to"), years
    for name in ("language", "kind", "show"):
        value = getattr(wanted, name)
        if value:
            label = _label(form, name, value)
            yield (name,), label if name == "show" else f"{form.fields[name].label}: {label}"
    if wanted.added_since:
        yield ("added_since",), f"Added since {written(wanted.added_since, 'j F Y')}"


def _years(wanted: Wanted) -> str:
    first, last = wanted.year_from, wanted.year_to
    if first is not None and last is not None:
        return f"Year: {first}" if first == last else f"Years: {first} to {last}"
    if first is not None:
        return f"Years: from {first}"
    return f"Years: up to {last}" if last is not None else ""


def _label(form: FilterForm, name: str, value: object) -> str:
    choices = dict(form.fields[name].choices)  # type: ignore[attr-defined]
    return str(choices.get(value, value))


def _without(query: QueryDict, names: tuple[str, ...]) -> str:
    left = query.copy()
    for name in (*names, "page"):
        left.pop(name, None)
    return left.urlencode()
