"""EndNote's %0 ("refer", .enw) as CNKI, Wanfang, VIP, Google Scholar and EndNote write it.

A percent sign, one character, a space, the value; `%0` begins a record. CNKI closes with `%W CNKI` and writes
abstracts of theses over several paragraphs; Wanfang gives the journal twice (Chinese, then English); VIP puts all
authors in one line with the numbers of their affiliations.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import chinese, cleaning, layout, parsed, tagged

_TYPE = (
    r"(?:Journal|Thesis|Conference|Newspaper|Book|Edited Book|Electronic|Standard|Patent|Report|Generic|Magazine"
    r"|Web Page|Online|Unpublished|Dissertation|Serial|Government|Dataset|Manuscript|Preprint)\b"
)
_START = re.compile(r"\n[ \t]*%0(?=[ \t]+\S|[ \t]*(?:\n|\Z))")
_BEGINS = re.compile(r"^[ \t]*(?:%0[ \t]+\S|%[TA] [^\n]+\n%[ATJD@+] )", re.MULTILINE)
_COUNTS = re.compile(rf"^[ \t]*%0(?=[ \t\n]|\Z)|(?<=\S)[ \t]*%0 {_TYPE}", re.MULTILINE)
_GLUED = re.compile(rf"(?<=\S)[ \t]*%0[ \t]+{_TYPE}")
_TITLE = re.compile(r"\n[ \t]*%T(?=[ \t:：])")
_FIELD = re.compile(r"[ \t]*%([0-9A-Z@+~?!#$&(*>=<\[\]^])(?:[ \t]*[:：]|[ \t]|$)(.*)")
_PROSE = frozenset("TQXK+OZ")
_HELD = frozenset("0AHTQDVNPKXRUG")
_ISBN = re.compile(r"(?:97[89][\d\-]{10,14}|\d[\d\-]{8,11}[\dX])")
_PMID = re.compile(r"pubmed|medline", re.IGNORECASE)
_NO_START = "no %0 line, read as a record because it has a title of its own"


def _row(line: str, found: tagged.Found) -> tagged.Row:
    match = _FIELD.match(line)
    return tagged.Row(match[1], match[2]) if match else tagged.Row("", line)


# EndNote writes one keyword a line, the tag only before the first.
_SHAPE = tagged.Shape(
    start=_START,
    glued=_GLUED,
    title=_TITLE,
    no_start=_NO_START,
    row=_row,
    prose=_PROSE,
    never_last=frozenset("0ATXJ+QH"),
    lists=frozenset("K"),
)


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return tagged.read(stream, encoding, start_after, _SHAPE, _record)


def _record(entry: tagged.Entry) -> parsed.ParsedRecord:
    title, original = chinese.text(entry.first("T")), chinese.text(entry.first("Q"))
    kind = chinese.kind(*entry.all("9"), entry.first("0"))
    database = chinese.database(entry.all("W", "~"))
    links, numbers = entry.all("U", "["), entry.all("M")
    volume = entry.first("V")
    return parsed.ParsedRecord(
        position=entry.position,
        line=entry.line,
        raw=entry.raw,
        title=title or original,
        original_title=original,
        abstract=chinese.text(entry.first("X")),
        authors=chinese.authors(entry.all("A")),
        parallel_authors=chinese.authors(entry.all("H")),
        journal=_journal(entry, kind),
        year=chinese.year(entry.all("D", "8", "7")),
        volume="" if _ISBN.fullmatch(volume) else volume,
        issue=entry.first("N"),
        pages=entry.first("P"),
        doi=chinese.doi(entry.all("R"), links),
        pmid=next(filter(None, map(cleaning.pmid, numbers)), "") if _PMID.search(database) else "",
        accession=chinese.accession(numbers, links),
        issn=cleaning.issns(entry.all("@")),
        language=chinese.language(entry.all("G"), title),
        keywords=_keywords(entry, database),
        url=entry.first("U"),
        publication_type=kind,
        database=database,
        tags=_tags(entry, volume),
        flaws=entry.flaws,
    )


def _journal(entry: tagged.Entry, kind: str) -> str:
    if "thesis" in kind.lower():
        return entry.first("J", "I", "B")
    if kind == "Conference paper":
        return entry.first("J", "B", "?", "C")
    if kind == "Newspaper article":
        return entry.first("J", "B", "I")
    return entry.first("J", "B")


def _keywords(entry: tagged.Entry, database: str) -> tuple[str, ...]:
    by_spaces = database in ("Wanfang", "VIP") or "wanfang" in entry.first("U")
    return chinese.keywords(entry.all("K"), by_spaces=by_spaces)


def _tags(entry: tagged.Entry, volume: str) -> dict[str, tuple[str, ...]]:
    tags = entry.others(_HELD)
    if _ISBN.fullmatch(volume):
        # CNKI puts the ISBN of a yearbook there.
        tags["V"] = (volume,)
    for tag in ("J", "P"):
        # Wanfang adds the journal's English name, CNKI the pages of a conference paper.
        tags.pop(tag, None)
        if len(values := entry.all(tag)) > 1:
            tags[tag] = tuple(values[1:])
    return tags


FORMAT = layout.Format(
    name="refer",
    label="EndNote (%0, .enw)",
    begins=_BEGINS,
    counts=_COUNTS,
    read=_read,
    ends=None,
    family="Reference managers and Chinese databases",
    aliases=("enw",),
)
