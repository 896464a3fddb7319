"""Any other table: what its header suggests, what a person chooses, and what is refused."""

import io

import pytest

from reviews.search.formats import parsed, reading, registry
from reviews.search.formats.tabular import generic
from tests.unit.formats import invented, tables

HEADER = ["Ref", "Article Title", "Author(s)", "Journal Name", "Year Published", "Start page", "End page", "Notes"]
ROW = ["7", "Kettles", "Quill O, Marsh BT", "Annals", "2020", "5", "9", "read me"]


def test_what_a_header_suggests():
    assert generic.suggested(HEADER) == {
        "Ref": "",
        "Article Title": "title",
        "Author(s)": "authors",
        "Journal Name": "journal",
        "Year Published": "year",
        "Start page": "pages",
        "End page": "pages",
        "Notes": "",
    }


def test_two_columns_for_one_field_keep_the_better_one():
    assert generic.suggested(["Date", "Year", "title"]) == {"Date": "", "Year": "year", "title": "title"}


def test_a_table_is_read_as_its_header_suggests():
    found = invented.inspected(tables.text(HEADER, ROW))
    (record,) = found.preview
    assert (found.format, found.readable) == ("table", 1)
    assert (record.title, record.authors, record.pages, record.year) == (
        "Kettles",
        ("Quill O", "Marsh BT"),
        "5-9",
        2020,
    )
    assert record.tags == {"Ref": ("7",), "Notes": ("read me",)}
    assert found.columns[1] == parsed.Column("Article Title", ("Kettles",), "title")


def test_a_mapping_overrides_the_suggestion():
    mapping = {"Notes": "title", "Article Title": "abstract"}
    found = invented.inspected(tables.text(HEADER, ROW), mapping=mapping)
    assert (found.preview[0].title, found.preview[0].abstract) == ("read me", "Kettles")
    assert found.preview[0].tags["Author(s)"] == ("Quill O, Marsh BT",)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"Nowhere": "title"}, "no column 'Nowhere'"),
        ({"Notes": "colour", "Ref": "title"}, "'colour' is no field"),
        ({"Notes": "abstract"}, "known to be the title"),
    ],
)
def test_a_mapping_that_cannot_be(mapping, words):
    with pytest.raises(parsed.FormatError, match=words):
        invented.inspected(tables.text(HEADER, ROW), mapping=mapping)


def test_a_table_without_a_title_waits_for_a_mapping():
    text = tables.text(["x1", "x2", "x3"], ["a", "b", "c"], ["d", "e", "f"])
    with pytest.raises(generic.UnmappedError, match="x1, x2, x3"):
        invented.inspected(text)
    columns = registry.named("table").columns
    assert columns is not None
    assert [column.name for column in columns(io.BytesIO(text.encode()), "utf-8")] == ["x1", "x2", "x3"]
    found = reading.inspect(io.BytesIO(text.encode()), "t.csv", mapping={"x2": "title"})
    assert [record.title for record in found.preview] == ["b", "e"]


def test_a_year_as_a_spreadsheet_counts_days():
    assert invented.record(tables.text(["Title", "Year"], ["Kettles", "44197"])).year == 2021


def test_pages_that_became_a_date_are_kept_aside():
    found = invented.inspected(tables.text(["Title", "Pages"], ["Kettles", "2025-02-03"]))
    assert found.preview[0].pages == ""
    assert found.preview[0].tags["pages"] == ("2025-02-03",)
    assert any("turned into a date" in warning for warning in found.warnings)


@pytest.mark.parametrize("text", ["", "only one line, of text", "a letter\nto a friend, with, commas\nand no table\n"])
def test_what_is_no_table(text):
    with pytest.raises(parsed.FormatError):
        invented.inspected(text)
