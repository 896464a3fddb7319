"""All that the edit page holds: the form, the lists of rows, and the seal of every part."""

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from reviews.protocols import rules
from reviews.protocols.forms.fields import FORMSETS, ProtocolForm, Row, blank
from reviews.protocols.forms.posted import Posted, cells

MAKE: dict[str, Callable[..., Any]] = {
    "reasons": rules.Reason,
    "outcomes": rules.Outcome,
    "characteristics": rules.Characteristic,
}
UNREADABLE = "This list did not arrive whole. Load the page again and repeat the change."


class Editor:
    """``seals`` says of every part what it replaces when it is saved."""

    def __init__(
        self,
        sent: Posted | None = None,
        initial: Mapping[str, Any] | None = None,
        seals: Mapping[str, str] | None = None,
    ) -> None:
        initial, data = initial or {}, sent.data if sent else None
        self.named = sent.named if sent else frozenset()
        self.known_keys = sent.keys if sent else {}
        self.seals = dict(sent.seals if sent else seals or {})
        self.form = ProtocolForm(data, initial=initial.get("form"))
        self.sets = {
            prefix: formset(data, initial=initial.get(prefix), prefix=prefix) for prefix, formset in FORMSETS.items()
        }

    @property
    def reasons(self) -> Any:
        return self.sets["reasons"]

    @property
    def outcomes(self) -> Any:
        return self.sets["outcomes"]

    @property
    def characteristics(self) -> Any:
        return self.sets["characteristics"]

    def edits(self, draft: rules.Content) -> dict[str, rules.Edit]:
        """Every good value of the parts that were sent. In a row a bad cell stays as ``draft`` has it; a new row
        without a good name waits. Keys of new lines are left for the service to make."""
        self.form.is_valid()
        values = {name: value for name, value in self.form.cleaned_data.items() if name in self.named}
        for prefix in self.named & set(self.sets):
            if self._is_readable(prefix):
                values[prefix] = tuple(made for _, made in self._good_rows(prefix, draft))
        return {name: rules.Edit(value, self.seals.get(name, "")) for name, value in values.items()}

    def refuse(self, parts: Mapping[str, str]) -> None:
        """Put the sentences of a refusal beside their parts."""
        for name, sentence in parts.items():
            if name in self.sets:
                self.sets[name].non_form_errors().append(sentence)
            else:
                self.form.add_error(name, sentence)

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong with the parts that were sent: a field's name on the page, or a list's prefix -> sentence."""
        found = {name: str(errors[0]) for name, errors in self.form.errors.items() if name in self.named}
        for prefix in (prefix for prefix in self.sets if prefix in self.named):
            found.update(self._row_errors(prefix))
        return found

    def new_keys(self, saved: rules.Content) -> dict[str, str]:
        """The keys that rows got when they were saved, by the names of their hidden fields."""
        found = dict(self.known_keys)
        for prefix in self.named & set(self.sets):
            if not self._is_readable(prefix):
                continue
            rows = list(self._good_rows(prefix, saved))
            given = {made.key for _, made in rows}
            free = [row for row in rules.PARTS[prefix].value(saved) if row.key not in given]
            for field, made in rows:
                same = [row for row in free if rules.fold(_name_of(row)) == rules.fold(_name_of(made))]
                if not made.key and same:
                    found[field] = same[0].key
                    free.remove(same[0])
        return found

    def _is_readable(self, prefix: str) -> bool:
        rows = self.sets[prefix]
        rows.is_valid()
        return rows.management_form.is_valid() and not any("key" in row.errors for row in rows.forms)

    def _row_errors(self, prefix: str) -> Iterator[tuple[str, str]]:
        rows = self.sets[prefix]
        if not self._is_readable(prefix):
            yield prefix, UNREADABLE
            return
        yield from ((prefix, str(sentence)) for sentence in rows.non_form_errors()[:1])
        for row in rows.forms:
            if not _is_removed(row):
                yield from ((row.add_prefix(name), str(errors[0])) for name, errors in row.errors.items())

    def _good_rows(self, prefix: str, draft: rules.Content) -> Iterator[tuple[str, Any]]:
        """In their order, each with the name of its hidden field for the key."""
        stored = {row.key: cells(row) for row in rules.PARTS[prefix].value(draft)}
        rows = [(_order(row, place), row) for place, row in enumerate(self.sets[prefix].forms, start=1)]
        for _, row in sorted((one for one in rows if not _is_removed(one[1])), key=itemgetter(0)):
            found = _good_cells(row, stored)
            if found.get(row.named_by):
                points = {"time_points": _points(found["time_points"])} if "time_points" in found else {}
                yield row.add_prefix("key"), MAKE[prefix](**{**found, **points})


def _good_cells(row: Row, stored: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    before = stored.get(row.cleaned_data.get("key", ""), {})
    if not row.cleaned_data:
        return {}
    good = {name: value for name, value in row.cleaned_data.items() if name in row.base_fields}
    return {**blank(type(row)), **before, **good}


def _points(names: tuple[str, ...]) -> tuple[rules.TimePoint, ...]:
    return tuple(rules.TimePoint("", name) for name in names)


def _is_removed(row: Row) -> bool:
    return bool(row.cleaned_data.get("DELETE"))


def _order(row: Row, place: int) -> tuple[bool, int]:
    """Rows without a number come last; one whose number is bad stays where it is."""
    order = place if "ORDER" in row.errors else row.cleaned_data.get("ORDER")
    return order is None, order or 0


def _name_of(row: Any) -> str:
    return str(row.text if isinstance(row, rules.Reason) else row.name)


def editor(content: rules.Content) -> Editor:
    """The page filled with a saved draft."""
    form = {name: rules.PARTS[name].value(content) for name in ProtocolForm.base_fields}
    rows = {prefix: [cells(row) for row in rules.PARTS[prefix].value(content)] for prefix in FORMSETS}
    return Editor(initial={"form": form, **rows}, seals=rules.seals(content))
