"""Separated text to rows, as a stream; a quote that is never closed costs one row, not the rest of the file."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from reviews.search.formats import lines
from reviews.search.formats.tabular import cells

IsHeader = Callable[[list[str]], bool]

# How much text may be looked through again for the place where rows go on behind a broken one.
_PATIENCE = 4
_LINE_COST = 100


class Row(NamedTuple):
    """One row: the number of its first line (from 1), its cells, its text.

    `problem` says what is wrong with its quotes; `notes` are remarks on single cells that were read all the same;
    `has_no_end` marks a last row without a line end, which may be cut off.
    """

    line: int
    cells: list[str]
    raw: str
    sheet: str = ""
    problem: str = ""
    has_no_end: bool = False
    notes: tuple[str, ...] = ()


class _Lines:
    """Physical lines with their numbers, some of which may be handed back."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._source = self._numbered(stream, encoding)
        self._returned: deque[tuple[int, str]] = deque()
        self.has_end = True

    def _numbered(self, stream: BinaryIO, encoding: str) -> Iterator[tuple[int, str]]:
        number = 1
        for block in lines.blocks(stream, encoding):
            self.has_end = block.endswith("\n")
            for text in block.removesuffix("\n").split("\n"):
                yield number, text
                number += 1

    def next(self) -> tuple[int, str] | None:
        return self._returned.popleft() if self._returned else next(self._source, None)

    def give_back(self, returned: list[tuple[int, str]]) -> None:
        self._returned.extendleft(reversed(returned))


class _Cutter:
    """Cuts lines into rows; `width` and `header` are known as soon as the header has gone by."""

    def __init__(self, stream: BinaryIO, encoding: str, delimiter: str, is_header: IsHeader) -> None:
        self._lines = _Lines(stream, encoding)
        self._delimiter = delimiter
        self._is_header = is_header
        self._width = 0
        self._header = ""

    @property
    def has_end(self) -> bool:
        """Whether the lines read so far end with a line end."""
        return self._lines.has_end

    def rows(self) -> Iterator[Row]:
        while found := self._lines.next():
            if not found[1].strip():
                continue
            row = self._row(self._without_header(found))
            if self._is_header(row.cells):
                self._width = cells.width(row.cells)
                self._header = row.raw
            yield row

    def _without_header(self, found: tuple[int, str]) -> tuple[int, str]:
        """Files glued together without a line end have the second header behind the last row."""
        line, text = found
        at = text.find(self._header) if self._header and len(text) > len(self._header) else -1
        if at <= 0 or len(self._header) < 8:
            return found
        self._lines.give_back([(line, text[at:])])
        return line, text[:at].removesuffix("\ufeff")

    def _row(self, first: tuple[int, str]) -> Row:
        taken, builder = self._taken(first)
        count = cells.width(builder.cells)
        is_odd = builder.is_open or builder.lone_quotes or count > self._width
        if len(taken) > 1 and self._width > 2 and is_odd and (at := self._goes_on(taken)):
            self._lines.give_back(taken[at:])
            return self._broken(taken[:at])
        if builder.is_open:
            return self._broken(taken)
        raw = taken[0][1] if len(taken) == 1 else "\n".join(text for _, text in taken)
        return Row(taken[0][0], builder.cells, raw, problem=_problem(builder, count, self._width))

    def _taken(self, first: tuple[int, str]) -> tuple[list[tuple[int, str]], cells.Builder]:
        """The lines up to where the row that begins there ends, by its quotes."""
        builder = cells.Builder(self._delimiter)
        taken = [first]
        size = len(first[1])
        is_whole = builder.add(first[1])
        while not is_whole and size < lines.LONGEST_RECORD and (found := self._lines.next()):
            found = self._without_header(found)
            if self._header and found[1].startswith(self._header):
                self._lines.give_back([found])
                break
            taken.append(found)
            size += len(found[1])
            is_whole = builder.add(found[1])
        return taken, builder

    def _goes_on(self, taken: list[tuple[int, str]]) -> int:
        """The first line behind the first one that begins a whole row by itself; 0 if none does."""
        budget = _PATIENCE * (sum(len(text) for _, text in taken) + _LINE_COST * 100)
        for at in range(1, len(taken)):
            builder = cells.Builder(self._delimiter)
            for place in range(at, len(taken)):
                text = taken[place][1]
                budget -= len(text) + _LINE_COST
                if builder.add(text) or budget < 0:
                    break
            if budget < 0:
                return 0
            if not (builder.is_open or builder.lone_quotes) and cells.width(builder.cells) == self._width:
                return at
        return 0

    def _broken(self, taken: list[tuple[int, str]]) -> Row:
        builder = cells.Builder(self._delimiter)
        for _, text in taken:
            builder.add(text)
        builder.close()
        raw = "\n".join(text for _, text in taken)
        return Row(taken[0][0], builder.cells, raw, problem="has a quote that is never closed")


def _problem(builder: cells.Builder, count: int, width: int) -> str:
    return "has a quote inside a quoted cell" if builder.lone_quotes and width and count != width else ""


def delimited(stream: BinaryIO, encoding: str, delimiter: str, is_header: IsHeader) -> Iterator[Row]:
    """Yield the rows that are not blank.

    `is_header` tells header rows, whose width is the measure of the others. Raises `parsed.FormatError` as
    `lines.blocks` does.
    """
    cutter = _Cutter(stream, encoding, delimiter, is_header)
    before: Row | None = None
    for row in cutter.rows():
        if before:
            yield before
        before = row
    if before:
        yield before._replace(has_no_end=not cutter.has_end)


def count(stream: BinaryIO, encoding: str, delimiter: str, is_header: IsHeader) -> int:
    """How many rows stand behind the first header, other headers not counted: by regex, without the reader.

    Where quotes are broken it counts too few rather than too many.
    """
    mark = re.escape(delimiter)
    whole = re.compile(rf'(?:^|(?<={mark})) *"[^"]*(?:""[^"]*)*"(?={mark}|$)')
    opening = re.compile(rf'(?:^|{mark}) *"')
    closing = re.compile(rf'^[^"]*(?:""[^"]*)*"(?={mark}|$)')
    found, has_header, is_open = 0, False, False
    for block in lines.blocks(stream, encoding):
        for text in block.removesuffix("\n").split("\n"):
            if is_open:
                if not (end := closing.match(text)):
                    continue
                text = text[end.end() :]
            elif text.strip(f" {delimiter}"):
                is_first = (
                    is_header(cells.of_line(text, delimiter)) if '"' not in text or text.count(delimiter) else False
                )
                has_header = has_header or is_first
                found += has_header and not is_first
            is_open = '"' in text and opening.search(whole.sub("", text)) is not None
    return found
