"""Records with Chinese labels before a colon, as publishers and libraries write them: `标题：…`, `作者：…`, `页码：…`.

Labels may be simplified or traditional, the colon full or half width. The label that comes first in the file begins
every record; where a record lacks it, its title does behind a blank line.
"""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from reviews.search.formats import chinese, cleaning, layout, lines, parsed, tagged

_GAP = r"[ \t\u3000]*"
_WORDS: Mapping[str, str] = {
    "title": "标题 题名 篇名 题目 文献题名 文献标题 论文题目 中文题名 中文标题 標題 題名 題目 論文題目 文獻標題",
    "original_title": "英文题名 英文标题 英文篇名 外文题名 英文題名 英文標題",
    "authors": "作者 作者姓名 全部作者 责任者 著者 中文作者 責任者",
    "parallel_authors": "英文作者 作者英文",
    "journal": "来源 刊名 期刊 期刊名 期刊名称 文献来源 来源期刊 出处 来源出版物 來源 期刊名稱 文獻來源 出處",
    "year": "年 年份 出版年 出版年份 发表年 发表年份 年代 发表时间 出版时间 发表日期 出版日期 發表時間 出版時間",
    "volume": "卷 卷号 卷號",
    "issue": "期 期号 期號",
    "pages": "页 页码 起止页 起止页码 页数 頁 頁碼 起止頁 起止頁碼",
    "abstract": "摘要 文摘 内容摘要 中文摘要 內容摘要",
    "keywords": "关键词 关键字 主题词 中文关键词 關鍵詞 關鍵字 主題詞",
    "doi": "DOI DOI号",
    "issn": "ISSN ISSN号",
    "language": "语种 语言 語種 語言",
    "url": "链接 网址 原文链接 URL 鏈接 網址",
    "accession": "登记号 文献编号 登記號 文獻編號",
    "publication_type": "文献类型 文獻類型",
    "database": "数据库 来源库 來源庫 數據庫",
    "others": "序号 机构 单位 作者单位 基金 基金项目 分类号 CN CN号 出版社 序號 機構 單位 作者單位 分類號",
}
_LABELS = {field: tuple(words.split()) for field, words in _WORDS.items()}
_KNOWN = frozenset(word for words in _LABELS.values() for word in words)
_HELD = frozenset(word for field, words in _LABELS.items() for word in words if field not in ("others", "year", "issn"))
_PROSE = frozenset((*_LABELS["title"], *_LABELS["original_title"], *_LABELS["abstract"], *_LABELS["keywords"]))
_NO_START = "no first label, read as a record because it has a title of its own"


def _any_of(words: tuple[str, ...]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_ANY = _any_of(tuple(_KNOWN))
_TITLES = _any_of(_LABELS["title"])
_TITLE = re.compile(rf"\n{_GAP}(?:{_TITLES}){_GAP}[:：]")
_FIRST = re.compile(rf"^{_GAP}({_ANY}){_GAP}[:：]", re.MULTILINE)
# A title with another label on one of the lines below it, or one other label right above it.
_BEGINS = re.compile(
    rf"^{_GAP}(?:(?:{_ANY}){_GAP}[:：][^\n]*\n{_GAP})?(?:{_TITLES}){_GAP}[:：]{_GAP}\S[^\n]*\n"
    rf"(?:[^\n]*\n){{0,4}}?{_GAP}(?:{_any_of(_LABELS['authors'] + _LABELS['journal'])}){_GAP}[:：]",
    re.MULTILINE,
)
_FIELD = re.compile(rf"{_GAP}({_ANY}){_GAP}[:：](.*)")
_NEVER = re.compile(r"(?!)")


def _row(line: str, found: tagged.Found) -> tagged.Row:
    match = _FIELD.match(line)
    return tagged.Row(match[1], match[2]) if match else tagged.Row("", line)


def _first_label(stream: BinaryIO, encoding: str) -> str:
    for text in lines.blocks(stream, encoding):
        if found := _FIRST.search(text):
            return found[1]
    return _LABELS["title"][0]


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    label = re.escape(_first_label(stream, encoding))
    shape = tagged.Shape(
        start=re.compile(rf"\n{_GAP}{label}{_GAP}[:：]"),
        glued=_NEVER,
        title=_TITLE,
        no_start=_NO_START,
        row=_row,
        prose=_PROSE,
        never_last=frozenset((*_LABELS["title"], *_LABELS["authors"])),
    )
    return tagged.read(stream, encoding, start_after, shape, _record)


def _count(stream: BinaryIO, encoding: str) -> int:
    label = re.escape(_first_label(stream, encoding))
    pattern = re.compile(rf"^{_GAP}{label}{_GAP}[:：]", re.MULTILINE)
    return sum(len(pattern.findall(text)) for text in lines.blocks(stream, encoding))


def _record(entry: tagged.Entry) -> parsed.ParsedRecord:
    def one(field: str) -> str:
        return entry.first(*_LABELS[field])

    def several(field: str) -> list[str]:
        return entry.all(*_LABELS[field])

    title = chinese.text(one("title"))
    return parsed.ParsedRecord(
        position=entry.position,
        line=entry.line,
        raw=entry.raw,
        title=title,
        original_title=chinese.text(one("original_title")),
        abstract=chinese.text(one("abstract")),
        authors=chinese.authors(several("authors")),
        parallel_authors=chinese.authors(several("parallel_authors")),
        journal=one("journal"),
        year=chinese.year(several("year")),
        volume=one("volume"),
        issue=one("issue"),
        pages=one("pages"),
        doi=chinese.doi(several("doi"), several("url")),
        accession=chinese.accession(several("accession"), several("url")),
        issn=cleaning.issns(several("issn")),
        language=chinese.language(several("language"), title),
        keywords=chinese.keywords(several("keywords"), by_spaces=True),
        url=one("url"),
        publication_type=chinese.kind(one("publication_type")) or ("Journal article" if one("journal") else ""),
        database=chinese.database(several("database")),
        tags=entry.others(_HELD),
        flaws=entry.flaws,
    )


FORMAT = layout.Format(
    name="chinese-labels",
    label="text with Chinese labels (标题：)",
    begins=_BEGINS,
    count=_count,
    read=_read,
    ends=None,
    family="Chinese databases",
)
