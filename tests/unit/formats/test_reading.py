"""Inspecting, resuming, and files that are cut off."""

import dataclasses
import io

import pytest

from reviews.search.formats import parsed, reading
from tests.unit.formats import invented

RIS = "".join(invented.ris(n) for n in range(1, 6))
NBIB = invented.nbib_file(invented.nbib(n) for n in range(1, 6))


def test_an_inspection_counts_and_previews():
    text = RIS + invented.ris(6, DO="", PY="", AB="") + "TY  - JOUR\nER  - \n"
    found = invented.inspected(text, name="socks.ris")
    assert (found.filename, found.format, found.format_label, found.encoding) == ("socks.ris", "ris", "RIS", "utf-8")
    assert (found.starts, found.readable, found.refused_count) == (7, 6, 1)
    assert found.fill == parsed.Fill(title=1.0, abstract=5 / 6, doi=5 / 6, year=5 / 6)
    assert [record.position for record in found.preview] == [1, 2, 3]
    assert found.incomplete == ()


def test_many_refusals_are_counted_and_only_the_first_are_kept():
    found = invented.inspected(RIS + "TY  - JOUR\nER  - \n" * 500)
    assert (found.starts, found.readable, found.refused_count, len(found.refused)) == (505, 5, 500, 200)


@pytest.mark.parametrize("text", [RIS, NBIB, "AU  - x\nTI  - y\nER  - \n" + RIS])
def test_reading_resumes_behind_any_position(text):
    whole = invented.items(text)
    found = invented.inspected(text)
    for start_after in range(len(whole) + 1):
        stream = io.BytesIO(text.encode())
        rest = list(reading.read(stream, found.format, found.encoding, start_after=start_after))
        assert rest == whole[start_after:]


@pytest.mark.parametrize(
    ("text", "position", "line"),
    [
        pytest.param(RIS[: RIS.index("watchmen wore", len(RIS) - 90)], 5, 53, id="in the middle of a line"),
        pytest.param(RIS.removesuffix("R  - \n"), 5, 53, id="in the middle of ER"),
        pytest.param(RIS[: RIS.rindex("TY") + 6], 5, 53, id="right behind TY"),
        pytest.param(invented.ris(1, end="").rstrip(), 1, 1, id="the only record"),
        pytest.param("".join(invented.ris(n, end="") for n in (1, 2)) + "K", 2, 13, id="no ER at all, partial tag"),
        pytest.param(NBIB[: NBIB.rindex("invented forty")], 5, 81, id="in a wrapped field"),
        pytest.param(NBIB[: NBIB.rindex("      and two")], 5, 81, id="at the end of a line"),
        pytest.param(NBIB[: NBIB.rindex("SO  -")], 5, 81, id="before SO"),
        pytest.param(NBIB[: NBIB.rindex("kettle.5")], 5, 81, id="inside SO"),
        pytest.param(NBIB[: NBIB.rindex("5\nOWN")], 5, 81, id="inside the PMID"),
        pytest.param(invented.nbib(1)[:-200], 1, 1, id="the only nbib record"),
    ],
)
def test_a_cut_file_is_reported_with_record_and_line(text, position, line):
    found = invented.inspected(text)
    (cut,) = found.incomplete
    assert (cut.position, cut.line, cut.is_incomplete) == (position, line, True)
    assert cut.reason.startswith(f"Record {position} begins at line {line} and ")
    assert cut.reason.endswith(": the file looks cut off.")
    assert found.starts == found.readable + found.refused_count == position


def test_the_sentence_about_a_missing_er_says_so():
    (cut,) = invented.inspected(RIS.removesuffix("\nER  - \n")).incomplete
    assert cut.reason == ("Record 5 begins at line 53 and has no end-of-record line (ER): the file looks cut off.")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(RIS.removesuffix("\n"), id="ris without its last newline"),
        pytest.param(RIS.removesuffix("  - \n"), id="ris that ends with a bare ER"),
        pytest.param(RIS + "\n\n \n", id="ris with blank lines behind"),
        pytest.param(NBIB.removesuffix("\n"), id="nbib without its last newline"),
        pytest.param(NBIB + "\n", id="nbib with a blank line behind"),
        pytest.param(invented.nbib(1).removesuffix("\n"), id="one nbib record without its last newline"),
        pytest.param(invented.nbib_file([invented.nbib(1, SO="", PST=""), invented.nbib(2)]), id="no SO, not last"),
        pytest.param("OWN - ERIC\nTI  - Chalk\nAID - EJ1", id="ERIC without its last newline"),
    ],
)
def test_a_whole_file_is_not_called_cut(text):
    found = invented.inspected(text)
    assert (found.refused_count, found.incomplete) == (0, ())


def test_a_missing_source_line_at_the_end_is_at_least_reported():
    text = invented.nbib(1, SO="", PST="")
    assert "no source line (SO)" in invented.inspected(text).warnings[0]


def test_a_reader_that_loses_a_record_is_caught(monkeypatch):
    real = reading.registry.named("ris")

    def forgetful(stream, encoding, start_after):
        return (item for item in real.read(stream, encoding, start_after) if item.position != 3)

    broken = dataclasses.replace(real, read=forgetful)
    monkeypatch.setattr(reading.registry, "named", lambda name: broken)
    with pytest.raises(parsed.FormatError, match=r"has 5 lines that begin a record, but only 4 records"):
        invented.inspected(RIS, format="ris")
