"""What happens to files on their way: no mutation may lose a record in silence."""

import codecs
import functools
import re

import pytest

from reviews.search.formats import parsed
from tests.unit.formats import invented, mutating, samples

INVENTED = {
    "invented.nbib": invented.nbib_file(invented.nbib(n) for n in range(1, 13)).encode(),
    "invented.ris": "".join(invented.ris(n, AU="王小明") for n in range(1, 13)).encode(),
}
FILES = [*INVENTED, *(name for name, _ in samples.readable())]
# Characters.
BIG = 60_000
RIS_FILES = [name for name in FILES if "nbib" not in name and "medline" not in name]


@pytest.fixture(params=FILES)
def text(request: pytest.FixtureRequest) -> str:
    return whole(request.param)


@pytest.fixture(params=RIS_FILES)
def ris_text(request: pytest.FixtureRequest) -> str:
    return whole(request.param)


@functools.cache
def whole(name: str) -> str:
    """An export with LF line ends and without byte order marks; of a big one the first and the last records."""
    data = INVENTED[name] if name in INVENTED else (samples.FOLDER / name).read_bytes()
    words = re.sub("\r\n|\r", "\n", data.decode("utf-8-sig"))
    return words if len(words) < BIG else mutating.shortened(words, invented.items(words))


def facts(items: list[parsed.Item]) -> list[tuple[object, ...]]:
    """What must survive: everything but where it stood and how it was written."""
    return [
        (item.title, item.authors, item.abstract, item.journal, item.year, item.doi, item.pmid, item.keywords)
        for item in items
        if isinstance(item, parsed.ParsedRecord)
    ]


def unchanged(text: str, mutated: str | bytes, **options: str) -> None:
    before = facts(invented.items(text))
    after = facts(invented.items(mutated, **options))
    assert len(after) == len(before)
    assert after == before


def test_a_byte_order_mark(text):
    unchanged(text, codecs.BOM_UTF8 + text.encode())


def test_lone_carriage_returns(text):
    unchanged(text, text.replace("\n", "\r"))


def test_crlf(text):
    unchanged(text, text.replace("\n", "\r\n"))


def test_no_final_newline(text):
    unchanged(text, text.rstrip())


def test_utf16(text):
    unchanged(text, codecs.BOM_UTF16_LE + text.encode("utf-16-le"))
    unchanged(text, text.encode("utf-16-be"))


def test_gb18030(text):
    # Western letters in GB18030 look like anything: there a person chooses the encoding.
    unchanged(text, text.encode("gb18030"), encoding="gb18030")


def test_doubled(text):
    before = facts(invented.items(text))
    assert facts(invented.items(f"{text.rstrip()}\n\n\ufeff{text.lstrip()}")) == before * 2


def test_one_space_before_the_dash(ris_text):
    before = facts(invented.items(ris_text))
    after = facts(invented.items(re.sub(r"(?m)^([A-Z][A-Z0-9])  -", r"\1 -", ris_text)))
    assert [fact[0] for fact in after] == [fact[0] for fact in before]


def test_the_last_er_cut(ris_text):
    end = list(re.finditer(r"(?m)^ER  -.*\n?", ris_text))[-1]
    found = invented.inspected(ris_text[: end.start()])
    before = invented.inspected(ris_text)
    # Whole but for its end: read, with a warning.
    assert (found.starts, found.readable, found.incomplete) == (before.starts, before.readable, ())
    assert any("may be cut off" in warning for warning in found.warnings)


def test_every_er_cut(ris_text):
    before = invented.inspected(ris_text)
    found = invented.inspected(re.sub(r"(?m)^ER  -.*(?:\n|\Z)", "", ris_text))
    assert (found.starts, found.readable) == (before.starts, before.readable)
    assert "no end-of-record line (ER)" in " ".join(found.warnings)


def test_a_junk_line_in_the_middle(text):
    starts = [match.start() for match in re.finditer(r"(?m)^(?:TY  -|PMID-)", text)]
    at = text.index("\n", starts[len(starts) // 2]) + 1
    mutated = f"{text[:at]}@@ junk @@\n{text[at:]}"
    unchanged(text, mutated)
    line = mutated.count("\n", 0, at) + 1
    assert any(f"at line {line}." in warning for warning in invented.inspected(mutated).warnings)


def test_cut_anywhere_nothing_is_lost_in_silence(text):
    whole = facts(invented.items(text))
    for share in range(1, 9):
        cut = text[: len(text) * share // 9]
        if not re.search(r"(?m)^(?:TY  -|PMID- )", cut):
            continue
        found = invented.inspected(cut)
        assert found.starts == found.readable + found.refused_count
        assert found.starts >= len(re.findall(r"(?m)^(?:TY  -|PMID- )", cut))
        kept = facts(invented.items(cut))
        # What is imported is what stood in the whole file; the rest is named.
        assert kept == whole[: len(kept)] or "may be cut off" in " ".join(found.warnings)
        assert len(kept) + len(found.incomplete) == found.starts
