"""What comes out of a multiverse: a frozen table of specifications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from analysis import options
from analysis.effects import catalogue
from analysis.pooling import batch
from analysis.sensitivity import plain, subsets
from analysis.sensitivity.multiverse import axes as choices_of

ALPHA = 0.05
_Options = options.Options
NUMBERS = ("k", "estimate", "low", "high", "p", "tau2", "i2")


class Specification(NamedTuple):
    """One row: the choices and what they give, None where a number is not defined.

    Estimate and limits are on the scale of the analysis (logarithms for ratios); i2 is in per cent. `zero_rule` and
    `tau2_method` are empty where there was no such choice.
    """

    measure: str
    zero_rule: str
    model: str
    method: str
    tau2_method: str
    interval: str
    subset: str
    k: int
    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    tau2: float | None
    i2: float | None
    is_converged: bool


class LeftOut(NamedTuple):
    """A measure under a rule for cells of 0 that gave no rows of its own, and why."""

    measure: str
    zero_rule: str
    reason: str


class Summary(NamedTuple):
    """All specifications of one measure together, on the scale of the analysis.

    `estimable` of the `specifications` have an estimate; the shares are of those. `below` and `above` are the shares
    of estimates on either side of no effect, `significant` the share with p below `alpha`. None where nothing is
    estimable, or where no value means no effect.
    """

    measure: str
    specifications: int
    estimable: int
    alpha: float
    significant: float | None
    below: float | None
    above: float | None
    lowest: float | None
    median: float | None
    highest: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Multiverse:
    """A table of specifications, sorted by measure (in the order of the axes) and estimate, not estimable ones last."""

    rows: tuple[Specification, ...]
    left_out: tuple[LeftOut, ...]
    options: options.Options
    axes: choices_of.Axes
    labels: tuple[str, ...]
    studies: subsets.Named

    def __len__(self) -> int:
        return len(self.rows)

    def of_measure(self, measure: str) -> tuple[Specification, ...]:
        """The rows of one measure."""
        return tuple(row for row in self.rows if row.measure == measure)

    def summaries(self, alpha: float = ALPHA) -> tuple[Summary, ...]:
        """A summary a measure, for measures that have rows."""
        found = ((measure, self.of_measure(measure)) for measure in self.axes.measures)
        return tuple(_summary(measure, rows, alpha) for measure, rows in found if rows)

    def share_significant(self, alpha: float = ALPHA) -> float | None:
        """The share of specifications with p < alpha among those that have a p; None where there are none."""
        tested = [row.p for row in self.rows if row.p is not None]
        return sum(p < alpha for p in tested) / len(tested) if tested else None

    def options_of(self, row: Specification) -> _Options:
        """The options with which `synthesis.analyse` gives a row, for the studies of its subset."""
        rule = next((rule for rule in self.axes.zero_rules if rule.name == row.zero_rule), choices_of.BY_CONVENTION)
        choice = choices_of.Choice(row.measure, row.zero_rule, row.model, row.method, row.tau2_method, row.interval)
        return options_for(self.options, choice, rule)

    def to_dict(self, alpha: float = ALPHA) -> dict[str, Any]:
        """The table by columns, with its axes, summaries and what was left out."""
        columns = zip(*self.rows, strict=True) if self.rows else ((),) * len(Specification._fields)
        return {
            "schema": plain.SCHEMA,
            "kind": "multiverse",
            "options": self.options.to_dict(),
            "axes": self.axes.to_dict(),
            "labels": list(self.labels),
            "subsets": {"names": list(self.studies.names), "members": self.studies.members.astype(int).tolist()},
            "columns": {name: list(column) for name, column in zip(Specification._fields, columns, strict=True)},
            "summaries": [summary._asdict() for summary in self.summaries(alpha)],
            "left_out": [item._asdict() for item in self.left_out],
        }


def options_for(base: options.Options, choice: choices_of.Choice, rule: choices_of.ZeroRule) -> options.Options:
    """Complete options of one choice; formulas of other measures than the base's are those of its convention."""
    chosen: dict[str, Any] = {
        "measure": choice.measure,
        "convention": base.convention,
        "model": choice.model,
        "method": choice.method,
        "interval": choice.interval,
        "level": base.level,
        "prediction": "none",
        "tau2_interval": "none",
        "q_centre": base.q_centre,
        "mantel_haenszel": base.mantel_haenszel,
    }
    if choice.model == choices_of.RANDOM:
        chosen |= {"tau2_method": choice.tau2_method, "i2_definition": base.i2_definition}
        if choice.method == choices_of.MANTEL_HAENSZEL:
            chosen["q_centre"] = "method"
    if choice.measure == base.measure:
        chosen |= base.formulas
        if base.zero_increment is not None:
            chosen |= {name: getattr(base, name) for name in _ZERO}
    if rule.name:
        chosen |= rule.choices
    return options.Options(**chosen)


_ZERO = ("zero_increment", "zero_amount", "zero_when", "zero_drop")


class Block(NamedTuple):
    """The numbers of one measure under one rule: `choices` by subsets, columns of shape (choices, subsets)."""

    choices: tuple[choices_of.Choice, ...]
    columns: dict[str, batch.Floats]


def rows_of(blocks: list[Block], names: tuple[str, ...], measures: tuple[str, ...]) -> tuple[Specification, ...]:
    """The sorted rows of all blocks."""
    if not blocks:
        return ()
    flat = {
        name: np.concatenate([block.columns[name].ravel() for block in blocks]) for name in (*NUMBERS, "is_converged")
    }
    choices = [choice for block in blocks for choice in block.choices]
    which = np.repeat(np.arange(len(choices)), len(names))
    place = np.array([measures.index(choice.measure) for choice in choices])[which]
    # NaN sorts last; equal estimates stay in the order of the choices.
    order = np.lexsort((flat["estimate"], place))
    words = (np.array(column, dtype=object)[which[order]].tolist() for column in zip(*choices, strict=True))
    subset = np.array(names, dtype=object)[order % len(names)].tolist()
    numbers = [plain.values(flat[name][order]) for name in NUMBERS[1:]]
    counts = flat["k"][order].astype(int).tolist()
    converged = flat["is_converged"][order].astype(bool).tolist()
    columns = zip(*words, subset, counts, *numbers, converged, strict=True)
    return tuple(map(Specification._make, columns))


def _summary(measure: str, rows: tuple[Specification, ...], alpha: float) -> Summary:
    estimates = np.array([row.estimate for row in rows if row.estimate is not None])
    tested = [row.p for row in rows if row.p is not None]
    null = catalogue.measure(measure).null
    has_null = bool(estimates.size) and not np.isnan(null)
    return Summary(
        measure=measure,
        specifications=len(rows),
        estimable=int(estimates.size),
        alpha=alpha,
        significant=sum(p < alpha for p in tested) / len(tested) if tested else None,
        below=float((estimates < null).mean()) if has_null else None,
        above=float((estimates > null).mean()) if has_null else None,
        lowest=float(estimates.min()) if estimates.size else None,
        median=float(np.median(estimates)) if estimates.size else None,
        highest=float(estimates.max()) if estimates.size else None,
    )
