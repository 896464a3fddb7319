"""What both kinds of workbook have in common: sheets of rows of text, and cells that are no text."""

import datetime
from collections.abc import Callable, Iterator
from typing import NamedTuple

from reviews.search.formats.tabular import rows


class Sheet(NamedTuple):
    """One sheet; `rows()` begins anew at every call and yields no blank row."""

    name: str
    rows: Callable[[], Iterator[rows.Row]]


def text(value: object) -> str:
    """A cell as text: whole numbers without a decimal point, dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _unescaped(value) if "_x000" in value or "\r" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ") if value.time() != datetime.time() else value.date().isoformat()
    return str(value)


def _unescaped(value: str) -> str:
    # Excel writes a carriage return inside a cell as _x000D_.
    return value.replace("_x000D_", "\r").replace("_x000A_", "\n").replace("\r\n", "\n").replace("\r", "\n")


def row(number: int, cells: list[str], sheet: str, notes: tuple[str, ...] = ()) -> rows.Row | None:
    """A row of a sheet, or None when it is blank."""
    if not any(map(str.strip, cells)):
        return None
    while cells and not cells[-1].strip():
        cells.pop()
    return rows.Row(number, cells, "\t".join(cells), sheet=sheet, notes=notes)
