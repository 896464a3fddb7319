"""csv and xlsx with one column a field: `tabular.sources.own` says which, and how cells are made harmless."""

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Iterator

import openpyxl
from openpyxl.cell import WriteOnlyCell

from reviews.search.formats.tabular.sources import own
from reviews.search.formats.writing import citation

# Written behind the columns that are read back.
OTHER_ABSTRACT = "Abstract (other language)"
_BOM = "\ufeff"
# A cell of a workbook holds 32,767 characters; an apostrophe may be added.
_CELL = 32_700
_BLOCK = 1 << 16


class TooLongError(ValueError):
    """A record that no workbook can hold; the message says which and what to do."""


def _value(record: citation.Citation, column: str) -> str:
    field = own.COLUMNS[column]
    value = getattr(record, field)
    if field in own.LISTS:
        return own.joined(citation.line(item) for item in value)
    if field == "abstract":
        return citation.text(value)
    return citation.line(str(value if value is not None else ""))


def write_csv(records: Iterable[citation.Citation]) -> Iterator[bytes]:
    """Yield the header and one row after the other; UTF-8 with the mark by which spreadsheets know it."""
    yield _BOM.encode() + _row([*own.COLUMNS, OTHER_ABSTRACT])
    for record in records:
        values = (*(_value(record, column) for column in own.COLUMNS), citation.other_abstract(record))
        yield _row([own.neutral(value) for value in values])


def _row(cells: list[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL).writerow(cells)
    return text.getvalue().encode("utf-8", "replace")


def write_xlsx(records: Iterable[citation.Citation]) -> Iterator[bytes]:
    """Write a workbook to a temporary file row by row, then yield its bytes in blocks.

    Raises `TooLongError` for a field that does not fit the cells that it has.
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("References")
    sheet.freeze_panes = "A2"
    more = [f"{column} ({part})" for part in range(2, own.PARTS + 1) for column in own.LONG]
    with tempfile.TemporaryFile() as file:
        try:
            sheet.append([*own.COLUMNS, OTHER_ABSTRACT, *more])
            for number, record in enumerate(records, start=1):
                sheet.append([_cell(sheet, value) for value in _parts(record, number)])
        finally:
            # Also when a record cannot be written: only saving removes what the library keeps on disk.
            book.save(file)
        file.seek(0, os.SEEK_SET)
        while block := file.read(_BLOCK):
            yield block


def _parts(record: citation.Citation, number: int) -> list[str]:
    """The cells of a row: what is too long for one goes on in the columns behind."""
    whole = {column: _cut(_value(record, column)) for column in own.COLUMNS}
    whole[OTHER_ABSTRACT] = _cut(citation.other_abstract(record))
    for column, parts in whole.items():
        if len(parts) > (own.PARTS if column in own.LONG else 1):
            raise TooLongError(
                f"{column} of reference {number} ({citation.line(record.title)[:80]}) is longer than a workbook's "
                "cells can hold; export these references as csv or RIS."
            )
    first = [parts[0] if parts else "" for parts in whole.values()]
    more = [
        whole[column][part - 1] if len(whole[column]) >= part else ""
        for part in range(2, own.PARTS + 1)
        for column in own.LONG
    ]
    return first + more


def _cut(value: str) -> list[str]:
    """The value in parts that fit a cell, none of which begins or ends with a space."""
    parts = []
    while len(value) > _CELL:
        at = _CELL
        while at > 1 and (value[at - 1].isspace() or value[at].isspace()):
            at -= 1
        parts.append(value[:at])
        value = value[at:]
    return [*parts, value] if value else parts


def _cell(sheet: object, value: str) -> object:
    cell = WriteOnlyCell(sheet, value=own.neutral(value))
    # Text that looks like a formula, an error or a number stays text.
    cell.data_type = "s"
    return cell
