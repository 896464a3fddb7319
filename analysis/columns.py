"""Studies from the rows of a table, whatever its columns are called: ours, RevMan's or those of R's metafor."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from analysis import errors, numbers_as_text
from analysis.effects import catalogue

LABELS = ("label", "study", "study name", "author", "slab", "name", "trial")
SUBGROUPS = ("subgroup", "group", "byvar")
# Our field to the names other programs give it, small letters.
_ALIASES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "continuous": {
        "n1": ("n1i", "n.e", "n_e", "n exp", "experimental n", "total 1"),
        "mean1": ("m1i", "mean.e", "mean_e", "mean exp", "experimental mean", "mean 1"),
        "sd1": ("sd1i", "sd.e", "sd_e", "sd exp", "experimental sd", "sd 1"),
        "n2": ("n2i", "n.c", "n_c", "n ctrl", "control n", "total 2"),
        "mean2": ("m2i", "mean.c", "mean_c", "mean ctrl", "control mean", "mean 2"),
        "sd2": ("sd2i", "sd.c", "sd_c", "sd ctrl", "control sd", "sd 2"),
    },
    "binary": {
        "events1": ("ai", "event.e", "event_e", "experimental cases", "e1", "events 1"),
        "n1": ("n1i", "n.e", "n_e", "experimental n", "total 1"),
        "events2": ("ci", "event.c", "event_c", "control cases", "e2", "events 2"),
        "n2": ("n2i", "n.c", "n_c", "control n", "total 2"),
    },
    "matched": {"both": ("ai",), "only1": ("bi",), "only2": ("ci",), "neither": ("di",)},
    "rates": {"events1": ("x1i",), "time1": ("t1i",), "events2": ("x2i",), "time2": ("t2i",)},
    "single_rates": {"events": ("xi",), "time": ("ti",)},
    "proportions": {"events": ("xi", "event"), "n": ("ni",)},
    "means": {"mean": ("mi",), "sd": ("sdi",), "n": ("ni",)},
    "paired": {"mean1": ("m1i",), "mean2": ("m2i",), "sd1": ("sd1i",), "sd2": ("sd2i",), "n": ("ni",), "r": ("ri",)},
    "correlations": {"r": ("ri", "cor"), "n": ("ni",)},
    "partial_correlations": {"r": ("ri",), "n": ("ni",), "predictors": ("mi", "m"), "r2": ("r2i",)},
    "determination": {"r2": ("r2i",), "n": ("ni",), "predictors": ("mi", "m")},
    "reliability": {"alpha": ("ai",), "items": ("mi",), "n": ("ni",)},
    "hazard": {"o_minus_e": ("o-e", "oe", "o_e"), "ci_low": ("lower",), "ci_high": ("upper",), "p": ("pval",)},
    "generic": {
        "estimate": ("yi", "te", "effect", "giv mean", "log_hr", "loghr"),
        "variance": ("vi", "var"),
        "se": ("sei", "sete", "giv se"),
        "ci_low": ("lower", "ci_lb", "ci.lb"),
        "ci_high": ("upper", "ci_ub", "ci.ub"),
        "p": ("pval", "p.value"),
    },
}


def studies(rows: Sequence[Mapping[str, str]], measure: str, numbers: Sequence[int] = ()) -> tuple[Any, ...]:
    """One study a row of a table with a header, for the measure at hand.

    Names of columns are looked up without regard to case; an empty cell of an optional field is left out, and so is a
    row without any text. `numbers` are the rows' numbers in their file, by default counted from 2, below the header.

    Raises InputError that names the column which is missing or stands twice, or the row and the column of a number that
    cannot be, or the rows of a study that is there twice.
    """
    numbered = list(zip(numbers or range(2, len(rows) + 2), rows, strict=True))
    filled = [(number, row) for number, row in numbered if any((cell or "").strip() for cell in row.values())]
    if not filled:
        raise errors.InputError("The table holds no study; give one row a study below the header.")
    entry = catalogue.measure(measure)
    kind = catalogue.STUDIES[entry.family]
    header = _header(rows[0])
    places = _places(kind, entry, header)
    _require_one_row_each(filled, header)
    return tuple(_study(kind, row, number, places, header) for number, row in filled)


def _header(row: Mapping[str, str]) -> dict[str, str]:
    """The columns by their names in small letters."""
    found: dict[str, str] = {}
    for name in row:
        plain = name.strip().lower()
        if plain in found:
            raise errors.InputError(f"Column {name.strip()} stands twice in the table; rename or remove one.")
        if plain:
            found[plain] = name
    return found


def _places(kind: type, entry: catalogue.Measure, header: Mapping[str, str]) -> dict[str, str]:
    """Which column holds which field. Raises InputError naming a required one that is missing."""
    found: dict[str, str] = {}
    for field in fields(kind):
        if field.name in ("key", "label", "subgroup"):
            continue
        names = (field.name, *_ALIASES.get(entry.family, {}).get(field.name, ()))
        column = next((header[name] for name in names if name in header), None)
        if column is not None:
            found[field.name] = column
        elif field.default is MISSING:
            raise errors.InputError(
                f"Column {field.name} is missing: {entry.label} needs {', '.join(entry.fields)}. "
                f"The table has {', '.join(header.values())}.",
                field=field.name,
            )
    return found


def _require_one_row_each(rows: Sequence[tuple[int, Mapping[str, str]]], header: Mapping[str, str]) -> None:
    seen: dict[str, int] = {}
    for number, row in rows:
        label = _text(row, header, LABELS)
        if label and label in seen:
            raise errors.InputError(
                f"Rows {seen[label]} and {number} are both of study “{label}”. Several results of one study depend on "
                "each other, which only a multilevel model can take into account, and there is none yet: combine them, "
                "choose one, or give different studies different names.",
                study=label,
                field="label",
            )
        seen[label] = number


def _study(
    kind: type, row: Mapping[str, str], number: int, places: Mapping[str, str], header: Mapping[str, str]
) -> Any:
    label = _text(row, header, LABELS) or f"Row {number}"
    required = {field.name for field in fields(kind) if field.default is MISSING}
    try:
        values = {
            name: _number(cell, label, name)
            for name, column in places.items()
            if (cell := _cell(row, column)) or name in required
        }
        return kind(key=label, label=label, subgroup=_text(row, header, SUBGROUPS) or None, **values)
    except errors.InputError as refusal:
        column = places.get(refusal.field, "").strip()
        place = f"row {number}, column {column}" if column else f"row {number}"
        raise errors.InputError(f"{place}: {refusal}", study=refusal.study, field=refusal.field) from None


def _text(row: Mapping[str, str], header: Mapping[str, str], names: Sequence[str]) -> str:
    """The text of a cell; composed, so that one name typed in two ways of Unicode is one name."""
    text = next(((row.get(header[name]) or "").strip() for name in names if name in header), "")
    return unicodedata.normalize("NFC", text)


def _cell(row: Mapping[str, str], column: str) -> str:
    """What stands in a cell; empty for R's NA too."""
    cell = (row.get(column) or "").strip()
    return "" if cell.upper() == "NA" else cell


def _number(cell: str, label: str, field: str) -> float:
    where = f"Study “{label}”, field {field}"
    if not cell:
        raise errors.InputError(f"{where}: the cell is empty; enter the number.", study=label, field=field)
    try:
        return numbers_as_text.read(cell)
    except errors.InputError as refusal:
        raise errors.InputError(f"{where}: {refusal}", study=label, field=field) from None
