"""What the readers of tagged western text share: from blocks of lines to one call per record.

A format says where records begin and end and what may stand between them; `items` sees to positions, to what
stands in front of the first record, to records that lost their first line and to a last one that was cut off.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from reviews.search.formats import lines, parsed

Values = dict[str, list[str]]

STRAY = "a line without a tag, kept with the record"
JOINED = "a line without a tag or indent, read as part of the text before it"
NO_END = "no end-of-record line"
NO_BEGINNING = "no first line, read as a record because it follows the end of another"
_NEVER = re.compile(r"(?!)")
_BLANK = re.compile(r"\s*")


def _nowhere(text: str) -> Iterable[int]:
    return ()


class Piece(NamedTuple):
    """The lines of one record; `line` is the first one's number."""

    line: int
    text: str
    has_beginning: bool
    has_end: bool
    is_last: bool

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Line numbers and lines."""
        return enumerate(self.text.split("\n"), start=self.line)


@dataclass(frozen=True, slots=True)
class Shape:
    """How records are told apart in one format.

    `start` matches a record's first line with the LF before it. `end` matches the line that ends a record with
    the LF before it (never, where a format has none); behind it, `content` shows that a record without a first
    line follows. `cuts` finds the places in a record's text where another one begins all the same. `tag` matches
    a line of a record: two of them before the first start are a record's tail. `between` are lines that may stand
    outside records.
    """

    start: re.Pattern[str]
    tag: re.Pattern[str]
    content: re.Pattern[str] = _NEVER
    end: re.Pattern[str] = _NEVER
    between: re.Pattern[str] = _BLANK
    cuts: Callable[[str], Iterable[int]] = _nowhere

    @property
    def has_ends(self) -> bool:
        return self.end is not _NEVER


Make = Callable[[int, Piece, parsed.Flaws], parsed.ParsedRecord]


def items(
    stream: BinaryIO, encoding: str, start_after: int, shape: Shape, make: Make
) -> Iterator[parsed.ParsedRecord | parsed.Refused]:
    """Yield the items of a file behind that position; `make` turns one piece into a record."""
    chunks = lines.split(lines.blocks(stream, encoding), shape.start)
    before = next(chunks)
    position = 0
    flaws: parsed.Flaws = {}
    if len(shape.tag.findall(before.text)) > 1:
        position = 1
        if start_after < 1:
            yield lines.without_beginning(before)
    else:
        flaws = {flaw.text: flaw for flaw in lines.stray(before, STRAY, shape.between)}
    others_end = False
    for piece in (piece for chunk in chunks for piece in _pieces(chunk, shape)):
        position += 1
        if position > start_after:
            yield _item(position, piece, others_end, flaws, shape, make)
        flaws = {}
        others_end = others_end or piece.has_end


def _pieces(chunk: lines.Chunk, shape: Shape) -> Iterator[Piece]:
    text = chunk.text
    ends = list(_behind_ends(text, shape))
    line, begin, has_beginning = chunk.line, 0, True
    for cut in sorted({*ends, *shape.cuts(text)}):
        yield Piece(line, text[begin:cut], has_beginning, cut in ends, False)
        line += text.count("\n", begin, cut)
        begin, has_beginning = cut, False
    yield Piece(line, text[begin:], has_beginning, shape.end.search(text, max(begin - 1, 0)) is not None, chunk.is_last)


def _behind_ends(text: str, shape: Shape) -> Iterator[int]:
    """Where a record without a first line begins, behind the end of another."""
    found = shape.end.search(text)
    while found and shape.content.search(text, found.end()):
        # A glued file has no line end there.
        cut = found.end() + (text[found.end()] == "\n")
        yield cut
        found = shape.end.search(text, cut)


def _item(
    position: int, piece: Piece, others_end: bool, flaws: parsed.Flaws, shape: Shape, make: Make
) -> parsed.ParsedRecord | parsed.Refused:
    piece = _trimmed(piece, shape)
    if shape.has_ends and piece.is_last and not piece.has_end and (others_end or position == 1):
        reason = f"Record {position} begins at line {piece.line} and has no end-of-record line: the file looks cut off."
        return parsed.Refused(position, piece.line, piece.text, reason, is_incomplete=True)
    if shape.has_ends and not piece.has_end:
        parsed.note(flaws, NO_END, piece.line)
    if not piece.has_beginning:
        parsed.note(flaws, NO_BEGINNING, piece.line)
    record = make(position, piece, flaws)
    return parsed.judged(record)


def _trimmed(piece: Piece, shape: Shape) -> Piece:
    """The piece without blank lines around it and without what announces the next record."""
    rows = piece.text.split("\n")
    while len(rows) > 1 and shape.between.fullmatch(rows[-1].strip()):
        rows.pop()
    first = 0
    while not piece.has_beginning and first < len(rows) - 1 and shape.between.fullmatch(rows[first].strip()):
        first += 1
    return piece._replace(line=piece.line + first, text="\n".join(rows[first:]).rstrip())


def first(values: Values, *tags: str) -> str:
    """The first filled value of the tags, in their order."""
    return next((value for tag in tags for value in values.get(tag, ()) if value), "")


def every(values: Values, *tags: str) -> list[str]:
    """The filled values of the tags, in their order."""
    return [value for tag in tags for value in values.get(tag, ()) if value]


def rest(values: Values, held: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The tags that no field holds."""
    return {tag: tuple(found) for tag, found in values.items() if tag not in held}
