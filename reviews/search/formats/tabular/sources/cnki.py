"""CNKI's own table ("custom" export): the names of E-Study as columns, or their Chinese halves alone."""

from reviews.search.formats import chinese
from reviews.search.formats.tabular import profile

_TITLE = ("title-题名", "题名", "篇名", "标题")
_AUTHORS = ("author-作者", "作者", "authors-作者")
_JOURNAL = (
    "source-刊名",
    "source-文献来源",
    "source-来源",
    "刊名",
    "文献来源",
    "来源",
    "期刊名称",
    "期刊",
    "刊名/来源",
)
_DATES = ("pubtime-出版时间", "发表时间", "出版时间", "发表日期")
_LINK = ("link-链接", "url-网址", "链接", "网址", "url")


def _make(row: profile.Cells) -> profile.Fields:
    title = chinese.text(row.take(*_TITLE))
    link, doi = row.take(*_LINK), row.take("doi-doi", "doi")
    return {
        "title": title,
        "original_title": chinese.text(row.take("英文题名", "英文标题", "title-英文题名", "外文题名")),
        "authors": chinese.authors([row.take(*_AUTHORS)]),
        "parallel_authors": chinese.authors([row.take("英文作者", "author-英文作者")]),
        "journal": row.take(*_JOURNAL),
        "year": chinese.year([row.take("year-年", "年", "年份", "出版年"), *map(row.peek, _DATES)]),
        "volume": row.take("roll-卷", "卷", "卷号"),
        "issue": row.take("period-期", "期", "期号"),
        "pages": row.take("page-页码", "pagecount-页码", "页码", "页", "起止页码"),
        "doi": chinese.doi([doi], [link]),
        "accession": chinese.accession([], [link]),
        "abstract": chinese.text(row.take("summary-摘要", "摘要", "中文摘要")),
        "keywords": chinese.keywords([row.take("keyword-关键词", "关键词", "关键字", "中文关键词")], by_spaces=True),
        "language": chinese.language([row.take("language-语种", "语种", "语言")], title),
        "url": link,
        "publication_type": row.take("文献类型", "类型"),
        "issn": row.issns("issn", "issn-国际标准刊号"),
        "database": chinese.database([row.take("srcdatabase-来源库", "来源库", "数据库", "来源数据库")]),
    }


PROFILE = profile.Profile(
    name="cnki-table",
    label="CNKI table (csv, xls)",
    make=_make,
    required=frozenset(),
    any_of=profile.of("title-题名"),
    family="CNKI, Wanfang, VIP",
)
CHINESE = profile.Profile(
    name="chinese-table",
    label="table with Chinese column names",
    make=_make,
    required=profile.of("作者"),
    any_of=profile.of("题名", "篇名", "标题"),
    family="CNKI, Wanfang, VIP",
)
