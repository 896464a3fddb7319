"""Ovid's XML: each field an `F` element with the tag of Ovid's citation text, its values in `D` elements."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from reviews.search.formats import endings, layout, ovid, parsed
from reviews.search.formats.structured import fragments, items, pieces

_START = re.compile(r"<(record)(?=[\s>])")
# From the top of the file: EndNote's frame looks the same.
_BEGINS = re.compile(r"\A(?=.*?<F\s+(?:L=\"[^\"]*\"\s+)?C=\"[A-Z][A-Z0-9]\")", re.DOTALL)


def _make(position: int, line: int, raw: str, tree: Any, flaws: tuple[parsed.Flaw, ...]) -> parsed.ParsedRecord:
    values: dict[str, list[str]] = {}
    for field in tree.iterfind(".//F"):
        texts = [fragments.paragraphs(part) for part in field.iterfind("D")] or [fragments.paragraphs(field)]
        values.setdefault(str(field.get("C", parsed.STRAY)), []).extend(filter(None, texts))
    return ovid.record(position, line, raw, values, flaws)


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return items.read(stream, encoding, start_after, _START, _make)


def _count(stream: BinaryIO, encoding: str) -> int:
    return pieces.count(stream, encoding, re.compile(r"<record[\s>]"))


FORMAT = layout.Format(
    name="ovid-xml",
    label="Ovid XML",
    begins=_BEGINS,
    read=_read,
    count=_count,
    ends=endings.XML,
    is_unverified=True,
    family="Ovid",
)
