"""Workbooks as formats: every sheet with a header that is known is read, and a sheet that is not is named."""

import functools
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from reviews.search.formats import layout, parsed
from reviews.search.formats.tabular import generic, profile, recognition, rows, table, texts
from reviews.search.formats.tabular.workbooks import packages, sheets, xls, xlsx

Open = Callable[[BinaryIO], list[sheets.Sheet]]
_PREAMBLE = 20
_UNREAD = "a sheet without a header row that is known, not read"


class _Plan(NamedTuple):
    """The sheets to read, how to know their headers, and what to say about the others."""

    read: list[sheets.Sheet]
    recognise: table.Recognise
    flaws: tuple[parsed.Flaw, ...]

    def rows(self) -> Iterator[rows.Row]:
        return (row for sheet in self.read for row in sheet.rows())


def _first_rows(sheet: sheets.Sheet) -> list[list[str]]:
    return [row.cells for row, _ in zip(sheet.rows(), range(_PREAMBLE), strict=False)]


def _plan(book: list[sheets.Sheet], mapping: layout.ColumnMap | None) -> _Plan:
    first = {sheet.name: _first_rows(sheet) for sheet in book}
    known = [sheet for sheet in book if any(map(recognition.known, first[sheet.name]))]
    if known and mapping is None:
        return _Plan(known, recognition.known, _unread(book, known, first))
    header_row = _header(first)
    header = table.header(generic.mapped(mapping, _written(header_row)), header_row)
    chosen = [sheet for sheet in book if header_row in first[sheet.name]]
    return _Plan(chosen, lambda row: header if row == header_row else None, _unread(book, chosen, first))


def _written(row: list[str]) -> list[str]:
    blank = profile.Profile(name="table", label="table", make=lambda values: {}, required=frozenset())
    return table.header(blank, row).written


def _header(first: dict[str, list[list[str]]]) -> list[str]:
    """The first row of the first sheet that names a title, else of the first sheet that holds anything."""
    filled = [found for found in first.values() if found]
    if not filled:
        raise parsed.FormatError("The workbook is empty. Export the references again and upload that file.")
    titled = (row for found in filled for row in found if len(row) > 1 and generic.has_title(_written(row)))
    return next(titled, filled[0][0])


def _unread(
    book: list[sheets.Sheet], chosen: list[sheets.Sheet], first: dict[str, list[list[str]]]
) -> tuple[parsed.Flaw, ...]:
    left = [sheet.name for sheet in book if sheet not in chosen and first[sheet.name]]
    return (parsed.Flaw(f"{_UNREAD}: {', '.join(left)}", 1, len(left)),) if left else ()


def _read(opened: Open, stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    plan = _plan(opened(stream), None)
    return table.items(plan.rows(), plan.recognise, start_after, plan.flaws)


def _mapped(
    opened: Open, stream: BinaryIO, encoding: str, start_after: int, mapping: layout.ColumnMap
) -> Iterator[parsed.Item]:
    plan = _plan(opened(stream), mapping)
    return table.items(plan.rows(), plan.recognise, start_after, plan.flaws)


def _count(opened: Open, stream: BinaryIO, encoding: str) -> int:
    """Rows that are not blank behind the first header of each sheet with a header, headers not counted."""
    book = opened(stream)
    first = {sheet.name: _first_rows(sheet) for sheet in book}
    if any(recognition.known(row) for found in first.values() for row in found):
        is_header: Callable[[list[str]], bool] = lambda row: recognition.known(row) is not None  # noqa: E731
    else:
        header = _header(first)
        is_header = header.__eq__
    total = 0
    for sheet in book:
        has_header = False
        for row in sheet.rows():
            is_one = is_header(row.cells)
            has_header = has_header or is_one
            total += has_header and not is_one
    return total


def _columns(opened: Open, stream: BinaryIO, encoding: str) -> tuple[parsed.Column, ...]:
    book = opened(stream)
    header = _header({sheet.name: _first_rows(sheet) for sheet in book})
    written = _written(header)
    behind = (row.cells for sheet in book for row in sheet.rows() if row.cells != header)
    return texts.described(written, behind)


def _format(name: str, label: str, is_workbook: Callable[[BinaryIO], bool], opened: Open) -> layout.Format:
    return layout.Format(
        name=name,
        label=label,
        opens=is_workbook,
        read=functools.partial(_read, opened),
        read_mapped=functools.partial(_mapped, opened),
        count=functools.partial(_count, opened),
        columns=functools.partial(_columns, opened),
        family="Tables",
    )


XLSX = _format("xlsx", "Excel workbook (xlsx)", packages.is_workbook, xlsx.opened)
XLS = _format("xls", "Excel workbook (xls)", xls.is_workbook, xls.opened)
FORMATS: tuple[layout.Format, ...] = (XLSX, XLS)
