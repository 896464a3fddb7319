"""Ways in which single databases write the tagged texts: full-text journals, BIOSIS, ERIC, books, Chinese labels."""

import pytest

from reviews.search.formats import ovid_source
from tests.unit.formats import invented


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("Annals Of Socks June 2015;58(6):688-696", ("Annals Of Socks", 2015, "58", "6", "688-696")),
        ("Annals Of Socks March/April 2015;58(6):S1-S9", ("Annals Of Socks", 2015, "58", "6", "S1-S9")),
        ("Annals Of Socks December 15, 2015;58(6):688", ("Annals Of Socks", 2015, "58", "6", "688")),
        ("Annals Of Socks 12, Winter 2007: 7-14.", ("Annals Of Socks", 2007, "12", "", "7-14")),
        ("Annals Of Socks 12(3), May 2007: 7-14.", ("Annals Of Socks", 2007, "12", "3", "7-14")),
        ("Annals of Socks. March 2020; 3 (1) 1-9.", ("Annals of Socks", 2020, "3", "1", "1-9")),
        ("Annals of Socks. 8(6):1048-1064, September 2015.", ("Annals of Socks", 2015, "8", "6", "1048-1064")),
        ("Annals of Socks. (no pagination), 2015.", ("Annals of Socks", 2015, "", "", "")),
    ],
)
def test_the_source_line_of_ovid(source, place):
    assert ovid_source.read(source) == place


def ovid(**changed):
    fields = {"UI": "00000001-201506000-00007", "TI": "Warm socks. [Article]", "AU": "Quill, Ottoline MD", **changed}
    return "<1>\n" + "".join(f"{tag}  - {value}\n" for tag, value in fields.items()) + "\n\n"


@pytest.mark.parametrize("section", ["Article", "Miscellaneous", "Original Study", "Letters"])
def test_the_section_of_a_full_text_journal_is_no_title(section):
    record = invented.record(ovid(TI=f"Warm socks. [{section}]"))
    assert (record.title, record.publication_type) == ("Warm socks.", section)


def test_brackets_of_other_databases_stay():
    assert invented.record(ovid(UI="31234567", TI="Warm socks. [German]")).title == "Warm socks. [German]"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Quill, Ottoline MD", "Quill, Ottoline"),
        ("Quill, Ottoline M. MD, PhD", "Quill, Ottoline M."),
        ("Quill, Ottoline PhD, RN, FAAN", "Quill, Ottoline"),
        ("Quill, Ottoline", "Quill, Ottoline"),
    ],
)
def test_degrees_are_no_part_of_names(name, plain):
    assert invented.record(ovid(AU=name)).authors == (plain,)


@pytest.mark.parametrize("note", ["[Author]", "[Author; E-mail: q@example.org]", "[Reprint author; a; b]"])
def test_notes_behind_names_are_no_names(note):
    assert invented.record(ovid(AU=f"Quill, Ottoline {note}")).authors == ("Quill, Ottoline",)


def test_the_doi_in_di():
    assert invented.record(ovid(DI="10.5555/socks")).doi == "10.5555/socks"


ERIC = "OWN - ERIC\nTI  - Invented socks {0}\nJT  - J Socks\nSO  - v9 n{0} p1-9 2020\nOID - EJ99999{0}\nDP  - 2020\n"


@pytest.mark.parametrize("end", ["", "\n"])
def test_records_of_eric_end_as_they_like(end):
    text = ERIC.format(1) + "\nOWN - ERIC\nTI  - A report\nOID - ED1\nPT  - Reports - Research" + end
    first, second = invented.records(text)
    assert (first.volume, first.issue, first.pages, first.accession) == ("9", "1", "1-9", "EJ999991")
    assert (second.title, second.accession, second.database) == ("A report", "ED1", "ERIC")


def test_a_book_of_pubmed_needs_no_source_line():
    book = "PMID- 99000099\nOWN - NLM\nSTAT- Publisher\nBTI - A book of socks\nFED - Quill, Ottoline\nCTDT- 2021/02\n"
    text = "\n".join((invented.nbib(1), book + "AID - NBK1 [bookaccession]\n"))
    found = invented.inspected(text)
    assert (found.readable, found.refused_count) == (2, 0)
    assert not any("cut off" in warning for warning in found.warnings)
    record = invented.records(text)[1]
    assert (record.title, record.authors, record.year) == ("A book of socks", ("Quill, Ottoline",), 2021)


@pytest.mark.parametrize("kind", ["Other Article", "Original Article", "Other"])
def test_types_that_refworks_does_not_list(kind):
    text = f"RT {kind}\nT1 虚构标准\nA1 王小明;李小红\nYR 2020\n\nRT {kind}\nT1 另一标准\nA1 赵伟\nYR 2021\n\n"
    assert [record.title for record in invented.records(text)] == ["虚构标准", "另一标准"]


SIMPLIFIED = ("标题", "作者", "出版年", "来源", "卷", "期", "页码")
TRADITIONAL = ("題名", "作者", "年份", "刊名", "卷號", "期號", "頁碼")


@pytest.mark.parametrize("labels", [SIMPLIFIED, TRADITIONAL])
@pytest.mark.parametrize("colon", ["：", ":", " ： "])
@pytest.mark.parametrize("between", ["\n", "", "\n\n"])
@pytest.mark.parametrize("numbered", [False, True])
def test_chinese_labels_before_a_colon(labels, colon, between, numbered):
    values = [
        ("虚构的袜子", "王小明；李小红", "2020", "虚构杂志", "3", "1", "1-9"),
        ("另一袜子", "赵伟", "2021", "", "", "", ""),
    ]
    texts = []
    for place, row in enumerate(values, start=1):
        number = f"序号{colon}{place}\n" if numbered else ""
        texts.append(number + "".join(f"{label}{colon}{value}\n" for label, value in zip(labels, row, strict=True)))
    first, second = invented.records(between.join(texts) + "\n")
    assert (first.title, first.authors, first.year) == ("虚构的袜子", ("王小明", "李小红"), 2020)
    assert (first.journal, first.volume, first.issue, first.pages) == ("虚构杂志", "3", "1", "1-9")
    assert (second.title, second.authors, second.year) == ("另一袜子", ("赵伟",), 2021)
