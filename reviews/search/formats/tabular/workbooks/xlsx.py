"""Sheets of an xlsx workbook, read row by row; formulas are never computed."""

import itertools
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO
from xml.etree import ElementTree

import openpyxl

from reviews.search.formats import parsed
from reviews.search.formats.tabular import rows
from reviews.search.formats.tabular.workbooks import packages, sheets

_LAST_ROW = 1_048_576
_BATCH = 200
_MERGED = "a merged cell, whose text was taken for every row that it spans"
_WIDE = "a merged cell that spans columns, read as its first column"
_RESULT = "a formula, read as the result that was stored with it"
_FORMULA = "a formula without a stored result, kept as text"
_BROKEN = (*packages.BROKEN, TypeError, AttributeError, IndexError, AssertionError, ArithmeticError, SyntaxError)


def opened(stream: BinaryIO) -> list[sheets.Sheet]:
    """The sheets in their order. Raises `parsed.FormatError` for anything unsafe or damaged."""
    contents = packages.inspected(stream)
    names = [(sheet.title, getattr(sheet, "_worksheet_path", "")) for sheet in _sheets(_load(stream, is_values=True))]
    return [_sheet(stream, contents, number, title, path) for number, (title, path) in enumerate(names)]


def _sheet(stream: BinaryIO, contents: packages.Contents, number: int, title: str, path: str) -> sheets.Sheet:
    merges = contents.merges.get(path.lstrip("/"), [])
    return sheets.Sheet(title, lambda: _rows(stream, number, title, contents.has_formulas, merges))


def _load(stream: BinaryIO, *, is_values: bool) -> Any:
    stream.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(stream, read_only=True, data_only=is_values, keep_links=False)
    except _BROKEN as error:
        raise _damaged() from error


def _sheets(book: Any) -> list[Any]:
    # Charts on sheets of their own have no rows.
    return [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]


def _damaged() -> parsed.FormatError:
    return parsed.FormatError(
        "The workbook is damaged; open it in a spreadsheet program, save it again as xlsx or csv, and upload that file."
    )


def _rows(
    stream: BinaryIO, number: int, title: str, has_formulas: bool, merges: list[packages.Merge]
) -> Iterator[rows.Row]:
    filler = _Filler(merges)
    for line, cells, notes in _cells(stream, number, has_formulas):
        filled, more = filler.filled(line, cells)
        if row := sheets.row(line, filled, title, (*notes, *more)):
            yield row


def _cells(stream: BinaryIO, number: int, has_formulas: bool) -> Iterator[tuple[int, list[str], tuple[str, ...]]]:
    values = _raw(stream, number, is_values=True)
    if not has_formulas:
        for line, row in values:
            yield line, [sheets.text(cell.value) for cell in row], ()
        return
    for (line, row), (_, formulas) in zip(values, _raw(stream, number, is_values=False), strict=False):
        yield line, *_with_formulas(row, formulas)


def _with_formulas(row: Iterable[Any], formulas: Iterable[Any]) -> tuple[list[str], tuple[str, ...]]:
    cells, notes = [], []
    for cell, formula in zip(row, formulas, strict=False):
        text = sheets.text(cell.value)
        if getattr(formula, "data_type", "") == "f":
            notes.append(_RESULT if text else _FORMULA)
            text = text or sheets.text(getattr(formula.value, "text", formula.value))
        cells.append(text)
    return cells, tuple(notes)


def _raw(stream: BinaryIO, number: int, *, is_values: bool) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows that are in a sheet, with their numbers, whatever size the sheet says that it has."""
    sheet = _sheets(_load(stream, is_values=is_values))[number]
    sheet.reset_dimensions()
    found = enumerate(sheet.iter_rows(max_row=_LAST_ROW), start=1)
    while True:
        try:
            # In batches: a sheet may have a million rows that are blank, which the library counts up.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                batch = list(itertools.islice(found, _BATCH))
        except (*_BROKEN, ElementTree.ParseError) as error:
            raise _damaged() from error
        yield from (row for row in batch if row[1])
        if len(batch) < _BATCH:
            return


class _Filler:
    """Gives every row that a merged cell spans the cell's text."""

    def __init__(self, merges: list[packages.Merge]) -> None:
        self._begin: dict[int, list[packages.Merge]] = defaultdict(list)
        for merge in merges:
            self._begin[merge.first].append(merge)
        self._open: dict[int, tuple[int, str]] = {}

    def filled(self, line: int, cells: list[str]) -> tuple[list[str], tuple[str, ...]]:
        notes: list[str] = []
        for column, (last, text) in list(self._open.items()):
            if line > last:
                del self._open[column]
                continue
            cells += [""] * (column + 1 - len(cells))
            if text and not cells[column].strip():
                cells[column] = text
                notes.append(_MERGED)
        for merge in self._begin.pop(line, ()):
            text = cells[merge.column] if merge.column < len(cells) else ""
            if merge.last > line:
                self._open[merge.column] = (merge.last, text)
            if merge.is_wide and text:
                notes.append(_WIDE)
        return cells, tuple(notes)
