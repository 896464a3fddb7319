"""The form of an entry. It says only what it names: a field that is not sent stays as it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from reviews.core.history import Clash
from reviews.extraction import rules
from reviews.extraction.forms.plain import PlainForm, row_id, text_field, was_name
from reviews.extraction.models import Trait, Value
from reviews.extraction.selectors import EntryTable
from reviews.extraction.services import Saved

STANDS = "stands"


def keep_name(name: str) -> str:
    """The name of the choice between what stands (``stands``) and what was typed (the ids that it is to replace)."""
    return f"keep-{name}"


@dataclass(frozen=True)
class Cell:
    """A field on the page: the id of the row it would replace, and both sides where that is stale.

    ``stands`` are the ids of what stands now, for the choice between both.
    """

    field: forms.BoundField
    was: str
    stands: str
    clash: Clash | None

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def was_name(self) -> str:
        return was_name(self.name)

    @property
    def keep_name(self) -> str:
        return keep_name(self.name)

    @property
    def stands_text(self) -> str:
        """What the field shows once what stands is kept."""
        return str(self.field.form.initial.get(self.name, ""))

    @property
    def state(self) -> str:
        if self.clash:
            return "stale"
        return "bad" if self.field.errors else "saved"


class EntryForm(PlainForm):
    """An entry as a table for each outcome and time point: arms are rows; mean, SD, n and place columns."""

    def __init__(self, table: EntryTable, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.table = table
        self.clashes: Mapping[str, Clash] = {}
        self.named_rows: set[str] = set()
        self.current: list[tuple[str, int | None]] = []
        self.stands: dict[str, list[int]] = {}
        for point, rows in table.blocks:
            for row in rows:
                where = f"{point.outcome.name}, {point.name}, {row.arm.name}"
                for name in rules.Field.values:
                    key = rules.value_name(name, row.arm.pk, point.pk)
                    label = f"{where}: {rules.Field(name).label}"
                    self._add(key, text_field(label, rules.REPORTED_MAX, inputmode="decimal", size="6"))
                    self._holds(key, row.values.get(name))
                key = rules.place_name(row.arm.pk, point.pk)
                self._add(key, text_field(f"{where}: place", rules.PLACE_MAX, placeholder="p. 5, Table 2"), row.place)
                self.stands[key] = [value.pk for value in row.values.values()]
        for item, trait in table.traits:
            level, key = trait.level if trait else "", rules.trait_name(item.pk)
            self._add(key, forms.ChoiceField(label=item.name, choices=_levels(item.levels, level), required=False))
            self._holds(key, trait)
            key = rules.trait_place_name(item.pk)
            place = text_field(f"{item.name}: place", rules.PLACE_MAX, placeholder="p. 3")
            self._add(key, place, trait.place if trait else "")
            self.stands[key] = [trait.pk] if trait else []

    def _add(self, key: str, field: forms.Field, initial: str = "") -> None:
        field.widget.attrs |= {"data-autosaved": "", "aria-describedby": f"told-{key}"}
        self.fields[key] = field
        self.initial[key] = initial

    def _holds(self, key: str, row: Value | Trait | None) -> None:
        self.initial[key] = row.text if row else ""
        self.stands[key] = [row.pk] if row else []
        self.named_rows.add(key)

    def shown(self, fresh: EntryTable, saved: Saved) -> "EntryForm":
        """The page after a save: what is stored now, and what was typed in the fields that were not kept."""
        page = EntryForm(fresh)
        data = QueryDict(mutable=True)
        data.update(page.initial)
        for name in {*self.errors, *saved.problems, *saved.clashes} & set(page.fields):
            data[name] = self.data.get(name, "")
            data[was_name(name)] = self.data.get(was_name(name), "")
        page = EntryForm(fresh, data)
        page.clashes = saved.clashes
        page.current = self._learned(page, saved)
        for name, sentence in saved.problems.items():
            page.add_error(name if name in page.fields else None, sentence)
        return page

    def _learned(self, page: "EntryForm", saved: Saved) -> list[tuple[str, int | None]]:
        """(hidden field, id) of the rows that the page which sent this shows from now on.

        Never of a number that it does not show: sent as a whole later it would put the old one back.
        """
        known = [(name, pk) for name, pk in saved.now.items() if name in self.data or self._showed(name)]
        chosen = [name for name in self.fields if self.data.get(keep_name(name)) == STANDS and name in page.named_rows]
        known += [(name, next(iter(page.stands[name]), None)) for name in chosen]
        return [(was_name(name), pk) for name, pk in known]

    def _showed(self, name: str) -> bool:
        """Whether the page that sent this showed what stood in a cell before."""
        return self.was(name) == next(iter(self.stands[name]), None)

    @property
    def is_kept(self) -> bool:
        """Nothing that was sent is left unsaved."""
        return not self.errors and not self.clashes

    @property
    def status(self) -> int:
        if self.clashes:
            return 409
        return 422 if self.errors else 200

    def cell(self, name: str) -> Cell:
        clash, stands = self.clashes.get(name), ",".join(str(pk) for pk in self.stands[name])
        return Cell(self[name], self.data.get(was_name(name), "") if clash else stands, stands, clash)

    def cells(self, sent: QueryDict) -> list[Cell]:
        """Of the fields that were sent, for an answer without the page."""
        return [self.cell(name) for name in self.fields if name in sent or keep_name(name) in sent]

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """For the template: each outcome × time point with the cells of its arms."""
        return [
            {
                "point": point,
                "rows": [
                    {
                        "arm": row.arm,
                        "cells": [self.cell(rules.value_name(n, row.arm.pk, point.pk)) for n in rules.Field.values],
                        "place": self.cell(rules.place_name(row.arm.pk, point.pk)),
                    }
                    for row in rows
                ],
            }
            for point, rows in self.table.blocks
        ]

    @property
    def traits(self) -> list[dict[str, Any]]:
        return [
            {"cells": [self.cell(rules.trait_name(item.pk)), self.cell(rules.trait_place_name(item.pk))]}
            for item, _ in self.table.traits
        ]

    def values(self) -> list[rules.ValueInput]:
        """What was sent of the numbers, each with the row it replaces."""
        found = []
        for point, rows in self.table.blocks:
            for row in rows:
                place_key = rules.place_name(row.arm.pk, point.pk)
                for field in rules.Field.values:
                    key = rules.value_name(field, row.arm.pk, point.pk)
                    sent = self._sent(key, place_key)
                    if sent is not None:
                        found.append(rules.ValueInput(row.arm.pk, point.pk, field, *sent))
        return found

    def levels(self) -> list[rules.TraitInput]:
        found = []
        for item, _ in self.table.traits:
            sent = self._sent(rules.trait_name(item.pk), rules.trait_place_name(item.pk))
            if sent is not None:
                found.append(rules.TraitInput(item.pk, *sent))
        return found

    def _sent(self, key: str, place_key: str) -> tuple[str | None, str | None, int | None] | None:
        """Text, place and the row they replace; None where nothing was sent or what stands is to be kept."""
        chosen = self.data.get(keep_name(key)) or self.data.get(keep_name(place_key)) or ""
        text, place = self.named(key), self.named(place_key)
        if chosen == STANDS or (text is None and place is None):
            return None
        replaces = self.was(key)
        if chosen:
            # Only what was shown beside the choice is replaced; anything newer is stale again.
            shown = {row_id(one) for one in chosen.split(",")}
            replaces = next((pk for pk in self.stands[key] if pk in shown), 0)
        return text, place, replaces


def _levels(levels: Iterable[str], level: str) -> list[tuple[str, str]]:
    choices = [("", "not extracted"), *((one, one) for one in levels)]
    if level and level not in levels:
        choices.append((level, f"{level} (no longer in the protocol)"))
    return choices
