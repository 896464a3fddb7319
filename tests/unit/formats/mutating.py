"""What happens to files on their way to us, as functions from bytes to bytes."""

import codecs
import re
from collections.abc import Callable
from typing import NamedTuple

from reviews.search.formats import parsed

JUNK = "@@ junk line 4711 @@"


class Text(NamedTuple):
    """A text file's words and its encoding with or without a mark."""

    words: str
    codec: str
    mark: bytes

    def encoded(self, words: str) -> bytes:
        return self.mark + words.encode(self.codec)


def opened(data: bytes, codec: str) -> Text:
    """The file with LF line ends."""
    mark = next(
        (one for one in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) if data.startswith(one)), b""
    )
    words = data[len(mark) :].decode(codec)
    return Text(re.sub("\r\n|\r", "\n", words), codec, mark)


def with_mark(text: Text) -> bytes:
    return codecs.BOM_UTF8 + text.words.encode()


def without_mark(text: Text) -> bytes:
    return text.words.encode(text.codec)


def with_lone_cr(text: Text) -> bytes:
    return text.encoded(text.words.replace("\n", "\r"))


def with_crlf(text: Text) -> bytes:
    return text.encoded(text.words.replace("\n", "\r\n"))


def without_last_line_end(text: Text) -> bytes:
    return text.encoded(text.words.rstrip())


def without_last_line(text: Text) -> bytes:
    """The end of the last record cut: its last line, or its last 30 characters where (nearly) all is one line."""
    words = text.words.rstrip()
    cut = words.rfind("\n")
    return text.encoded(words[: cut + 1] if cut * 2 > len(words) else words[:-30])


def in_gb18030(text: Text) -> bytes:
    return text.words.encode("gb18030")


def in_utf16(text: Text) -> bytes:
    return codecs.BOM_UTF16_LE + text.words.encode("utf-16-le")


def in_utf16_without_mark(text: Text) -> bytes:
    return text.words.encode("utf-16-be")


def doubled(text: Text) -> bytes:
    return text.encoded(text.words) * 2


def doubled_without_line_end(text: Text) -> bytes:
    return text.encoded(text.words.rstrip()) * 2


def with_junk(text: Text) -> bytes:
    """A junk line in the middle of the file."""
    middle = text.words.find("\n", len(text.words) // 2) + 1
    return text.encoded(f"{text.words[:middle]}{JUNK}\n{text.words[middle:]}")


def shortened(words: str, items: list[parsed.Item]) -> str:
    """The first 12 and the last 3 records of a big file, with what stands around them."""
    rows = words.split("\n")
    behind, last = items[min(12, len(items) - 1)].line - 1, items[-min(3, len(items))].line - 1
    return "\n".join(rows[:behind] + rows[last:]) if behind < last else words


# Those that may not change anything but the encoding.
HARMLESS: tuple[Callable[[Text], bytes], ...] = (
    with_mark,
    without_mark,
    with_lone_cr,
    with_crlf,
    without_last_line_end,
    in_utf16,
    in_utf16_without_mark,
)
