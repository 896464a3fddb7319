"""The protocol's forms: one form and three sets of rows, read into and written from ``rules.Content``."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from reviews.protocols import rules

MOST_ROWS = 200


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


def _prose(label: str, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=5000, widget=widget)


class ProtocolForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
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
        label="Who settles conflicts", choices=rules.SettledBy.choices, widget=forms.RadioSelect
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
        if not data.get(self.named_by) and any(data.get(name) for name in self.carries):
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


def _rows(form: type[Row]) -> Any:
    return forms.formset_factory(form, extra=1, can_order=True, can_delete=True, max_num=MOST_ROWS)


ReasonRows = _rows(ReasonRow)
OutcomeRows = _rows(OutcomeRow)
CharacteristicRows = _rows(CharacteristicRow)


class Editor:
    """All that the edit page holds."""

    def __init__(self, data: QueryDict | None = None, initial: Mapping[str, Any] | None = None) -> None:
        initial = initial or {}
        self.form = ProtocolForm(data, initial=initial.get("form"))
        self.reasons = ReasonRows(data, initial=initial.get("reasons"), prefix="reasons")
        self.outcomes = OutcomeRows(data, initial=initial.get("outcomes"), prefix="outcomes")
        self.characteristics = CharacteristicRows(
            data, initial=initial.get("characteristics"), prefix="characteristics"
        )

    @property
    def formsets(self) -> tuple[Any, Any, Any]:
        return (self.reasons, self.outcomes, self.characteristics)

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.formsets)])

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors) or any(rows.total_error_count() for rows in self.formsets)

    def refuse(self, fields: Mapping[str, str]) -> None:
        """Put the sentences of a refusal beside their fields."""
        sets = {rows.prefix: rows for rows in self.formsets}
        for name, sentence in fields.items():
            if name in sets:
                sets[name].non_form_errors().append(sentence)
            else:
                self.form.add_error(name if name in self.form.fields else None, sentence)

    def content(self) -> rules.Content:
        """What was typed; call it after :meth:`is_valid`. Keys of new lines are left for the service to make."""
        data = self.form.cleaned_data
        return rules.Content(
            title=data["title"],
            registration=data["registration"],
            question=rules.Question(
                data["population"], data["intervention"], data["comparator"], data["question_outcomes"]
            ),
            inclusion=data["inclusion"],
            exclusion=data["exclusion"],
            databases=data["databases"],
            reasons=tuple(rules.Reason(row["key"], row["text"]) for row in _kept(self.reasons)),
            outcomes=tuple(_outcome(row) for row in _kept(self.outcomes)),
            characteristics=tuple(
                rules.Characteristic(row["key"], row["name"], row["levels"]) for row in _kept(self.characteristics)
            ),
            screening=rules.ScreeningRule(data["votes_needed"], data["settled_by"]),
        )


def editor(content: rules.Content, revision: int) -> Editor:
    """The page filled with a saved draft."""
    question, rule = content.question, content.screening
    form = {
        "revision": revision,
        "title": content.title,
        "registration": content.registration,
        "population": question.population,
        "intervention": question.intervention,
        "comparator": question.comparator,
        "question_outcomes": question.outcomes,
        "inclusion": content.inclusion,
        "exclusion": content.exclusion,
        "databases": content.databases,
        "votes_needed": rule.votes_needed,
        "settled_by": rule.settled_by,
    }
    outcomes = [
        {
            "key": outcome.key,
            "name": outcome.name,
            "type": outcome.type,
            "direction": outcome.direction,
            "measure": outcome.measure,
            "time_points": [point.name for point in outcome.time_points],
        }
        for outcome in content.outcomes
    ]
    reasons = [{"key": reason.key, "text": reason.text} for reason in content.reasons]
    characteristics = [{"key": item.key, "name": item.name, "levels": item.levels} for item in content.characteristics]
    return Editor(initial={"form": form, "reasons": reasons, "outcomes": outcomes, "characteristics": characteristics})


def with_another_row(data: QueryDict) -> QueryDict | None:
    """What was typed with one more row, when an “Add another” button was pressed; otherwise None."""
    for prefix in ("reasons", "outcomes", "characteristics"):
        if f"{prefix}-add" in data:
            longer = data.copy()
            total = data.get(f"{prefix}-TOTAL_FORMS", "0")
            is_number = total.isdecimal() and len(total) <= len(str(MOST_ROWS))
            longer[f"{prefix}-TOTAL_FORMS"] = str(int(total) + 1 if is_number else 1)
            return longer
    return None


def _kept(rows: Any) -> list[dict[str, Any]]:
    return [row.cleaned_data for row in rows.ordered_forms if row.cleaned_data.get(row.named_by)]


def _outcome(row: Mapping[str, Any]) -> rules.Outcome:
    points = tuple(rules.TimePoint("", name) for name in row["time_points"])
    return rules.Outcome(row["key"], row["name"], row["type"], row["direction"], row["measure"], points)


class ApproveForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(
        label="Reason for the amendment",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why the team changes its protocol. Shown with the version for ever.",
    )
