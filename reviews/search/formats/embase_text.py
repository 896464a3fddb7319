"""Embase.com's plain text: `RECORD n`, then labels in capitals with their values below.

A value begins with two spaces and goes on at the left edge. Headings in capitals inside an abstract look like
labels, so only a fixed list is taken there.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import cleaning, driving, endings, layout, parsed

_GLUED = re.compile(r"(?<=[^\s\ufeff])\ufeff?(?=RECORD \d{1,9}[ \t]*\n[A-Z][A-Z /()-]+\n  )")


def _glued(text: str) -> Iterator[int]:
    """Files joined without a line end in between."""
    return (found.end() for found in _GLUED.finditer(text))


_SHAPE = driving.Shape(
    start=re.compile(r"\n[ \t]?RECORD \d{1,9}[ \t]*(?=\n|\Z)"),
    tag=re.compile(r"^(?:TITLE|AUTHOR NAMES|SOURCE TITLE|PUI|DOI|ABSTRACT|EMBASE LINK)[ \t]*$", re.MULTILINE),
    cuts=_glued,
)
_BEGINS = re.compile(r"^[ \t]?RECORD \d{1,9}[ \t]*\n\s*[A-Z][A-Za-z/() -]*\n {1,4}\S", re.MULTILINE)
_COUNTS = re.compile(r"^[ \t]?RECORD \d{1,9}[ \t]*$", re.MULTILINE)

_LABELS = frozenset(
    {
        *("TITLE", "ORIGINAL (NON-ENGLISH) TITLE", "ORIGINAL TITLE", "AUTHOR NAMES", "AUTHOR ADDRESSES", "EDITORS"),
        *("CORRESPONDENCE ADDRESS", "AiP/IP ENTRY DATE", "FULL RECORD ENTRY DATE", "SOURCE", "SOURCE TITLE"),
        *("PUBLICATION YEAR", "VOLUME", "ISSUE", "FIRST PAGE", "LAST PAGE", "DATE OF PUBLICATION", "ARTICLE NUMBER"),
        *("PUBLICATION TYPE", "CONFERENCE NAME", "CONFERENCE LOCATION", "CONFERENCE DATE", "CONFERENCE EDITORS"),
        *("ISSN", "ISBN", "CODEN", "BOOK PUBLISHER", "ABSTRACT", "AUTHOR KEYWORDS", "EMBASE CLASSIFICATIONS"),
        *("CAS REGISTRY NUMBERS", "CLINICAL TRIAL NUMBERS", "MOLECULAR SEQUENCE NUMBERS", "DRUG TRADE NAMES"),
        *(
            "DRUG MANUFACTURERS",
            "DEVICE TRADE NAMES",
            "DEVICE MANUFACTURERS",
            "LANGUAGE OF ARTICLE",
            "CITED REFERENCES",
        ),
        *("LANGUAGE OF SUMMARY", "MEDLINE PMID", "EMBASE ACCESSION NUMBER", "PUI", "DOI", "FULL TEXT LINK"),
        *("EMBASE LINK", "COPYRIGHT", "ARTICLE LINK", "OPEN URL LINK", "ORCID", "FUNDING", "CITED REFERENCES"),
    }
)
_TERMS = re.compile(r"(?:EMTREE|EMBASE) [A-Z ]*TERMS(?: \(MAJOR FOCUS\))?")
_IN_SOURCE = re.compile(r"\((?:19|20)\d\d\)(?: [\w:. -]{1,40})? \(([^() ]{1,40})\)")
_CAPITALS = re.compile(r"[A-Z][A-Z/()& -]{2,60}")
_PROSE = frozenset(
    {"TITLE", "ORIGINAL (NON-ENGLISH) TITLE", "ORIGINAL TITLE", "ABSTRACT", "AUTHOR ADDRESSES", "COPYRIGHT", "SOURCE"}
)
_HELD = frozenset(
    {"TITLE", "ABSTRACT", "AUTHOR NAMES", "SOURCE TITLE", "PUBLICATION YEAR", "VOLUME", "ISSUE", "FIRST PAGE"}
    | {"LAST PAGE", "DOI", "PUI", "LANGUAGE OF ARTICLE", "PUBLICATION TYPE", "AUTHOR KEYWORDS", "RECORD"}
)


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return driving.items(stream, encoding, start_after, _SHAPE, _record)


def _is_label(row: str, following: str, tag: str) -> bool:
    if not following.startswith("  "):
        return False
    if row in _LABELS or _TERMS.fullmatch(row):
        return True
    # An unknown label is one only where no running text can hold it.
    return tag not in _PROSE and _CAPITALS.fullmatch(row) is not None


def _fields(piece: driving.Piece, flaws: parsed.Flaws) -> driving.Values:
    rows = list(piece.numbered())[1:]
    following = [*(row for _, row in rows), ""][1:]
    values: driving.Values = {}
    tag = ""
    for (line, row), following_row in zip(rows, following, strict=True):
        bare = row.strip()
        if row[:1].isalpha() and _is_label(bare, following_row, tag):
            tag = bare
            values.setdefault(tag, []).append("")
        elif bare and tag:
            values[tag][-1] = f"{values[tag][-1]} {bare}".lstrip()
        elif bare:
            parsed.note(flaws, driving.STRAY, line)
            values.setdefault(parsed.STRAY, []).append(bare)
    return values


def _record(position: int, piece: driving.Piece, flaws: parsed.Flaws) -> parsed.ParsedRecord:
    values = _fields(piece, flaws)
    original = driving.first(values, "ORIGINAL (NON-ENGLISH) TITLE", "ORIGINAL TITLE")
    pages = cleaning.pages(driving.first(values, "FIRST PAGE"), driving.first(values, "LAST PAGE"))
    return parsed.ParsedRecord(
        position=position,
        line=piece.line,
        raw=piece.text,
        title=driving.first(values, "TITLE") or original,
        original_title=original,
        abstract=driving.first(values, "ABSTRACT"),
        authors=tuple(_split(driving.every(values, "AUTHOR NAMES"))),
        journal=driving.first(values, "SOURCE TITLE"),
        year=cleaning.year(driving.every(values, "PUBLICATION YEAR", "DATE OF PUBLICATION")),
        volume=driving.first(values, "VOLUME"),
        issue=driving.first(values, "ISSUE"),
        pages=pages or driving.first(values, "ARTICLE NUMBER") or _pages(driving.first(values, "SOURCE")),
        doi=cleaning.doi(driving.first(values, "DOI")),
        pmid=cleaning.pmid(driving.first(values, "MEDLINE PMID").partition(" ")[0]),
        accession=driving.first(values, "PUI", "EMBASE ACCESSION NUMBER"),
        issn=cleaning.issns(driving.every(values, "ISSN")),
        language="; ".join(_split(driving.every(values, "LANGUAGE OF ARTICLE"))),
        keywords=tuple(_split([*driving.every(values, "AUTHOR KEYWORDS"), *_terms(values)])),
        url=driving.first(values, "EMBASE LINK", "FULL TEXT LINK"),
        publication_type=driving.first(values, "PUBLICATION TYPE"),
        database="Embase",
        tags=driving.rest(values, _HELD),
        flaws=tuple(flaws.values()),
    )


def _pages(source: str) -> str:
    """The pages or article number in "Fict Med (2026) 3:4 (e12). Date of Publication: 1 Feb 2026"."""
    found = _IN_SOURCE.search(source)
    return found[1] if found else ""


def _terms(values: driving.Values) -> list[str]:
    return [value for tag, found in values.items() if _TERMS.fullmatch(tag) for value in found]


def _split(values: list[str]) -> list[str]:
    return cleaning.unique(part.strip() for value in values for part in value.split(";"))


FORMAT = layout.Format(
    name="embase-text",
    label="Embase plain text",
    begins=_BEGINS,
    counts=_COUNTS,
    read=_read,
    ends=endings.BLANK_LINE,
    family="Embase",
)
