"""Any measure from any set of studies."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis import choosing, data, errors
from analysis.effects import catalogue, continuous, conventions, core, zero_cells
from analysis.pooling import batch


def estimate(
    studies: data.StudySet[Any],
    measure: str,
    *,
    convention: str = "metafor",
    zero_cell_rule: zero_cells.ZeroCells | None = None,
    **choices: str,
) -> core.Effects:
    """Effect and variance of every study, shape (k,); ratios as logarithms.

    Formulas are those of `convention` (a name of `conventions.NAMES`); `zero_cell_rule` and the named `choices` that
    the measure has (`variance`, `correction`, ...; see `catalogue.measure(measure).options`) replace them. Where events
    are counted, a study that says nothing about the effect (no events at all, a variance of 0) is NaN in both.

    Raises OptionError for an unknown measure, convention or choice, and InputError for studies of another kind than
    the measure needs, for changes and final values standardised together, and for a study whose numbers give no
    finite, positive variance.
    """
    entry = catalogue.measure(measure)
    chosen = conventions.choices(measure, convention)
    _require_choices(entry, choices)
    chosen.update(choices)
    if zero_cell_rule is not None:
        if entry.adds is None:
            raise errors.OptionError(
                f"Measure “{measure}” has no cells of 0; leave the rule for them out.", option="zero_cell_rule"
            )
        chosen["zero_cells"] = zero_cell_rule
    _require_kind(studies, entry)
    return _usable(studies, entry, entry.compute(*(studies.column(name) for name in entry.fields), **chosen))


def _require_choices(entry: catalogue.Measure, choices: dict[str, str]) -> None:
    for option, value in choices.items():
        if option not in entry.options:
            having = ", ".join(entry.options) or "none"
            raise errors.OptionError(
                f"Measure “{entry.name}” has no option “{option}”; its options are: {having}.", option=option
            )
        choosing.require_option(option, value, entry.options[option])


def _require_kind(studies: data.StudySet[Any], entry: catalogue.Measure) -> None:
    kind = catalogue.STUDIES[entry.family]
    for study in studies.studies:
        if not isinstance(study, kind):
            raise errors.InputError(
                f"Study “{study.label}”: measure “{entry.name}” ({entry.label}) needs {', '.join(entry.fields)}; "
                f"give rows of {kind.__name__}, not {type(study).__name__}.",
                study=study.label,
            )
    if entry.needs_one_kind:
        continuous.require_one_kind(studies)


def _usable(studies: data.StudySet[Any], entry: catalogue.Measure, found: core.Effects) -> core.Effects:
    shape = (len(studies),)
    value, variance = np.broadcast_to(found.estimate, shape), np.broadcast_to(found.variance, shape)
    is_usable: batch.Bools = np.isfinite(value) & np.isfinite(variance) & (variance > 0)
    if entry.family not in catalogue.COUNTS and not is_usable.all():
        study = studies.studies[int(np.argmin(is_usable))]
        raise errors.InputError(
            f"Study “{study.label}”: {entry.label} cannot be computed from its numbers ({', '.join(entry.fields)}); "
            f"{_HINTS.get(entry.name, 'they are too large, too small or too few: check them and their unit')}.",
            study=study.label,
        )
    return core.Effects(np.where(is_usable, value, np.nan), np.where(is_usable, variance, np.nan))


_SIGN = "both means must have the same sign and not be 0"
_POSITIVE = "means must be greater than 0"
_HINTS = {
    "ROM": _SIGN,
    "ROMC": _SIGN,
    "CVR": _POSITIVE,
    "CVRC": _POSITIVE,
    "MNLN": _POSITIVE,
    "CVLN": _POSITIVE,
    "SPCOR": "it needs the R² of the whole regression (r2)",
    "ZSPCOR": "it needs the R² of the whole regression (r2)",
    "UCOR": "it needs at least 5 participants",
}
