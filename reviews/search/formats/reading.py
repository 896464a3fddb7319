"""The public face: look at a file, then read it."""

from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import parsed


def inspect(
    stream: BinaryIO, filename: str, *, format: str | None = None, encoding: str | None = None
) -> parsed.Inspection:
    """Read a seekable binary stream once and say what it holds; nothing is kept but counts and a preview.

    `format` and `encoding` override what is detected. Raises `parsed.FormatError` with a sentence.
    """
    raise NotImplementedError


def read(
    stream: BinaryIO, format: str, encoding: str, *, start_after: int = 0
) -> Iterator[parsed.ParsedRecord | parsed.Refused]:
    """Yield the records of a seekable binary stream in file order, refused ones included.

    Positions depend on the bytes alone, so `start_after=n` resumes behind position n.
    Raises `parsed.FormatError` with a sentence.
    """
    raise NotImplementedError
