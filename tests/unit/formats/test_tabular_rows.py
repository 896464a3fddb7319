"""Rows of separated text: quotes, line numbers, headers, and what a broken row costs."""

import io

import pytest

from reviews.search.formats import parsed
from reviews.search.formats.tabular import cells, rows
from tests.unit.formats import invented, tables


def refused(found: list[parsed.Item]) -> list[parsed.Refused]:
    return [item for item in found if isinstance(item, parsed.Refused)]


def titles(found: list[parsed.Item]) -> list[str]:
    return [item.title for item in found if isinstance(item, parsed.ParsedRecord)]


def test_cells_with_quotes_delimiters_and_empty_ones():
    assert cells.of_line('a,"b, ""c""",,"",d"e', ",") == ["a", 'b, "c"', "", "", 'd"e']


def test_a_space_before_a_quote_is_no_part_of_the_cell():
    assert cells.of_line('a, "b, c"', ",") == ["a", "b, c"]


def test_a_line_break_in_a_cell_keeps_the_line_numbers_right():
    first = tables.pubmed_row(1, Title="Over\ntwo\nlines")
    found = invented.records(tables.text(tables.PUBMED, first, tables.pubmed_row(2)))
    assert [record.line for record in found] == [2, 5]
    assert found[0].title == "Over\ntwo\nlines"
    assert found[0].raw.count("\n") == 2


def test_a_quote_that_is_never_closed_costs_one_row():
    lines = tables.pubmed(6).split("\n")
    lines[3] = lines[3].replace(',"Quill O, Marsh BT."', ',"Quill O, Marsh BT.')
    found = invented.items("\n".join(lines))
    assert len(titles(found)) == 5
    (only,) = refused(found)
    assert only.line == 4
    assert only.raw == lines[3]
    assert "line 4" in only.reason


def test_a_separator_outside_quotes_is_refused_and_not_shifted():
    lines = tables.pubmed(3).split("\n")
    lines[2] = lines[2].replace("J Imag Trials,2021", "J Imag Trials, Part B,2021")
    found = invented.items("\n".join(lines))
    assert len(titles(found)) == 2
    assert "12 cells where the header has 11" in refused(found)[0].reason


def test_a_row_without_its_last_empty_cells_is_kept_with_a_flaw():
    short = tables.text(tables.PUBMED, tables.pubmed_row(1), tables.pubmed_row(2)[:8], tables.pubmed_row(3))
    found = invented.inspected(short)
    assert (found.readable, found.refused_count) == (3, 0)
    assert any("fewer cells" in warning and "line 3" in warning for warning in found.warnings)


def test_a_junk_line_is_refused_with_its_number_and_text():
    lines = tables.pubmed(4).split("\n")
    lines.insert(3, "Exported by nobody, on no day")
    found = invented.items("\n".join(lines))
    assert len(titles(found)) == 4
    (only,) = refused(found)
    assert (only.line, only.raw) == (4, "Exported by nobody, on no day")


def test_a_row_cut_off_by_the_end_of_the_file_is_incomplete():
    found = invented.inspected(tables.pubmed(4)[:-60])
    assert (found.readable, found.refused_count) == (3, 1)
    assert found.incomplete[0].line == 5


@pytest.mark.parametrize("between", ["", "\ufeff"])
def test_a_second_header_in_the_middle_is_no_record(between):
    text = tables.pubmed(3)
    found = invented.inspected(text + between + text)
    assert (found.starts, found.readable) == (6, 6)
    assert any("second header row" in warning for warning in found.warnings)


def test_a_second_header_behind_the_last_row_without_a_line_end():
    text = tables.pubmed(3)
    assert len(invented.records(text.rstrip("\n") + text)) == 6


def test_a_second_header_with_other_columns():
    other = tables.text(tables.SCOPUS, tables.row(tables.SCOPUS, Title="Another table", EID="2-s2.0-1", Year="2020"))
    found = invented.records(tables.pubmed(2) + other)
    assert [record.database for record in found] == ["PubMed", "PubMed", "Scopus"]
    assert found[2].year == 2020


def test_lines_in_front_of_the_header_are_told():
    found = invented.inspected("My search of last week\n\n" + tables.pubmed(2))
    assert found.readable == 2
    assert any("in front of the header" in warning for warning in found.warnings)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_separates_the_cells_is_found_out(delimiter):
    found = invented.records(tables.text(tables.PUBMED, tables.pubmed_row(1), delimiter=delimiter))
    assert found[0].title.startswith("Whistling kettles, sleep")


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_other_line_ends(end):
    assert len(invented.records(tables.pubmed(3).replace("\n", end))) == 3


def test_a_file_of_open_quotes_is_given_up_in_linear_time():
    found = invented.inspected(tables.text(tables.SCOPUS) + '"a\n' * 50_000)
    assert (found.readable, found.refused_count) == (0, 1)


def test_the_plain_count_agrees_and_notices_line_breaks():
    header = ["a", "b", "c"]
    text = tables.text(header, ["1", "two\nlines", "3"], ["4", 'q "q" q', "6"], header, ["7", "8", "9"])
    found = rows.count(io.BytesIO(text.encode()), "utf-8", ",", lambda row: row[:3] == header)
    assert found == 3


def test_a_cell_longer_than_the_standard_reader_takes():
    long = "x" * 200_000
    assert invented.record(tables.text(tables.PUBMED, tables.pubmed_row(1, Title=long))).title == long


def test_reading_can_begin_behind_a_position():
    text = tables.pubmed(5)
    found = invented.inspected(text)
    again = list(invented.reading.read(io.BytesIO(text.encode()), found.format, found.encoding, start_after=3))
    assert [item.position for item in again] == [4, 5]
