"""The script as text: data inside, the choices named in comments, results printed with all digits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from analysis import data, options, version, wording
from analysis.effects import catalogue
from analysis.r_script import effects, models


def script(studies: Iterable[Any] | data.StudySet[Any], choices: options.Options) -> str:
    """The script for these studies and choices. Raises InputError as `data.StudySet` does."""
    given = studies if isinstance(studies, data.StudySet) else _set(studies)
    parts = [
        _heading(choices),
        _data(given),
        effects.code(given, choices),
        models.code(choices),
        *([models.subgroups(choices)] if given.subgroups else []),
    ]
    return "\n\n".join(parts) + "\n"


def _set(studies: Iterable[Any]) -> data.StudySet[Any]:
    """The studies as a set; the key tells them apart where their labels do not."""
    rows = tuple(studies)
    is_continuous = all(isinstance(row, data.ContinuousStudy) for row in rows)
    return data.ContinuousData(rows) if is_continuous else data.StudySet(rows)


def _heading(choices: options.Options) -> str:
    lines = [
        f"Reproduces an analysis made with the Tandem engine {version.ENGINE_VERSION}.",
        'Needs R and the package metafor (3.8 or newer): install.packages("metafor")',
        *wording.methods(choices),
        *models.beyond(choices),
    ]
    return "\n".join(["library(metafor)", *(f"# {line}" for line in lines)])


def _data(given: data.StudySet[Any]) -> str:
    columns = [f"  study = c({', '.join(_quoted(study.label) for study in given.studies)})"]
    for field in fields(given.studies[0]):
        values = [getattr(study, field.name) for study in given.studies]
        if field.name in ("key", "label", "subgroup") or all(value is None for value in values):
            continue
        columns.append(f"  {field.name} = c({', '.join('NA' if value is None else repr(value) for value in values)})")
    if given.subgroups:
        columns.append(f"  subgroup = c({', '.join(_quoted(study.subgroup or '') for study in given.studies)})")
    return "dat <- data.frame(\n" + ",\n".join(columns) + ",\n  stringsAsFactors = FALSE\n)"


def _quoted(text: str) -> str:
    """An R string: everything outside printable ASCII is escaped, so the file means the same in every locale."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    code = ord(character)
    if 32 <= code < 127:
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def families() -> frozenset[str]:
    """The kinds of studies that a script can be written for: all."""
    return frozenset(catalogue.STUDIES)
