"""Text without regard to its lines, cut at the beginnings of records: whole libraries stand on one line."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import lines, parsed

# A beginning is recognised within this many characters.
_LONGEST_START = 400
# A trial with its results is larger than any citation.
LONGEST_RECORD = 20_000_000


def blocks(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield the decoded text with every line end made LF and without byte order marks at the start of a line.

    Raises `parsed.FormatError` for a NUL character.
    """
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    held, line = "", 1
    while True:
        data = stream.read(lines.BLOCK)
        text = held + decoder.decode(data, not data)
        held = ""
        if data and text.endswith("\r"):
            text, held = text[:-1], "\r"
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
        if "\0" in text:
            at = line + text.count("\n", 0, text.index("\0"))
            raise parsed.FormatError(
                f"Line {at} holds a NUL character, so the file is damaged or not text; export it again, "
                "or choose another encoding."
            )
        line += text.count("\n")
        yield text
        if not data:
            return


def split(stream: BinaryIO, encoding: str, start: re.Pattern[str]) -> Iterator[lines.Chunk]:
    """Cut the text at every match of `start`; what stands before the first comes first and may be empty.

    Raises `parsed.FormatError` for a record of over 20 million characters.
    """
    rest, line, is_record, searched = "", 1, False, 0
    for text in blocks(stream, encoding):
        rest += text
        begin = 0
        # A match that touches the end of the text may go on in the next block.
        limit = len(rest) - _LONGEST_START if text else len(rest)
        for found in start.finditer(rest, searched):
            if found.start() >= max(limit, 0) and text:
                break
            if found.start() == begin and not is_record and not rest[begin : found.start()]:
                yield lines.Chunk(line, "", False, False)
                is_record = True
                continue
            yield lines.Chunk(line, rest[begin : found.start()], is_record, False)
            line += rest.count("\n", begin, found.start())
            begin, is_record = found.start(), True
        rest = rest[begin:]
        searched = max(1 if is_record else 0, limit - begin)
        if len(rest) > LONGEST_RECORD:
            raise parsed.FormatError(
                f"The record that begins at line {line} is longer than {LONGEST_RECORD:,} characters; "
                "the file is damaged, export it again."
            )
    yield lines.Chunk(line, rest, is_record, True)


def count(stream: BinaryIO, encoding: str, start: re.Pattern[str]) -> int:
    """How many matches of `start`, a pattern that ends with a fixed character, the text has."""
    total, rest = 0, ""
    for text in blocks(stream, encoding):
        rest += text
        ends = [found.end() for found in start.finditer(rest)]
        total += len(ends)
        rest = rest[max(ends[-1] if ends else 0, len(rest) - _LONGEST_START) :]
    return total
