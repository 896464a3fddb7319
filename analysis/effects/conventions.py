"""Which formulas a program uses for a measure, by the program's name.

"metafor" is R's metafor 5, "meta" R's meta 8, "revman" RevMan (version 5 and the web version agree on the studies' own
effects). What a program does not offer falls back on metafor's formulas.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis import choosing
from analysis.effects import catalogue, zero_cells

NAMES = ("revman", "metafor", "meta")
# The name that stored analyses carry for RevMan's formulas.
ALIASES = {"revman5": "revman"}

_RULES: Mapping[str, Mapping[str, zero_cells.ZeroCells]] = {
    "revman": {
        "OR": zero_cells.REVMAN_ODDS_RATIO,
        "RR": zero_cells.REVMAN_RISK_RATIO,
        "RD": zero_cells.REVMAN_RISK_DIFFERENCE,
        "PETO": zero_cells.UNCORRECTED,
    },
    "meta": {
        "OR": zero_cells.META_ODDS_RATIO,
        "RR": zero_cells.META_RISK_RATIO,
        "RD": zero_cells.META_RISK_DIFFERENCE,
        "PETO": zero_cells.UNCORRECTED,
        "IRD": zero_cells.META_RATE_DIFFERENCE,
        "PR": zero_cells.META_PROPORTION,
        "PLN": zero_cells.META_LOG_PROPORTION,
    },
    "metafor": {},
}
_CHOICES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "revman": {
        "MD": {"zero_sd": "drop"},
        "SMD": {"correction": "approximate", "variance": "LS3", "zero_sd": "drop"},
        "ROM": {"correction": "none"},
    },
    "meta": {
        "MD": {"zero_sd": "drop"},
        "SMD": {"correction": "exact", "variance": "UB", "zero_sd": "drop"},
        "SMD1": {"correction": "none", "variance": "DF", "zero_sd": "drop"},
        "ROM": {"correction": "none"},
    },
    "metafor": {},
}


def choices(measure: str, convention: str) -> dict[str, Any]:
    """The keyword choices of `catalogue.measure(measure).compute` under a convention, complete.

    Raises OptionError for an unknown measure or convention.
    """
    entry = catalogue.measure(measure)
    name = ALIASES.get(convention, convention)
    choosing.require_option("convention", name, NAMES)
    found: dict[str, Any] = {option: allowed[0] for option, allowed in entry.options.items()}
    found.update(_CHOICES[name].get(measure, {}))
    if entry.adds is not None:
        found["zero_cells"] = zero_cell_rule(measure, name)
    return found


def zero_cell_rule(measure: str, convention: str) -> zero_cells.ZeroCells:
    """A convention's rule for cells of 0 of a measure that counts events."""
    name = ALIASES.get(convention, convention)
    choosing.require_option("convention", name, NAMES)
    default = zero_cells.METAFOR if catalogue.measure(measure).adds else zero_cells.UNCORRECTED
    return _RULES[name].get(measure, default)
