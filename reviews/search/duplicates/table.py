"""Prepared records as columns, so that millions of pairs are compared at once."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from reviews.search.duplicates import keys, prepare
from reviews.search.duplicates.prepare import Prepared
from reviews.search.duplicates.record import Id, Record

Ints: TypeAlias = npt.NDArray[np.int64]
CHUNK = 4000
_FEWEST, _RUNNING = 100, 0.8


@dataclass(frozen=True, slots=True)
class Table:
    """n records. Lists of n texts, and arrays of shape (n,) with 0 for missing; `prepare.Prepared` says what each is.

    `key_hash` and `key_row` of shape (m,) are the blocking keys of all records, in no order.
    """

    ids: list[Id]
    title: list[str]
    other_title: list[str]
    numbers: list[str]
    latin: list[str]
    han: list[str]
    journal: list[str]
    abstract: list[str]
    issn: list[str]
    doi: Ints
    accession: Ints
    registry: Ints
    first: Ints
    page: Ints
    whole: Ints
    page_number: Ints
    page_end: Ints
    year: Ints
    volume: Ints
    issue: Ints
    pmid: Ints
    cochrane: Ints
    version: Ints
    flags: Ints
    title_sum: Ints
    title_order: Ints
    key_hash: Ints
    key_row: Ints

    def __len__(self) -> int:
        return len(self.ids)


_TEXTS = 9
_SUMS = 15


def build(records: Iterable[Record], workers: int = 1) -> Table:
    """Prepare records, in chunks, by `workers` processes; the records themselves are not kept."""
    chunks = _chunks(records)
    if workers == 1:
        return joined([_chunk(chunk) for chunk in chunks])
    with ProcessPoolExecutor(workers) as pool:
        return joined(list(pool.map(_chunk, chunks)))


def without_running_numbers(rows: Table) -> Table:
    """Some programs export a running number as the issue: where nearly every record has its own, it says nothing."""
    known = rows.issue[rows.issue > 0]
    if len(known) < _FEWEST or len(np.unique(known)) < _RUNNING * len(known):
        return rows
    return replace(rows, issue=np.zeros_like(rows.issue))


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    left = iter(records)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _chunk(records: Sequence[Record]) -> Table:
    return of(prepare.several(records))


def of(rows: Sequence[Prepared]) -> Table:
    """Columns from prepared rows."""
    columns: list[Sequence[object]] = list(zip(*rows, strict=True)) if rows else [()] * len(Prepared._fields)
    texts = [[str(value) for value in column] for column in columns[1:_TEXTS]]
    sums = [np.array([prepare.checksum(str(value)) for value in column], np.int64) for column in columns[_TEXTS:_SUMS]]
    numbers = [np.array(column, np.int64) for column in columns[_SUMS:]]
    found = [keys.hashes(row) for row in rows]
    squeezed = [row.title.replace(" ", "") for row in rows]
    derived = [
        np.array([prepare.checksum(title) for title in squeezed], np.int64),
        np.array([_order(title) for title in squeezed], np.int64),
        np.array([key for own in found for key in own], np.int64),
        np.repeat(np.arange(len(rows)), [len(own) for own in found]),
    ]
    return _table([[row.id for row in rows], *texts, *sums, *numbers, *derived])


def _table(columns: Sequence[object]) -> Table:
    return Table(**dict(zip((field.name for field in fields(Table)), columns, strict=True)))  # type: ignore[arg-type]


def _order(title: str) -> int:
    """Eight bytes that sort as the title does."""
    return int.from_bytes(title[:12].encode()[:7].ljust(7, b"\0"), "big")


def joined(parts: list[Table]) -> Table:
    """The rows of all parts, in their order."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return of([])
    starts = np.cumsum([0] + [len(part) for part in parts[:-1]])
    columns: list[object] = []
    for field in fields(Table):
        name, column = field.name, [getattr(part, field.name) for part in parts]
        if isinstance(column[0], list):
            columns.append([value for part in column for value in part])
        elif name == "key_row":
            columns.append(np.concatenate([part + start for part, start in zip(column, starts, strict=True)]))
        else:
            columns.append(np.concatenate(column))
    return _table(columns)
