"""How moderators become columns of numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis import errors
from analysis.pooling import batch
from analysis.regression import terms


def read_columns(chosen: Sequence[terms.Term], moderators: Mapping[str, Sequence[object]]) -> dict[str, list[object]]:
    """The moderators that the terms need. Raises InputError for one that is not there."""
    found: dict[str, list[object]] = {}
    for term in chosen:
        for column in term.columns:
            if column not in moderators:
                known = ", ".join(f"“{name}”" for name in moderators) or "none"
                raise errors.InputError(
                    f"There is no moderator “{column}”; the data hold {known}.",
                    field=column,
                )
            found[column] = list(moderators[column])
    return found


def length(columns: Mapping[str, Sequence[object]]) -> int:
    """The common length of the columns; 1 without any. Raises InputError when they differ."""
    sizes = {name: len(values) for name, values in columns.items()}
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"“{name}” {size}" for name, size in sizes.items())
        raise errors.InputError(f"The moderators have different lengths: {told}.")
    return next(iter(sizes.values()), 1)


def is_missing(value: object) -> bool:
    """Whether a value stands for "not reported"."""
    return value is None or (isinstance(value, str) and not value.strip()) or is_nan(value)


def is_nan(value: object) -> bool:
    """Whether a value is the float NaN."""
    return isinstance(value, float | np.floating) and math.isnan(value)


def present(columns: Mapping[str, Sequence[object]], k: int) -> batch.Bools:
    """(k,) which studies have a value in every column."""
    here = np.ones(k, dtype=np.bool_)
    for values in columns.values():
        here &= np.fromiter((not is_missing(value) for value in values), dtype=np.bool_, count=k)
    return here


def require_present(columns: Mapping[str, Sequence[object]], labels: Sequence[str], counted: batch.Bools) -> None:
    """Raises InputError naming the first study that takes part but lacks a moderator."""
    for column, values in columns.items():
        for label, value, takes_part in zip(labels, values, counted, strict=True):
            if takes_part and is_missing(value):
                raise errors.InputError(
                    f"Study “{label}” has no value for “{column}”; enter it, or leave such studies out.",
                    study=label,
                    field=column,
                )


@dataclass(frozen=True, slots=True)
class NumericCoding:
    """One column: the value minus the centre."""

    column: str
    centre: float

    @property
    def names(self) -> tuple[str, ...]:
        """The column's name."""
        return (self.column,)

    def block(
        self, columns: Mapping[str, Sequence[object]], labels: Sequence[str], here: batch.Bools | None = None
    ) -> batch.Floats:
        """(k, 1); NaN where a value is missing or the study does not take part."""
        values = np.full(len(labels), np.nan)
        for i, value in enumerate(columns[self.column]):
            if not is_missing(value) and (here is None or here[i]):
                values[i] = _number(value, labels[i], self.column)
        return (values - self.centre)[:, np.newaxis]


@dataclass(frozen=True, slots=True)
class FactorCoding:
    """A column of 0 and 1 per level in `shown`."""

    column: str
    levels: tuple[str, ...]
    shown: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names: moderator and level."""
        return tuple(f"{self.column}: {level}" for level in self.shown)

    def block(
        self, columns: Mapping[str, Sequence[object]], labels: Sequence[str], here: batch.Bools | None = None
    ) -> batch.Floats:
        """(k, levels shown); NaN where the level is missing or the study does not take part."""
        found = np.full((len(labels), len(self.shown)), np.nan)
        for i, value in enumerate(columns[self.column]):
            if not is_missing(value) and (here is None or here[i]):
                found[i] = [text(value) == level for level in self.shown]
                self._require_known(text(value), labels[i])
        return found

    def _require_known(self, level: str, label: str) -> None:
        if level not in self.levels:
            known = ", ".join(f"“{name}”" for name in self.levels)
            raise errors.InputError(
                f"{label}: “{level}” is no level of “{self.column}”; the levels are {known}.",
                study=label,
                field=self.column,
            )


@dataclass(frozen=True, slots=True)
class ProductCoding:
    """Every product of a column of one part with a column of the next."""

    parts: tuple[NumericCoding | FactorCoding, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, the first part's varying fastest."""
        made = [""]
        for part in self.parts:
            made = [f"{before} × {name}" if before else name for name in part.names for before in made]
        return tuple(made)

    def block(
        self, columns: Mapping[str, Sequence[object]], labels: Sequence[str], here: batch.Bools | None = None
    ) -> batch.Floats:
        """(k, number of products)."""
        found = np.ones((len(labels), 1))
        for part in self.parts:
            one = part.block(columns, labels, here)
            found = (one[:, :, np.newaxis] * found[:, np.newaxis, :]).reshape(len(labels), -1)
        return found


Coding = NumericCoding | FactorCoding | ProductCoding


def of(
    term: terms.Term, columns: Mapping[str, Sequence[object]], here: batch.Bools, *, every_level: bool = False
) -> Coding:
    """The coding of a term, its levels taken from the studies that take part."""
    if isinstance(term, terms.Numeric):
        return NumericCoding(term.column, term.centre)
    if isinstance(term, terms.Factor):
        return _factor(term, columns[term.column], here, every_level)
    parts: list[NumericCoding | FactorCoding] = []
    for part in term.parts:
        made = of(part, columns, here)
        if not isinstance(made, ProductCoding):
            parts.append(made)
    return ProductCoding(tuple(parts))


def _factor(term: terms.Factor, values: Sequence[object], here: batch.Bools, every_level: bool) -> FactorCoding:
    found = {text(value) for value, takes_part in zip(values, here, strict=True) if takes_part}
    levels = tuple(level for level in term.levels if level in found) if term.levels else tuple(sorted(found))
    unknown = sorted(found.difference(levels))
    if unknown:
        raise errors.InputError(
            f"Factor “{term.column}” has the value “{unknown[0]}”, which is none of the levels given for it.",
            field=term.column,
        )
    if len(levels) < 2:
        raise errors.InputError(
            f"Factor “{term.column}” has one level only among the studies that take part; a comparison needs two.",
            field=term.column,
        )
    reference = term.reference or levels[0]
    if reference not in levels:
        raise errors.InputError(
            f"No study that takes part has the reference level “{reference}” of factor “{term.column}”.",
            field=term.column,
        )
    shown = levels if every_level else tuple(level for level in levels if level != reference)
    return FactorCoding(term.column, levels, shown)


def text(value: object) -> str:
    """A level as text; a whole number without its decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _number(value: object, label: str, column: str) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise errors.InputError(
            f"Study “{label}”: “{value}” is no number for “{column}”; correct it, or use the moderator as a factor.",
            study=label,
            field=column,
        )
    return number
