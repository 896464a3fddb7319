"""Reference lists after GB/T 7714, and VIP's reference and plain text: guesses, marked as such."""

import pytest

from reviews.search.formats import parsed
from tests.unit.formats import invented
from tests.unit.formats.invented_chinese import citation


def only(text: str) -> parsed.ParsedRecord:
    return invented.record(text)


def test_a_journal_article():
    record = only("[1]苏杭舟,柳青禾.袜子与睡眠[J].虚构医学杂志(自然科学版),2020,35(02):12-15+20.\n")
    assert (record.title, record.authors) == ("袜子与睡眠", ("苏杭舟", "柳青禾"))
    assert (record.journal, record.year, record.volume) == ("虚构医学杂志(自然科学版)", 2020, "35")
    assert (record.issue, record.pages, record.language) == ("02", "12-15+20", "chi")
    assert record.publication_type == "Journal article"


def test_an_english_article_without_pages():
    record = only(
        "[2]Ottoline Quill,Barnaby T. Marsh. Warm socks: a trial at 2.0 degrees[J]. Journal of Socks,2021,165.\n"
    )
    assert record.authors == ("Ottoline Quill", "Barnaby T. Marsh")
    assert record.title == "Warm socks: a trial at 2.0 degrees"
    assert (record.journal, record.year, record.volume, record.pages) == ("Journal of Socks", 2021, "165", "")


def test_online_first_has_no_year_but_that_of_the_visit():
    text = "[4]苏杭舟.袜子[J/OL].虚构工程:1-10[2021-01-04].https://doi.org/10.5555/j.issn.1234-5679.0059.\n"
    record = only(text)
    assert (record.year, record.journal, record.pages) == (None, "虚构工程", "1-10")
    assert record.doi == "10.5555/j.issn.1234-5679.0059"
    assert record.url == "https://doi.org/10.5555/j.issn.1234-5679.0059"


def test_a_stated_doi():
    record = only("[1]苏杭舟.袜子[J].虚构杂志,2022,4(01):1-3.DOI:10.5555/j.cnki.2022.01.\n")
    assert (record.doi, record.pages) == ("10.5555/j.cnki.2022.01", "1-3")


@pytest.mark.parametrize(
    ("text", "kind", "journal", "year"),
    [
        ("[3]简宁. 袜子研究[D].灯塔大学,2020.\n", "Thesis", "灯塔大学", 2020),
        ("[1]简宁.袜子学[M].北京:虚构出版社,2018:12-15.\n", "Book", "虚构出版社", 2018),
        ("[1]简宁.袜子要闻[N].虚构日报,2019-01-09(A01).\n", "Newspaper article", "虚构日报", 2019),
        ("[1]虚构学会.GB/T 9999.1-1996 袜子[S].北京:虚构标准出版社,1996.\n", "Standard", "虚构标准出版社", 1996),
        ("[1]简宁.一种袜子[P].灯塔市:CN999999999A,2018-11-02.\n", "Patent", "灯塔市:CN999999999A", 2018),
        ("[1]简宁.袜子[C]//虚构年会论文集.2021:4-9.\n", "Conference paper", "虚构年会论文集", 2021),
    ],
)
def test_other_kinds_of_documents(text, kind, journal, year):
    record = only(text)
    assert (record.publication_type, record.journal, record.year) == (kind, journal, year)
    assert record.title


def test_a_wrapped_reference():
    record = only("[1]苏杭舟,柳青禾.袜子与\n睡眠[J].虚构杂志,\n2020,35(02):12-15.\n")
    assert (record.title, record.year, record.pages) == ("袜子与睡眠", 2020, "12-15")


def test_references_behind_one_another():
    text = "参考文献\n[1]苏杭舟.甲袜[J].虚构杂志,2020.[2]简宁.乙袜[J].虚构杂志,2021.\n"
    assert [record.title for record in invented.records(text)] == ["甲袜", "乙袜"]


def test_every_record_is_unverified():
    found = invented.inspected(citation(1) + citation(2))
    assert (found.format, found.is_unverified, found.has_abstracts) == ("gbt7714", True, False)
    assert any(warning.startswith("2 × a citation read from a reference list") for warning in found.warnings)


def test_a_reference_without_a_mark_is_refused_by_its_line():
    items = invented.items(f"{citation(1)}[2] Quill O. Warm socks. Lancet of Socks 2000; 3: 1-4.\n\n{citation(3)}")
    assert [isinstance(item, parsed.Refused) for item in items] == [False, True, False]
    assert "Reference 2 at line 3 has no type mark" in items[1].reason


def test_a_junk_line_behind_a_reference_is_kept_and_named():
    text = citation(1) + "@@ junk @@\n" + citation(2)
    records = invented.records(text)
    assert [record.pages for record in records] == ["11-19", "21-29"]
    assert "1 × a line without a tag, kept with the record; the first at line 3." in invented.inspected(text).warnings


def test_vip_reference_text():
    record = only("[1] 苏杭舟,柳青禾;简宁.袜子与睡眠[J]虚构杂志,2020,(1):1-3\r\n \r\n")
    assert record.authors == ("苏杭舟", "柳青禾", "简宁")
    assert (record.title, record.journal) == ("袜子与睡眠", "虚构杂志")
    assert (record.year, record.volume, record.issue, record.pages) == (2020, "", "1", "1-3")


def test_vip_plain_text_with_the_abstract_below():
    text = (
        "[1] 苏杭舟,柳青禾.袜子与睡眠.虚构杂志[J],2020(1):1-3\r\n袜子是温暖的。\r\n\r\n"
        "[2] 简宁.乙袜.虚构杂志[J],2021(2):4-5\r\n\r\n"
    )
    first, second = invented.records(text)
    assert (first.title, first.journal, first.abstract) == ("袜子与睡眠", "虚构杂志", "袜子是温暖的。")
    assert (first.year, first.issue, first.pages, first.database) == (2020, "1", "1-3", "VIP")
    assert (second.title, second.year) == ("乙袜", 2021)


def test_vip_text_for_novelty_searches():
    text = "[1]苏杭舟.袜子与睡眠.虚构杂志[J],2020(1):1-3.\r\n机构：虚构医院\r\n摘要：袜子是温暖的。\r\n\r\n"
    record = only(text)
    assert (record.abstract, record.tags["机构"]) == ("袜子是温暖的。", ("虚构医院",))


def test_the_end_cut_off_is_named():
    for cut in (10, 20, 40):
        warnings = invented.inspected((citation(1) + citation(2)).rstrip()[:-cut]).warnings
        refused = invented.inspected((citation(1) + citation(2)).rstrip()[:-cut]).refused_count
        assert "may be cut off" in " ".join(warnings) or refused == 1
