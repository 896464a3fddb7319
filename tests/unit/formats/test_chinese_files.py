"""Chinese exports on their way: whatever happens to a file, no record is lost in silence."""

import codecs
import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.search.formats import parsed, reading
from tests.unit.formats import invented, invented_chinese, samples

FILES = invented_chinese.FILES
BUILDERS = {
    "noteexpress": invented_chinese.noteexpress,
    "refer": invented_chinese.refer,
    "refworks": invented_chinese.refworks,
    "estudy": invented_chinese.estudy,
    "gbt7714": invented_chinese.citation,
}
FIRST_LINES = {
    "noteexpress": r"\{Reference Type\}:",
    "refer": r"%0 ",
    "refworks": r"RT Journal Article$",
    "estudy": r"DataType:",
    "gbt7714": r"\[\d+\]",
}
FORMATS = sorted(FILES)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CHINESE_SAMPLES = ("cnki-noteexpress", "cnki-refer", "cnki-refworks", "cnki-estudy", "cnki-gbt", "wanfang", "yiigle")


def facts(items: list[parsed.Item]) -> list[tuple[object, ...]]:
    return [
        (item.title, item.authors, item.abstract, item.journal, item.year, item.volume, item.pages, item.doi)
        for item in items
        if isinstance(item, parsed.ParsedRecord)
    ]


def inspected(data: bytes, **options: str) -> parsed.Inspection | str:
    try:
        return reading.inspect(io.BytesIO(data), "fuzz.txt", **options)
    except parsed.FormatError as error:
        return str(error)


def starts(text: str, form: str) -> int:
    return sum(re.match(FIRST_LINES[form], line) is not None for line in text.split("\n"))


@QUICK
@given(st.sampled_from(FORMATS), ENCODINGS, ENDS, st.booleans(), st.booleans())
def test_encodings_line_ends_and_ends_of_files(form, encoding, end, is_cut, is_doubled):
    text = FILES[form].rstrip() if is_cut else FILES[form]
    before = facts(invented.items(FILES[form]))
    data = (text.replace("\n", end) * (2 if is_doubled else 1)).encode(encoding)
    found = invented.inspected(data)
    assert (found.format, found.starts, found.refused_count) == (form, len(before) * (2 if is_doubled else 1), 0)
    assert facts(invented.items(data)) == before * (2 if is_doubled else 1)


@QUICK
@given(st.sampled_from(FORMATS), st.data())
def test_a_junk_line_anywhere_changes_at_most_its_record_and_is_named(form, data):
    rows = FILES[form].rstrip().split("\n")
    at = data.draw(st.integers(0, len(rows)))
    mutated = "\n".join([*rows[:at], "@@ junk 4711 @@", *rows[at:]])
    before, after = facts(invented.items(FILES[form])), facts(invented.items(mutated))
    assert len(after) == len(before)
    assert sum(one != other for one, other in zip(before, after, strict=True)) <= 1
    warnings = invented.inspected(mutated).warnings
    assert any(f"at line {at + 1}." in warning for warning in warnings)


@QUICK
@given(st.sampled_from(FORMATS), st.data())
def test_a_line_lost_anywhere_loses_no_record(form, data):
    rows = FILES[form].split("\n")
    at = data.draw(st.integers(1, len(rows) - 1))
    mutated = "\n".join([*rows[:at], *rows[at + 1 :]])
    found = invented.inspected(mutated)
    is_citation = form == "gbt7714" and rows[at].startswith("[")
    assert found.starts == starts(FILES[form], form) - is_citation
    assert found.starts == found.readable + found.refused_count


@QUICK
@given(st.sampled_from(FORMATS), st.data())
def test_a_file_cut_anywhere_says_so(form, data):
    whole = facts(invented.items(FILES[form]))
    cut = FILES[form][: data.draw(st.integers(30, len(FILES[form])))]
    found = invented.inspected(cut, format=form, encoding="utf-8")
    assert found.starts == found.readable + found.refused_count >= starts(cut, form)
    kept = facts(invented.items(cut, format=form, encoding="utf-8"))
    # What is imported is what stood in the whole file; the rest is named.
    is_named = "may be cut off" in " ".join(found.warnings) or found.refused_count
    assert kept == whole[: len(kept)] or is_named or cut.endswith((".", "\n"))


@QUICK
@given(st.sampled_from(FORMATS), st.data())
def test_damaged_bytes_and_shuffled_lines_end_in_an_account_or_a_sentence(form, data):
    rows = data.draw(st.lists(st.sampled_from(FILES[form].split("\n")), max_size=40))
    raw = bytearray("\n".join(rows).encode(data.draw(ENCODINGS)))
    for _ in range(data.draw(st.integers(0, 4))):
        if raw:
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    for options in ({}, {"format": form, "encoding": "utf-8"}):
        found = inspected(bytes(raw), **options)
        if isinstance(found, str):
            assert found.endswith(".")
            continue
        items = list(reading.read(io.BytesIO(bytes(raw)), found.format, found.encoding))
        assert found.starts == found.readable + found.refused_count == len(items)
        assert [item.position for item in items] == list(range(1, len(items) + 1))
        assert [item.line for item in items] == sorted(item.line for item in items)


@pytest.mark.parametrize("form", FORMATS)
def test_thousands_of_records_cross_the_blocks_that_are_read(form):
    text = "".join(BUILDERS[form](number) for number in range(1, 401))
    found = invented.inspected(text)
    assert (found.starts, found.readable, found.refused_count) == (400, 400, 0)


@pytest.mark.parametrize("form", FORMATS)
def test_reading_resumes_behind_a_position(form):
    whole = invented.items(FILES[form])
    stream = io.BytesIO(FILES[form].encode())
    assert list(reading.read(stream, form, "utf-8", start_after=4)) == whole[4:]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "filling", ["\n" * 200_000, " " * 200_000, "{" * 100_000, "%" * 100_000, "[1]" * 50_000, "A1 " * 50_000]
)
def test_hostile_fillings_take_no_time(form, filling):
    found = inspected((FILES[form] + filling + "\n" + FILES[form]).encode(), format=form, encoding="utf-8")
    assert found.endswith(".") if isinstance(found, str) else found.starts >= 12


@pytest.mark.parametrize(
    ("name", "count"),
    [(name, count) for name, _, count in samples.rows() if name.removeprefix("reencoded/").startswith(CHINESE_SAMPLES)]
    or [("", 0)],
)
def test_real_exports_survive(name, count):
    samples.need()
    data = (samples.FOLDER / name).read_bytes()
    whole = invented.inspected(data, name)
    assert (whole.starts, whole.readable) == (count, count)
    before = facts(invented.items(data))
    text = re.sub("\r\n|\r", "\n", data.decode(whole.encoding).removeprefix("\ufeff"))
    for mutated in (
        text.replace("\n", "\r").encode(),
        text.rstrip().encode(),
        codecs.BOM_UTF8 + text.encode(),
        text.encode("gb18030"),
        text.encode("utf-16-be"),
    ):
        assert facts(invented.items(mutated)) == before
    assert facts(invented.items((text.rstrip() * 2).encode())) == before * 2
