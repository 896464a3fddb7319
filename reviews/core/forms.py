from typing import Any

from django import forms

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
