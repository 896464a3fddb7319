"""What a request sends of the draft. Absent is not empty: what it does not name stays as the draft has it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from reviews.protocols import rules
from reviews.protocols.forms.fields import MOST_ROWS, NO, ROWS, YES, ProtocolForm, Row, blank

SEAL = "seal-"


@dataclass(frozen=True)
class Posted:
    """``data`` is the whole form: what was sent, completed by the draft. ``named`` are the parts that were sent,
    ``keys`` those of rows that were sent without one and are in the draft already: an answer was lost on the way."""

    data: QueryDict
    named: frozenset[str]
    keys: Mapping[str, str]

    @property
    def seals(self) -> dict[str, str]:
        """The seal of each part as it was sent; an empty one replaces nothing that is there."""
        return {name: self.data.get(f"{SEAL}{name}", "") for name in rules.PARTS}


def part_of(name: str) -> str:
    """The part that a field's name belongs to: ``reasons-0-text`` is of ``reasons``."""
    return name.partition("-")[0]


def posted(sent: QueryDict, draft: rules.Content) -> Posted:
    """Complete what was sent, field by field and cell by cell; rows that were not sent follow those that were."""
    data = sent.copy()
    keys: dict[str, str] = {}
    named = {name for name in ProtocolForm.base_fields if name in sent}
    for name, text in _texts(draft).items():
        if name not in sent:
            data[name] = text
    for prefix in ROWS:
        if f"{prefix}-TOTAL_FORMS" in sent:
            named.add(prefix)
            for field, key in list(_found_again(data, prefix, draft)):
                data[field] = keys[field] = key
            _complete(data, prefix, draft)
        else:
            _fill(data, prefix, draft)
    return Posted(data, frozenset(named), keys)


def posted_again(before: Posted, parts: Collection[str], saved: rules.Content, new: Mapping[str, str]) -> Posted:
    """The form as it is shown again: ``parts`` as they were typed, everything else as the draft has it now.

    ``new`` are hidden fields that got another value by then: keys of rows, seals.
    """
    kept = QueryDict(mutable=True)
    for name, texts in before.data.lists():
        if part_of(name) in parts:
            kept.setlist(name, texts)
    now = {**rules.seals(saved), **{name: before.seals[name] for name in parts}}
    for name, text in {**{f"{SEAL}{name}": seal for name, seal in now.items()}, **new}.items():
        kept[name] = text
    return posted(kept, saved)


def with_another_row(sent: QueryDict) -> QueryDict | None:
    """What was typed with one more row, when an “Add another” button was pressed; otherwise None."""
    for prefix in ROWS:
        if f"{prefix}-add" in sent:
            longer = sent.copy()
            total = _total(sent, prefix)
            longer[f"{prefix}-TOTAL_FORMS"] = str(1 if total is None else total + 1)
            return longer
    return None


def cells(row: Any) -> dict[str, Any]:
    """A stored row as the page has it: cell -> value."""
    found = {name: getattr(row, name) for name in row.__dataclass_fields__}
    if "time_points" in found:
        found["time_points"] = tuple(point.name for point in row.time_points)
    return found


def texts(draft: rules.Content, part: str) -> dict[str, str]:
    """The fields of one part as the page would send them; a list of rows has to be loaded again."""
    return {part: _texts(draft)[part]} if part in ProtocolForm.base_fields else {}


def _texts(draft: rules.Content) -> dict[str, str]:
    """Every field that is not of a row, as the page would send it."""
    return {name: _text(rules.PARTS[name].value(draft)) for name in ProtocolForm.base_fields}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return "\n".join(value) if isinstance(value, (tuple, list)) else str(value)


def _total(data: QueryDict, prefix: str) -> int | None:
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    return int(total) if total.isdecimal() and len(total) <= len(str(MOST_ROWS)) else None


def _fill(data: QueryDict, prefix: str, draft: rules.Content) -> None:
    """The list as the draft has it, and an empty row to write in."""
    for name in [name for name in data if part_of(name) == prefix]:
        del data[name]
    data[f"{prefix}-TOTAL_FORMS"] = "0"
    _complete(data, prefix, draft)
    place = _total(data, prefix) or 0
    data.update({f"{prefix}-{place}-{cell}": text for cell, text in _defaults(ROWS[prefix], None)})
    data[f"{prefix}-TOTAL_FORMS"] = str(place + 1)


def _found_again(data: QueryDict, prefix: str, draft: rules.Content) -> Iterator[tuple[str, str]]:
    """Rows of the draft that were sent without their key, by their names."""
    fields = [f"{prefix}-{place}-" for place in range(_total(data, prefix) or 0)]
    sent = {data.get(f"{field}key", "") for field in fields}
    named_by = ROWS[prefix].named_by
    free = {
        rules.fold(getattr(row, named_by)): row.key for row in rules.PARTS[prefix].value(draft) if row.key not in sent
    }
    for field in fields:
        name = rules.fold(data.get(f"{field}{named_by}", ""))
        if not data.get(f"{field}key") and name in free:
            yield f"{field}key", free.pop(name)


def _complete(data: QueryDict, prefix: str, draft: rules.Content) -> None:
    """A total that is no number is left to the formset, which refuses it."""
    total = _total(data, prefix)
    if total is None:
        return
    data.setdefault(f"{prefix}-INITIAL_FORMS", "0")
    stored = {row.key: row for row in rules.PARTS[prefix].value(draft)}
    sent = [data.get(f"{prefix}-{place}-key", "") for place in range(total)]
    missing = [key for key in stored if key not in sent]
    for place, key in enumerate([*sent, *missing]):
        for cell, text in _defaults(ROWS[prefix], stored.get(key)):
            data.setdefault(f"{prefix}-{place}-{cell}", text)
    for place in range(total, total + len(missing)):
        data[f"{prefix}-{place}-ORDER"] = str(place + 1)
    data[f"{prefix}-TOTAL_FORMS"] = str(total + len(missing))


def _defaults(row: type[Row], stored: Any) -> Iterator[tuple[str, str]]:
    found = {**blank(row), **(cells(stored) if stored is not None else {})}
    yield from ((name, _text(found[name])) for name in row.base_fields)
