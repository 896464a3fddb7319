"""RefWorks tagged text as CNKI, Wanfang, VIP and RefWorks write it.

`RT Journal Article` begins a record and nothing ends it: the next RT does. Two letters, a space, the value; CNKI
writes `vo ` in small letters, `URL`, and `A1林行众` without a space. Abstracts wrap to the left edge, where
a line such as "DO NOT resuscitate" looks like a tag: inside an abstract a tag needs a value that fits it.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import chinese, layout, parsed, refworks_fields, tagged

_TYPES = (
    "Abstract",
    "Artwork",
    "Bills?/Resolutions?",
    "Book, ?(?:Whole|Section|Edited)",
    "Book(?: Section)?",
    "Case/Court Decisions?",
    "Computer Program",
    "Conference (?:Proceedings?|Papers?)",
    "(?:Dissertation/)?Thesis(?:, Unpublished)?",
    "Dissertation",
    "Generic",
    "Grant",
    "Hearing",
    "Journal(?: Article|, ?Electronic)?",
    "Laws?/Statutes?",
    "Magazine Article",
    "Map",
    "Monograph",
    "Motion Picture",
    "Music Score",
    "Newspaper(?: Article)?",
    "(?:[A-Z][a-z]{2,20} ){1,2}Article",
    "Other",
    "Online Discussion Forum(?:/Blogs)?",
    "Patent",
    "Personal Communication",
    "Report",
    "Sound Recording",
    "Standard",
    "Unpublished Material",
    "Video/ ?DVD",
    "Web Page",
    "Yearbook",
    "期刊(?:论文|文章)?",
    "(?:学位|会议)(?:论文)?",
    "报纸(?:文章)?",
    "(?:图书|专利|标准|年鉴|报告)",
)
# The type fills the line: RT is radiotherapy too.
_FIRST = rf"RT[ \t]+(?:{'|'.join(_TYPES)})[;；]?[ \t]*$"
_START = re.compile(rf"\n[ \t]*{_FIRST}", re.MULTILINE)
_BEGINS = re.compile(rf"^[ \t]*{_FIRST}", re.MULTILINE)
_COUNTS = re.compile(rf"^[^\S\n]*RT[ \t]+(?:Journal|Journal Article|{'|'.join(_TYPES)})[;；]?[ \t]*$", re.MULTILINE)
_GLUED = re.compile(
    r"(?<=[^\sA-Z])RT[ \t](?:Journal(?: Article)?|Dissertation/Thesis|Conference Proceedings?)[ \t]*$", re.MULTILINE
)
_TITLE = re.compile(r"\n[ \t]*T1(?=[ \t]|[^\x00-\x7f])")
_FIELD = re.compile(r"[ \t]*([A-Z][A-Z0-9]|U1[0-5]|vo|URL|PMID|PMCID)(?:[ \t]|$|(?=[^\x00-\x7f]))(.*)")
_TAG_NAMES = (
    "RT SR ID A1 T1 JF JO YR FD VO IS SP OP K1 AB NO A2 T2 ED PB PP A3 A4 A5 A6 A7 T3 SN AV AD AN LA CL SF OT "
    "LK DO CN DB DS IP RD ST U1 U2 U3 U4 U5 U6 U7 U8 U9 U10 U11 U12 U13 U14 U15 UL URL SL LL CR WT WV WP OL "
    "C1 C2 C3 PMID PMCID"
)
_TAGS = frozenset(_TAG_NAMES.split())
# Those that may stand against their value: A1林行众.
_TIGHT = frozenset({"A1", "A2", "A3", "T1", "T2", "AD", "AB", "JF", "PB", "K1"})
_PROSE = frozenset({"AB", "T1", "AD", "NO", "T2", "K1"})
_NEVER_LAST = frozenset({"RT", "SR", "A1", "T1", "JF", "YR", "AB"})
_REPEATED = frozenset({"A1", "A2", "A3", "A4", "K1", "NO", "AD", "LK", "UL", "URL", "DS", "OT"})
_NO_START = "no RT line, read as a record because it has a title of its own"
_FAKE = "a line of an abstract that begins like a tag, read as part of the abstract"

_NUMBER = r"\s*(?:[A-Za-z]{0,4}\d[\w.\-+/(),~]{0,24}|[SZ]\d?|增刊\d?)?\s*"
_LINK = r"\s*(?:(?:https?:|www\.)\S+)?\s*"
# What a tag must hold to be one inside an abstract.
_FITS = {
    tag: re.compile(pattern)
    for tag, pattern in (
        ("DO", r"\s*(?:[Dd][Oo][Ii]:?\s*|https?://\S*?)?10\.\d{4,9}/\S+\s*"),
        ("SN", r"\s*(?:\d[\d\-xX;,\s]{6,60})?(?:\([A-Za-z ]{1,20}\))?\s*"),
        ("CN", r"\s*(?:[A-Z]{0,4}\d\d-\d{4}.{0,12})?\s*"),
        ("YR", r"\s*(?:(?:19|20)\d\d.{0,8})?\s*"),
        ("FD", r"\s*(?:\d[\d./\- ]{0,20})?\s*"),
        *((tag, _NUMBER) for tag in ("VO", "IS", "SP", "OP")),
        *((tag, _LINK) for tag in ("LK", "UL", "URL")),
        ("SR", r"\s*\d?\s*"),
        ("PMID", r"\s*\d{0,9}\s*"),
        ("LA", r"\s*(?:中文|英文|日文|德文|法文|俄文|汉语|英语|Chinese|English|chi|eng|zh|en)?[;；]?\s*"),
        ("DS", r"\s*(?:CNKI|.{0,12}(?:知网|万方|维普|[Ww]anfang|VIP).{0,20})?\s*"),
        ("DB", r"\s*(?:CNKI|.{0,12}(?:知网|万方|维普|[Ww]anfang|VIP).{0,20})?\s*"),
    )
}
# These may hold other values, where the abstract has come to its end.
_LOOSE = frozenset({"LA", "DS", "DB", "SN", "CN"})
_LONGEST_LOOSE = 60
_SENTENCE_END = tuple("。.!?！？．)）】]”\"’'>;；")


def _row(line: str, found: tagged.Found) -> tagged.Row:
    match = _FIELD.match(line)
    if not match:
        return tagged.Row("", line)
    tag, value = match[1].upper(), match[2]
    if tag not in _TAGS or (value and not value[0].isascii() and not _has_gap(line, match) and tag not in _TIGHT):
        return tagged.Row("", line)
    if found and found[-1][0] == "AB" and not _fits(tag, value, found):
        return tagged.Row("", line, _FAKE)
    return tagged.Row(tag, value)


def _has_gap(line: str, match: re.Match[str]) -> bool:
    return match.end(1) < len(line) and line[match.end(1)].isspace()


def _fits(tag: str, value: str, found: tagged.Found) -> bool:
    """Whether a line behind an abstract is a field: one not yet there, with a value of its kind."""
    if tag not in _REPEATED and any(tag == earlier for earlier, _ in found):
        return False
    shape = _FITS.get(tag)
    if shape and (shape.fullmatch(value) or tag not in _LOOSE or len(value) > _LONGEST_LOOSE):
        return shape.fullmatch(value) is not None
    # Running text goes on where its last line does not end a sentence.
    before = found[-1][1][-1].rstrip()
    return not before or before.endswith(_SENTENCE_END)


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
    return tagged.read(stream, encoding, start_after, _SHAPE, _maker())


def _maker() -> tagged.Maker:
    """One reading of one file: Wanfang repeats the English names of the record before where one has none."""
    before: tuple[str, ...] = ()

    def make(entry: tagged.Entry) -> parsed.ParsedRecord:
        nonlocal before
        names = chinese.by_script(chinese.authors(entry.all("A1")))
        record = refworks_fields.record(entry, before)
        before = names.latin
        return record

    return make


FORMAT = layout.Format(
    name="refworks",
    label="RefWorks tagged",
    begins=_BEGINS,
    counts=_COUNTS,
    read=_read,
    ends=None,
    family="Reference managers and Chinese databases",
)
