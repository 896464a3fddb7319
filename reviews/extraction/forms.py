"""Forms of extraction: a study, an entry, a consensus. What numbers may be is for the rules to say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from reviews.extraction import rules
from reviews.extraction.comparing import Block, Comparison, TraitRow, ValueRow
from reviews.extraction.selectors import EntryTable


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


def _text(label: str, limit: int, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"aria-label": label, "autocomplete": "off", **attrs})
    return forms.CharField(label=label, max_length=limit, required=False, widget=widget)


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


class EntryForm(PlainForm):
    """An entry as a table for each outcome and time point: arms are rows; mean, SD, n and place columns."""

    def __init__(self, table: EntryTable, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.table = table
        for point, rows in table.blocks:
            for row in rows:
                where = f"{point.outcome.name}, {point.name}, {row.arm.name}"
                for name in rules.Field.values:
                    key = rules.value_name(name, row.arm.pk, point.pk)
                    value = row.values.get(name)
                    label = f"{where}: {rules.Field(name).label}"
                    self.fields[key] = _text(label, rules.REPORTED_MAX, inputmode="decimal", size="6")
                    self.initial[key] = value.reported if value else ""
                key = rules.place_name(row.arm.pk, point.pk)
                self.fields[key] = _text(f"{where}: place", rules.PLACE_MAX, placeholder="p. 5, Table 2")
                self.initial[key] = row.place
        for item, trait in table.traits:
            self._add_trait(item.pk, item.name, item.levels, trait.level if trait else "", trait.place if trait else "")

    def _add_trait(self, pk: int, name: str, levels: Iterable[str], level: str, place: str) -> None:
        choices = [("", "not extracted"), *((one, one) for one in levels)]
        if level and level not in levels:
            choices.append((level, f"{level} (no longer in the protocol)"))
        self.fields[rules.trait_name(pk)] = forms.ChoiceField(label=name, choices=choices, required=False)
        self.initial[rules.trait_name(pk)] = level
        self.fields[rules.trait_place_name(pk)] = _text(f"{name}: place", rules.PLACE_MAX, placeholder="p. 3")
        self.initial[rules.trait_place_name(pk)] = place

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """For the template: each outcome × time point with the bound fields of its arms."""
        return [
            {
                "point": point,
                "rows": [
                    {
                        "arm": row.arm,
                        "cells": [self[rules.value_name(n, row.arm.pk, point.pk)] for n in rules.Field.values],
                        "place": self[rules.place_name(row.arm.pk, point.pk)],
                    }
                    for row in rows
                ],
            }
            for point, rows in self.table.blocks
        ]

    @property
    def traits(self) -> list[dict[str, Any]]:
        return [
            {"level": self[rules.trait_name(item.pk)], "place": self[rules.trait_place_name(item.pk)]}
            for item, _ in self.table.traits
        ]

    def values(self) -> list[rules.ValueInput]:
        return [
            rules.ValueInput(
                row.arm.pk,
                point.pk,
                name,
                self.text(rules.value_name(name, row.arm.pk, point.pk)),
                self.text(rules.place_name(row.arm.pk, point.pk)),
            )
            for point, rows in self.table.blocks
            for row in rows
            for name in rules.Field.values
        ]

    def levels(self) -> list[rules.TraitInput]:
        return [
            rules.TraitInput(item.pk, self.text(rules.trait_name(item.pk)), self.text(rules.trait_place_name(item.pk)))
            for item, _ in self.table.traits
        ]


@dataclass(frozen=True)
class Decision:
    """A row of the consensus page with its bound fields; ``choice`` is what is chosen now."""

    row: ValueRow | TraitRow
    is_open: bool
    choice: str
    other: forms.BoundField | None
    place: forms.BoundField | None
    errors: list[str]


class ConsensusForm(PlainForm):
    """A choice for each difference; when a consensus is revised, for every cell that anybody filled."""

    def __init__(self, comparison: Comparison, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.comparison = comparison
        self.is_revision = comparison.consensus is not None
        for block in comparison.blocks:
            if self.may_take_all(block):
                choices = [("", "decide one by one"), ("a", "take A for all"), ("b", "take B for all")]
                self.fields[_all_name(block)] = forms.ChoiceField(
                    label="All differences of this table", choices=choices, required=False
                )
        for row in comparison.rows:
            if self.is_open(row):
                self._add(row, _text(f"{row.sentence_label}: other value", rules.REPORTED_MAX, inputmode="decimal"))
        for trait in comparison.traits:
            if self.is_open(trait):
                levels = [("", ""), ("NR", "not reported"), *((one, one) for one in trait.characteristic.levels)]
                select = forms.Select(attrs={"aria-label": f"{trait.label}: other level"})
                self._add(trait, forms.ChoiceField(choices=levels, required=False, widget=select))

    def may_take_all(self, block: Block) -> bool:
        """One choice for a whole table spares clicks where only one of the two found it in the report."""
        return not self.is_revision and block.differences > len(rules.Field)

    def is_open(self, row: ValueRow | TraitRow) -> bool:
        return row.is_different or (self.is_revision and not row.is_empty)

    def _add(self, row: ValueRow | TraitRow, other: forms.Field) -> None:
        other.widget.attrs["data-picks"] = rules.Choice.OTHER.value
        self.fields[row.name] = forms.ChoiceField(choices=[("", ""), *rules.Choice.choices], required=False)
        self.fields[f"{row.name}-other"] = other
        self.fields[f"{row.name}-place"] = _text(f"{row.label}: place of the other value", rules.PLACE_MAX)
        self.fields[f"{row.name}-place"].widget.attrs["placeholder"] = "place"

    def _decision(self, row: ValueRow | TraitRow) -> Decision | None:
        if row.is_empty:
            return None
        if not self.is_open(row):
            return Decision(row, False, "", None, None, [])
        bound = self[row.name]
        return Decision(
            row,
            True,
            str(bound.value() or ""),
            self[f"{row.name}-other"],
            self[f"{row.name}-place"],
            [str(error) for error in bound.errors],
        )

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """For the template: each table with its rows, and the choice for all of them where there is one."""
        return [
            {
                "block": block,
                "decisions": self._decisions(block.rows),
                "all": self[_all_name(block)] if self.may_take_all(block) else None,
            }
            for block in self.comparison.blocks
            if not block.is_empty
        ]

    @property
    def traits(self) -> list[Decision]:
        return self._decisions(self.comparison.traits)

    def _decisions(self, rows: Iterable[ValueRow | TraitRow]) -> list[Decision]:
        return [decision for row in rows if (decision := self._decision(row))]

    def values(self) -> list[rules.ConsensusValue]:
        return [
            rules.ConsensusValue(
                row.arm.pk,
                row.time_point.pk,
                row.field,
                choice,
                self.text(f"{row.name}-other"),
                self.text(f"{row.name}-place"),
            )
            for block in self.comparison.blocks
            for row in block.rows
            if row.name in self.fields and (choice := self.text(row.name) or self.text(_all_name(block)))
        ]

    def levels(self) -> list[rules.ConsensusTrait]:
        return [
            rules.ConsensusTrait(
                row.characteristic.pk,
                self.text(row.name),
                self.text(f"{row.name}-other"),
                self.text(f"{row.name}-place"),
            )
            for row in self.comparison.traits
            if row.name in self.fields and self.text(row.name)
        ]


def _all_name(block: Block) -> str:
    return f"all-{block.time_point.pk}"
