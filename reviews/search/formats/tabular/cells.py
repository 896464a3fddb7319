"""One row of separated text, cut into cells line by line.

Written for this project because the standard reader's limit on the length of a cell is a setting of the whole
process, it does not say on which line a row begins, and one quote that is never closed makes it swallow all rows
to the end of the file in silence. It serves for single lines in which nothing is odd.
"""

import csv


class Builder:
    """Takes the physical lines of one row until the row is complete.

    A cell that begins with a quote ends at a quote followed by the delimiter or the line's end, `""` in it is one
    quote; any other quote is kept as it stands and counted in `lone_quotes`.
    """

    def __init__(self, delimiter: str) -> None:
        self.cells: list[str] = []
        self.lone_quotes = 0
        self.is_open = False
        self._delimiter = delimiter
        self._parts: list[str] = []

    def add(self, text: str) -> bool:
        """Read one line; whether the row is complete with it."""
        if self.is_open:
            at = self._quoted(text, 0)
        elif '"' not in text:
            self.cells.extend(text.split(self._delimiter))
            return True
        elif (whole := self._usual(text)) is not None:
            self.cells.extend(whole)
            return True
        else:
            at = self._cell(text, 0)
        while 0 <= at < len(text):
            at = self._cell(text, at + 1)
        return not self.is_open

    def _usual(self, text: str) -> list[str] | None:
        """The cells of a line in which nothing is odd, by the standard reader for its speed; else None."""
        if f'{self._delimiter} "' in text or text.startswith(' "'):
            return None
        try:
            return next(csv.reader((text,), delimiter=self._delimiter, strict=True))
        except csv.Error:
            return None

    def _cell(self, text: str, at: int) -> int:
        """Read the cell that begins there; the place of the delimiter behind it, -1 if it is still open."""
        begin = at
        while text.startswith(" ", begin):
            begin += 1
        if text.startswith('"', begin):
            self.is_open = True
            return self._quoted(text, begin + 1)
        cut = text.find(self._delimiter, at)
        cut = len(text) if cut < 0 else cut
        self.cells.append(text[at:cut])
        return cut

    def _quoted(self, text: str, begin: int) -> int:
        at = text.find('"', begin)
        while at >= 0:
            behind = text[at + 1 : at + 2]
            if behind in ("", self._delimiter):
                self._parts.append(text[begin:at])
                self.cells.append("\n".join(self._parts).replace('""', '"'))
                self._parts = []
                self.is_open = False
                return at + 1
            self.lone_quotes += behind != '"'
            at = text.find('"', at + (2 if behind == '"' else 1))
        self._parts.append(text[begin:])
        return -1

    def close(self) -> None:
        """End the row where it stands; an open cell keeps what it holds."""
        if self.is_open:
            self.cells.append("\n".join(self._parts))
            self.is_open = False


def of_line(text: str, delimiter: str) -> list[str]:
    """The cells of a single line."""
    builder = Builder(delimiter)
    builder.add(text)
    builder.close()
    return builder.cells


def width(cells: list[str]) -> int:
    """The number of cells without empty ones at the end."""
    count = len(cells)
    while count and not cells[count - 1].strip():
        count -= 1
    return count
