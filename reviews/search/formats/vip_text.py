"""VIP's text of chosen fields: `【题　名】…`, `【作　者】…` under `〖检索时间〗`, known from front ends only.

`【序  号】1/20` begins a record where it stands, else the title does. The journal's line holds the whole place:
`【刊　名】刊名2020 5(1):49-51`.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import chinese, cleaning, layout, lines, parsed, tagged

_GAP = r"[ \t\u3000]*"
_BEGINS = re.compile(rf"^[ \t\u3000]*【(?:序{_GAP}号|题{_GAP}名)】", re.MULTILINE)
_NUMBER = re.compile(r"\n[ \t\u3000]*【序[ \t\u3000]*号】")
_TITLE = re.compile(r"\n[ \t\u3000]*【题[ \t\u3000]*名】")
_GLUED_NUMBER = re.compile(r"(?<=[^\s\u3000])【序[ \t\u3000]*号】")
_GLUED_TITLE = re.compile(r"(?<=[^\s\u3000])【题[ \t\u3000]*名】")
_FIELD = re.compile(r"[ \t\u3000]*【([^】\n]{1,12})】(.*)")
_ANNOUNCED = re.compile(r"【序[ \t\u3000]*号】\s*\d+/(\d+)")
_KNOWN = re.compile(r"(?:[〖\[].*)?")
_PLACE = re.compile(
    r"(?P<journal>.+?)[.,，]?\s*(?P<year>(?:19|20)\d\d)[\s,，.]*(?P<volume>[\w.]{1,8})?\s*"
    r"(?:[(（](?P<issue>[^)）]{0,12})[)）])?[.\s]*[:：.]?\s*-?(?P<pages>[\w+,\-]+)?"
)
_TAG_NAMES = "序号 题名 作者 机构 刊名 ISSN号 CN号 页码 关键词 分类号 文摘 摘要 网址 年 卷 期 DOI 基金 出处"
_TAGS = frozenset(_TAG_NAMES.split(" "))
_PROSE = frozenset({"题名", "文摘", "摘要", "机构"})
_HELD = frozenset({"序号", "题名", "作者", "刊名", "页码", "关键词", "文摘", "摘要", "网址", "DOI"})
_NO_START = "no 【序号】 line, read as a record because it has a title of its own"


def _row(line: str, found: tagged.Found) -> tagged.Row:
    match = _FIELD.match(line)
    tag = re.sub(r"\s", "", match[1]) if match else ""
    return tagged.Row(tag, match[2]) if match and tag in _TAGS else tagged.Row("", line)


def _shape(start: re.Pattern[str], glued: re.Pattern[str]) -> tagged.Shape:
    return tagged.Shape(
        start=start,
        glued=glued,
        title=_TITLE,
        no_start=_NO_START,
        row=_row,
        prose=_PROSE,
        never_last=frozenset({"序号", "题名", "作者"}),
        is_spaced=False,
        known=_KNOWN,
    )


_NUMBERED = _shape(_NUMBER, _GLUED_NUMBER)
_PLAIN = _shape(_TITLE, _GLUED_TITLE)


def _shape_of(stream: BinaryIO, encoding: str) -> tagged.Shape:
    for text in lines.blocks(stream, encoding):
        if found := _BEGINS.search(text):
            return _NUMBERED if "序" in found[0] else _PLAIN
    return _NUMBERED


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return tagged.read(stream, encoding, start_after, _shape_of(stream, encoding), _record)


def _count(stream: BinaryIO, encoding: str) -> int:
    word = "序[^\\S\\n]*号" if _shape_of(stream, encoding) is _NUMBERED else "题[^\\S\\n]*名"
    pattern = re.compile(rf"^[^\S\n]*【{word}】", re.MULTILINE)
    return sum(len(pattern.findall(text)) for text in lines.blocks(stream, encoding))


def _announced(head: str) -> int | None:
    found = _ANNOUNCED.search(head)
    return int(found[1]) if found else None


def _record(entry: tagged.Entry) -> parsed.ParsedRecord:
    title = chinese.text(entry.first("题名"))
    place = _PLACE.fullmatch(entry.first("刊名", "出处"))
    links = entry.all("网址")
    return parsed.ParsedRecord(
        position=entry.position,
        line=entry.line,
        raw=entry.raw,
        title=title,
        abstract=chinese.text(entry.first("文摘", "摘要")),
        authors=chinese.authors(entry.all("作者")),
        journal=place["journal"].strip() if place else entry.first("刊名", "出处"),
        year=int(place["year"]) if place else chinese.year(entry.all("年")),
        volume=(place["volume"] or "") if place else entry.first("卷"),
        issue=(place["issue"] or "") if place else entry.first("期"),
        pages=entry.first("页码") or ((place["pages"] or "") if place else ""),
        doi=chinese.doi(entry.all("DOI"), links),
        accession=chinese.accession((), links),
        issn=cleaning.issns(entry.all("ISSN号")),
        language=chinese.language((), title),
        keywords=chinese.keywords(entry.all("关键词"), by_spaces=True),
        url=entry.first("网址"),
        publication_type="Journal article" if entry.first("刊名") else "",
        database="VIP",
        tags=entry.others(_HELD),
        flaws=entry.flaws,
    )


FORMAT = layout.Format(
    name="vip-text",
    label="VIP text (【题名】)",
    begins=_BEGINS,
    count=_count,
    announced=_announced,
    read=_read,
    is_unverified=True,
    family="Chinese databases",
)
