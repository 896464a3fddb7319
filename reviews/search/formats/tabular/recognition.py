"""Which source's table a header belongs to, and what separates the cells of a text."""

import functools
import io
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reviews.search.formats.tabular import cells, generic, profile, rows, table
from reviews.search.formats.tabular.sources import (
    cnki,
    cochrane,
    embase,
    others,
    own,
    pubmed,
    scopus,
    trials,
    web_of_science,
    zotero,
)

# In the order of looking: the most particular headers first.
PROFILES: tuple[profile.Profile, ...] = (
    own.PROFILE,
    pubmed.PROFILE,
    web_of_science.PROFILE,
    web_of_science.LONG,
    cochrane.PROFILE,
    zotero.PROFILE,
    embase.PROFILE,
    scopus.PROFILE,
    trials.PROFILE,
    *others.PROFILES,
    cnki.PROFILE,
    cnki.CHINESE,
)
DELIMITERS = (",", "\t", ";")
ANY_DELIMITERS = (*DELIMITERS, "|")
# Excel's first line: which character separates the cells.
_SEPARATOR = re.compile(r"[\"']?sep=(.)[\"']?", re.IGNORECASE)
_MARKUP = ("<", "{", "[")
# How many lines may stand in front of the header.
_PREAMBLE = 20
_FIRST = frozenset().union(*(source.required | source.any_of for source in PROFILES))
_LONGEST_NAME = 80
_SHOWN = 20


class Place(NamedTuple):
    """Where in a text the header stands, what separates its cells, and whose it is (None: nobody's known)."""

    offset: int
    delimiter: str
    source: profile.Profile | None


def known(row: list[str]) -> table.Header | None:
    """The header that a row is, if it is one of a known source."""
    names = {profile.folded(cell) for cell in row if len(cell) <= _LONGEST_NAME}
    if len(names & _FIRST) < 1:
        return None
    found = frozenset(names)
    source = next((source for source in PROFILES if source.matches(found)), None)
    return table.header(source, row) if source else None


def _lines(head: str) -> Iterator[tuple[int, str]]:
    offset = 0
    for text in head.split("\n"):
        if text.strip():
            yield offset, text
        offset += len(text) + 1


def _first_lines(head: str, limit: int) -> Iterable[tuple[int, str]]:
    return (found for found, _ in zip(_lines(head), range(limit), strict=False))


@functools.lru_cache(maxsize=4)
def place(head: str) -> Place | None:
    """Where a known source's header stands in the head of a file."""
    for offset, text in _first_lines(head, _PREAMBLE):
        for delimiter in DELIMITERS:
            if delimiter in text and (found := known(cells.of_line(text, delimiter))):
                return Place(offset, delimiter, found.source)
    return None


@functools.lru_cache(maxsize=4)
def any_place(head: str) -> Place | None:
    """Where any table's header may stand: a line that names a title, else one above lines that are as wide."""
    found = list(_first_lines(head, _PREAMBLE))
    separator = _SEPARATOR.fullmatch(found[0][1].strip()) if found else None
    is_plain = not head.lstrip().startswith(_MARKUP)
    candidates = found[separator is not None : None if is_plain else 1]
    places = [Place(offset, separator[1] if separator else _delimiter(text), None) for offset, text in candidates]
    headers = [(place, header) for place in places if (header := _header(head, place))]
    titled = (place for place, header in headers if generic.has_title(header) and _has_rows(head, place))
    even = (place for place, header in headers if _is_even(head, place, header))
    return next(titled, None) or next(even, None)


def _delimiter(text: str) -> str:
    return max(ANY_DELIMITERS, key=lambda mark: len(cells.of_line(text, mark)))


def _header(head: str, place: Place) -> list[str]:
    """The names in the line at that place; empty when it cannot be a header."""
    row = cells.of_line(head[place.offset :].partition("\n")[0], place.delimiter)
    header = [cell.strip() for cell in row[: cells.width(row)]]
    return header if len(header) > 1 and all(len(cell) <= _LONGEST_NAME for cell in header) else []


def _has_rows(head: str, place: Place) -> bool:
    return bool(head[place.offset :].partition("\n")[2].strip())


def _is_even(head: str, place: Place, header: list[str]) -> bool:
    """Whether nearly all rows have as many cells as the header, which names every column but one, each once."""
    if len(set(header)) < len(header) or not all(header[1:]):
        return False
    text = io.BytesIO(head[place.offset :].encode("utf-8", "replace"))
    behind = rows.delimited(text, "utf-8", place.delimiter, lambda row: [cell.strip() for cell in row] == header)
    widths = [len(row.cells) for row, _ in zip(behind, range(_SHOWN), strict=False)][1:]
    same = sum(len(header) <= width <= len(header) + 1 for width in widths)
    # Two columns are no accident where several lines have them.
    is_enough = len(widths) > 1 if len(header) < 3 or place.offset else bool(widths)
    return is_enough and same * 5 >= len(widths) * 4
