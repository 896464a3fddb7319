"""RefWorks tagged text of CNKI, Wanfang, VIP and RefWorks: a trap a test."""

import pytest

from reviews.search.formats import parsed
from tests.unit.formats import invented
from tests.unit.formats.invented_chinese import ABSTRACT, JOURNAL, TITLE, refworks


def only(text: str) -> parsed.ParsedRecord:
    return invented.record(text)


def test_a_record_of_cnki():
    record = only(refworks(1))
    assert record.title == f"{TITLE}（第1部分）"
    assert record.authors == ("柳青禾", "欧阳墨白")
    assert (record.abstract, record.journal, record.year) == (ABSTRACT, JOURNAL, 2021)
    assert (record.volume, record.issue, record.pages) == ("7", "01", "11-19")
    assert (record.doi, record.issn, record.language) == ("10.5555/xuguo.1", ("1234-5679",), "chi")
    assert (record.keywords, record.database) == (("羊毛袜", "睡眠", "灯塔"), "CNKI")
    assert (record.accession, record.flaws) == ("", ())


def test_an_empty_volume_in_small_letters():
    record = only(refworks(1).replace("vo 7", "vo "))
    assert (record.volume, record.issue, record.flaws) == ("", "01", ())


def test_a_tag_against_its_value_and_a_tag_of_three_letters():
    text = refworks(1, A1="", LK="", RT="Dissertation/Thesis", JF="").replace("T1 ", "A1苏杭舟\nT1 ")
    record = only(f"{text.rstrip()}\nA3 简宁\nCL 硕士\nPB 灯塔大学\nURL https://example.org/1\n")
    assert (record.authors, record.url) == (("苏杭舟",), "https://example.org/1")
    assert (record.publication_type, record.journal) == ("Master's thesis", "灯塔大学")
    assert (record.tags["A3"], record.tags["CL"]) == (("简宁",), ("硕士",))


@pytest.mark.parametrize(
    "line",
    [
        "DO NOT resuscitate 组与对照组比较",
        "AD 患者的睡眠",
        "SP 细胞比例升高",
        "IS 有效的",
        "VO 2max 升高",
        "DS 患者中也是如此",
        "RT 治疗后",
        "T1 期患者",
        "A1 组",
        "ED 就诊",
        "LA 患者",
        "PP 值",
        "AB 组",
        ",并且是温暖的",
    ],
)
def test_a_wrapped_line_that_looks_like_a_tag_is_text(line):
    text = refworks(1) + refworks(2, AB=f"目的 探讨羊毛袜对\n{line}\n的影响。") + refworks(3)
    records = invented.records(text)
    assert [record.doi for record in records] == [f"10.5555/xuguo.{n}" for n in (1, 2, 3)]
    record = records[1]
    assert record.abstract.replace(" ", "") == f"目的 探讨羊毛袜对{line}的影响。".replace(" ", "")
    assert record.title == f"{TITLE}（第2部分）"
    assert (record.issn, record.database) == (("1234-5679",), "CNKI")
    assert next(flaw.line for flaw in record.flaws) == 32
    assert records[0].flaws == records[2].flaws == ()


@pytest.mark.parametrize("end", ["的影响", "的影响。", "of socks"])
def test_the_tags_behind_an_abstract_are_read_wherever_it_stops(end):
    record = only(refworks(1, AB=f"目的 探讨袜子{end}"))
    assert (record.abstract, record.doi, record.database) == (f"目的 探讨袜子{end}", "10.5555/xuguo.1", "CNKI")


def test_vip_is_read_and_marked_as_not_yet_proven():
    text = (
        "RT Journal \r\nT1 袜子与睡眠\r\nJF 虚构医学杂志\r\nYR 2020\r\nVO 5\r\nIS 3\r\nAB 袜子是温暖的。\r\n"
        "LK http://lib.example/detail/index?lngid=7109999999\r\nA1 苏杭舟;柳青禾\r\nAD 虚构医院\r\nCL R749\r\n"
        "K1 羊毛袜;睡眠\r\nPP 中国 \r\nDS 重庆维普 \r\nNO 作者个数:2; 第一作者:苏杭舟\r\n\r\n"
    )
    found = invented.inspected(text + text)
    assert (found.format, found.readable, found.is_unverified) == ("refworks-vip", 2, True)
    record = found.preview[1]
    assert (record.authors, record.database, record.volume) == (("苏杭舟", "柳青禾"), "VIP", "5")
    assert (record.publication_type, record.accession) == ("Journal article", "7109999999")
    assert record.tags["NO"] == ("作者个数:2; 第一作者:苏杭舟",)


def test_wanfang_repeats_english_names_of_the_record_before():
    first = refworks(1, A1="苏杭舟;柳青禾;SU Hangzhou;LIU Qinghe", DS="万方")
    second = refworks(2, A1="简宁;SU Hangzhou;LIU Qinghe", DS="万方")
    third = refworks(3, A1="简宁;JIAN Ning", DS="万方")
    found = invented.inspected(first + second + third)
    assert (found.format, found.is_unverified) == ("refworks-wanfang", True)
    assert [record.authors for record in found.preview] == [("苏杭舟", "柳青禾"), ("简宁",), ("简宁",)]
    assert [record.parallel_authors for record in found.preview] == [("SU Hangzhou", "LIU Qinghe"), (), ("JIAN Ning",)]
    assert "the English names of the record before" in " ".join(found.warnings)


def test_a_record_of_refworks_itself():
    text = (
        "RT Journal Article\nSR Electronic(1)\nID 17\nA1 Quill, Ottoline\nA1 Marsh, Barnaby\nT1 Warm socks\n"
        "JF Annals of Fictional Medicine\nYR 2020\nVO 3\nIS 2\nSP 10\nOP 18\nK1 socks\nK1 sleep\n"
        "AB Thirty watchmen wore socks.\nSN 1234-5679\nAN 99001234\nLA English\nDS PubMed\nDO 10.5555/socks.1\n\n"
    )
    record = only(text)
    assert record.authors == ("Quill, Ottoline", "Marsh, Barnaby")
    assert (record.pages, record.keywords, record.language) == ("10-18", ("socks", "sleep"), "eng")
    assert (record.pmid, record.doi, record.database) == ("99001234", "10.5555/socks.1", "PubMed")


def test_a_record_that_lost_its_first_line_is_a_record_all_the_same():
    text = refworks(1) + refworks(2, RT="") + refworks(3)
    assert [record.doi for record in invented.records(text)] == [f"10.5555/xuguo.{n}" for n in (1, 2, 3)]


def test_files_joined_without_a_line_end():
    text = f"{refworks(1).rstrip()}\ufeff{refworks(2).rstrip()}{refworks(3)}"
    assert len(invented.records(text)) == 3


def test_radiotherapy_begins_no_record():
    record = only(refworks(1, AB="目的 探讨\nRT Standard fractionation was given to all watchmen\n的影响。"))
    assert "RT Standard fractionation" in record.abstract


@pytest.mark.parametrize("cut", ["AB 目的", "T1 羊", "DO 10.5555/x"])
def test_the_end_cut_off_is_named(cut):
    for text in (refworks(1), refworks(2) + refworks(1)):
        found = invented.inspected(text[: text.rindex(cut) + len(cut)])
        assert found.starts == text.count("RT ")
        assert "may be cut off" in " ".join(found.warnings)
