import re

from django import forms
from django.http import QueryDict

from reviews.screening.rules import State, Verdict


class VerdictForm(forms.Form):
    """What a vote or a resolution sends; whether verdict and reason fit the phase is for the rules to say."""

    verdict = forms.ChoiceField(label="Verdict", choices=Verdict.choices)
    reason = forms.IntegerField(label="Reason", required=False)
    note = forms.CharField(label="Note", required=False, max_length=5000, widget=forms.Textarea)


class ListForm(forms.Form):
    state = forms.ChoiceField(label="Status", choices=[("", "All"), *State.choices], required=False)


class NoteForm(forms.Form):
    note = forms.CharField(label="Note", required=False, max_length=5000)


class ProposalForm(VerdictForm):
    """``answers`` is the proposal that stood on the page, by its primary key."""

    answers = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ConfirmForm(forms.Form):
    proposal = forms.IntegerField(widget=forms.HiddenInput)


def shown(data: QueryDict) -> list[int]:
    """The keys of the references on screen; what is no key is no matter here."""
    return [int(one) for one in data.getlist("shown")[:50] if re.fullmatch(r"[0-9]{1,18}", one)]
