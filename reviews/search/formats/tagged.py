"""Tagged text without an end-of-record line: a record runs from its first line to the next one's.

NoteExpress, EndNote %0, RefWorks and E-Study share the ways in which such files break: a record that lost
its first line, a first line glued to the end of the line before (files joined without a line end), text
that wraps to the left edge, a file cut off in its last record. What a tag means is each format's duty.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from reviews.search.formats import chinese, lines, parsed

Values = dict[str, list[str]]
# Tags with their lines, in file order: the record read so far.
Found = list[tuple[str, list[str]]]

STRAY = "a line without a tag, kept with the record"
JOINED = "a line without a tag or indent, read as part of the text before it"
GLUED = "a record that begins in the middle of a line, read as a record of its own"
CUT = "the last record does not end as the others do: the file may be cut off"
_BLANK = re.compile(r"\s*")
_MOST_ENDINGS = 1000
_LONGEST_ENDING = 100
_FIGURE = re.compile(r"\d")
_BLANK_END = re.compile(r"\n[ \t\u3000]*\n\s*\Z")
_BLANK_LINE = re.compile(r"\n[ \t\u3000]*\n")


# Files joined together leave a byte order mark inside a line.
_EDGES = " \t\u3000\xa0\x0b\x0c\x85\u2028\ufeff"


class Row(NamedTuple):
    """One line: its tag and value, or no tag and the whole line; `flaw` when it looked like a tag."""

    tag: str
    value: str
    flaw: str = ""


class Piece(NamedTuple):
    """The lines of one record, `line` the first one's number; `flaw` says what was odd about its first line."""

    line: int
    text: str
    flaw: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """How records and fields are told apart in one format.

    `start` matches a record's first line with the LF before it, `glued` the same inside a line, `title` a
    title's line with the LF before it: a second title begins a record without a first line (`no_start` is
    the flaw then), behind a blank line when `is_spaced`. `row(line, found)` reads one line. Lines without a
    tag continue the fields in `prose`, and are values of their own in those of `lists`. No whole record ends
    with a tag in `never_last`.
    """

    start: re.Pattern[str]
    glued: re.Pattern[str]
    title: re.Pattern[str]
    no_start: str
    row: Callable[[str, Found], Row]
    prose: frozenset[str]
    never_last: frozenset[str]
    lists: frozenset[str] = frozenset()
    is_spaced: bool = True
    known: re.Pattern[str] = field(default=_BLANK)


class Entry(NamedTuple):
    """A record's place and its tags, ready for the format to say what they mean."""

    position: int
    line: int
    raw: str
    values: Mapping[str, list[str]]
    flaws: tuple[parsed.Flaw, ...]

    def first(self, *tags: str) -> str:
        """The first filled value of the tags, in their order."""
        return next((value for tag in tags for value in self.values.get(tag, ()) if value), "")

    def all(self, *tags: str) -> list[str]:
        """Every value of the tags, in their order."""
        return [value for tag in tags for value in self.values.get(tag, ())]

    def others(self, held: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """The tags that no field holds."""
        return {tag: tuple(found) for tag, found in self.values.items() if tag not in held}


Maker = Callable[[Entry], parsed.ParsedRecord]


class _Seen:
    """What the records before the last one hold and end with: the measure of whether the last one is whole."""

    def __init__(self) -> None:
        self.records = 0
        self.always: set[str] = set()
        self.last_tags: set[str] = set()
        self.endings: set[str] = set()

    def add(self, found: Found) -> None:
        tags = [tag for tag, _ in found if tag != parsed.STRAY]
        if not tags:
            return
        self.always = self.always.intersection(tags) if self.records else set(tags)
        self.last_tags.add(tags[-1])
        if len(self.endings) < _MOST_ENDINGS:
            self.endings.add(_ending(found))
        self.records += 1

    def is_cut(self, found: Found, text: str, shape: Shape) -> bool:
        """Whether the last record lacks a closing tag of all others or ends with another one than they do.

        A last line without an end must besides read as other records' last lines do. A file of one record is whole
        when a blank line ends it.
        """
        tags = [tag for tag, _ in found if tag != parsed.STRAY]
        if not tags:
            return False
        has_end = text.rstrip(" \t").endswith("\n")
        if not self.records:
            # Nothing to compare it with: only a blank line shows that the one record is whole.
            return tags[-1] in shape.never_last or not _BLANK_END.search(text)
        if not has_end and found[-1][0] == parsed.STRAY:
            return True
        if (self.always & self.last_tags).difference(tags) or tags[-1] not in self.last_tags:
            return True
        return not has_end and _ending(found) not in self.endings


def _ending(found: Found) -> str:
    """The last line with every figure as 0: numbers and links of one source have one shape."""
    tag, parts = next(field for field in reversed(found) if field[0] != parsed.STRAY)
    return f"{tag} {_FIGURE.sub('0', parts[-1].strip()[-_LONGEST_ENDING:])}"


def read(stream: BinaryIO, encoding: str, start_after: int, shape: Shape, make: Maker) -> Iterator[parsed.Item]:
    """Yield the items of a file behind that position."""
    seen = _Seen()
    position = 0
    waiting: tuple[parsed.Flaw, ...] = ()
    for piece in _pieces(lines.split(lines.blocks(stream, encoding), shape.start), shape):
        if isinstance(piece, parsed.Refused):
            position = 1
            if start_after < 1:
                yield piece
            continue
        if isinstance(piece, parsed.Flaw):
            waiting += (piece,)
            continue
        position += 1
        found, flaws = _fields(piece, shape)
        if piece.is_last and seen.is_cut(found, piece.text, shape):
            parsed.note(flaws, CUT, piece.line)
        seen.add(found)
        # Made even when not wanted: what a record means may depend on the one before it.
        item = _item(position, piece, found, (*waiting, *flaws.values()), make)
        if position > start_after:
            yield item
        waiting = ()


def _item(
    position: int,
    piece: Piece,
    found: Found,
    flaws: tuple[parsed.Flaw, ...],
    make: Maker,
) -> parsed.Item:
    values: Values = {}
    for tag, parts in found:
        values.setdefault(tag, []).append(_value(parts))
    record = make(Entry(position, piece.line, piece.text.rstrip(), values, flaws))
    return parsed.judged(record)


def _pieces(chunks: Iterator[lines.Chunk], shape: Shape) -> Iterator[Piece | parsed.Refused | parsed.Flaw]:
    """Records, and before them the flaws or the refusal of what stands in front of the first."""
    before = next(chunks)
    if shape.title.search("\n" + before.text):
        yield from _cut(before, shape, shape.no_start)
    elif sum(bool(shape.row(row, []).tag) for row in before.text.split("\n")) > 1:
        yield lines.without_beginning(before)
    else:
        yield from lines.stray(before, STRAY, shape.known)
    for chunk in chunks:
        yield from _cut(chunk, shape, "")


def _cut(chunk: lines.Chunk, shape: Shape, flaw: str) -> Iterator[Piece]:
    """Cut a chunk where another record begins that the first lines did not show."""
    text = chunk.text
    cuts = {found.start(): GLUED for found in shape.glued.finditer(text)}
    cuts.update(dict.fromkeys(_second_titles(text, shape, sorted(cuts)), shape.no_start))
    line, begin = chunk.line, 0
    for at in sorted(cuts):
        yield Piece(line, text[begin:at], flaw, False)
        line += text.count("\n", begin, at)
        begin, flaw = at, cuts[at]
    yield Piece(line, text[begin:], flaw, chunk.is_last)


def _second_titles(text: str, shape: Shape, cuts: list[int]) -> Iterator[int]:
    """Where a record without a first line begins: at a second title, or the blank line before it."""
    last = -1
    for found in shape.title.finditer("\n" + text):
        # The LF in front shifts every place by one.
        at = found.start()
        begin = at
        if shape.is_spaced:
            begin = max((blank.end() for blank in _BLANK_LINE.finditer(text, max(last, 0), at)), default=-1)
        if last >= 0 and begin > last and not any(last < cut <= at for cut in cuts):
            yield begin
        last = at


def _fields(piece: Piece, shape: Shape) -> tuple[Found, parsed.Flaws]:
    found: Found = []
    flaws: parsed.Flaws = {}
    if piece.flaw:
        parsed.note(flaws, piece.flaw, piece.line)
    for line, text in enumerate(piece.text.split("\n"), start=piece.line):
        if not text.strip():
            continue
        row = shape.row(text, found)
        if row.flaw:
            parsed.note(flaws, row.flaw, line)
        if row.tag:
            found.append((row.tag, [row.value]))
        elif found and found[-1][0] in shape.prose:
            if found[-1][0] in shape.lists:
                found.append((found[-1][0], [row.value]))
            else:
                found[-1][1].append(row.value)
            if not text[0].isspace() and not row.flaw:
                parsed.note(flaws, JOINED, line)
        elif not shape.known.fullmatch(text.strip()):
            found.append((parsed.STRAY, [row.value]))
            parsed.note(flaws, STRAY, line)
    return found, flaws


def _value(parts: list[str]) -> str:
    """The lines of one value as one text; an indented line begins a paragraph."""
    value = parts[0].strip(_EDGES)
    for part in parts[1:]:
        bare = part.strip(_EDGES)
        value = f"{value}\n{bare}" if value and part[:1].isspace() and bare else chinese.joined(value, bare)
    return value
