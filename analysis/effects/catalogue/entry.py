"""What the catalogue says of a measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from numpy.typing import ArrayLike

from analysis.effects import back_transform, core
from analysis.pooling import batch

Kernel = Callable[..., core.Effects]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of effect or one outcome of a single group.

    name    the key, "OR"; `label` for people, "Odds ratio"; `short` for a figure's axis
    family  the kind of study it takes, a key of `catalogue.STUDIES`
    scale   of the analysis, a key of `back_transform.SCALES`, "double_arcsine" or "freeman_tukey_rate"
    null    no effect, on the scale of the analysis; NaN for single groups, which have none
    fields  the study's fields in the order in which `compute` takes them as arrays
    adds    whether metafor adds to cells of 0 by default; None when cells of 0 play no part
    options the named choices of `compute` beside the rule for cells of 0, with what is allowed
    fixed   choices that make this measure out of a function of several
    needs_one_kind  whether changes from baseline and final values may not stand side by side
    """

    name: str
    label: str
    short: str
    family: str
    scale: str
    null: float
    fields: tuple[str, ...]
    kernel: Kernel
    adds: bool | None = None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    needs_one_kind: bool = False

    def compute(self, *columns: ArrayLike, **choices: object) -> core.Effects:
        """Effects and variances from arrays in the order of `fields`, any broadcastable shapes."""
        return self.kernel(*columns, **self.fixed, **choices)

    def back(self, value: ArrayLike) -> batch.Floats:
        """Values on the scale that people read. Raises OptionError where that needs a sample size."""
        return back_transform.back(self.scale, value)

    @property
    def is_ratio(self) -> bool:
        """Whether people read exp(estimate), with 1 for no effect."""
        return self.scale == "log" and self.null == 0


def choices(*variances: str, **others: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The named choices of a measure: formulas of its variance first."""
    return {"variance": variances, **others}
