"""NoteExpress of CNKI, Wanfang, VIP and yiigle: a trap a test."""

import pytest

from reviews.search.formats import parsed
from tests.unit.formats import invented
from tests.unit.formats.invented_chinese import ABSTRACT, JOURNAL, TITLE, noteexpress


def only(text: str) -> parsed.ParsedRecord:
    return invented.record(text)


def test_a_record_of_cnki():
    record = only(noteexpress(1))
    assert record.title == f"{TITLE}（第1部分）"
    assert record.authors == ("柳青禾", "欧阳墨白")
    assert record.abstract == ABSTRACT
    assert (record.journal, record.year, record.volume, record.issue, record.pages) == (
        JOURNAL,
        2021,
        "7",
        "01",
        "11-19",
    )
    assert (record.doi, record.issn, record.language) == ("10.5555/xuguo.1", ("1234-5679",), "chi")
    assert record.keywords == ("羊毛袜", "睡眠", "灯塔")
    assert (record.database, record.publication_type, record.flaws) == ("CNKI", "Journal article", ())
    assert record.tags["Author Address"] == ("虚构医院灯塔科;",)


def test_wanfang_writes_a_line_for_each_name_and_adds_english_ones():
    text = (
        "{Reference Type}: Journal Article\n{Title}: 袜子与睡眠\n{Translated Title}: Socks and sleep\n"
        "{Author}: 苏杭舟\n{Author}:  柳青禾\n{Translated Author}: SU Hang-zhou\n{Translated Author}:  LIU Qing-he\n"
        "{Journal}: 虚构医学杂志（电子版）\n{Translated Journal}: Journal of Invented Medicine\n{Year}: 2020\n"
        "{Keywords}: 羊毛袜\n{Keywords}:  睡眠\n{Abstract}: 目的 探讨袜子.\n"
        "{URL}: http://www.wanfangdata.com.cn/details/detail.do?_type=perio&id=xgyx202001001\n"
        "{DOI}: 10.3969／j.issn.1234－5679.2020.01.001\n{Database Provider}: 北京万方数据股份有限公司\n{Language}: chi"
    )
    record = only(text)
    assert (record.title, record.original_title) == ("袜子与睡眠", "Socks and sleep")
    assert record.authors == ("苏杭舟", "柳青禾")
    assert record.parallel_authors == ("SU Hang-zhou", "LIU Qing-he")
    assert record.keywords == ("羊毛袜", "睡眠")
    assert (record.journal, record.database) == ("虚构医学杂志（电子版）", "Wanfang")
    assert (record.accession, record.doi) == ("xgyx202001001", "10.3969/j.issn.1234-5679.2020.01.001")
    assert record.tags["Translated Journal"] == ("Journal of Invented Medicine",)


def test_yiigle_uses_full_width_colons_and_no_spaces():
    text = noteexpress(1).replace("{Abstract}: ", "{Abstract}：").replace("{ISBN/ISSN}: ", "{ISBN/ISSN}:")
    record = only(text.replace("{Keywords}: 羊毛袜;;睡眠;;灯塔", "{Keywords}: 羊毛袜；睡眠；灯塔"))
    assert (record.abstract, record.issn, record.keywords) == (ABSTRACT, ("1234-5679",), ("羊毛袜", "睡眠", "灯塔"))


def test_vip_is_read_and_marked_as_not_yet_proven():
    text = (
        "{Reference Type}: Journal Article \r\n{Title}:袜子与睡眠\r\n{Author}: 苏杭舟[1]\r\n{Author}: 柳青禾[2]\r\n"
        "{Journal}: 虚构医学杂志\r\n{Year}: 2020\r\n{Volume} : 5\r\n{Issue}: 3\r\n"
        "{Keywords}:羊毛袜\r\n{Keywords}:睡眠\r\n"
        "{Abstract}: 袜子是温暖的。\r\n{URL}: http://lib.example/detail/index?lngid=7109999999\r\n"
        "{Database Provider}: 重庆维普资讯有限公司\r\n \r\n \r\n \r\n"
    )
    found = invented.inspected(text * 2)
    assert (found.format, found.starts, found.readable, found.is_unverified) == ("noteexpress-vip", 2, 2, True)
    assert found.warnings == (
        "NoteExpress of VIP is not yet proven on a real file; compare the preview with the source.",
    )
    record = found.preview[1]
    assert (record.title, record.authors, record.volume) == ("袜子与睡眠", ("苏杭舟", "柳青禾"), "5")
    assert (record.keywords, record.database, record.accession) == (("羊毛袜", "睡眠"), "VIP", "7109999999")


THESIS = {
    "Reference_Type": "Thesis",
    "Journal": "",
    "Tertiary_Author": "简宁",
    "Publisher": "灯塔大学",
    "Type_of_Work": "博士",
}


def test_a_thesis():
    record = only(noteexpress(1, **THESIS))
    assert (record.publication_type, record.journal) == ("Doctoral thesis", "灯塔大学")
    assert record.tags["Tertiary Author"] == ("简宁",)


def test_a_conference_paper_with_a_damaged_tag():
    changed = {
        "Reference_Type": "Conference Proceedings",
        "Journal": "",
        "Secondary_Title": "2021虚构年会",
        "Tertiary_Title": "2021虚构年会论文集",
        "Subsidiary_Author,": "虚构学会",
    }
    record = only(noteexpress(1, **changed))
    assert (record.publication_type, record.journal) == ("Conference paper", "2021虚构年会论文集")
    assert record.tags["Subsidiary Author"] == ("虚构学会",)


@pytest.mark.parametrize(
    ("changed", "kind", "journal", "year", "accession"),
    [
        (
            {"Reference_Type": "Newspaper Article", "Secondary_Title": "虚构日报", "Date": "2019-01-09"},
            "Newspaper article",
            "虚构日报",
            2019,
            "",
        ),
        (
            {"Reference_Type": "Patent", "Date": "2018-11-02", "Notes": "CN999999999A", "SrcDatabase": "中国专利"},
            "Patent",
            "",
            2018,
            "CN999999999A",
        ),
        (
            {"Reference_Type": "Standard", "ISBN": "GB/T 9999.1-1996", "Date": "1996-03-15", "SrcDatabase": "国家标准"},
            "Standard",
            "",
            1996,
            "GB/T 9999.1-1996",
        ),
        ({"Reference_Type": "Standard", "SrcDatabase": "统计年鉴", "TryDate": "2005-06-14"}, "Yearbook", "", 2005, ""),
        ({"Reference_Type": "Book", "Date": "2020-10-12", "图书印刷版ISBN": "9780000000000"}, "Book", "", 2020, ""),
    ],
)
def test_other_kinds_of_documents(changed, kind, journal, year, accession):
    record = only(noteexpress(1, Journal="", Year="", **changed))
    assert (record.publication_type, record.journal, record.year, record.accession) == (kind, journal, year, accession)


def test_a_chinese_tag_is_kept():
    assert only(noteexpress(1, 图书印刷版ISBN="9780000000000")).tags["图书印刷版ISBN"] == ("9780000000000",)


def test_an_accession_number_that_repeats_stays_in_the_tags():
    record = only(noteexpress(1, Accession_Number="CNKI:0"))
    assert (record.accession, record.tags["Accession Number"]) == ("", ("CNKI:0",))


def test_an_online_first_record_has_no_year():
    assert only(noteexpress(1, Year="", Volume="", Issue="", Pages="1-15")).year is None


def test_a_wrapped_abstract_is_read_whole():
    record = only(noteexpress(1, Abstract="目的 探讨羊毛\n袜的影响。\n    方法 虚构。"))
    assert record.abstract == "目的 探讨羊毛袜的影响。\n方法 虚构。"
    assert [(flaw.line, flaw.times) for flaw in record.flaws] == [(12, 1)]


def test_braces_in_an_abstract_are_no_tag():
    assert only(noteexpress(1, Abstract="集合\n{x}: x>0\n是空的")).abstract == "集合{x}: x>0是空的"


def test_a_record_that_lost_its_first_line_is_a_record_all_the_same():
    text = noteexpress(1) + noteexpress(2, Reference_Type="") + noteexpress(3)
    records = invented.records(text)
    assert [record.doi for record in records] == [f"10.5555/xuguo.{n}" for n in (1, 2, 3)]
    assert [len(record.flaws) for record in records] == [0, 1, 0]


def test_files_joined_without_a_line_end():
    text = f"{noteexpress(1).rstrip()}\ufeff{noteexpress(2).rstrip()}{noteexpress(3)}"
    records = invented.records(text)
    assert [record.doi for record in records] == [f"10.5555/xuguo.{n}" for n in (1, 2, 3)]
    assert [record.database for record in records] == ["CNKI"] * 3


def test_a_second_title_without_a_blank_line_is_no_record():
    assert only(noteexpress(1, Title="甲袜\n{Title}: 乙袜")).title == "甲袜"


def test_a_record_without_anything_to_screen_is_refused_by_its_line():
    text = noteexpress(1) + "{Reference Type}: Journal Article\n{Year}: 2020\n\n" + noteexpress(3)
    (refused,) = [item for item in invented.items(text) if isinstance(item, parsed.Refused)]
    assert (refused.position, refused.line) == (2, 18)
    assert "line 18" in refused.reason


def test_the_tail_of_a_record_in_front_is_refused():
    text = "{Pages}: 1-9\n{Database Provider}: CNKI\n\n" + noteexpress(1)
    first, second = invented.items(text)
    assert isinstance(first, parsed.Refused)
    assert first.is_incomplete
    assert second.position == 2


@pytest.mark.parametrize("cut", ["{Keywords}: 羊", "{Abstract}: 目的", "{ISBN", "{Title}: 羊毛"])
@pytest.mark.parametrize("before", ["", noteexpress(1)])
def test_the_end_cut_off_is_named(before, cut):
    text = before + noteexpress(2)
    found = invented.inspected(text[: text.rindex(cut) + len(cut)])
    assert found.starts == found.readable == before.count("{Title}") + 1
    assert "may be cut off" in " ".join(found.warnings)


def test_a_whole_file_without_a_last_line_end_is_whole():
    assert invented.inspected((noteexpress(1) + noteexpress(2)).rstrip()).warnings == ()
