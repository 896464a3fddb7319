"""EndNote's %0 of CNKI, Wanfang, VIP and Google Scholar: a trap a test."""

import pytest

from reviews.search.formats import parsed
from tests.unit.formats import invented
from tests.unit.formats.invented_chinese import ABSTRACT, JOURNAL, TITLE, refer


def only(text: str) -> parsed.ParsedRecord:
    return invented.record(text)


def test_a_record_of_cnki():
    record = only(refer(1))
    assert record.title == f"{TITLE}（第1部分）"
    assert record.authors == ("柳青禾", "欧阳墨白")
    assert (record.abstract, record.journal, record.year) == (ABSTRACT, JOURNAL, 2021)
    assert (record.volume, record.issue, record.pages) == ("7", "01", "11-19")
    assert (record.issn, record.keywords) == (("1234-5679",), ("羊毛袜", "睡眠", "灯塔"))
    assert (record.database, record.language, record.flaws) == ("CNKI", "chi", ())
    assert record.tags["L"] == ("99-0000/R",)


def test_an_abstract_of_several_paragraphs():
    text = refer(1, tagX="第一段。\r\r\t第二段。\n\n    1、第三段。\n") + refer(2)
    first, second = invented.records(text)
    assert first.abstract == "第一段。\n第二段。\n1、第三段。"
    assert (first.flaws, first.database, second.flaws) == ((), "CNKI", ())


def test_authors_before_2008_stand_in_one_value():
    assert only(refer(1, tagA="苏杭舟,柳青禾,简宁")).authors == ("苏杭舟", "柳青禾", "简宁")


def test_a_thesis():
    record = only(refer(1, tag0="Thesis", tagY="简宁", tagI="灯塔大学", tag9="硕士", tagJ=""))
    assert (record.publication_type, record.journal) == ("Master's thesis", "灯塔大学")
    assert (record.tags["Y"], record.tags["I"]) == (("简宁",), ("灯塔大学",))


def test_a_conference_paper_gives_its_pages_twice():
    record = only(refer(1, tag0="Conference Proceedings", tagJ="", tagB="虚构年会论文集", tagP="12-15\n%P 4"))
    assert (record.publication_type, record.journal) == ("Conference paper", "虚构年会论文集")
    assert (record.pages, record.tags["P"]) == ("12-15", ("4",))


def test_a_newspaper_has_a_date():
    record = only(refer(1, tag0="Newspaper Article", tagD="", tag8="2019-01-09"))
    assert (record.publication_type, record.year, record.journal) == ("Newspaper article", 2019, JOURNAL)


def test_the_volume_of_a_yearbook_is_an_isbn():
    record = only(refer(1, tagV="978-7-5037-0000-0"))
    assert (record.volume, record.tags["V"]) == ("", ("978-7-5037-0000-0",))


def test_wanfang_gives_the_journal_twice_and_english_names():
    changed = {"tagJ": f"{JOURNAL}\n%J Journal of Invented Medicine", "tagH": "SU Hangzhou;LIU Qinghe"}
    record = only(refer(1, **changed, tagQ="Socks and sleep", tagK="羊毛袜 睡眠 灯塔", tagW="万方", tagG="chi"))
    assert (record.journal, record.tags["J"]) == (JOURNAL, ("Journal of Invented Medicine",))
    assert (record.original_title, record.parallel_authors) == ("Socks and sleep", ("SU Hangzhou", "LIU Qinghe"))
    assert (record.keywords, record.database) == (("羊毛袜", "睡眠", "灯塔"), "Wanfang")


def test_vip_is_read_and_marked_as_not_yet_proven():
    text = (
        "%0 Journal Article \r\n%A 苏杭舟[1];柳青禾[2]\r\n%+:虚构医院;灯塔大学\r\n%T 袜子与睡眠\r\n%J 虚构医学杂志\r\n"
        "%D 2020\r\n%N 3\r\n%V 5\r\n%K 羊毛袜 睡眠 \r\n%X 袜子是温暖的。\r\n%@: 1234-5679\r\n"
        "%U http://lib.example/detail/index?lngid=7109999999\r\n%W 重庆维普资讯有限公司 \r\n\r\n"
    )
    found = invented.inspected(text + text)
    assert (found.format, found.readable, found.is_unverified) == ("refer-vip", 2, True)
    record = found.preview[0]
    assert record.authors == ("苏杭舟", "柳青禾")
    assert (record.issn, record.keywords) == (("1234-5679",), ("羊毛袜", "睡眠"))
    assert (record.database, record.accession) == ("VIP", "7109999999")
    assert record.tags["+"] == ("虚构医院;灯塔大学",)


def test_google_scholar():
    text = (
        "%0 Journal Article\n%T Warm socks for watchmen\n%A Quill, Ottoline\n%A van der Plume, Iris\n%D 2022\n\n\n"
        "%0 Conference Proceedings\n%T Socks at sea\n"
        "%A Marsh, Barnaby T\n%B Proceedings of sock talks\n%P 1-4\n%D 2020\n\n\n"
    )
    first, second = invented.records(text)
    assert (first.authors, first.year, first.flaws) == (("Quill, Ottoline", "van der Plume, Iris"), 2022, ())
    assert (second.journal, second.publication_type) == ("Proceedings of sock talks", "Conference paper")


def test_endnote_writes_keywords_on_lines_of_their_own():
    assert only(refer(1, tagK="socks\nsleep\nlighthouse")).keywords == ("socks", "sleep", "lighthouse")


@pytest.mark.parametrize("line", ["%的看守人睡得好", "%, P<0.05", "% of watchmen", "%0.5", "%Alpha"])
def test_a_wrapped_line_that_begins_with_a_percent_sign_is_text(line):
    records = invented.records(refer(1, tagX=f"结果 其中50\n{line}") + refer(2))
    assert len(records) == 2
    assert records[0].abstract.endswith(line)
    assert records[0].database == "CNKI"


def test_a_record_that_lost_its_first_line_is_a_record_all_the_same():
    text = refer(1) + refer(2, tag0="") + refer(3)
    records = invented.records(text)
    assert [record.pages for record in records] == ["11-19", "21-29", "31-39"]
    assert records[1].authors == ("欧阳墨白", "简宁")


def test_files_joined_without_a_line_end():
    text = f"{refer(1).rstrip()}\ufeff{refer(2).rstrip()}{refer(3)}"
    assert [record.database for record in invented.records(text)] == ["CNKI"] * 3


def test_pubmed_ids_from_endnote():
    record = only(refer(1, tagW="", tagM="99001234").replace("%M", "%~ PubMed\n%M"))
    assert (record.pmid, record.accession) == ("99001234", "99001234")


@pytest.mark.parametrize("cut", ["%X 目的", "%T 羊", "%A 柳"])
def test_the_end_cut_off_is_named(cut):
    for text in (refer(1), refer(2) + refer(1)):
        found = invented.inspected(text[: text.rindex(cut) + len(cut)])
        assert found.starts == text.count("%0")
        assert "may be cut off" in " ".join(found.warnings) or found.refused_count
