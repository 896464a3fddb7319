"""CNKI's E-Study and "custom" text: `DataType: 1`, then `Title-题名: …` and so on.

No blank line stands between records. In the custom layout the records begin with `SrcDatabase-来源库:` and have no
DataType line; in E-Study that line stands inside them. The first of the two in a file decides.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import chinese, cleaning, layout, lines, parsed, tagged

_COLON = r"[ \t]?[:：]"
_BEGINS = re.compile(rf"^[ \t]*(?:DataType{_COLON}|(?:SrcDatabase|Title)-[^\s:：]{{1,12}}{_COLON})", re.MULTILINE)
_FIRST = re.compile(rf"^[ \t]*(?:DataType|SrcDatabase-[^\s:：]{{1,12}}){_COLON}", re.MULTILINE)
_DATA_TYPE = re.compile(rf"\n[ \t]*DataType{_COLON}")
_SOURCE = re.compile(rf"\n[ \t]*SrcDatabase-[^\s:：]{{1,12}}{_COLON}")
_GLUED_TYPE = re.compile(rf"(?<=\S)[ \t]*DataType{_COLON}[ \t]?\d+[ \t]*(?=\n)")
_GLUED_SOURCE = re.compile(rf"(?<=\S)SrcDatabase-[^\s:：]{{1,12}}{_COLON}")
_TITLE = re.compile(rf"\n[ \t]*Title-[^\s:：]{{1,12}}{_COLON}")
_FIELD = re.compile(
    rf"[ \t]*(DataType|([A-Z][A-Za-z]{{1,19}})[-－](?:[\u4e00-\u9fff]{{1,10}}|[A-Z]{{2,6}}号?)){_COLON}(.*)"
)
_KNOWN_TAGS = (
    "DataType Title Author Source Year PubTime Keyword Summary Period Roll PageCount Page SrcDatabase Organ Link "
    "DOI Fund CLC ISSN CN URL FirstDuty Teacher Tutor Language Degree"
)
_KNOWN = frozenset(_KNOWN_TAGS.split())
_PROSE = frozenset({"Title", "Summary", "Organ", "Keyword", "Fund"})
_NEVER_LAST = frozenset({"DataType", "Title", "Author", "Source", "Year", "PubTime", "Summary"})
_HELD = frozenset(
    {"DataType", "Title", "Author", "Source", "Year", "Period", "Roll", "Page", "Keyword", "Summary", "Link", "DOI"}
)
_NO_START = "no DataType line, read as a record because it has a title of its own"


def _row(line: str, found: tagged.Found) -> tagged.Row:
    match = _FIELD.match(line)
    tag = (match[2] or match[1]) if match else ""
    # BMI-指数: in an abstract is text.
    is_text = tag not in _KNOWN and bool(found) and found[-1][0] in _PROSE
    return tagged.Row("", line) if not match or is_text else tagged.Row(tag, match[3])


def _shape(start: re.Pattern[str], glued: re.Pattern[str]) -> tagged.Shape:
    return tagged.Shape(
        start=start,
        glued=glued,
        title=_TITLE,
        no_start=_NO_START,
        row=_row,
        prose=_PROSE,
        never_last=_NEVER_LAST,
        is_spaced=False,
    )


_E_STUDY = _shape(_DATA_TYPE, _GLUED_TYPE)
_CUSTOM = _shape(_SOURCE, _GLUED_SOURCE)


def _shape_of(stream: BinaryIO, encoding: str) -> tagged.Shape:
    for text in lines.blocks(stream, encoding):
        if found := _FIRST.search(text):
            return _E_STUDY if found[0].lstrip().startswith("DataType") else _CUSTOM
    return _E_STUDY


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return tagged.read(stream, encoding, start_after, _shape_of(stream, encoding), _record)


def _count(stream: BinaryIO, encoding: str) -> int:
    word = "DataType" if _shape_of(stream, encoding) is _E_STUDY else r"SrcDatabase-\S{1,12}?"
    pattern = re.compile(rf"^[^\S\n]*{word}\s?[:：]", re.MULTILINE)
    return sum(len(pattern.findall(text)) for text in lines.blocks(stream, encoding))


def _record(entry: tagged.Entry) -> parsed.ParsedRecord:
    title = chinese.text(entry.first("Title"))
    links = entry.all("Link", "URL")
    return parsed.ParsedRecord(
        position=entry.position,
        line=entry.line,
        raw=entry.raw,
        title=title,
        abstract=chinese.text(entry.first("Summary")),
        authors=chinese.authors(entry.all("Author")),
        journal=entry.first("Source") or _school(entry),
        year=chinese.year(entry.all("Year", "PubTime")),
        volume=entry.first("Roll"),
        issue=entry.first("Period"),
        pages=entry.first("Page"),
        doi=chinese.doi(entry.all("DOI"), links),
        accession=chinese.accession((), links),
        issn=cleaning.issns(entry.all("ISSN")),
        language=chinese.language(entry.all("Language"), title),
        keywords=chinese.keywords(entry.all("Keyword")),
        url=entry.first("Link", "URL"),
        publication_type=chinese.kind(entry.first("SrcDatabase")),
        database="CNKI",
        tags=entry.others(_HELD),
        flaws=entry.flaws,
    )


def _school(entry: tagged.Entry) -> str:
    return entry.first("Organ").rstrip(";；") if entry.first("SrcDatabase") in ("硕士", "博士") else ""


FORMAT = layout.Format(
    name="estudy",
    label="CNKI E-Study text",
    begins=_BEGINS,
    count=_count,
    read=_read,
    ends=None,
    family="Chinese databases",
)
