"""Studies from the rows of a table, whatever its columns are called: ours, RevMan's or those of R's metafor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from analysis import errors
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
    "partial_correlations": {"t": ("ti",), "m": ("mi",), "n": ("ni",), "r": ("ri",), "r2": ("r2i",)},
    "determination": {"r2": ("r2i",), "m": ("mi",), "n": ("ni",)},
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


def studies(rows: Sequence[Mapping[str, str]], measure: str) -> tuple[Any, ...]:
    """One study a row of a table with a header, for the measure at hand.

    Names of columns are looked up without regard to case. Raises InputError that names the column which is missing, or
    the row and the field of a cell that is no number; an empty cell of an optional field is left out.
    """
    if not rows:
        raise errors.InputError("The table holds no study; give one row a study below the header.")
    entry = catalogue.measure(measure)
    kind = catalogue.STUDIES[entry.family]
    header = {name.strip().lower(): name for name in rows[0]}
    places = _places(kind, entry, header)
    return tuple(_study(kind, row, number, places, header) for number, row in enumerate(rows, start=2))


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


def _study(
    kind: type, row: Mapping[str, str], number: int, places: Mapping[str, str], header: Mapping[str, str]
) -> Any:
    label = _text(row, header, LABELS) or f"Row {number}"
    values: dict[str, Any] = {}
    for name, column in places.items():
        cell = (row.get(column) or "").strip()
        if cell and cell.upper() not in ("NA", "NAN"):
            values[name] = _number(cell, label, name)
    required = [field.name for field in fields(kind) if field.default is MISSING and field.name in places]
    for name in required:
        if name not in values:
            raise errors.InputError(f"Study “{label}”, field {name}: the cell is empty.", study=label, field=name)
    return kind(key=label, label=label, subgroup=_text(row, header, SUBGROUPS) or None, **values)


def _text(row: Mapping[str, str], header: Mapping[str, str], names: Sequence[str]) -> str:
    return next(((row.get(header[name]) or "").strip() for name in names if name in header), "")


def _number(cell: str, label: str, field: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise errors.InputError(
            f"Study “{label}”, field {field}: “{cell}” is not a number; write digits with a decimal point.",
            study=label,
            field=field,
        ) from None
