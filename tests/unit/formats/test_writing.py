"""What is written and read back is the same; cells of tables are harmless."""

import csv
import dataclasses
import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.search import citations
from reviews.search.formats import parsed, reading
from reviews.search.formats.tabular.sources import own
from reviews.search.formats.writing import formats, tables
from tests.unit.formats import invented, samples

NAMES = [item.name for item in formats.FORMATS]
COMPARED = (
    *("title", "original_title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid"),
    *("accession", "issn", "abstract", "keywords", "language", "url"),
)
RECORD = parsed.ParsedRecord(
    position=1,
    line=1,
    raw="",
    title="Kettles & steam: 50% of {all} in_vitro",
    original_title="Bouilloires à vapeur",
    abstract="AIM: none; 5 < 6.\nRESULTS: #1 ~ \\alpha\nTY  - is no tag here\nER is a keyword",
    authors=("Quill, Ottoline", "Ünal, Željka", "Kettle and Steam Group", "王小明"),
    parallel_authors=("Wang, Xiaoming",),
    journal="Annals of Steam & Sleep",
    year=2021,
    volume="66",
    issue="3 Suppl 1",
    pages="118-120+123",
    doi="10.5555/k_1(2)<a>",
    pmid="99000001",
    accession="WOS:000000000000001",
    issn=("0272-7714", "1096-0015"),
    language="eng; chi",
    keywords=("kettle", "steam, hot", "水壶"),
    url="https://example.org/a_b?c=1&d=%20",
    publication_type="Journal article",
    database="Web of Science",
)


def back(name: str, records: list[parsed.ParsedRecord]) -> list[parsed.ParsedRecord]:
    data = b"".join(formats.write(name, records))
    found = reading.inspect(io.BytesIO(data), f"export.{name}")
    assert found.starts == len(records)
    items = list(reading.read(io.BytesIO(data), found.format, found.encoding))
    return [item for item in items if isinstance(item, parsed.ParsedRecord)]


def facts(record: parsed.ParsedRecord, *, with_paragraphs: bool = True) -> dict[str, object]:
    found = {name: getattr(record, name) for name in COMPARED}
    if not with_paragraphs:
        found["abstract"] = record.abstract.split()
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_record_comes_back(name):
    (found,) = back(name, [RECORD])
    with_paragraphs = name in ("csv", "xlsx")
    assert facts(found, with_paragraphs=with_paragraphs) == facts(RECORD, with_paragraphs=with_paragraphs)


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_tables_bring_back_every_field(name):
    (found,) = back(name, [RECORD])
    assert (found.parallel_authors, found.publication_type, found.database) == (
        RECORD.parallel_authors,
        RECORD.publication_type,
        RECORD.database,
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pages", ["5-9", "1535-41", "e12", "5", "94-98,93", "S1-S5", "12 - 15"])
def test_pages_come_back(name, pages):
    (found,) = back(name, [dataclasses.replace(RECORD, pages=pages)])
    assert found.pages.replace(" ", "") == pages.replace(" ", "")


@pytest.mark.parametrize("name", NAMES)
def test_an_abstract_in_another_language_is_written_and_stays_apart(name):
    given = {field: getattr(RECORD, field) for field in citations.NAMES if hasattr(RECORD, field)}
    other = "目的：水壶。\n结果：没有。"
    both = citations.Citation(pk=1, **given, parallel_abstract=other)
    (found,) = back(name, [both])
    assert facts(found, with_paragraphs=False) == facts(RECORD, with_paragraphs=False)
    assert any("".join(other.split()) == "".join("".join(value).split()) for value in found.tags.values())


@pytest.mark.parametrize("name", NAMES)
def test_many_records_come_back_in_their_order(name):
    records = [dataclasses.replace(RECORD, title=f"Trial {n}", doi="", abstract="") for n in range(120)]
    assert [record.title for record in back(name, records)] == [f"Trial {n}" for n in range(120)]


@pytest.mark.parametrize("name", NAMES)
def test_real_records_come_back(name):
    samples.need()
    data = (samples.FOLDER / "pubmed-xml-1.xml").read_bytes()
    records = list(reading.read(io.BytesIO(data), "pubmed-xml", "utf-8"))
    found = back(name, [item for item in records if isinstance(item, parsed.ParsedRecord)])
    assert [facts(item) for item in found] == [facts(item) for item in records]


WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")) | st.sampled_from("=+-@'\";,\\{}&%$#_~^|"),
    max_size=40,
)


@settings(max_examples=25, deadline=None)
@given(title=WORDS, authors=st.lists(WORDS, max_size=4), keywords=st.lists(WORDS, max_size=4), journal=WORDS)
@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_any_text_comes_back_from_tables(name, title, authors, keywords, journal):
    record = dataclasses.replace(
        RECORD,
        title=title.strip(),
        journal=journal.strip(),
        authors=tuple(filter(None, (author.strip() for author in authors))),
        keywords=tuple(dict.fromkeys(filter(None, (word.strip() for word in keywords)))),
    )
    (found,) = back(name, [record])
    assert (found.title, found.authors, found.keywords, found.journal) == (
        record.title,
        record.authors,
        record.keywords,
        record.journal,
    )


@settings(max_examples=25, deadline=None)
@given(title=WORDS, journal=WORDS)
def test_any_title_comes_back_from_bibtex(title, journal):
    (found,) = back("bibtex", [dataclasses.replace(RECORD, title=f"T{title}".strip(), journal=f"J{journal}".strip())])
    assert (found.title, found.journal) == (f"T{title}".strip(), f"J{journal}".strip())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''+1", " =1", "＝1", "\n=1"])
def test_no_cell_begins_like_a_formula(text):
    assert own.neutral(text).startswith("'")
    assert own.restored(own.neutral(text)) == text


@pytest.mark.parametrize("text", ["'quoted' word", "a=1", "", "'", "10-12", "'-omics"])
def test_harmless_cells_come_back_too(text):
    assert own.restored(own.neutral(text)) == text


DANGEROUS = ("=cmd|' /C calc'!A0", "+1", "-2", "@x")


@pytest.mark.parametrize("dangerous", DANGEROUS)
def test_exports_are_harmless_and_bring_the_text_back(dangerous):
    record = dataclasses.replace(RECORD, title=dangerous, authors=(dangerous,), journal=dangerous)
    text = b"".join(formats.write("csv", [record])).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(formats.write("xlsx", [record])))).active
    cells = [*rows[1], *(str(cell.value) for cell in sheet[2] if cell.value)]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]
    assert {cell.data_type for cell in sheet[2] if cell.value} == {"s"}
    for name in ("csv", "xlsx"):
        (found,) = back(name, [record])
        assert (found.title, found.authors, found.journal) == (dangerous, (dangerous,), dangerous)


def test_what_is_too_long_for_a_cell_goes_on_in_the_next_columns():
    record = dataclasses.replace(RECORD, abstract="kettle word " * 9000, authors=("Quill, O",) * 1 + ("x" * 40_000,))
    (found,) = back("xlsx", [record])
    assert found.abstract == record.abstract.strip()
    assert found.authors == record.authors
    with pytest.raises(tables.TooLongError, match="reference 1"):
        b"".join(formats.write("xlsx", [dataclasses.replace(RECORD, keywords=("x" * 40_000,))]))


@pytest.mark.parametrize("name", NAMES)
def test_control_characters_and_odd_line_ends_harm_nothing(name):
    record = dataclasses.replace(RECORD, title="a\x00b\x07\tc\r\nd", abstract="x\ud800\r\ny\x0bz", journal="J\nK")
    (found,) = back(name, [record])
    assert (found.title, found.journal) == ("ab c d", "J K")
    assert found.abstract.split() == ["x", "y", "z"]


def test_formats_are_written_as_a_stream():
    def endless():
        while True:
            yield RECORD

    for name in ("ris", "bibtex", "csv"):
        first = next(iter(formats.write(name, endless())))
        assert first


def test_a_format_that_there_is_not():
    with pytest.raises(parsed.FormatError, match="choose one of: ris, bibtex, endnote-xml, csl-json, csv, xlsx"):
        formats.write("docx", [])


def test_nothing_written_is_nothing_lost():
    assert b"".join(formats.write("ris", [])) == b""
    assert invented.inspected(b"".join(formats.write("csv", [RECORD]))).format == "tandem-table"
