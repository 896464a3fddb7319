"""Lists of names and keywords, noise in abstracts, identifiers of Chinese databases."""

import pytest

from reviews.search.formats import chinese


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["苏杭舟;柳青禾;"], ("苏杭舟", "柳青禾")),
        (["苏杭舟；柳青禾"], ("苏杭舟", "柳青禾")),
        (["Ottoline Quill;;Barnaby Marsh"], ("Ottoline Quill", "Barnaby Marsh")),
        (["苏杭舟,柳青禾，欧阳墨白"], ("苏杭舟", "柳青禾", "欧阳墨白")),
        (["苏杭舟,柳青禾,等"], ("苏杭舟", "柳青禾")),
        (["Quill, Ottoline"], ("Quill, Ottoline",)),
        (["Quill, Ottoline;; Marsh, Barnaby"], ("Quill, Ottoline", "Marsh, Barnaby")),
        (["虚构医院灯塔科,袜子委员会"], ("虚构医院灯塔科,袜子委员会",)),
        (["苏杭舟", " 柳青禾", "苏杭舟"], ("苏杭舟", "柳青禾")),
        (["苏杭舟[1,2];柳青禾[2]"], ("苏杭舟", "柳青禾")),
        (["简　宁;柳青禾"], ("简宁", "柳青禾")),
        (["柳青禾,"], ("柳青禾",)),
        (["; ;"], ()),
    ],
)
def test_names(values, names):
    assert chinese.authors(values) == names


@pytest.mark.parametrize(
    ("value", "by_spaces", "words"),
    [
        ("羊毛袜;;睡眠;;灯塔", False, ("羊毛袜", "睡眠", "灯塔")),
        ("羊毛袜；睡眠", False, ("羊毛袜", "睡眠")),
        ("羊毛袜,睡眠,灯塔,", False, ("羊毛袜", "睡眠", "灯塔")),
        ("1,2-二氯乙烷;N,N-二甲基", False, ("1,2-二氯乙烷", "N,N-二甲基")),
        ("1,2-二氯乙烷", False, ("1,2-二氯乙烷",)),
        ("羊毛袜 睡眠", False, ("羊毛袜 睡眠",)),
        ("羊毛袜 woollen socks 睡眠", True, ("羊毛袜", "woollen socks", "睡眠")),
        ("woollen socks", True, ("woollen socks",)),
    ],
)
def test_keywords(value, by_spaces, words):
    assert chinese.keywords([value], by_spaces=by_spaces) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("<正>目的 探讨袜子", "目的 探讨袜子"),
        ("Abstract(#br)Background(#br)Socks", "Background Socks"),
        ("袜子~([1-3])是温暖的", "袜子是温暖的"),
        ("剂量10 mg·kg~(-1)", "剂量10 mg·kg~(-1)"),
        ("P&lt;0.05&apos;", "P<0.05'"),
        ("Abstract thinking in socks", "Abstract thinking in socks"),
        ("袜子（第１部分）：试验", "袜子（第１部分）：试验"),
    ],
)
def test_noise_goes_and_text_stays(value, text):
    assert chinese.text(value) == text


@pytest.mark.parametrize("number", ["CNKI:0", "CNKI: 0", "0", "000", "WANFANG:0", ""])
def test_a_number_that_repeats_is_no_identity(number):
    assert chinese.accession([number], []) == ""


@pytest.mark.parametrize(
    ("link", "number"),
    [
        ("https://kns.cnki.net/kcms/detail/detail.aspx?FileName=XGYX202101001&DbName=CJFQTEMP", "XGYX202101001"),
        ("http://www.wanfangdata.com.cn/details/detail.do?_type=perio&id=xgyx202101001", "xgyx202101001"),
        ("https://d.wanfangdata.com.cn/periodical/xgyx202101001", "xgyx202101001"),
        ("http://library.example/detail/index?lngid=7109999999", "7109999999"),
        ("https://link.cnki.net/urlid/99.0000.R.20210101.0001.002", ""),
        ("https://example.org/?id=12345678", ""),
    ],
)
def test_the_number_of_a_record_stands_in_its_link(link, number):
    assert chinese.accession([], [link]) == number


@pytest.mark.parametrize(
    ("numbers", "links", "doi"),
    [
        (["10.3969／j.issn.1234－5679.2021.01.001"], [], "10.3969/j.issn.1234-5679.2021.01.001"),
        ([], ["https://link.cnki.net/urlid/10.5555/R.20210101.0001.002"], ""),
        ([], ["https://link.cnki.net/doi/10.5555/j.cnki.1"], "10.5555/j.cnki.1"),
        ([], ["https://doi.org/10.5555/xuguo.1."], "10.5555/xuguo.1"),
        (["CNKI:0"], [], ""),
    ],
)
def test_which_numbers_are_dois(numbers, links, doi):
    assert chinese.doi(numbers, links) == doi


@pytest.mark.parametrize(
    ("values", "title", "code"),
    [
        (["中文;"], "", "chi"),
        (["chi"], "", "chi"),
        (["英文"], "袜子", "eng"),
        ([], "袜子与睡眠", "chi"),
        ([], "Socks and sleep", ""),
        ([], "靴下の効果", ""),
        (["ger"], "Socken", "ger"),
    ],
)
def test_languages(values, title, code):
    assert chinese.language(values, title) == code


def test_lines_of_chinese_join_without_a_space():
    assert chinese.joined("灯塔", "看守人") == "灯塔看守人"
    assert chinese.joined("warm", "socks") == "warm socks"
    assert chinese.joined("", "socks") == "socks"


@pytest.mark.parametrize(
    ("dates", "year"),
    [(["2021-01-15 10:52"], 2021), (["", "1998"], 1998), (["2989"], 2989), (["0"], None), (["第7期"], None)],
)
def test_years(dates, year):
    assert chinese.year(dates) == year


def test_names_are_cut_at_the_comma_of_lists() -> None:
    assert chinese.authors(["王守灯、李望海、欧阳看潮、等"]) == ("王守灯", "李望海", "欧阳看潮")
    assert chinese.authors(["灯塔医学研究协作小组、王守灯"]) == ("灯塔医学研究协作小组、王守灯",)
