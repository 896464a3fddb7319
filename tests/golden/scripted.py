"""Studies of every kind and the analyses whose scripts R runs: every measure, model, profile and kind of choice."""

from collections.abc import Iterator
from typing import Any

from analysis import data, options, profiles
from analysis.effects import catalogue

# Invented numbers; cells of 0, studies without any event and one with nothing but events are among the counts.
_ROWS: dict[str, list[tuple[Any, ...]]] = {
    "binary": [(4, 40, 9, 42), (0, 30, 5, 31), (12, 88, 20, 90), (3, 25, 2, 24), (15, 60, 26, 58), (0, 20, 0, 21),
               (9, 33, 14, 40), (11, 80, 30, 75), (18, 18, 22, 22)],
    "matched": [(12, 9, 4, 30), (5, 0, 3, 22), (20, 14, 9, 41), (8, 6, 7, 19), (15, 12, 3, 28)],
    "rates": [(4, 120.5, 9, 110.0), (0, 60.0, 5, 71.5), (12, 300.0, 25, 290.0), (7, 95.0, 6, 88.0),
              (15, 210.0, 31, 205.0)],
    "single_rates": [(4, 120.5), (0, 60.0), (12, 300.0), (7, 95.0), (15, 210.0)],
    "proportions": [(4, 40), (0, 30), (12, 88), (25, 25), (15, 60)],
    "continuous": [(40, 9.5, 5.0, 38, 13.2, 4.8), (55, 10.1, 4.1, 50, 11.0, 5.2), (23, 8.0, 3.3, 25, 12.9, 4.0),
                   (90, 11.5, 6.0, 88, 12.1, 5.1), (31, 9.9, 5.5, 30, 9.2, 4.9), (61, 7.7, 4.4, 66, 11.8, 5.9)],
    "means": [(40, 9.5, 5.0), (55, 10.1, 4.1), (23, 8.0, 3.3), (90, 11.5, 6.0), (31, 9.9, 5.5)],
    "paired": [(40, 9.5, 5.0, 13.2, 4.8, 0.5), (55, 10.1, 4.1, 11.0, 5.2, 0.6), (23, 8.0, 3.3, 12.9, 4.0, 0.3),
               (90, 11.5, 6.0, 12.1, 5.1, 0.7), (31, 9.9, 5.5, 9.2, 4.9, 0.45)],
    "correlations": [(0.31, 40), (0.52, 61), (-0.05, 33), (0.44, 120), (0.2, 25)],
    "partial_correlations": [(0.31, 40, 3, 0.4), (0.52, 61, 2, 0.5), (-0.05, 33, 4, 0.2), (0.44, 120, 3, 0.35),
                             (0.2, 25, 2, 0.3)],
    "determination": [(0.31, 40, 3), (0.52, 61, 2), (0.15, 33, 4), (0.44, 120, 3), (0.2, 25, 2)],
    "reliability": [(0.81, 10, 40), (0.72, 8, 61), (0.9, 12, 33), (0.77, 10, 120), (0.69, 6, 25)],
    "hazard": [(-4.2, 10.5), (-6.1, 15.2), (1.3, 8.8), (-9.9, 22.0), (-2.0, 6.1)],
    "generic": [(0.1, 0.15), (0.5, 0.2), (-0.2, 0.1), (0.35, 0.3), (0.7, 0.25)],
}  # fmt: skip
_FIELDS = {
    "partial_correlations": ("r", "n", "predictors", "r2"),
    "determination": ("r2", "n", "predictors"),
    "hazard": ("o_minus_e", "v"),
    "generic": ("estimate", "se"),
    "continuous": ("n1", "mean1", "sd1", "n2", "mean2", "sd2"),
    "paired": ("n", "mean1", "sd1", "mean2", "sd2", "r"),
    "means": ("n", "mean", "sd"),
}
_STATED = (
    {"estimate": 0.1, "se": 0.15}, {"estimate": 0.5, "variance": 0.04},
    {"estimate": -0.2, "ci_low": -0.5, "ci_high": 0.1},
    {"estimate": 0.35, "p": 0.03, "df": 20.0},
    {"estimate": 0.7, "ci_low": 0.1, "ci_high": 1.3, "level": 0.9, "df": 12.0},
)  # fmt: skip
_HAZARDS = (
    {"o_minus_e": -4.2, "v": 10.5}, {"hr": 0.72, "se": 0.2},
    {"hr": 0.9, "ci_low": 0.6, "ci_high": 1.35}, {"hr": 0.5, "p": 0.02},
)  # fmt: skip


def studies(measure: str, *, groups: bool = False) -> list[Any]:
    """Invented studies of the kind that a measure takes, two of its subgroups of more than one study."""
    entry = catalogue.measure(measure)
    fields = _FIELDS.get(entry.family, entry.fields)
    rows = _ROWS[entry.family]
    return [
        catalogue.STUDIES[entry.family](
            str(place),
            f"Trial {place}",
            **dict(zip(fields, row, strict=True)),
            subgroup=("early" if place < len(rows) // 2 else "late") if groups else None,
        )
        for place, row in enumerate(rows)
    ]


def stated() -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Ready-made effects, each study with its own statement of precision."""
    generic = [data.GenericStudy(str(place), f"Trial {place}", **row) for place, row in enumerate(_STATED)]
    hazards = [data.HazardStudy(str(place), f"Trial {place}", **row) for place, row in enumerate(_HAZARDS)]
    yield generic, {"measure": "GEN", "convention": "metafor"}
    yield hazards, {"measure": "HR", "convention": "metafor"}


def offered() -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Every measure × profile × model × way to pool that the options allow."""
    for measure in catalogue.MEASURES:
        methods = options.METHODS if measure in profiles.MH_MEASURES else ("IV",)
        for convention in profiles.PROFILES:
            for model in options.MODELS:
                for method in methods:
                    chosen = {"measure": measure, "convention": convention, "model": model, "method": method}
                    yield studies(measure), chosen


def varied() -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Every value of every single choice, on a measure that has it."""
    base = {"measure": "MD", "convention": "metafor"}
    given = studies("MD")
    for name, values in (
        ("tau2_method", options.TAU2_METHODS),
        ("interval", options.INTERVALS),
        ("prediction", tuple(kind for kind in options.PREDICTIONS if kind != "NNF")),
        ("i2_definition", options.I2_DEFINITIONS),
        ("level", (0.9, 0.99)),
    ):
        for value in values:
            yield given, {**base, name: value}
            yield given[:1], {**base, name: value}
            yield given[:2], {**base, name: value}
    for interval in ("t", "HK"):
        yield given, {**base, "model": "common", "interval": interval}
    yield from _formulas()
    yield from _cells()
    yield from _grouped()


def _formulas() -> Iterator[tuple[list[Any], dict[str, Any]]]:
    for entry in catalogue.MEASURES.values():
        for name in options.FORMULAS:
            for value in entry.options.get(name, ()):
                yield studies(entry.name), {"measure": entry.name, "convention": "metafor", name: value}


def _cells() -> Iterator[tuple[list[Any], dict[str, Any]]]:
    for measure in ("OR", "RR", "RD"):
        for amount in ("constant", "treatment_arm", "empirical"):
            for when in ("only0", "if0all", "all", "none"):
                for drop in ("never", "no_events", "no_or_only_events"):
                    chosen = {"zero_amount": amount, "zero_when": when, "zero_drop": drop, "zero_increment": 0.25}
                    yield studies(measure), {"measure": measure, "convention": "metafor", **chosen}
    for measure in ("IRR", "PR", "PLO", "MPOR", "IRLN"):
        for when in ("only0", "if0all", "all"):
            yield studies(measure), {"measure": measure, "convention": "metafor", "zero_when": when}


def _grouped() -> Iterator[tuple[list[Any], dict[str, Any]]]:
    for measure in ("SMD", "OR", "RD", "ZCOR"):
        for convention in profiles.PROFILES:
            for model in options.MODELS:
                yield studies(measure, groups=True), {"measure": measure, "convention": convention, "model": model}
    for method in ("REML", "DL", "PM"):
        chosen = {"measure": "MD", "convention": "metafor", "tau2_method": method, "subgroup_tau2": "common"}
        yield studies("MD", groups=True), chosen
