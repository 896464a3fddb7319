"""What a conversion returns, and how its input is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis import errors
from analysis.pooling import batch


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """A converted value, shape (...), the method's name, and what it assumed, a sentence each."""

    value: batch.Floats
    method: str
    assumed: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {"value": self.value.tolist(), "method": self.method, "assumed": list(self.assumed)}


@dataclass(frozen=True, slots=True, eq=False)
class MeanSd:
    """A mean and a standard deviation, shape (...), the method's name, and what it assumed."""

    mean: batch.Floats
    sd: batch.Floats
    method: str
    assumed: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "mean": self.mean.tolist(),
            "sd": self.sd.tolist(),
            "method": self.method,
            "assumed": list(self.assumed),
        }


def finite(values: ArrayLike, name: str) -> batch.Floats:
    """The values as floats. Raises InputError when one is not finite."""
    given = np.asarray(values, dtype=np.float64)
    _require(np.isfinite(given), given, name, "is not a finite number")
    return given


def positive(values: ArrayLike, name: str) -> batch.Floats:
    """The values as floats. Raises InputError when one is not above 0."""
    given = finite(values, name)
    _require(given > 0, given, name, "must be greater than 0")
    return given


def size(values: ArrayLike, name: str, least: float = 2) -> batch.Floats:
    """Group sizes as floats. Raises InputError when one is below `least`."""
    given = finite(values, name)
    _require(given >= least, given, name, f"must be at least {least:g}")
    return given


def share(values: ArrayLike, name: str, *, open_ends: bool = True) -> batch.Floats:
    """Proportions. Raises InputError when one does not lie between 0 and 1."""
    given = finite(values, name)
    fits = (given > 0) & (given < 1) if open_ends else (given >= 0) & (given <= 1)
    _require(fits, given, name, "must lie between 0 and 1")
    return given


def correlation(values: ArrayLike, name: str = "correlation") -> batch.Floats:
    """Correlations. Raises InputError when one does not lie from -1 to 1."""
    given = finite(values, name)
    _require(np.abs(given) <= 1, given, name, "must lie from -1 to 1")
    return given


def ordered(low: ArrayLike, high: ArrayLike, name: str) -> tuple[batch.Floats, batch.Floats]:
    """The limits of an interval. Raises InputError when a lower limit is not below its upper one."""
    below, above = finite(low, f"lower limit of the {name}"), finite(high, f"upper limit of the {name}")
    wide_below, wide_above = np.broadcast_arrays(below, above)
    _require(wide_below < wide_above, wide_below, f"lower limit of the {name}", "must be below the upper limit")
    return below, above


def _require(fits: Any, given: batch.Floats, name: str, fault: str) -> None:
    if not np.all(fits):
        first = given.ravel()[int(np.argmin(np.ravel(fits)))]
        raise errors.InputError(
            f"The {name} is {first:g}, but it {fault}.".replace("it is not", "that is not"), field=name
        )
