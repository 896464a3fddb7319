"""Sheets of an old workbook (BIFF, .xls). The library reads it whole, so its size has a limit."""

import io
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import xlrd

from reviews.search.formats import parsed
from reviews.search.formats.tabular import rows
from reviews.search.formats.tabular.workbooks import sheets

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR = 512
LARGEST = 150_000_000
# Names of streams in the directory of the compound file.
_BOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = (
    xlrd.XLRDError,
    xlrd.compdoc.CompDocError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NameError,
    RecursionError,
    TypeError,
    ValueError,
)
_PASSWORD = "The workbook has a password; save it without one and upload that file."


def is_workbook(stream: BinaryIO) -> bool:
    """Whether the stream is an old workbook, or a new one locked by a password."""
    stream.seek(0)
    if stream.read(len(_MAGIC)) != _MAGIC:
        return False
    return any(_holds(stream, name) for name in (*_BOOKS, _LOCKED))


def _holds(stream: BinaryIO, wanted: bytes) -> bool:
    stream.seek(0)
    rest = b""
    while block := stream.read(1 << 20):
        rest += block
        if wanted in rest:
            return True
        rest = rest[-64:]
    return False


def opened(stream: BinaryIO) -> list[sheets.Sheet]:
    """The sheets in their order. Raises `parsed.FormatError` for a damaged, locked or too large workbook."""
    stream.seek(0)
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise parsed.FormatError(
            f"The workbook is larger than {LARGEST // 1_000_000} MB; save its sheet as csv and upload that file."
        )
    if _LOCKED in data:
        raise parsed.FormatError(_PASSWORD)
    if any(data.startswith(_MAGIC, at) for at in range(_SECTOR, len(data), _SECTOR)):
        raise parsed.FormatError(
            "Two workbooks stand in one file, as if they were glued together; upload them as two files."
        )
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=True)
        found = [book.sheet_by_index(number) for number in range(book.nsheets)]
    except _BROKEN as error:
        if "encrypted" in str(error).lower():
            raise parsed.FormatError(_PASSWORD) from error
        raise parsed.FormatError(
            "The workbook is damaged or cut off; open it in a spreadsheet program, save it again as xlsx or csv, "
            "and upload that file."
        ) from error
    return [_sheet(book, sheet) for sheet in found]


def _sheet(book: Any, sheet: Any) -> sheets.Sheet:
    return sheets.Sheet(sheet.name, lambda: _rows(book, sheet))


def _rows(book: Any, sheet: Any) -> Iterator[rows.Row]:
    for number in range(sheet.nrows):
        cells = [_text(cell, book.datemode) for cell in sheet.row(number)]
        if row := sheets.row(number + 1, cells, sheet.name):
            yield row


def _text(cell: Any, datemode: int) -> str:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return sheets.text(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return sheets.text(xlrd.xldate_as_datetime(cell.value, datemode))
        except (xlrd.xldate.XLDateError, OverflowError, ValueError):
            return sheets.text(cell.value)
    return sheets.text(cell.value)
