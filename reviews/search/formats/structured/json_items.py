"""JSON exports that are a list of objects: by itself, under a key of one object, or an object a line."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

from reviews.search.formats import cleaning, parsed
from reviews.search.formats.structured import pieces

# Position, line, raw text, object, flaws.
Make = Callable[[int, int, str, Mapping[str, Any], tuple[parsed.Flaw, ...]], parsed.ParsedRecord]
_BETWEEN = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,?\s*(?=\{)")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
# An error so near to the end of what was read may come from what was not.
_MARGIN = 200
_DECODER = json.JSONDecoder(strict=False)
_NO_OBJECT = "text between the records, left out"


class _Piece(NamedTuple):
    line: int
    raw: str
    value: object
    error: str
    is_cut: bool


class _Text:
    """A stream of text of which what was used is given up."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._blocks = pieces.blocks(stream, encoding)
        self.text, self.line, self.is_over = "", 1, False

    def more(self) -> bool:
        """Read as much again; whether there was any."""
        wanted = max(2 * len(self.text), 1)
        parts = [self.text]
        size = len(self.text)
        while size < wanted and (block := next(self._blocks, None)) is not None:
            parts.append(block)
            size += len(block)
        self.is_over = size < wanted
        grown = size > len(self.text)
        self.text = "".join(parts)
        if len(self.text) > pieces.LONGEST_RECORD:
            raise parsed.FormatError(
                f"The record that begins at line {self.line} is longer than {pieces.LONGEST_RECORD:,} characters; "
                "the file is damaged, export it again."
            )
        return grown

    def use(self, count: int) -> str:
        used, self.text = self.text[:count], self.text[count:]
        self.line += used.count("\n")
        return used


def read(
    stream: BinaryIO, encoding: str, start_after: int, begins: re.Pattern[str], make: Make
) -> Iterator[parsed.Item]:
    """Yield the items behind that position; `begins` matches up to where the first object opens."""
    for position, piece in enumerate(_pieces(_Text(stream, encoding), begins), start=1):
        if position <= start_after:
            continue
        if isinstance(piece.value, Mapping):
            yield parsed.judged(make(position, piece.line, piece.raw, piece.value, ()))
            continue
        if piece.is_cut:
            reason = f"Record {position} begins at line {piece.line} and does not end: the file looks cut off."
        else:
            reason = (
                f"Record {position} at line {piece.line} is no JSON that can be read ({piece.error}); export it again."
            )
        yield parsed.Refused(position, piece.line, piece.raw.rstrip(), reason, is_incomplete=piece.is_cut)


def _opened(source: _Text, begins: re.Pattern[str]) -> bool:
    found = None
    while not found and source.more():
        found = begins.search(source.text)
    if found:
        source.use(found.end())
    return found is not None


def _pieces(source: _Text, begins: re.Pattern[str]) -> Iterator[_Piece]:
    if not _opened(source, begins):
        return
    while True:
        gap = _BETWEEN.match(source.text)
        source.use(gap.end() if gap else 0)
        if not source.text and not source.is_over and source.more():
            continue
        if not source.text.startswith("{"):
            return
        yield _next(source)


def _next(source: _Text) -> _Piece:
    """The object that the text begins with."""
    while True:
        line = source.line
        try:
            value, end = _DECODER.raw_decode(source.text)
        except RecursionError:
            return _Piece(line, source.use(len(source.text)), None, "nested too deeply", False)
        except json.JSONDecodeError as error:
            is_open = error.pos > len(source.text) - _MARGIN or error.msg.startswith("Unterminated string")
            if is_open and not source.is_over and source.more():
                continue
            following = _NEXT.search(source.text, error.pos)
            if following:
                return _Piece(line, source.use(following.end()), None, error.msg, False)
            return _Piece(line, source.use(len(source.text)), None, error.msg, is_open)
        return _Piece(line, source.use(end), value, "", False)


def count(stream: BinaryIO, encoding: str, begins: re.Pattern[str]) -> int:
    """How many objects the list holds, by its brackets alone."""
    source = _Text(stream, encoding)
    if not _opened(source, begins):
        return 0
    depth = total = 0
    while True:
        used = 0
        for token in _TOKEN.finditer(source.text):
            used = token.end()
            if token[0] in "{[":
                total += depth == 0 and token[0] == "{"
                depth += 1
            elif token[0] in "}]":
                depth -= 1
                if depth < 0:
                    return total
        source.use(used)
        if source.is_over or not source.more():
            return total


def at(value: object, *path: str) -> object:
    """What stands at a path of keys; None where the object does not go that way."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def text(value: object, *path: str) -> str:
    """The text or number at a path; of a list, the first."""
    found = at(value, *path)
    if isinstance(found, list):
        found = found[0] if found else None
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    bare = str(found).strip()
    return "" if bare in cleaning.MISSING else bare


def every(value: object, *path: str) -> list[Any]:
    """The list at a path; empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def texts(value: object, *path: str) -> list[str]:
    """The texts of a list, or the one text, at a path."""
    found = at(value, *path)
    return [part for one in (found if isinstance(found, list) else [found]) if (part := text(one))]


def tags(value: Mapping[str, Any], held: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The plain values that no field holds."""
    return {name: tuple(found) for name in value if name not in held and (found := texts(value, name))}
