"""From pieces to records: what every XML format does alike."""

import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from reviews.search.formats import lines, parsed
from reviews.search.formats.structured import fragments, pieces

# Position, line, raw text, tree, flaws.
Make = Callable[[int, int, str, Any, tuple[parsed.Flaw, ...]], parsed.ParsedRecord]


def read(
    stream: BinaryIO, encoding: str, start_after: int, start: re.Pattern[str], make: Make
) -> Iterator[parsed.Item]:
    """Yield a record or a refusal for every match of `start`, whose first group is the element's name."""
    before: parsed.Flaws = {}
    position = 0
    for chunk in pieces.split(stream, encoding, start):
        if not chunk.is_record:
            fragments.outside(chunk.text, chunk.line, before)
            continue
        position += 1
        found = start.match(chunk.text)
        fragment = fragments.read(chunk, found[1] if found else "")
        if position > start_after:
            yield _item(position, chunk, fragment, before, make)
        before = {}


def _item(
    position: int, chunk: lines.Chunk, fragment: fragments.Fragment, before: parsed.Flaws, make: Make
) -> parsed.Item:
    flaws = (*before.values(), *fragment.flaws.values())
    if chunk.is_last and not fragment.has_end:
        reason = f"Record {position} begins at line {chunk.line} and has no end tag: the file looks cut off."
        return parsed.Refused(position, chunk.line, fragment.raw, reason, is_incomplete=True)
    if fragment.tree is None:
        reason = f"Record {position} at line {chunk.line} is no XML that can be read; export it again."
        return parsed.Refused(position, chunk.line, fragment.raw, reason)
    record = make(position, chunk.line, fragment.raw, fragment.tree, flaws)
    return parsed.judged(record)
