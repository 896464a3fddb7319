"""A table of studies from a csv file or the standard input."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from analysis import errors

INPUT = "-"
SEPARATORS = (",", ";", "\t")


class Table(NamedTuple):
    """Rows by the header's names, and the line of the file on which each ends."""

    rows: tuple[Mapping[str, str], ...]
    numbers: tuple[int, ...]


def read(name: str) -> Table:
    """The table in a file, or in the input for the name “-”: UTF-8, cells parted by commas, semicolons or tabs.

    Raises InputError for a file that cannot be read or is no such table, naming the row.
    """
    return parse(_text(name))


def parse(text: str) -> Table:
    """The table in a text; a byte order mark is no part of it, and lines without any text are left out."""
    plain = text.removeprefix("\ufeff")
    if "\0" in plain:
        raise errors.InputError("the file holds bytes that are no text; save it as csv in UTF-8.")
    first = plain.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=separator, strict=True)
    found: list[tuple[int, list[str]]] = []
    try:
        found.extend((reader.line_num, row) for row in reader if any(cell.strip() for cell in row))
    except csv.Error as problem:
        raise errors.InputError(
            f"row {reader.line_num}: the quotation marks do not match ({problem}); close each one."
        ) from problem
    if not found:
        raise errors.InputError("The file is empty; give it a header and one row a study.")
    header = found[0][1]
    return Table(
        tuple(_row(header, number, cells) for number, cells in found[1:]), tuple(number for number, _ in found[1:])
    )


def _row(header: list[str], number: int, cells: list[str]) -> dict[str, str]:
    """A row by the header's names; cells that are missing at its end are empty."""
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise errors.InputError(f"Column {twice} stands twice in the table; rename or remove one.")
    if any(cell.strip() for cell in cells[len(header) :]):
        raise errors.InputError(
            f"row {number} has {len(cells)} cells, but the header names {len(header)} columns; put text that holds "
            "the separator between quotation marks, and write decimals with a point."
        )
    return dict(zip(header, [*cells, *[""] * len(header)], strict=False))


def _text(name: str) -> str:
    try:
        return _input() if name == INPUT else Path(name).read_text(encoding="utf-8")
    except OSError as problem:
        raise errors.InputError(f"the file cannot be read ({problem.strerror}).") from problem
    except UnicodeDecodeError as problem:
        raise errors.InputError("the file is not in UTF-8; save it as csv in UTF-8.") from problem


def _input() -> str:
    """The standard input, held to UTF-8 whatever the terminal's settings let through."""
    buffer = getattr(sys.stdin, "buffer", None)
    return sys.stdin.read() if buffer is None else buffer.read().decode("utf-8")
