"""Fields and rows of the edit page. A field has the name of the part it edits (``rules.PARTS``)."""

from typing import Any

from django import forms

from reviews.protocols import rules

MOST_ROWS = 200
YES, NO = "yes", "no"


class LinesField(forms.CharField):
    """Several texts, one a line."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, (list, tuple)) else value

    def to_python(self, value: Any) -> Any:
        return tuple(line for line in map(str.strip, (super().to_python(value) or "").splitlines()) if line)

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))


class YesNoField(forms.TypedChoiceField):
    """Two radio buttons, because a box that is not ticked sends nothing: absent is not “no”."""

    def __init__(self, *, yes: str, no: str, **options: Any) -> None:
        choices = [(NO, f"No: {no}"), (YES, f"Yes: {yes}")]
        super().__init__(choices=choices, coerce=YES.__eq__, widget=forms.RadioSelect, **options)

    def prepare_value(self, value: Any) -> Any:
        return (YES if value else NO) if isinstance(value, bool) else value


def _prose(label: str, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=5000, widget=widget)


class ProtocolForm(forms.Form):
    title = forms.CharField(label="Title of the review", max_length=300, required=False)
    registration = forms.CharField(
        label="Registration number", max_length=100, required=False, help_text="PROSPERO, such as CRD42025634381."
    )
    population = _prose("Population")
    intervention = _prose("Intervention")
    comparator = _prose("Comparator")
    question_outcomes = _prose("Outcomes")
    inclusion = LinesField(label="Inclusion criteria, one a line")
    exclusion = LinesField(label="Exclusion criteria, one a line")
    databases = LinesField(label="Databases to be searched, one a line")
    votes_needed = forms.TypedChoiceField(
        label="Votes each reference needs",
        choices=[(2, "2: two people, independently and blinded"), (1, "1: one person")],
        coerce=int,
        widget=forms.RadioSelect,
    )
    settled_by = forms.ChoiceField(
        label="Who settles conflicts",
        choices=[
            (rules.SettledBy.ADJUDICATOR, "An adjudicator: a third person, who does not vote"),
            (rules.SettledBy.LEAD, "The lead"),
            (rules.SettledBy.DISCUSSION, "The two who differ, by discussion: one proposes, the other confirms"),
        ],
        widget=forms.RadioSelect,
        help_text="A team of two chooses the discussion, or lets the lead decide.",
    )
    lead_settles_own = YesNoField(
        label="If the lead settles: also conflicts over the lead's own votes?",
        no="somebody else does, or the lead alone with a reason",
        yes="the report says how many",
    )
    hides_earlier_votes = YesNoField(
        label="At full text: hide what others said of the title and abstract?",
        no="it can be read on the reference's page",
        yes="until everybody has voted on the full text",
    )
    extraction_settled_by = forms.ChoiceField(
        label="Who makes the consensus of two entries",
        choices=[
            (rules.SettledBy.ADJUDICATOR, "An adjudicator: a third person, who does not extract"),
            (rules.SettledBy.LEAD, "The lead"),
            (rules.SettledBy.DISCUSSION, "The two who extracted, by discussion: one proposes, the other confirms"),
        ],
        widget=forms.RadioSelect,
        help_text="Every study is extracted twice. What both entered alike needs no decision.",
    )
    extraction_lead_settles_own = YesNoField(
        label="If the lead makes it: also where the lead extracted?",
        no="somebody else does, or the lead alone with a reason",
        yes="the report says how many",
    )

    def clean_registration(self) -> str:
        text = str(self.cleaned_data["registration"]).strip()
        if not rules.is_registration_number(text):
            raise forms.ValidationError(
                f"“{text}” is no PROSPERO number. Write CRD and the digits after it, like CRD42025634381."
            )
        return text


class Row(forms.Form):
    """A row that may stay empty; half a row is refused rather than dropped."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    named_by = "name"
    carries: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        has_name = data.get(self.named_by) or self.named_by in self.errors
        if not has_name and any(data.get(name) or name in self.errors for name in self.carries):
            self.add_error(self.named_by, "Write a name, or empty the row.")
        return data


class ReasonRow(Row):
    text = forms.CharField(label="Reason", max_length=rules.TEXT_MAX, required=False)

    named_by = "text"


class OutcomeRow(Row):
    name = forms.CharField(label="Outcome", max_length=rules.NAME_MAX, required=False)
    # The label says what is extracted, too; in a narrow row its first word is enough.
    type = forms.ChoiceField(label="Type", choices=[(one, one.label.partition(" (")[0]) for one in rules.OutcomeType])
    direction = forms.ChoiceField(label="Direction", choices=rules.Direction.choices)
    measure = forms.CharField(
        label="Instrument",
        max_length=rules.MEASURE_MAX,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "such as ISI"}),
    )
    time_points = LinesField(label="Time points, one a line", rows=3)

    carries = ("measure", "time_points")


class CharacteristicRow(Row):
    name = forms.CharField(label="Characteristic", max_length=rules.NAME_MAX, required=False)
    levels = LinesField(label="Levels, one a line", rows=3)

    carries = ("levels",)


def blank(row: type[Row]) -> dict[str, Any]:
    """The cells of a row in which nobody wrote: the first of each choice, empty text."""
    fields: dict[str, Any] = dict(row.base_fields)
    return {
        name: field.choices[0][0] if hasattr(field, "choices") else field.to_python("")
        for name, field in fields.items()
    }


def _rows(form: type[Row]) -> Any:
    return forms.formset_factory(form, extra=1, can_order=True, can_delete=True, max_num=MOST_ROWS)


ROWS: dict[str, type[Row]] = {"reasons": ReasonRow, "outcomes": OutcomeRow, "characteristics": CharacteristicRow}
FORMSETS: dict[str, Any] = {prefix: _rows(row) for prefix, row in ROWS.items()}
