"""Streaming: whole lines from blocks of bytes, whatever falls on the edge of a block."""

import io
import re
import tracemalloc

import pytest

from reviews.search.formats import lines, parsed
from tests.unit.formats import invented


def texts(data: bytes, encoding: str = "utf-8") -> str:
    return "".join(lines.blocks(io.BytesIO(data), encoding))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\n\r\n", "\n\r"])
@pytest.mark.parametrize("block", [1, 2, 3, 5])
def test_line_ends_survive_every_block_edge(monkeypatch, end, block):
    monkeypatch.setattr(lines, "BLOCK", block)
    words = ["TY  - JOUR", "ein Löwe", "王小明", ""]
    expected = (re.sub("\r\n|\r", "\n", end)).join(words)
    assert texts(end.join(words).encode()) == expected


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "gb18030"])
def test_characters_survive_block_edges_in_other_encodings(monkeypatch, encoding):
    monkeypatch.setattr(lines, "BLOCK", 3)
    assert texts("甲乙\r\n丙".encode(encoding), encoding) == "甲乙\n丙"


def test_a_byte_order_mark_is_dropped_at_the_start_of_any_line_only():
    assert texts("\ufeff\ufeffa\n\ufeffb\nc\ufeffd".encode()) == "a\nb\nc\ufeffd"


@pytest.mark.parametrize("block", [16, 64, 1 << 16])
def test_records_do_not_depend_on_the_block_size(monkeypatch, block):
    text = "junk\n" + "".join(map(invented.ris, range(1, 40)))
    whole = invented.items(text)
    monkeypatch.setattr(lines, "BLOCK", block)
    assert invented.items(text) == whole


def test_an_endless_line_is_refused_early():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"a" * size

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

    endless = Endless()
    with pytest.raises(parsed.FormatError, match=r"Line 1 is longer than 10,000,000 characters"):
        list(lines.blocks(endless, "utf-8"))
    assert endless.given < 11_000_000


def test_an_endless_record_is_refused():
    text = invented.ris(1) + "TY  - JOUR\n" + "KW  - sock\n" * 500_000
    with pytest.raises(parsed.FormatError, match=r"record that begins at line 14 is longer"):
        invented.inspected(text)


def test_a_nul_character_is_refused_with_its_line():
    text = "".join(map(invented.ris, range(1, 800))) + "AB  - a\0b\n"
    with pytest.raises(parsed.FormatError, match=r"Line 10388 holds a NUL character"):
        invented.inspected(text)


def test_memory_stays_flat():
    def peak(times: int) -> int:
        data = "".join(map(invented.nbib, range(1, 51))).encode() * times
        tracemalloc.start()
        found = invented.inspected(data)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found.readable == 50 * times
        return top

    # BytesIO shares the bytes it was given, so only the reader's own memory is counted.
    assert peak(40) < 1.5 * peak(4)
