"""What the forms of extraction share, and the form of a study."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from reviews.extraction import rules


class StudyForm(forms.Form):
    references = forms.TypedMultipleChoiceField(
        label="Reports of this study", coerce=int, widget=forms.CheckboxSelectMultiple
    )
    label = forms.CharField(label="Label", max_length=120, help_text="First author and year, such as Miller 2021.")
    intervention = forms.CharField(label="Intervention arm", max_length=120)
    comparator = forms.CharField(label="Comparator arm", max_length=120)

    def __init__(self, data: QueryDict | None, choices: Iterable[tuple[int, str]], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["references"].choices = list(choices)  # type: ignore[attr-defined]


class PassOnForm(forms.Form):
    """Who goes on with an unfinished entry, and why; nobody where its place is freed."""

    person = forms.TypedChoiceField(label="Hand it over to", coerce=int, required=False, empty_value=None)
    reason = forms.CharField(label="Reason", max_length=rules.REASON_MAX, required=False)

    def __init__(self, data: QueryDict | None, heirs: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["person"].choices = [("", "pick somebody"), *heirs]  # type: ignore[attr-defined]


def text_field(label: str, limit: int, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"aria-label": label, "autocomplete": "off", **attrs})
    return forms.CharField(label=label, max_length=limit, required=False, widget=widget)


def was_name(name: str) -> str:
    """The name of the hidden field with the id of the row that a field's save replaces."""
    return f"was-{name}"


def row_id(text: str | None) -> int | None:
    """The id in such a field. Nothing there, or no field, means that nothing was; what cannot be an id is stale."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


class PlainForm(forms.Form):
    """A form whose fields are made from the data, and whose refusals come back by field name."""

    def refuse(self, fields: Mapping[str, str], message: str) -> None:
        known = {name: sentence for name, sentence in fields.items() if name in self.fields}
        for name, sentence in known.items():
            self.add_error(name, sentence)
        if not known:
            self.add_error(None, message)

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """(id of the control, sentence) of every error, for the summary."""
        found = [("", str(error)) for error in self.non_field_errors()]
        return found + [(field.id_for_label, str(error)) for field in self for error in field.errors]

    def text(self, name: str) -> str:
        return str(self.cleaned_data.get(name, ""))

    def named(self, name: str) -> str | None:
        """What was sent in a field; None where it was not sent, or cannot be."""
        return self.text(name) if name in self.data and name in self.cleaned_data else None

    def was(self, name: str) -> int | None:
        return row_id(self.data.get(was_name(name)))
