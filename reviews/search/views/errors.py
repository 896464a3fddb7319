"""A service's refusal beside the field that it is about."""

from django import forms

from reviews.core.refusals import BadInput


def show(form: forms.Form, refusal: BadInput) -> None:
    for name, sentence in (refusal.fields or {"": refusal.message}).items():
        form.add_error(name if name in form.fields else None, sentence)
