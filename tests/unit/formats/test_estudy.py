"""CNKI's E-Study text and its "custom" layout: a trap a test."""

import pytest

from reviews.search.formats import tagged
from tests.unit.formats import invented
from tests.unit.formats.invented_chinese import ABSTRACT, JOURNAL, TITLE, estudy


def test_a_record():
    record = invented.record(estudy(1))
    assert record.title == f"{TITLE}（第1部分）"
    assert record.authors == ("柳青禾", "欧阳墨白")
    assert (record.abstract, record.journal, record.year) == (ABSTRACT, JOURNAL, 2021)
    assert (record.volume, record.issue, record.pages) == ("7", "01", "11-19")
    assert (record.keywords, record.language) == (("羊毛袜", "睡眠", "灯塔"), "chi")
    assert (record.database, record.publication_type) == ("CNKI", "Journal article")
    assert record.accession == "XGYX202101001"
    assert [flaw.text for flaw in record.flaws] == [tagged.CUT], "nothing shows that a single record is whole"


def test_no_blank_line_between_records():
    records = invented.records(estudy(1) + estudy(2) + estudy(3))
    assert [record.accession[-1] for record in records] == ["1", "2", "3"]


def test_online_first_has_its_year_from_the_day_of_publication():
    record = invented.record(estudy(1, Year="", Author=""))
    assert (record.year, record.authors) == (2021, ())


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("硕士", "Master's thesis"),
        ("国内会议", "Conference paper"),
        ("报纸", "Newspaper article"),
        ("年鉴", "Yearbook"),
    ],
)
def test_kinds_of_documents(source, kind):
    assert invented.record(estudy(1, SrcDatabase=source)).publication_type == kind


def test_the_custom_layout_begins_with_the_source():
    text = ""
    for number in (1, 2, 3):
        rows = estudy(number).split("\n")[1:-1]
        source = next(row for row in rows if row.startswith("SrcDatabase"))
        rest = [row.replace("Source-刊名", "Source-文献来源") for row in rows if row != source]
        text += "\n".join([source, *rest, "DOI-DOI: 10.5555/xuguo." + str(number)]) + "\n\n"
    found = invented.inspected(text)
    assert (found.starts, found.readable, found.warnings) == (3, 3, ())
    assert [record.doi for record in found.preview] == [f"10.5555/xuguo.{n}" for n in (1, 2, 3)]
    assert [record.journal for record in found.preview] == [JOURNAL] * 3


def test_the_source_inside_a_record_begins_none():
    found = invented.inspected(estudy(1, SrcDatabase="硕士") + estudy(2))
    assert found.starts == 2


def test_a_record_that_lost_its_first_line_is_a_record_all_the_same():
    text = estudy(1) + estudy(2).removeprefix("DataType: 1\n") + estudy(3)
    records = invented.records(text)
    assert [record.pages for record in records] == ["11-19", "21-29", "31-39"]
    assert [record.accession[-1] for record in records] == ["1", "2", "3"]


def test_files_joined_without_a_line_end():
    text = f"{estudy(1).rstrip()}\ufeff{estudy(2).rstrip()}{estudy(3)}"
    assert [record.accession[-1] for record in invented.records(text)] == ["1", "2", "3"]


def test_a_wrapped_abstract_with_a_hyphen_and_a_colon():
    record = invented.record(estudy(1, Summary="目的 探讨\nPD-1抗体: 有效\n的影响"))
    assert record.abstract == "目的 探讨PD-1抗体: 有效的影响"


@pytest.mark.parametrize("cut", ["Summary-摘要: 目的", "Title-题名: 羊", "Year-年: 20"])
def test_the_end_cut_off_is_named(cut):
    for text in (estudy(1), estudy(2) + estudy(1)):
        found = invented.inspected(text[: text.rindex(cut) + len(cut)])
        assert found.starts == text.count("DataType")
        assert "may be cut off" in " ".join(found.warnings)


def test_a_whole_file_without_a_last_line_end_is_whole():
    assert invented.inspected((estudy(1) + estudy(2)).rstrip()).warnings == ()
