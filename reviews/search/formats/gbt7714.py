"""Reference lists after GB/T 7714, as CNKI and VIP offer them for copying: `[1]甲,乙.题名[J].刊名,2020,35(02):12-15.`

A reference holds no abstract and is cut into fields by guessing (where the authors end, what is the journal), so
every record is an unverified citation that a person confirms. What has no type mark such as [J] is refused.
Source: GB/T 7714-2015, Information and documentation: rules for bibliographic references and citations.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from reviews.search.formats import chinese, cleaning, layout, lines, parsed, tagged

_MARK_TEXT = r"\[(J|M|D|C|N|R|S|P|G|A|K|Z|DB|CP|EB|CM|DS)(?:/(?:OL|CD|DK|MT))?\]"
_MARK = re.compile(_MARK_TEXT)
_NUMBER = r"[ \t]*[\[［]\d{1,5}[\]］]"
_START = re.compile(rf"\n{_NUMBER}")
_BEGINS = re.compile(rf"^{_NUMBER}(?:[^\n]+(?:\n[^\[\n]+){{0,3}}?)?{_MARK_TEXT}", re.MULTILINE)
_COUNTS = re.compile(r"^[^\S\n]*[\[［]\d{1,5}[\]］]", re.MULTILINE)
_GLUED = re.compile(r"(?<=[.。\ufeff])[ \t]*\[\d{1,5}\](?=[^\n\[\]]{3,300}" + _MARK_TEXT + ")")
_LEADING = re.compile(_NUMBER + r"[ \t]*")
_HEADING = re.compile(r"(?:参考文献|References?)?[:：]?", re.IGNORECASE)

_ENDS = (".", "。", "．")
_LABELLED = re.compile(r"(机构|摘要)[:：]\s*(.*)")
_VIP_TAIL = re.compile(r"\.[^.\[\]]+\[J\][,，]\s*(?:19|20)\d\d\s*(?:[(（][^)）]{0,12}[)）])?\s*[:：][\w+,\-]*\.?$")
_LOOSE = "a line that belongs to no reference"

_LINK = re.compile(r"https?://[^\s\u4e00-\u9fff]+")
_STATED_DOI = re.compile(r"\bDOI[:：]?\s*(10\.\S+)", re.IGNORECASE)
_ACCESSED = re.compile(r"\[(?:19|20)\d\d-\d\d?-\d\d?\]")
_DOT = re.compile(r"[.．](?!\d)|[。]")
_INITIAL = re.compile(r"(?:(?<![A-Za-z])[A-Z]|\bet al|(?<![A-Za-z])(?:Jr|Sr|St|Dr|vs|No|Vol))$")
_JOURNAL = re.compile(
    r"\s*(?P<journal>[^\n]+?)\s*[,，]\s*(?P<year>(?:19|20)\d\d)\b"
    r"(?:\s*[,，]\s*(?P<volume>[^\s,，(（:：\[.]{1,12})?)?"
    r"\s*(?:[(（](?P<issue>[^)）\n]{1,20})[)）])?\s*(?:[:：]\s*(?P<pages>[\w+,\-\u2013\u2014~]+))?"
)
_ONLINE = re.compile(r"\s*(?P<journal>[^:：\[\n]+?)\s*(?:[:：]\s*(?P<pages>[\w+,\-\u2013\u2014~]+))?[\s.\[]*$")
_PLACE = re.compile(r"^[^:：,，.]{1,12}[:：]\s*")
_KINDS = {
    "J": "Journal article",
    "M": "Book",
    "D": "Thesis",
    "C": "Conference paper",
    "A": "Conference paper",
    "N": "Newspaper article",
    "R": "Report",
    "S": "Standard",
    "P": "Patent",
    "G": "Collection",
    "DB": "Database",
    "CP": "Computer program",
    "EB": "Web page",
}
_UNVERIFIED = "a citation read from a reference list, unverified: compare its title and authors with the source"


class _Piece(NamedTuple):
    """The lines of one reference."""

    line: int
    text: str
    is_last: bool


class _Citation(NamedTuple):
    """A reference on one line, without its number, and what VIP adds below it."""

    text: str
    organ: str = ""
    abstract: str = ""


class _Tail(NamedTuple):
    """What stands behind the type mark."""

    journal: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    chunks = lines.split(lines.blocks(stream, encoding), _START)
    before = next(chunks)
    flaws = {flaw.text: flaw for flaw in lines.stray(before, _LOOSE, _HEADING)}
    others_end = True
    pieces = (piece for chunk in chunks for piece in _pieces(chunk))
    for position, piece in enumerate(pieces, start=1):
        citation = _citation(piece, flaws)
        is_ended = citation.text.endswith(_ENDS)
        if piece.is_last and others_end and not is_ended:
            parsed.note(flaws, tagged.CUT, piece.line)
        others_end = others_end and is_ended
        if position > start_after:
            yield _item(position, piece, citation, tuple(flaws.values()))
        flaws = {}


def _pieces(chunk: lines.Chunk) -> Iterator[_Piece]:
    """References set one behind another on a line are cut apart."""
    line, begin = chunk.line, 0
    for found in _GLUED.finditer(chunk.text):
        yield _Piece(line, chunk.text[begin : found.start()], False)
        line += chunk.text.count("\n", begin, found.start())
        begin = found.start()
    yield _Piece(line, chunk.text[begin:], chunk.is_last)


def _citation(piece: _Piece, flaws: parsed.Flaws) -> _Citation:
    """Put a wrapped reference together and take VIP's address and abstract from the lines behind it."""
    text, organ, abstract = "", "", ""
    for line, row in enumerate(piece.text.split("\n"), start=piece.line):
        bare = row.strip(" \t\u3000\ufeff")
        if not bare:
            continue
        label = _LABELLED.match(bare)
        if label and text:
            organ, abstract = (label[2], abstract) if label[1] == "机构" else (organ, label[2])
        elif not text or not _is_whole(text):
            text = chinese.joined(text, bare)
            if line > piece.line:
                parsed.note(flaws, tagged.JOINED, line)
        elif _VIP_TAIL.search(text) or abstract:
            abstract = chinese.joined(abstract, bare)
        else:
            parsed.note(flaws, tagged.STRAY, line)
    return _Citation(_LEADING.sub("", text, count=1), organ, abstract)


def _is_whole(text: str) -> bool:
    return _MARK.search(text) is not None and (text.endswith(_ENDS) or _VIP_TAIL.search(text) is not None)


def _item(position: int, piece: _Piece, citation: _Citation, flaws: tuple[parsed.Flaw, ...]) -> parsed.Item:
    raw = piece.text.strip("\n\ufeff ")
    mark = _MARK.search(citation.text)
    if not mark:
        reason = (
            f"Reference {position} at line {piece.line} has no type mark such as [J] or [D], so its title and source "
            "cannot be told apart; export it from the database in another format."
        )
        return parsed.Refused(position, piece.line, raw, reason)
    record = _record(position, piece.line, raw, citation, mark, flaws)
    return parsed.judged(record)


def _record(
    position: int,
    line: int,
    raw: str,
    citation: _Citation,
    mark: re.Match[str],
    flaws: tuple[parsed.Flaw, ...],
) -> parsed.ParsedRecord:
    authors, title = _head(citation.text[: mark.start()])
    source = citation.text[mark.end() :]
    is_vip = _VIP_TAIL.search(citation.text) is not None
    if is_vip:
        # VIP writes the journal before the mark: 甲.题名.刊名[J],2020(1):1-3
        title, _, journal = title.rpartition(".")
        source = f"{journal}{source}"
    links = [link.rstrip(".,;。") for link in _LINK.findall(source)]
    stated = [number.rstrip(".,;。") for number in _STATED_DOI.findall(source)]
    bare = _ACCESSED.sub("[", _STATED_DOI.sub("", _LINK.sub("", source))).lstrip(".． ,，")
    tail = _tail(bare, mark[1])
    organ = {"机构": (citation.organ,)} if citation.organ else {}
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=title,
        abstract=chinese.text(citation.abstract),
        authors=authors,
        journal=tail.journal,
        year=tail.year,
        volume=tail.volume,
        issue=tail.issue,
        pages=tail.pages,
        doi=chinese.doi(stated, links),
        accession=chinese.accession((), links),
        language=chinese.language((), title),
        url=links[0] if links else "",
        publication_type=_KINDS.get(mark[1], ""),
        database="VIP" if is_vip else "",
        tags={"mark": (mark[0],), "source": (source.strip(),), **organ},
        flaws=(*flaws, parsed.Flaw(_UNVERIFIED, line)),
    )


def _head(text: str) -> tuple[tuple[str, ...], str]:
    """Authors and title: cut at the first full stop that ends no initial."""
    for dot in _DOT.finditer(text):
        names, title = text[: dot.start()].strip(), text[dot.end() :].strip(" .．")
        if names and title and not _INITIAL.search(names):
            parts = re.split(r"[,，;；]", re.sub(r"[,，\s]*(?:等|et al)$", "", names))
            return tuple(cleaning.unique(part.strip() for part in parts)), title
    return (), text.strip(" .．")


def _tail(text: str, mark: str) -> _Tail:
    if found := _JOURNAL.match(text):
        journal = found["journal"].removeprefix("//").strip()
        return _Tail(
            journal=_PLACE.sub("", journal) if mark in ("M", "D", "R", "S") else journal,
            year=int(found["year"]),
            volume=(found["volume"] or "").strip("-\u2013 "),
            issue=found["issue"] or "",
            pages=(found["pages"] or "").rstrip(","),
        )
    year = cleaning.year((text,))
    if mark == "J" and (found := _ONLINE.match(text)):
        return _Tail(found["journal"], year, pages=found["pages"] or "")
    journal = re.split(r"[.,，\[]", text.removeprefix("//").strip(), maxsplit=1)[0].strip()
    return _Tail(_PLACE.sub("", journal), year)


FORMAT = layout.Format(
    name="gbt7714",
    label="GB/T 7714 reference list",
    begins=_BEGINS,
    counts=_COUNTS,
    read=_read,
    has_abstracts=False,
    is_unverified=True,
    advice="A reference list is cut into fields by guessing: confirm the title, authors and year of every record.",
    family="Chinese databases",
)
