"""What every format module offers, so that reading and detection need not know which one it is."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from reviews.search.formats import parsed

Reader = Callable[[BinaryIO, str, int], Iterator[parsed.Item]]


def nothing_announced(head: str) -> int | None:
    """For formats whose files do not say how many records they hold."""
    return None


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    `begins` finds a record's first line in the head of a file, for detection; `counts` finds the same lines
    in any block of whole lines, independently of the reader, so that a record lost in reading is noticed.
    `read(stream, encoding, start_after)` yields the items behind that position. `announced(head)` is the
    number of records that the file itself says it holds.
    """

    name: str
    label: str
    begins: re.Pattern[str]
    counts: re.Pattern[str]
    read: Reader
    announced: Callable[[str], int | None] = nothing_announced
