"""Workbooks: cells that are no text, several sheets, and archives that are not opened."""

import datetime
import io
import re
import zipfile

import openpyxl
import pytest

from reviews.search.formats import parsed
from tests.unit.formats import invented, samples, tables

HEADER = ("Title", "Authors", "Journal", "Year", "Pages", "DOI")
ROW = ("Kettles", "Quill, O; Marsh, B", "Annals", 2021, "5-9", "10.5555/k")


def parts(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def test_a_workbook_is_read_as_its_header_suggests():
    found = invented.inspected(tables.workbook(HEADER, ROW, (), ("Socks", "", None, 2020.0, None, None)), "a.xlsx")
    first, second = found.preview
    assert (found.format, found.encoding, found.readable) == ("xlsx", "binary", 2)
    assert (first.title, first.authors, first.year, first.pages) == ("Kettles", ("Quill, O", "Marsh, B"), 2021, "5-9")
    assert (second.line, second.year, second.raw) == (4, 2020, "Socks\t\t\t2020")
    assert found.columns[0] == parsed.Column("Title", ("Kettles", "Socks"), "title")


def test_a_known_source_is_known_in_a_workbook_too():
    (record,) = invented.records(tables.workbook(tables.PUBMED, tables.pubmed_row(1)))
    assert (record.database, record.volume) == ("PubMed", "7")


def test_a_mapping_reads_a_workbook():
    found = invented.inspected(tables.workbook(("a", "b"), ("Kettles", 2020)), mapping={"a": "title", "b": "year"})
    assert (found.preview[0].title, found.preview[0].year) == ("Kettles", 2020)


def test_a_row_far_below_is_read_with_its_number():
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.cell(1_048_576, 1, "Socks")
    stream = io.BytesIO()
    book.save(stream)
    (record,) = invented.inspected(stream.getvalue(), "a.xlsx").preview
    assert (record.title, record.line) == ("Socks", 1_048_576)


def test_every_sheet_with_a_header_is_read_and_the_others_are_named():
    book = tables.workbook(HEADER, ROW, more=[HEADER, ("Socks", "", "", 2020, "", "")])
    assert [record.title for record in invented.records(book)] == ["Kettles", "Socks"]
    found = invented.inspected(tables.workbook(HEADER, ROW, more=[("call Bo",), ("and Cy",)]))
    assert found.readable == 1
    assert any("not read: Other" in warning for warning in found.warnings)


def test_formulas_stay_text_and_are_told():
    found = invented.inspected(tables.workbook(HEADER, ("=1+1", "Quill, O", "", 2020, "", "")))
    assert found.preview[0].title == "=1+1"
    assert any("kept as text" in warning for warning in found.warnings)


def test_the_stored_result_of_a_formula_is_taken():
    files = parts(tables.workbook(HEADER, ("=A9", *ROW[1:])))
    name = "xl/worksheets/sheet1.xml"
    files[name] = (
        files[name].replace(b"<f>A9</f><v></v>", b"<f>A9</f><v>Kettles</v>").replace(b'r="A2"', b'r="A2" t="str"')
    )
    found = invented.inspected(zipped(files))
    assert found.preview[0].title == "Kettles"
    assert any("result that was stored" in warning for warning in found.warnings)


def test_texts_that_stand_in_a_table_of_their_own():
    files = parts(tables.workbook(HEADER, ROW))
    name, texts = "xl/worksheets/sheet1.xml", re.compile(rb't="inlineStr"><is>(<t>[^<]*</t>)</is>')
    shared = texts.findall(files[name])
    numbers = iter(range(len(shared)))
    files[name] = texts.sub(lambda found: b't="s"><v>%d</v>' % next(numbers), files[name])
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    items = b"".join(b"<si>" + item + b"</si>" for item in shared)
    files["xl/sharedStrings.xml"] = b'<sst xmlns="' + space + b'">' + items + b"</sst>"
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    files["[Content_Types].xml"] = files["[Content_Types].xml"].replace(b"</Types>", override)
    (record,) = invented.records(zipped(files))
    assert (record.title, record.authors, record.year) == ("Kettles", ("Quill, O", "Marsh, B"), 2021)


def test_merged_cells_hold_for_every_row_that_they_span():
    book = openpyxl.Workbook()
    for row in (HEADER, ROW, ("Socks", "", "", 2020, "", "")):
        book.active.append(row)
    book.active.merge_cells("C2:C3")
    found = invented.inspected(tables.saved(book))
    assert [record.journal for record in found.preview] == ["Annals", "Annals"]
    assert any("merged cell" in warning for warning in found.warnings)


def test_dates_give_years_and_are_no_pages():
    day = datetime.date(2021, 3, 1)
    found = invented.inspected(tables.workbook(HEADER, ("Kettles", "", "", day, day, "")))
    assert (found.preview[0].year, found.preview[0].pages) == (2021, "")
    assert found.preview[0].tags["pages"] == ("2021-03-01",)


def test_a_bomb_is_not_opened():
    files = {**parts(tables.workbook(HEADER, ROW)), "xl/worksheets/sheet2.xml": b" " * 30_000_000}
    with pytest.raises(parsed.FormatError, match="would unpack to 30,"):
        invented.inspected(zipped(files))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_a_document_type_is_not_read(part):
    files = parts(tables.workbook(HEADER, ROW))
    files[part] = b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>' + files[part]
    with pytest.raises(parsed.FormatError, match="declares a document type"):
        invented.inspected(zipped(files))


def test_two_workbooks_in_one_file_are_refused():
    book = tables.workbook(HEADER, ROW)
    with pytest.raises(parsed.FormatError, match="glued together"):
        invented.inspected(book + book)


def test_damaged_workbooks_are_refused_with_a_sentence():
    book = tables.workbook(HEADER, ROW)
    files = parts(book)
    files["xl/worksheets/sheet1.xml"] = files["xl/worksheets/sheet1.xml"][:200]
    for data in (book[:-100], book[: len(book) // 2], zipped(files)):
        with pytest.raises(parsed.FormatError, match="damaged"):
            invented.inspected(data)


def test_an_empty_workbook_is_refused():
    with pytest.raises(parsed.FormatError, match="empty"):
        invented.inspected(tables.workbook())


def test_old_workbooks():
    samples.need()
    data = (samples.FOLDER / "wos-xls-1.xls").read_bytes()
    found = invented.inspected(data, "savedrecs.xls")
    assert (found.format, found.readable) == ("xls", 469)
    assert (found.preview[0].year, found.preview[0].volume) == (2023, "66")
    for broken in (data[: len(data) // 2], data + data, data[:60_000] + bytes(4000) + data[64_000:]):
        with pytest.raises(parsed.FormatError):
            invented.inspected(broken)


def test_a_compound_file_that_is_no_workbook():
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "Workbook".encode("utf-16-le") + bytes(2000)
    with pytest.raises(parsed.FormatError):
        invented.inspected(data)
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)
    with pytest.raises(parsed.FormatError, match="password"):
        invented.inspected(locked)
