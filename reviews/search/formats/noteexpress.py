"""NoteExpress text (.net, .txt) as CNKI, Wanfang, VIP and yiigle write it.

`{Reference Type}: Journal Article` begins a record, `{Field}: value` follows; the colon may be full width, with or
without spaces around it. CNKI joins authors in one line, Wanfang writes a line for each and adds English titles
and names as `{Translated ...}`.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import chinese, cleaning, layout, parsed, tagged

_NAME = r"\{[ \t]*Reference[ \t]*Type[ \t,]*\}[ \t\u3000]?[:：]"
_START = re.compile(rf"\n[ \t]*{_NAME}", re.IGNORECASE)
_BEGINS = re.compile(rf"^[ \t]*(?:{_NAME}|\{{(?:Title|Author)\}}[ \t]?[:：])", re.MULTILINE | re.IGNORECASE)
_COUNTS = re.compile(r"\{\s*reference\s*type\b[^}\n]{0,3}\}\s?[:：]", re.IGNORECASE)
_GLUED = re.compile(rf"(?<=\S)[ \t]*{_NAME}", re.IGNORECASE)
_TITLE = re.compile(r"\n[ \t]*\{[ \t]*(?:Title|题名|标题)[ \t,]*\}[ \t\u3000]?[:：]", re.IGNORECASE)
_FIELD = re.compile(r"[ \t\u3000]*\{([^{}\n]{1,60})\}[ \t\u3000]?[:：](.*)")
# A tag of the program's own or one that only letters and spaces make up; {x}: in an abstract is text.
_TAG = re.compile(r"[^\W\d_][\w /()\-]{2,40}")
_STANDARD_NUMBER = re.compile(r"[A-Z]{1,4}(?:/[A-Z]{1,3})?[ \t]?[\dA-Z][\w .\-\u2014]{1,30}")
_PATENT_NUMBER = re.compile(r"[A-Z]{2}\d{5,15}[A-Z]?\d?")

_ALIASES = {
    "题名": "Title",
    "标题": "Title",
    "英文题名": "Translated Title",
    "作者": "Author",
    "作者单位": "Author Address",
    "机构": "Author Address",
    "刊名": "Journal",
    "年": "Year",
    "年份": "Year",
    "卷": "Volume",
    "期": "Issue",
    "页码": "Pages",
    "关键词": "Keywords",
    "摘要": "Abstract",
    "语种": "Language",
}
_KNOWN = {
    name.casefold(): name
    for name in (
        "Reference Type",
        "Title",
        "Translated Title",
        "Author",
        "Translated Author",
        "Author Address",
        "Tertiary Author",
        "Subsidiary Author",
        "Journal",
        "Translated Journal",
        "Secondary Title",
        "Tertiary Title",
        "Publisher",
        "Place Published",
        "Type of Work",
        "Year",
        "Date",
        "TryDate",
        "Volume",
        "Issue",
        "Pages",
        "Keywords",
        "Translated Keywords",
        "Abstract",
        "Translated Abstract",
        "ISBN/ISSN",
        "ISSN",
        "ISBN",
        "Notes",
        "URL",
        "DOI",
        "Database Provider",
        "SrcDatabase",
        "Language",
        "Accession Number",
        "Subject",
    )
}
_PROSE = frozenset(
    {"Title", "Translated Title", "Abstract", "Translated Abstract", "Author Address", "Subject", "Notes"}
)
_NEVER_LAST = _PROSE | {
    "Reference Type",
    "Author",
    "Translated Author",
    "Journal",
    "Translated Journal",
    "Year",
    "Volume",
}
_HELD = frozenset(
    {"Title", "Translated Title", "Author", "Translated Author", "Journal", "Year", "Volume", "Issue", "Pages"}
    | {"Keywords", "Abstract", "URL", "DOI", "Language", "Reference Type"}
)
_NO_START = "no {Reference Type} line, read as a record because it has a title of its own"


def _row(line: str, found: tagged.Found) -> tagged.Row:
    match = _FIELD.match(line)
    name = match[1].strip(" \t,，") if match else ""
    if match and (tag := _tag(name)):
        return tagged.Row(tag, match[2])
    return tagged.Row("", line)


def _tag(name: str) -> str:
    known = _KNOWN.get(name.casefold(), "") or _ALIASES.get(name, "")
    return known or (name if _TAG.fullmatch(name) else "")


_SHAPE = tagged.Shape(
    start=_START,
    glued=_GLUED,
    title=_TITLE,
    no_start=_NO_START,
    row=_row,
    prose=_PROSE,
    never_last=_NEVER_LAST,
)


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return tagged.read(stream, encoding, start_after, _SHAPE, _record)


def _record(entry: tagged.Entry) -> parsed.ParsedRecord:
    title, original = chinese.text(entry.first("Title")), chinese.text(entry.first("Translated Title"))
    kind = _kind(entry)
    links = entry.all("URL")
    return parsed.ParsedRecord(
        position=entry.position,
        line=entry.line,
        raw=entry.raw,
        title=title or original,
        original_title=original,
        abstract=chinese.text(entry.first("Abstract", "Translated Abstract")),
        authors=chinese.authors(entry.all("Author")),
        parallel_authors=chinese.authors(entry.all("Translated Author")),
        journal=_journal(entry, kind),
        year=chinese.year(entry.all("Year", "Date", "TryDate")),
        volume=entry.first("Volume"),
        issue=entry.first("Issue"),
        pages=entry.first("Pages"),
        doi=chinese.doi(entry.all("DOI"), links),
        accession=_number(entry, kind) or chinese.accession(entry.all("Accession Number"), links),
        issn=cleaning.issns(entry.all("ISBN/ISSN", "ISSN")),
        language=chinese.language(entry.all("Language"), title),
        keywords=chinese.keywords(entry.all("Keywords"), by_spaces=_is_vip(entry)),
        url=entry.first("URL"),
        publication_type=kind,
        database=chinese.database(entry.all("Database Provider")) or _source(entry),
        tags=entry.others(_HELD if entry.first("Abstract") else _HELD | {"Translated Abstract"}),
        flaws=entry.flaws,
    )


def _kind(entry: tagged.Entry) -> str:
    base = entry.first("Reference Type")
    if base.casefold() == "thesis":
        return chinese.kind(*entry.all("Type of Work"), base)
    # CNKI files the entries of yearbooks under standards.
    source = entry.first("SrcDatabase")
    return chinese.kind(source, base) if source.endswith("年鉴") else chinese.kind(base)


def _journal(entry: tagged.Entry, kind: str) -> str:
    if kind == "Conference paper":
        return entry.first("Journal", "Tertiary Title", "Secondary Title")
    if "thesis" in kind.lower():
        return entry.first("Journal", "Publisher", "Secondary Title")
    return entry.first("Journal", "Secondary Title")


def _number(entry: tagged.Entry, kind: str) -> str:
    """The number of a patent or standard, which names the document itself."""
    if kind == "Patent":
        return next((one for one in entry.all("Notes", "Type of Work") if _PATENT_NUMBER.fullmatch(one)), "")
    if kind == "Standard":
        numbers = entry.all("ISBN", "ISBN/ISSN")
        return next((one for one in numbers if _STANDARD_NUMBER.fullmatch(one) and "ISBN" not in one), "")
    return ""


def _is_vip(entry: tagged.Entry) -> bool:
    return chinese.database(entry.all("Database Provider")) == "VIP"


def _source(entry: tagged.Entry) -> str:
    # CNKI's patents name only the collection.
    return "CNKI" if entry.first("SrcDatabase") else ""


FORMAT = layout.Format(
    name="noteexpress",
    label="NoteExpress",
    begins=_BEGINS,
    counts=_COUNTS,
    read=_read,
    ends=None,
    family="Chinese databases",
)
