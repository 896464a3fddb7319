from collections.abc import Mapping
from typing import Any

from django import forms

from reviews.core import keys
from reviews.core.refusals import BadInput
from reviews.core.rules import Role


def cleaned(form: forms.BaseForm) -> dict[str, Any]:
    """The form's clean data, or :class:`BadInput` with the first sentence of every field."""
    if form.is_valid():
        return form.cleaned_data
    fields = {name: str(errors[0]) for name, errors in form.errors.items()}
    first_name, first = next(iter(fields.items()))
    label = form.fields[first_name].label or first_name if first_name in form.fields else ""
    raise BadInput(f"{label}: {first}" if label else first, fields)


class NameForm(forms.Form):
    """Added to allauth's sign-up form."""

    name = forms.CharField(label="Name", max_length=120, help_text="As your colleagues know you.")

    field_order = ["name", "email", "password1", "password2"]

    def signup(self, request: Any, user: Any) -> None:
        """Required by allauth; the adapter has taken the name already."""


class ReviewForm(forms.Form):
    title = forms.CharField(label="Title of the review", max_length=300)


class InvitationForm(forms.Form):
    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.REVIEWER)
    for_anyone = forms.BooleanField(
        label="Anyone with the link may use it",
        required=False,
        help_text="Otherwise only an account that has confirmed this address can join.",
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=Role.choices)


class KeysForm(forms.Form):
    """A person's keys; a key that was not sent stays as it is, an empty one answers no more."""

    use_keys = forms.ChoiceField(
        label="Single-letter keys",
        choices=[("on", "On"), ("off", "Off: no letter, digit or sign does anything by itself")],
        widget=forms.RadioSelect,
    )

    def __init__(self, keymap: keys.Keymap, data: Mapping[str, Any] | None = None) -> None:
        initial = {"use_keys": "on" if keymap.is_on else "off", **keymap.chosen}
        super().__init__(data, initial=initial)
        for action in keys.ACTIONS:
            box = forms.TextInput(attrs={"class": "key-box", "autocomplete": "off", "data-key-box": ""})
            self.fields[action.name] = forms.CharField(label=action.label, max_length=1, required=False, widget=box)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        unsent = {name for name in keys.DEFAULTS if name not in self.data}
        chosen = {
            name: self.initial[name] if name in unsent else keys.cleaned(data.get(name, "")) for name in keys.DEFAULTS
        }
        for name, problem in keys.problems(chosen).items():
            if name not in self.errors:
                self.add_error(name, problem)
        return {**self.cleaned_data, "chosen": chosen}

    def _key(self, name: str) -> str:
        return keys.cleaned(self.cleaned_data.get(name, "")) if name in self.data else self.initial[name]

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The keys by the page on which they answer."""
        named = (
            (keys.BOTH, "Screening and duplicates"),
            ((keys.SCREENING,), "Screening"),
            ((keys.PAIRS,), "Duplicates"),
        )
        return [(label, [self[one.name] for one in keys.ACTIONS if one.pages == pages]) for pages, label in named]
