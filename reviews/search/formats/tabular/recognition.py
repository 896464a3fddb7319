"""Which source's table a header belongs to, and what separates the cells of a text."""

import functools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reviews.search.formats.tabular import cells, generic, profile, table
from reviews.search.formats.tabular.sources import (
    cnki,
    cochrane,
    embase,
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
    cnki.PROFILE,
    cnki.CHINESE,
)
DELIMITERS = (",", "\t", ";")
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
    """Where any table's header may stand: its first line, if that names a title or the lines below are as wide."""
    found = list(_first_lines(head, _SHOWN))
    if len(found) < 2:
        return None
    offset, text = found[0]
    delimiter = max(DELIMITERS, key=lambda mark: len(cells.of_line(text, mark)))
    header = [cell.strip() for cell in cells.of_line(text, delimiter)]
    if len(header) < 2 or not all(len(cell) <= _LONGEST_NAME for cell in header):
        return None
    if generic.has_title(header) or _is_even(header, found[1:], delimiter):
        return Place(offset, delimiter, None)
    return None


def _is_even(header: list[str], below: list[tuple[int, str]], delimiter: str) -> bool:
    """Whether nearly all lines have as many cells as the header, which names every column but once."""
    if len(header) < 3 or len(set(header)) < len(header) or not all(header):
        return False
    same = sum(len(cells.of_line(text, delimiter)) == len(header) for _, text in below)
    return same * 5 >= len(below) * 4
