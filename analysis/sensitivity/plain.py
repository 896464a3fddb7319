"""Results as plain values, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis import options

SCHEMA = 1


class Columns(Protocol):
    """A NamedTuple of arrays."""

    def _asdict(self) -> dict[str, Any]: ...

    def to_dict(self) -> dict[str, Any]: ...


ColumnsT = TypeVar("ColumnsT", bound=Columns)


def values(column: NDArray[Any]) -> Any:
    """An array as nested lists, a number as a number; None for what is not finite."""
    if column.dtype != np.float64:
        return column.tolist()
    found = column.astype(object)
    found[~np.isfinite(column)] = None
    return found.tolist()


def columns(found: Columns) -> dict[str, Any]:
    """Every column of a NamedTuple by name."""
    return {name: values(np.asarray(column)) for name, column in found._asdict().items()}


@dataclass(frozen=True, slots=True, eq=False)
class Labelled(Generic[ColumnsT]):
    """A result with its studies' labels, in the order of its rows, and the options behind it."""

    kind: str
    labels: tuple[str, ...]
    values: ColumnsT
    options: options.Options

    def to_dict(self) -> dict[str, Any]:
        """Labels, options and every column, None where a number is not defined."""
        return {
            "schema": SCHEMA,
            "kind": self.kind,
            "labels": list(self.labels),
            "options": self.options.to_dict(),
            "columns": self.values.to_dict(),
        }
