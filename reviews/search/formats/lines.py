"""Bytes to lines, as a stream: memory stays flat whatever the size of the file.

Line ends are CRLF, LF and lone CR and nothing else: exports carry U+2028, U+0085, VT and FF inside
abstracts, where str.splitlines() would cut.
"""

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from reviews.search.formats import parsed

_TAIL = 1 << 14

BLOCK = 1 << 16
LONGEST_LINE = 10_000_000
LONGEST_RECORD = 5_000_000


class Chunk(NamedTuple):
    """The lines from one record's start to the next one's, `line` the first line's number from 1.

    What stands before the first record comes first with `is_record` False (and may be empty).
    """

    line: int
    text: str
    is_record: bool
    is_last: bool


def blocks(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield the text in blocks of whole lines ended by LF; only the last line may lack its end.

    A U+FEFF at the start of any line is dropped: batches glued together leave one in the middle.
    Raises `parsed.FormatError` for a NUL character or a line of over 10 million characters.
    """
    line = 1
    pending = ""
    for text in _decoded(stream, encoding):
        pending += text
        cut = pending.rfind("\n") + 1
        if cut:
            whole, pending = pending[:cut], pending[cut:]
            yield _checked(whole, line)
            line += whole.count("\n")
        if len(pending) > LONGEST_LINE:
            raise parsed.FormatError(
                f"Line {line} is longer than {LONGEST_LINE:,} characters, so this is not an export of "
                "references; export them again and upload that file."
            )
    if pending:
        yield _checked(pending, line)


def _decoded(stream: BinaryIO, encoding: str) -> Iterator[str]:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    held = ""
    while chunk := stream.read(BLOCK):
        text = held + decoder.decode(chunk)
        held = ""
        # A CR at the end of a block may be the first half of a CRLF.
        if text.endswith("\r"):
            text, held = text[:-1], "\r"
        yield _with_line_feeds(text)
    yield _with_line_feeds(held + decoder.decode(b"", True))


def tail(stream: BinaryIO, encoding: str) -> str:
    """The last lines of the text, with LF line ends."""
    begin = max(stream.seek(0, io.SEEK_END) - _TAIL, 0)
    # An even place, for encodings of two bytes.
    stream.seek(begin - begin % 2)
    return _with_line_feeds(stream.read().decode(encoding, "replace"))


def _with_line_feeds(text: str) -> str:
    if "\r" not in text:
        return text
    text = text.replace("\r\n", "\n")
    return text.replace("\r", "\n") if "\r" in text else text


def _checked(text: str, line: int) -> str:
    if "\0" in text:
        at = line + text.count("\n", 0, text.index("\0"))
        raise parsed.FormatError(
            f"Line {at} holds a NUL character, so the file is damaged or not text; export it again, "
            "or choose another encoding."
        )
    if "\ufeff" not in text:
        return text
    while text.startswith("\ufeff") or "\n\ufeff" in text:
        text = text.removeprefix("\ufeff").replace("\n\ufeff", "\n")
    return text


def split(texts: Iterable[str], start: re.Pattern[str]) -> Iterator[Chunk]:
    """Cut a stream of blocks at every match of `start`, a pattern that begins with the preceding LF.

    Raises `parsed.FormatError` for a record of over 5 million characters.
    """
    # The LF in front lets a record on the first line match as well.
    rest = "\n"
    line = 1
    is_record = False
    for text in texts:
        # A block is made of whole lines, so a start can only lie behind the last line end seen.
        searched_from = len(rest) - 1
        rest += text
        begin = 0
        for found in start.finditer(rest, searched_from):
            chunk = rest[begin + 1 : found.start() + 1]
            yield Chunk(line, chunk, is_record, False)
            line += chunk.count("\n")
            begin = found.start()
            is_record = True
        rest = rest[begin:]
        if len(rest) > LONGEST_RECORD:
            raise parsed.FormatError(
                f"The record that begins at line {line} is longer than {LONGEST_RECORD:,} characters; "
                "the file is damaged, export it again."
            )
    yield Chunk(line, rest[1:], is_record, True)


def stray(before: Chunk, text: str, known: re.Pattern[str]) -> tuple[parsed.Flaw, ...]:
    """A flaw with `text` for the lines before the first record that are neither blank nor `known`."""
    flaws: parsed.Flaws = {}
    for line, row in enumerate(before.text.split("\n"), start=before.line):
        if not known.fullmatch(row.strip()):
            parsed.note(flaws, text, line)
    return tuple(flaws.values())


def without_beginning(before: Chunk) -> parsed.Refused:
    """The refusal of tagged lines in front of the first record's start: the tail of a record."""
    reason = (
        f"Line {before.line} is in the middle of a record whose beginning is missing: "
        "the start of the file looks cut off."
    )
    return parsed.Refused(1, before.line, before.text.rstrip(), reason, is_incomplete=True)
