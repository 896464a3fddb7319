"""Reference lists after GB/T 7714, as CNKI and VIP offer them for copying: `[1]甲,乙.题名[J].刊名,2020,35(02):12-15.`

A reference holds no abstract and is cut into fields by guessing (where the authors end, what is the journal), so
every record is an unverified citation that a person confirms. What has no type mark such as [J] is refused.
Source: GB/T 7714-2015, Information and documentation: rules for bibliographic references and citations.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from reviews.search.formats import chinese, cleaning, layout, lines, parsed

_MARK_TEXT = r"\[(J|M|D|C|N|R|S|P|G|A|K|Z|DB|CP|EB|CM|DS)(?:/(?:OL|CD|DK|MT))?\]"
_MARK = re.compile(_MARK_TEXT)
_NUMBER = r"[ \t]*[\[［]\d{1,5}[\]］]"
_START = re.compile(rf"\n{_NUMBER}")
_BEGINS = re.compile(rf"^{_NUMBER}(?:[^\n]+(?:\n[^\[\n]+){{0,3}}?)?{_MARK_TEXT}", re.MULTILINE)
_COUNTS = re.compile(r"^\s*[\[［]\d{1,5}[\]］]", re.MULTILINE)
_GLUED = re.compile(r"(?<=[.。])[ \t]*\[\d{1,5}\](?=[^\n\[\]]{3,300}" + _MARK_TEXT + ")")
_LEADING = re.compile(_NUMBER + r"[ \t]*")
_HEADING = re.compile(r"(?:参考文献|References?)?[:：]?", re.IGNORECASE)

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
    waiting = lines.stray(before, "a line that belongs to no reference", _HEADING)
    pieces = (piece for chunk in chunks for piece in _pieces(chunk))
    for position, (line, text) in enumerate(pieces, start=1):
        if position > start_after:
            yield _item(position, line, text, waiting)
        waiting = ()


def _pieces(chunk: lines.Chunk) -> Iterator[tuple[int, str]]:
    """References set one behind another on a line are cut apart."""
    line, begin = chunk.line, 0
    for found in _GLUED.finditer(chunk.text):
        yield line, chunk.text[begin : found.start()]
        line += chunk.text.count("\n", begin, found.start())
        begin = found.start()
    yield line, chunk.text[begin:]


def _item(position: int, line: int, text: str, waiting: tuple[parsed.Flaw, ...]) -> parsed.Item:
    raw = text.strip("\n\ufeff")
    body = ""
    for row in raw.split("\n"):
        body = chinese.joined(body, row.strip(" \t\u3000\ufeff"))
    body = _LEADING.sub("", body, count=1)
    mark = _MARK.search(body)
    if not mark:
        reason = (
            f"Reference {position} at line {line} has no type mark such as [J] or [D], so its title and source "
            "cannot be told apart; export it from the database in another format."
        )
        return parsed.Refused(position, line, raw.rstrip(), reason)
    record = _record(position, line, raw.rstrip(), body, mark, waiting)
    return record if parsed.is_identifiable(record) else parsed.refuse_empty(record)


def _record(
    position: int, line: int, raw: str, body: str, mark: re.Match[str], waiting: tuple[parsed.Flaw, ...]
) -> parsed.ParsedRecord:
    authors, title = _head(body[: mark.start()])
    source = body[mark.end() :]
    links = [link.rstrip(".,;。") for link in _LINK.findall(source)]
    stated = [number.rstrip(".,;。") for number in _STATED_DOI.findall(source)]
    bare = _ACCESSED.sub("[", _STATED_DOI.sub("", _LINK.sub("", source))).lstrip(".． ,，")
    tail = _tail(bare, mark[1])
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=title,
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
        tags={"mark": (mark[0],), "source": (source.strip(),)},
        flaws=(*waiting, parsed.Flaw(_UNVERIFIED, line)),
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
    family="Chinese databases",
)
