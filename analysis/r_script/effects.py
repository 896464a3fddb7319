"""The studies' effects in R: escalc where it has the formula, the formula itself where that is short, else numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis import data, options
from analysis import effects as engine
from analysis.effects import catalogue
from analysis.r_script import counts, formulas

# escalc's arguments by our fields.
_ARGUMENTS: Mapping[str, Mapping[str, str]] = {
    "continuous": {"n1": "n1i", "mean1": "m1i", "sd1": "sd1i", "n2": "n2i", "mean2": "m2i", "sd2": "sd2i"},
    "means": {"n": "ni", "mean": "mi", "sd": "sdi"},
    "paired": {"n": "ni", "mean1": "m1i", "sd1": "sd1i", "mean2": "m2i", "sd2": "sd2i", "r": "ri"},
    "correlations": {"r": "ri", "n": "ni"},
    "reliability": {"alpha": "ai", "items": "mi", "n": "ni"},
}
# What escalc of metafor 3.8, the oldest we hold the scripts to, offers beside its default.
_VTYPES: Mapping[str, tuple[str, ...]] = {
    "SMD": ("UB",),
    "MD": ("HO",),
    "RD": ("UB", "AV"),
    "COR": ("AV",),
    "UCOR": ("UB",),
    "PR": ("UB", "AV"),
}


def code(given: data.StudySet[Any], choices: options.Options) -> str:
    """Lines that add yi and vi to `dat`."""
    entry = catalogue.measure(choices.measure)
    formula = formulas.of(choices)
    if formula:
        return formula
    if not _is_offered(choices, entry):
        return _numbers(given, choices)
    if entry.family in catalogue.COUNTS:
        return counts.code(choices, vtype(choices))
    names = _ARGUMENTS[entry.family]
    arguments = ", ".join(f"{names[field]} = {field}" for field in entry.fields if field in names)
    return f'dat <- escalc(measure = "{choices.measure}"{vtype(choices)}, data = dat,\n              {arguments})'


def vtype(choices: options.Options) -> str:
    """The argument that names the formula of the variance, where it is not the default."""
    default = next(iter(catalogue.measure(choices.measure).options.get("variance", ())), "")
    return "" if choices.variance in (default, options.BY_CONVENTION) else f', vtype = "{choices.variance}"'


def _is_offered(choices: options.Options, entry: catalogue.Measure) -> bool:
    """Whether escalc has the choices of formulas."""
    if choices.measure in formulas.LATER or choices.correction not in (
        options.BY_CONVENTION, *entry.options.get("correction", ())[:1]
    ):  # fmt: skip
        return False
    if choices.sd_of not in (options.BY_CONVENTION, "group2"):
        return False
    return not vtype(choices) or choices.variance in _VTYPES.get(choices.measure, ())


def _numbers(given: data.StudySet[Any], choices: options.Options) -> str:
    """The effects as the engine has them, where escalc lacks the formula."""
    found = engine.estimate(
        given,
        choices.measure,
        convention=choices.profile.effects,
        zero_cell_rule=choices.zero_cell_rule,
        **choices.formulas,
    )
    columns = ("yi", found.estimate.tolist()), ("vi", found.variance.tolist())
    lines = [
        "# escalc() of metafor 3.8 lacks this formula, or has an older one: these are the effects that Tandem computed."
    ]
    for name, values in columns:
        listed = ", ".join("NA" if value != value else repr(value) for value in values)
        lines.append(f"dat${name} <- c({listed})")
    return "\n".join(lines)
