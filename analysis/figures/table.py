"""A forest plot as a table: for an accessible HTML table and for CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.figures import forest

_NUMBERS = (
    ("mean1", "Mean 1"),
    ("sd1", "SD 1"),
    ("n1", "Total 1"),
    ("mean2", "Mean 2"),
    ("sd2", "SD 2"),
    ("n2", "Total 2"),
    ("k", "Studies"),
    ("effect", "Effect"),
    ("variance", "Variance"),
    ("se", "SE"),
    ("ci_low", "Lower limit"),
    ("ci_high", "Upper limit"),
    ("weight", "Weight (%)"),
    ("z", "Z"),
    ("p", "P"),
    ("q", "Q"),
    ("q_df", "Q df"),
    ("q_p", "Q P"),
    ("i2", "I² (%)"),
    ("h2", "H²"),
    ("tau2", "τ²"),
    ("i2_low", "I² lower limit (%)"),
    ("i2_high", "I² upper limit (%)"),
    ("prediction_df", "Prediction df"),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Head:
    """A heading over `span` columns."""

    text: str
    span: int
    is_numeric: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: a header or note has a label only and spans the table."""

    kind: str
    label: str
    key: str
    cells: tuple[str, ...]

    @property
    def is_spanning(self) -> bool:
        return not any(self.cells)


@dataclass(frozen=True, slots=True)
class TableRows:
    """The table behind a forest plot. `arms` is the upper row of headings, `columns` the lower, labels first.

    `span` is the number of columns.
    """

    caption: str
    notice: str
    arms: tuple[Head, ...]
    columns: tuple[Head, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...]

    @property
    def span(self) -> int:
        return len(self.columns)


def render(figure: forest.Forest) -> TableRows:
    """The figure's text in rows and columns, as rounded in the figure."""
    return TableRows(
        caption=figure.summary,
        notice=figure.notice,
        arms=tuple(_arms(figure)),
        columns=tuple(Head(column.title, 1, column.is_numeric) for column in figure.columns),
        rows=tuple(
            TableRow(
                row.kind.value,
                row.label,
                row.key,
                tuple(row.cell(column.key) for column in figure.columns[1:]),
            )
            for row in figure.rows
        ),
        notes=figure.footer,
    )


def _arms(figure: forest.Forest) -> Iterator[Head]:
    placed = list(figure.columns)
    while placed:
        same = [column for column in placed if column.arm == placed[0].arm]
        run = len(same) if placed[0].arm else next((i for i, c in enumerate(placed) if c.arm), len(placed))
        yield Head(placed[0].arm_name, run, placed[0].is_numeric)
        placed = placed[run:]


def to_csv(figure: forest.Forest) -> str:
    """The figure's rows as CSV: every number at full precision, the rounded text beside it, notice and choices last.

    Text that a spreadsheet would run as a formula is prefixed with an apostrophe. For Excel, encode as "utf-8-sig".
    """
    target = io.StringIO()
    writer = csv.writer(target)
    shown = [column for column in figure.columns if column.key in ("weight", "effect")]
    names = [name for _, name in _NUMBERS]
    writer.writerow(["Row", "Study", "Key", "Subgroup", *names, *(column.title for column in shown), "Notice"])
    for row in figure.rows:
        numbers = dict(row.numbers)
        full = [_exact(numbers.get(key)) for key, _ in _NUMBERS]
        rounded = [row.cell(column.key) for column in shown]
        writer.writerow(
            [row.kind.value, *map(_inert, (row.label, row.key, row.subgroup)), *full, *rounded, _inert(figure.notice)]
        )
    blank = [""] * (len(_NUMBERS) + len(shown) + 2)
    for note in figure.footer:
        writer.writerow(["note", _inert(note), *blank, _inert(figure.notice)])
    return target.getvalue()


def _exact(value: float | int | None) -> str:
    return "" if value is None else repr(value)


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
