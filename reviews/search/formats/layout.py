"""What every format module offers, so that reading and detection need not know which one it is."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from reviews.search.formats import endings, lines, parsed

Reader = Callable[[BinaryIO, str, int], Iterator[parsed.Item]]
# Column name to the name of a field of `ParsedRecord`; columns left out stay in `tags`.
ColumnMap = Mapping[str, str]
MappedReader = Callable[[BinaryIO, str, int, ColumnMap], Iterator[parsed.Item]]


def nothing_announced(head: str) -> int | None:
    """For formats whose files do not say how many records they hold."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    **Recognition.** A text format has `begins` (a regex that finds a record's first line in the head of a
    file) or `finds` (the place of it in the head, or None); a binary one has `opens`, which says of the whole
    stream whether it is in this format, and gets `decoding.BINARY` for its encoding. A `is_fallback` format
    is taken only when nothing else is recognised anywhere in the head.

    **Reading.** `read(stream, encoding, start_after)` yields the items behind that position. `counts` (a regex
    over blocks of whole lines) or `count(stream, encoding)` finds the records' beginnings independently of
    the reader, so that a record lost in reading is noticed. `announced(head)` is the number of records that
    the file itself says it holds.

    **Ending.** `ends` matches the end of a whole file's text; None where the reader itself compares the last record
    with those before it.

    **Tables with columns of any name** have `columns(stream, encoding)` and `read_mapped`, which reads with a
    mapping from column names to fields chosen by a person; `read` then uses the mapping that the header
    suggests.

    `has_abstracts`, `is_unverified` and `advice` (a sentence) become warnings of an inspection. `family` groups
    formats in lists of choices; `aliases` are other names under which `registry.named` finds it.
    """

    name: str
    label: str
    read: Reader
    begins: re.Pattern[str] | None = None
    finds: Callable[[str], int | None] | None = None
    opens: Callable[[BinaryIO], bool] | None = None
    counts: re.Pattern[str] | None = None
    count: Callable[[BinaryIO, str], int] | None = None
    announced: Callable[[str], int | None] = nothing_announced
    columns: Callable[[BinaryIO, str], tuple[parsed.Column, ...]] | None = None
    read_mapped: MappedReader | None = None
    is_fallback: bool = False
    has_abstracts: bool = True
    is_unverified: bool = False
    advice: str = ""
    ends: re.Pattern[str] | None = endings.LINE
    family: str = ""
    aliases: tuple[str, ...] = ()

    def is_ended(self, stream: BinaryIO, encoding: str) -> bool:
        """Whether the end of the file's text is one that a whole file has."""
        return self.is_binary or self.ends is None or self.ends.search(lines.tail(stream, encoding)) is not None

    @property
    def is_binary(self) -> bool:
        """Whether the format is recognised on bytes and has no text encoding."""
        return self.opens is not None

    def place(self, head: str) -> int | None:
        """Where the first record begins in the head of a text file; None when none does."""
        if self.finds:
            return self.finds(head)
        found = self.begins.search(head) if self.begins else None
        return found.start() if found else None

    def total(self, stream: BinaryIO, encoding: str) -> int:
        """How many records begin in the file, counted without the reader."""
        if self.count:
            return self.count(stream, encoding)
        pattern = self.counts or self.begins
        return sum(len(pattern.findall(text)) for text in lines.blocks(stream, encoding)) if pattern else 0
