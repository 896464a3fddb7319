from collections.abc import Iterable, Sequence
from typing import Any, Self, cast

from django import forms

from reviews.protocols.models import PlannedCharacteristic, PlannedOutcome, PlannedTimePoint
from reviews.protocols.rules import ArmRole
from reviews.synthesis import rules

SAME = "The same as group 1"


class Explained(str):
    """The label of a choice together with what it means for the reader of the result."""

    explanation: str

    @classmethod
    def of(cls, label: str, explanation: str) -> Self:
        made = cls(label)
        made.explanation = explanation
        return made


def _explained(choices: Sequence[tuple[str, Any]]) -> list[tuple[str, Explained]]:
    return [(value, Explained.of(str(label), rules.EXPLANATIONS[value])) for value, label in choices]


def _outcome(outcome: PlannedOutcome) -> str:
    return f"{outcome.name} ({outcome.measure})" if outcome.measure else outcome.name


def _offer(form: forms.Form, name: str, choices: list[Any]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


class SynthesisForm(forms.Form):
    """A synthesis to be planned, with the choices that the protocol in force offers."""

    title = forms.CharField(
        label="Title", max_length=200, help_text="As it stands over the figure: “Pain after treatment”."
    )
    time_1_id = forms.TypedChoiceField(label="Outcome and time point", coerce=int)
    arm_1 = forms.ChoiceField(label="Group 1", choices=ArmRole.choices, initial=ArmRole.INTERVENTION)
    arm_2 = forms.ChoiceField(label="Group 2", choices=ArmRole.choices, initial=ArmRole.COMPARATOR)
    time_2_id = forms.TypedChoiceField(
        label="Time point of group 2",
        coerce=int,
        required=False,
        empty_value=None,
        help_text="Another one only to compare the same arm at two times. That treats the same people as two "
        "independent groups; a paired analysis would be right.",
    )
    measure = forms.ChoiceField(
        label="Effect measure", choices=_explained(rules.Measure.choices), initial=rules.Measure.SMD,
        widget=forms.RadioSelect,
    )  # fmt: skip
    model = forms.ChoiceField(
        label="Model", choices=_explained(rules.Model.choices), initial=rules.Model.RANDOM, widget=forms.RadioSelect
    )
    tau2_method = forms.ChoiceField(
        label="Heterogeneity (τ²)", choices=_explained(rules.Tau2Method.choices), initial=rules.DEFAULT_TAU2,
        widget=forms.RadioSelect, help_text="Used with random effects only.",
    )  # fmt: skip
    convention = forms.ChoiceField(
        label="Prints the same as", choices=_explained(rules.Convention.choices), initial=rules.DEFAULT_CONVENTION,
        widget=forms.RadioSelect,
    )  # fmt: skip
    subgroup_by_id = forms.TypedChoiceField(
        label="Subgroups by",
        coerce=int,
        required=False,
        empty_value=None,
        help_text="A characteristic planned in the protocol: each of its levels gets its own diamond.",
    )
    note = forms.CharField(
        label="Note",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown under the figure: a reason, or what the reader should know.",
    )

    def __init__(
        self,
        *args: Any,
        time_points: Iterable[PlannedTimePoint],
        characteristics: Iterable[PlannedCharacteristic],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        points = [(point.pk, f"{_outcome(point.outcome)}, {point.name}") for point in time_points]
        planned = [(one.pk, f"{one.name} ({', '.join(one.levels)})") for one in characteristics]
        _offer(self, "time_1_id", points)
        _offer(self, "time_2_id", [("", SAME), *points])
        _offer(self, "subgroup_by_id", [("", "No subgroups"), *planned])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("time_2_id") is None:
            cleaned["time_2_id"] = cleaned.get("time_1_id")
        return cleaned


class RenameForm(forms.Form):
    """A title and a note, and those that they replace."""

    title = forms.CharField(label="Title", max_length=200)
    note = forms.CharField(
        label="Note",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown under the figure: a reason, or what the reader should know.",
    )
    old_title = forms.CharField(widget=forms.HiddenInput)
    old_note = forms.CharField(required=False, widget=forms.HiddenInput)


class WhatIfForm(forms.Form):
    """Which studies to leave out of a second look."""

    without = forms.TypedMultipleChoiceField(label="Leave out", coerce=int, required=False)

    def __init__(self, *args: Any, studies: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "without", list(studies))
