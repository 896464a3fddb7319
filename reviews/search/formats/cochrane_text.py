"""Cochrane Library citation text: `Record #1 of 271`, `ID: CD009275`, then `AU: `, `TI: ` and so on.

Every value is one line. A record begins at its `ID:` line; the line that numbers it stands in front.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import cleaning, driving, endings, layout, parsed

_ID = re.compile(r"^ID: \S", re.MULTILINE)


def _second_ids(text: str) -> Iterator[int]:
    """A glued batch may lose the line that numbers a record; its ID line still begins one."""
    return (found.start() for found in list(_ID.finditer(text))[1:])


_SHAPE = driving.Shape(
    start=re.compile(r"\nRecord #\d+ of \d+[ \t]*(?=\n|\Z)"),
    tag=re.compile(r"^(?:ID|AU|TI|SO|YR|NO|PB|DOI|AB|US): \S", re.MULTILINE),
    cuts=_second_ids,
)
_BEGINS = re.compile(r"^Record #\d+ of \d+[ \t]*\n\s*(?:ID|AU|TI): ", re.MULTILINE)
_COUNTS = re.compile(r"^ID: \S", re.MULTILINE)
_ANNOUNCED = re.compile(r"^Record #\d+ of (\d+)[ \t]*$", re.MULTILINE)
_TAG = re.compile(r"([A-Z][A-Z0-9]{1,4}):(?: (.*)|\s*)")
_PROSE = frozenset({"TI", "AB", "KY"})
_HELD = frozenset({"ID", "AU", "TI", "SO", "YR", "VL", "NO", "PG", "KY", "DOI", "AB", "US", "PT"})
_NUMBERED = re.compile(r"Record #\d+ of \d+")
_PUBMED = re.compile(r"\bPUBMED (\d{1,9})\b")


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return driving.items(stream, encoding, start_after, _SHAPE, _record)


def _fields(piece: driving.Piece, flaws: parsed.Flaws) -> driving.Values:
    values: driving.Values = {}
    tag = ""
    for line, row in piece.numbered():
        if found := _TAG.fullmatch(row):
            tag = found[1]
            values.setdefault(tag, []).append((found[2] or "").strip())
        elif tag in _PROSE and row.strip():
            parsed.note(flaws, driving.JOINED, line)
            values[tag][-1] = f"{values[tag][-1]} {row.strip()}"
        elif row.strip() and not (line == piece.line and _NUMBERED.fullmatch(row.strip())):
            parsed.note(flaws, driving.STRAY, line)
            values.setdefault(parsed.STRAY, []).append(row.strip())
    return values


def _record(position: int, piece: driving.Piece, flaws: parsed.Flaws) -> parsed.ParsedRecord:
    values = _fields(piece, flaws)
    numbers = driving.every(values, "PM", "C3", "XR")
    return parsed.ParsedRecord(
        position=position,
        line=piece.line,
        raw=piece.text,
        title=driving.first(values, "TI"),
        abstract=driving.first(values, "AB").removeprefix("Abstract - "),
        authors=tuple(cleaning.unique(driving.every(values, "AU"))),
        journal=driving.first(values, "SO"),
        year=cleaning.year(driving.every(values, "YR")),
        volume=driving.first(values, "VL"),
        issue=driving.first(values, "NO", "IS"),
        pages=driving.first(values, "PG"),
        doi=cleaning.doi(driving.first(values, "DOI")),
        pmid=next((found[1] for value in numbers if (found := _PUBMED.search(value))), ""),
        accession=driving.first(values, "ID"),
        issn=cleaning.issns(driving.every(values, "SN")),
        keywords=tuple(_split(driving.every(values, "KY"))),
        url=driving.first(values, "US"),
        publication_type="; ".join(driving.every(values, "PT")),
        database="Cochrane Library",
        tags=driving.rest(values, _HELD),
        flaws=tuple(flaws.values()),
    )


def _split(values: list[str]) -> list[str]:
    return cleaning.unique(part.strip() for value in values for part in value.split(";"))


def _announced(head: str) -> int | None:
    found = _ANNOUNCED.search(head)
    return int(found[1]) if found else None


FORMAT = layout.Format(
    name="cochrane-text",
    label="Cochrane citation text",
    begins=_BEGINS,
    counts=_COUNTS,
    read=_read,
    ends=endings.BLANK_LINE,
    announced=_announced,
    family="Cochrane Library",
)
