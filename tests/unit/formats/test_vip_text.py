"""VIP's text of chosen fields, known from the code of front ends only."""

import pytest

from reviews.search.formats import parsed
from tests.unit.formats import invented

HEAD = "〖检索时间〗2021-01-04 10:00:00\r\n 〖检索结果〗选中2篇\r\n"


def record(number: int, of: int = 2) -> str:
    return (
        f"【序  号】{number}/{of}\r\n【题　名】袜子与睡眠{number}\r\n【作　者】苏杭舟;柳青禾\r\n【机　构】虚构医院\r\n"
        f"【刊　名】虚构杂志2020 5({number}):49-51\r\n【ISSN号】1234-5679\r\n【C N 号】99-0000/R\r\n【页　码】49-51\r\n"
        "【关键词】羊毛袜;睡眠\r\n【分类号】R749\r\n【文　摘】袜子是\r\n温暖的。\r\n"
        f"【网　址】http://lib.example/detail/index?lngid=710999999{number}\r\n\r\n\r\n"
    )


def test_a_file():
    found = invented.inspected(HEAD + record(1) + record(2))
    assert (found.format, found.starts, found.readable, found.is_unverified) == ("vip-text", 2, 2, True)
    first, second = found.preview
    assert (first.title, first.authors) == ("袜子与睡眠1", ("苏杭舟", "柳青禾"))
    assert (first.journal, first.year, first.volume, first.issue, first.pages) == ("虚构杂志", 2020, "5", "1", "49-51")
    assert (first.abstract, first.issn, first.keywords) == ("袜子是温暖的。", ("1234-5679",), ("羊毛袜", "睡眠"))
    assert (second.database, second.accession) == ("VIP", "7109999992")
    assert first.tags["CN号"] == ("99-0000/R",)


def test_fewer_records_than_the_file_announces():
    warnings = invented.inspected(HEAD + record(1)).warnings
    assert "The file says that it holds 2 records, and 1 were found in it." in warnings


def test_without_running_numbers_the_title_begins_a_record():
    text = "".join(record(n).split("\r\n", 1)[1] for n in (1, 2, 3))
    found = invented.inspected(text)
    assert (found.starts, found.readable) == (3, 3)
    assert [record.accession[-1] for record in found.preview] == ["1", "2", "3"]


def test_a_record_without_its_number_is_a_record_all_the_same():
    text = HEAD + record(1, 3) + record(2, 3).split("\r\n", 1)[1] + record(3, 3)
    assert [item.title[-1] for item in invented.records(text)] == ["1", "2", "3"]


def test_an_older_layout_of_the_journal():
    text = "【题　名】袜子与睡眠\n【作　者】苏杭舟\n【刊　名】虚构学报.2010(5).-889-896\n"
    record = invented.record(text)
    assert (record.journal, record.year, record.issue, record.pages) == ("虚构学报", 2010, "5", "889-896")


def test_gb18030():
    found = invented.inspected((HEAD + record(1) + record(2)).encode("gb18030"))
    assert (found.encoding, found.readable) == ("gb18030", 2)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('<?xml version="1.0"?>\r\n <ResourceList>\r\n<PeriodicalPaper>\r\n<Type>1</Type>', "VIP XML"),
        ('<?xml version="1.0"?>\r\n <Bibliographies>\r\n<Bibliography>\r\n', "NoteFirst XML"),
        ("{T1}: 袜子与睡眠\r\n{A1}: 苏杭舟\r\n", "VIP RefMan"),
    ],
)
def test_what_is_not_read_is_refused_by_its_name(text, name):
    with pytest.raises(parsed.FormatError, match=f"looks like a {name} file.* upload that file"):
        invented.inspected(text)
