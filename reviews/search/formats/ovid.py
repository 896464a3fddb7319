"""Ovid's citation files: tagged (.cgi, .ovd, .txt) and with the labels written out.

`<3001. >` begins a record; the numbering starts anywhere. Tagged lines are `XX  - value` (or with one space),
labelled ones a label at the left edge with its value indented below. Abstracts go on at the left edge.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import cleaning, driving, endings, layout, ovid_source, parsed

_NUMBER = r"[ \t]{0,3}<\d{1,9}\.?[ \t]?>[ \t]*"
_GLUED = re.compile(
    r"(?<=[^\s\ufeff])\ufeff?(?=<\d{1,9}\.?[ \t]?>[ \t]*\n(?:[A-Z][A-Z0-9] {1,2}- |[A-Z][\w/&(),.' -]{1,60}\n[ \t]+\S))"
)


def _glued(text: str) -> Iterator[int]:
    """Files joined without a line end in between."""
    return (found.end() for found in _GLUED.finditer(text))


_SHAPE = driving.Shape(
    start=re.compile(rf"\n{_NUMBER}(?=\n|\Z)"),
    tag=re.compile(r"^[A-Z][A-Z0-9] {1,2}- \S", re.MULTILINE),
    cuts=_glued,
)
# In front of a TY line the number belongs to an RIS file.
_BEGINS = re.compile(rf"^{_NUMBER}\n\s*(?!TY\b|\s)", re.MULTILINE)
_COUNTS = re.compile(rf"^{_NUMBER}$", re.MULTILINE)
_WIDE = re.compile(r"[ \t]{0,3}([A-Z][A-Z0-9])  - ?(.*)")
_TIGHT = re.compile(r"[ \t]{0,3}([A-Z][A-Z0-9]) - (.*)")
_LABEL = re.compile(r"[A-Z][\w/&(),.' -]{1,60}")

_LABELS = {
    "Title": "TI",
    "Original Title": "OT",
    "Author": "AU",
    "Authors": "AU",
    "Author(s)": "AU",
    "Authors Full Name": "FA",
    "Abstract": "AB",
    "Source": "SO",
    "Journal": "JN",
    "Journal Name": "JN",
    "Accession Number": "AN",
    "Unique Identifier": "UI",
    "PMID": "PM",
    "Author Keywords": "KW",
    "Keywords": "KW",
    "Key Words": "KW",
    "Keyword Heading": "KW",
    "Subject Headings": "MH",
    "MeSH Subject Headings": "MH",
    "Year of Publication": "YR",
    "Publication Year": "YR",
    "Date of Publication": "DP",
    "Digital Object Identifier": "DO",
    "DOI": "DO",
    "Database": "DB",
    "Language": "LG",
    "Publication Type": "PT",
    "Document Type": "PT",
    "ISSN": "IS",
    "ISSN Print": "IS",
    "ISSN Electronic": "IS",
    "Volume": "VO",
    "Issue": "IP",
    "Issue/Part": "IP",
    "Page": "PG",
    "Pages": "PG",
    "Link to the Ovid Full Text or citation": "UR",
    "URL": "UR",
}
_PROSE = frozenset({"TI", "OT", "AB", "SO", "IN", "AD", "CR", "CI", "CM", "References", "Institution"})
_HELD = frozenset({"TI", "AB", "AU", "YR", "VO", "IP", "PG", "DO", "LG", "PT", "DB"})
_ROLE = re.compile(r"\s*\[[^\]]*\]?\s*$")
_MARKS = re.compile(r"\s+\d{1,2}(?:,\s?\d{1,2})*\s*$")
_NOTE = re.compile(r"(?<=\S)\s{1,9}\[[^\[\]]*\]")
# The numbers of Journals@Ovid.
_FULL_TEXT = re.compile(r"\d{8}-\d{9}-\d{5}")
_SECTION = re.compile(r"\s*\[([^\[\]]{2,80})\]\.?\s*$")
_DEGREE = (
    "MD PhD PHD MSc MSC BSc BSC MPH MBBS MBChB RN DO DDS DMD PharmD PHARMD MS MA BA BS DrPH MBA DVM EdD JD ScD DPhil "
    "FRCS FRCP FACS FACP FAAN FAHA PT DPT OT BSN MSN DNP NP CRNA APRN PsyD MEd MHS MHA"
)
_DEGREES = re.compile(rf"(?:,?\s(?:{'|'.join(_DEGREE.split())})(?=[\s,]|$))+$")


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return driving.items(stream, encoding, start_after, _SHAPE, _record)


def _record(position: int, piece: driving.Piece, flaws: parsed.Flaws) -> parsed.ParsedRecord:
    rows = list(piece.numbered())[1:]
    is_tagged = any(_WIDE.match(row) or _TIGHT.match(row) for _, row in rows[:6])
    values = _tagged(rows, flaws) if is_tagged else _labelled(rows, flaws)
    return record(position, piece.line, piece.text, values, tuple(flaws.values()))


def record(
    position: int, line: int, raw: str, values: driving.Values, flaws: tuple[parsed.Flaw, ...]
) -> parsed.ParsedRecord:
    """Build a record of Ovid's tags."""
    source = driving.first(values, "SO")
    place = ovid_source.read(source)
    number = driving.first(values, "UI", "AN").rstrip(".")
    title, section = _title(driving.first(values, "TI"), number)
    database = driving.first(values, "DB")
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=title,
        original_title=driving.first(values, "OT"),
        abstract=driving.first(values, "AB"),
        authors=tuple(_authors(values, number)),
        journal=driving.first(values, "JN", "JT") or place.journal,
        year=cleaning.year(driving.every(values, "YR", "DP", "DA")) or place.year,
        volume=driving.first(values, "VO") or place.volume,
        issue=driving.first(values, "IP") or place.issue,
        pages=driving.first(values, "PG") or place.pages,
        doi=next(filter(None, map(cleaning.doi, driving.every(values, "DO", "DI"))), ""),
        pmid=_pmid(values, number, database),
        accession=number,
        issn=cleaning.issns(driving.every(values, "IS")),
        language="; ".join(cleaning.unique(driving.every(values, "LG"))),
        keywords=tuple(_keywords(driving.every(values, "KW", "MH", "SH"))),
        url=driving.first(values, "UR"),
        publication_type="; ".join(cleaning.unique(driving.every(values, "PT"))) or section,
        database=database,
        tags=driving.rest(values, _HELD),
        flaws=flaws,
    )


def _tagged(rows: list[tuple[int, str]], flaws: parsed.Flaws) -> driving.Values:
    values: driving.Values = {}
    # In running text, "UV - light" is a line of it unless the whole record is written that way.
    is_tight = not any(_WIDE.match(row) for _, row in rows)
    tag = ""
    for line, row in rows:
        found = (_TIGHT if is_tight else _WIDE).match(row) or (None if tag in _PROSE else _TIGHT.match(row))
        if found:
            tag = found[1]
            values.setdefault(tag, []).append(found[2].strip())
        elif row.strip():
            _continue(values, tag, row, line, flaws)
    return values


def _continue(values: driving.Values, tag: str, row: str, line: int, flaws: parsed.Flaws) -> None:
    if tag and (tag in _PROSE or row[0].isspace()):
        values[tag][-1] = f"{values[tag][-1]} {row.strip()}".lstrip()
        if not row[0].isspace() and tag not in ("AB", "References"):
            parsed.note(flaws, driving.JOINED, line)
    else:
        parsed.note(flaws, driving.STRAY, line)
        values.setdefault(parsed.STRAY, []).append(row.strip())


def _labelled(rows: list[tuple[int, str]], flaws: parsed.Flaws) -> driving.Values:
    """A line at the left edge is a label when an indented line follows it."""
    values: driving.Values = {}
    tag = ""
    following = [*(row for _, row in rows), ""][1:]
    for (line, row), following_row in zip(rows, following, strict=True):
        if _LABEL.fullmatch(row.rstrip()) and following_row[:1].isspace():
            tag = _LABELS.get(row.strip(), row.strip())
            values.setdefault(tag, []).append("")
        elif row.strip():
            _continue(values, tag, row, line, flaws)
    return values


def _title(title: str, number: str) -> tuple[str, str]:
    """The title and the section of the journal, which Journals@Ovid writes behind it."""
    found = _SECTION.search(title) if _FULL_TEXT.fullmatch(number) else None
    return (title[: found.start()].rstrip(), found[1]) if found else (title, "")


def _authors(values: driving.Values, number: str) -> list[str]:
    # BIOSIS: "Beispiel, Bernd [Author; E-mail: b@example.org]".
    bare = (_NOTE.sub("", value) for value in driving.every(values, "AU", "CA", "CN"))
    names = (_MARKS.sub("", _ROLE.sub("", name)).strip() for value in bare for name in value.split(";"))
    return (
        cleaning.unique(_DEGREES.sub("", name) for name in names)
        if _FULL_TEXT.fullmatch(number)
        else cleaning.unique(names)
    )


def _pmid(values: driving.Values, number: str, database: str) -> str:
    own = cleaning.pmid(driving.first(values, "PM").split(" ")[0])
    return own or (cleaning.pmid(number) if "MEDLINE" in database.upper() and "EMBASE" not in database.upper() else "")


def _keywords(values: list[str]) -> list[str]:
    return cleaning.unique(word.strip(" .*") for value in values for word in value.split(";"))


FORMAT = layout.Format(
    name="ovid",
    label="Ovid citation text",
    begins=_BEGINS,
    counts=_COUNTS,
    read=_read,
    ends=endings.TWO_BLANK_LINES,
    family="Ovid",
    aliases=("cgi", "ovd"),
)
