"""Chunks of a file, made ready to be stored while the chunk before is being stored: all that needs no database."""

import json
import sys
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Any

from reviews.search import rules
from reviews.search.duplicates import keys, prepare
from reviews.search.formats import parsed
from reviews.search.services import indexing
from reviews.search.services.duplicates import citing

# What a record of a file and a row of the table have in common; lists and tags are stored as JSON.
FIELDS = (
    *("position", "line", "raw", "title", "original_title", "abstract", "journal", "year", "volume", "issue", "pages"),
    *("doi", "pmid", "accession", "language", "url", "publication_type", "database"),
)
LISTS = ("authors", "parallel_authors", "issn", "keywords")
STORED = (*FIELDS, *LISTS, "tags")
_fields, _lists = attrgetter(*FIELDS), attrgetter(*LISTS)
TURN = 0.0005
_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Ready:
    """The items of a chunk, ``position`` the last one's.

    Of each record: its values in the order of ``STORED``, what it is found by, the numbers of its keys, and whether
    it is in two languages, so that there is an order to put them in.
    """

    position: int
    rows: list[tuple[Any, ...]]
    entries: list[indexing.Entry]
    hashes: list[list[int]]
    in_two: list[bool]
    refused: list[parsed.Refused]

    def __len__(self) -> int:
        return len(self.rows)


def chunks(items: Iterator[parsed.Item]) -> Generator[Ready, None, None]:
    """What ``items`` hold, one chunk ahead of whoever asks; close it to let the reader go."""
    with _short_turns(), ThreadPoolExecutor(1) as reader:
        coming = reader.submit(_next, items)
        while (chunk := coming.result()) is not None:
            coming = reader.submit(_next, items)
            yield chunk


@contextmanager
def _short_turns() -> Iterator[None]:
    """Whoever stores gives way to the reader at each packet; after Python's five milliseconds it would wait for most
    of its time."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _next(items: Iterator[parsed.Item]) -> Ready | None:
    chunk = list(islice(items, rules.CHUNK))
    if not chunk:
        return None
    found = [item for item in chunk if isinstance(item, parsed.ParsedRecord)]
    return Ready(
        position=chunk[-1].position,
        rows=[_row(item) for item in found],
        entries=[indexing.entry(item) for item in found],
        hashes=[keys.hashes(prepare.record(citing.cited(item.position, item))) for item in found],
        in_two=[bool(item.original_title or item.parallel_authors) for item in found],
        refused=[item for item in chunk if isinstance(item, parsed.Refused)],
    )


def _row(item: parsed.ParsedRecord) -> tuple[Any, ...]:
    return (*_fields(item), *map(_json, _lists(item)), _json(dict(item.tags)))
