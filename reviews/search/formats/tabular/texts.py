"""Separated text as formats: one for each source that is known by its header, and one for any other table."""

import functools
import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from reviews.search.formats import endings, layout, lines, parsed
from reviews.search.formats.tabular import cells, generic, profile, recognition, rows, table

_HEAD = 1 << 18
_EXAMPLES = 3
_SHOWN_CHARACTERS = 80


def _head(stream: BinaryIO, encoding: str) -> str:
    stream.seek(0)
    return "".join(lines.blocks(io.BytesIO(stream.read(_HEAD)), encoding))


def _is_known(row: list[str]) -> bool:
    return recognition.known(row) is not None


def _place(stream: BinaryIO, encoding: str) -> recognition.Place:
    found = recognition.place(_head(stream, encoding))
    if not found:
        raise parsed.FormatError(
            "The file has no header row with the columns of this format; choose another format, or export the "
            "references again."
        )
    return found


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    delimiter = _place(stream, encoding).delimiter
    found = rows.delimited(stream, encoding, delimiter, _is_known)
    return table.items(found, recognition.known, start_after)


def _count(stream: BinaryIO, encoding: str) -> int:
    return rows.count(stream, encoding, _place(stream, encoding).delimiter, _is_known)


def _finds(source: profile.Profile, head: str) -> int | None:
    found = recognition.place(head)
    return found.offset if found and found.source is source else None


def _format(source: profile.Profile) -> layout.Format:
    return layout.Format(
        name=source.name,
        label=source.label,
        finds=functools.partial(_finds, source),
        read=_read,
        count=_count,
        ends=endings.ROW,
        has_abstracts=source.has_abstracts,
        family=source.family,
    )


class _Any:
    """A table whose first row that is not blank is its header."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        head = _head(stream, encoding)
        found = recognition.any_place(head)
        text = head[found.offset :].partition("\n")[0] if found else ""
        self.delimiter = found.delimiter if found else ","
        self.row = cells.of_line(text, self.delimiter)
        blank = profile.Profile(name="table", label="table", make=lambda row: {}, required=frozenset())
        self.header = table.header(blank, self.row)
        if not found:
            raise parsed.FormatError(
                "The file is no table with a header row; save it as csv with the columns' names in the first row."
            )

    def is_header(self, row: list[str]) -> bool:
        return row[: self.header.width] == self.row[: self.header.width]

    def items(
        self, stream: BinaryIO, encoding: str, start_after: int, mapping: layout.ColumnMap | None
    ) -> Iterator[parsed.Item]:
        source = generic.mapped(mapping, self.header.written)
        known = table.Header(source, self.header.written, self.header.names)
        recognise: Callable[[list[str]], table.Header | None] = lambda row: known if self.is_header(row) else None  # noqa: E731
        return table.items(rows.delimited(stream, encoding, self.delimiter, self.is_header), recognise, start_after)


def _any_read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return _Any(stream, encoding).items(stream, encoding, start_after, None)


def _any_mapped(stream: BinaryIO, encoding: str, start_after: int, mapping: layout.ColumnMap) -> Iterator[parsed.Item]:
    return _Any(stream, encoding).items(stream, encoding, start_after, mapping)


def _any_count(stream: BinaryIO, encoding: str) -> int:
    found = _Any(stream, encoding)
    return rows.count(stream, encoding, found.delimiter, found.is_header)


def _any_columns(stream: BinaryIO, encoding: str) -> tuple[parsed.Column, ...]:
    found = _Any(stream, encoding)
    behind = (row.cells for row in rows.delimited(stream, encoding, found.delimiter, found.is_header))
    return described(found.header.written, behind)


def described(header: list[str], behind: Iterator[list[str]]) -> tuple[parsed.Column, ...]:
    """The columns of a table with their first filled cells and the fields that their names suggest."""
    examples: list[list[str]] = [[] for _ in header]
    for row, _ in zip(behind, range(20), strict=False):
        if row[: len(header)] == header:
            continue
        for shown, cell in zip(examples, row, strict=False):
            if cell.strip() and len(shown) < _EXAMPLES:
                shown.append(cell.strip()[:_SHOWN_CHARACTERS])
    fields = generic.suggested(header)
    return tuple(parsed.Column(name, tuple(shown), fields[name]) for name, shown in zip(header, examples, strict=True))


def _any_finds(head: str) -> int | None:
    # What stands in front of the header belongs to the table.
    return 0 if recognition.any_place(head) else None


KNOWN: tuple[layout.Format, ...] = tuple(_format(source) for source in recognition.PROFILES)
TABLE = layout.Format(
    name="table",
    label="table (csv, tsv)",
    finds=_any_finds,
    read=_any_read,
    count=_any_count,
    ends=endings.ROW,
    columns=_any_columns,
    read_mapped=_any_mapped,
    is_fallback=True,
    family="Tables",
)
