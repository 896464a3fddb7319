"""What meta was told, as the engine's measures and conventions."""

from collections.abc import Mapping
from typing import Any

from analysis.effects import catalogue, conventions, core, zero_cells
from tests.golden.collection import Case, column

MEASURES = {
    **{"OR": "OR", "RR": "RR", "RD": "RD", "ASD": "AS", "DOR": "OR", "MD": "MD", "SMD": "SMD", "ROM": "ROM"},
    **{"PLOGIT": "PLO", "PRAW": "PR", "PLN": "PLN", "PAS": "PAS", "PFT": "PFT", "IRR": "IRR", "IRD": "IRD"},
    **{"COR": "COR", "ZCOR": "ZCOR", "MRAW": "MN", "MLN": "MNLN"},
}
PUBLISHED = {"events1": "ai", "n1": "n1i", "events2": "ci", "n2": "n2i"}
MEANS = {"n1": "n1i", "mean1": "m1i", "sd1": "sd1i", "n2": "n2i", "mean2": "m2i", "sd2": "sd2i"}


def choices(case: Case, measure: str) -> dict[str, Any]:
    """The engine's choices for meta's arguments."""
    chosen = conventions.choices(measure, "meta")
    options = case.options
    if measure == "SMD":
        method, exact = options.get("method.smd", "Hedges"), options.get("exact.smd", True)
        if method == "Glass":
            chosen = conventions.choices("SMD1", "meta")
            chosen["sd_of"] = "group1" if options.get("sd.glass") == "experimental" else "group2"
        elif method == "Cohen":
            chosen |= {"correction": "none", "variance": "LS"} | ({"variance": "UBJ"} if exact else {})
        elif not exact:
            chosen |= {"correction": "approximate", "variance": "LS3"}
    if measure == "MD" and options.get("pooledvar"):
        chosen["variance"] = "HO"
    if "zero_cells" in chosen:
        chosen["zero_cells"] = _rule(case, measure, chosen["zero_cells"])
    return chosen


def _rule(case: Case, measure: str, usual: zero_cells.ZeroCells) -> zero_cells.ZeroCells:
    options = case.options
    if usual.when == "none":
        return usual
    changes: dict[str, Any] = {"when": options.get("method.incr", "only0")}
    if options.get("incr") == "TACC":
        changes |= {"amount": "treatment_arm", "when": "only0"}
    if options.get("RR.Cochrane"):
        changes["totals"] = "both_cells"
    if options.get("allstudies"):
        changes["drop"] = "never"
    fields = ("increment", "amount", "when", "drop", "point", "totals")
    return zero_cells.ZeroCells(**{name: changes.get(name, getattr(usual, name)) for name in fields})


def effects_of(case: Case, measure: str, fields: Mapping[str, str]) -> core.Effects:
    chosen = choices(case, measure)
    if case.options.get("method.smd") == "Glass":
        measure = "SMD1"
    entry = catalogue.measure(measure)
    return entry.compute(*(column(case.inputs[fields[name]]) for name in entry.fields), **chosen)
