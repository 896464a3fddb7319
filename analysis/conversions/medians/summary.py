"""What a report prints of skewed data: the median with the quartiles, with the range, or with both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis import errors
from analysis.pooling import batch

FEWEST = 3


@dataclass(frozen=True, slots=True)
class Summary:
    """Median and sample size with the range (scenario S1), the quartiles (S2) or both (S3).

    Raises InputError naming the field when the numbers are not in order, not finite, or say neither.
    """

    n: int
    median: float
    minimum: float | None = None
    q1: float | None = None
    q3: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        if not (self.n == int(self.n) and self.n >= FEWEST):
            raise errors.InputError(f"The sample size is {self.n}; at least {FEWEST} are needed.", field="n")
        for low, high in (("minimum", "maximum"), ("q1", "q3")):
            if (getattr(self, low) is None) != (getattr(self, high) is None):
                given, lacking = (low, high) if getattr(self, high) is None else (high, low)
                raise errors.InputError(f"The {given} is given without the {lacking}; give both.", field=lacking)
        if self.minimum is None and self.q1 is None:
            raise errors.InputError("A median alone is not enough: give the quartiles or the range too.", field="q1")
        self._require_order()

    def _require_order(self) -> None:
        names = [name for name in ("minimum", "q1", "median", "q3", "maximum") if getattr(self, name) is not None]
        values = [float(getattr(self, name)) for name in names]
        for name, value in zip(names, values, strict=True):
            if not np.isfinite(value):
                raise errors.InputError(f"The {name} is {value}, which is not a finite number.", field=name)
        for place in range(1, len(names)):
            if values[place] < values[place - 1]:
                raise errors.InputError(
                    f"The {names[place]} ({values[place]:g}) is below the {names[place - 1]} "
                    f"({values[place - 1]:g}); check the order.",
                    field=names[place],
                )
        if values[0] == values[-1]:
            raise errors.InputError("All numbers are equal, so no spread can be estimated.", field=names[-1])

    @property
    def scenario(self) -> str:
        """S1, S2 or S3."""
        if self.q1 is None:
            return "S1"
        return "S2" if self.minimum is None else "S3"

    @property
    def quantiles(self) -> batch.Floats:
        """The numbers in rising order, shape (3,) or (5,)."""
        values = (self.minimum, self.q1, self.median, self.q3, self.maximum)
        return np.array([value for value in values if value is not None], dtype=np.float64)

    def of(self, quantiles: batch.Floats) -> Summary:
        """The same summary with other numbers, for example transformed ones."""
        lowest, highest = float(quantiles[0]), float(quantiles[-1])
        middle = float(quantiles[len(quantiles) // 2])
        if self.scenario == "S1":
            return Summary(self.n, middle, minimum=lowest, maximum=highest)
        if self.scenario == "S2":
            return Summary(self.n, middle, q1=lowest, q3=highest)
        return Summary(self.n, middle, lowest, float(quantiles[1]), float(quantiles[3]), highest)
