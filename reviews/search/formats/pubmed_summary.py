"""PubMed's "Summary (text)": numbered citations in prose, without abstracts.

`1: Quill O, Marsh BT. Title. J Imag. 2020 Mar;7(1):1-9. doi: 10.1/x. PMID: 1.` The identifiers are safe; title,
authors and journal are told apart by their punctuation, so the format counts as unverified.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from reviews.search.formats import cleaning, driving, endings, layout, lines, parsed

_CLOSING = r"PMID:\s{1,3}\d{1,9}(?:;\s{1,3}PMCID:\s{1,3}PMC\d+)?\."
# Where the last line end is missing, the next file's first citation is glued to the last one's end.
_GLUED = re.compile(r"(?<=\.)\ufeff?(?=\d{1,7}: \S)")
_CLOSED = re.compile(rf"{_CLOSING}\Z")


def _cuts(text: str) -> Iterator[int]:
    for found in _GLUED.finditer(text):
        if _CLOSED.search(text[max(found.start() - 60, 0) : found.start()]):
            yield found.end()


_SHAPE = driving.Shape(
    # Behind a blank line, or at the very start: a wrapped line may begin with a figure and a colon.
    start=re.compile(r"(?:(?<=\n)|\A|(?<=\.))\n\d{1,7}: (?=\S)"),
    tag=re.compile(r"(?!)"),
    cuts=_cuts,
)
_BEGINS = re.compile(r"^\d{1,7}: \S.*\n(?:.+\n){0,60}?(?:.*[ ;])?PMID:\s{1,3}\d", re.MULTILINE)
_NUMBER = re.compile(r"\d{1,7}: ")
_PMID = re.compile(r"\bPMID:\s(\d{1,9})")
_DOI = re.compile(r"\bdoi:\s?(10\.\S+)", re.IGNORECASE)
_PLACE = re.compile(
    r"(?<=[.?!\])>] )([^.?!]{2,120}(?:\([^()]*\))?)\. ((?:19|20)\d\d)\b([^;:.]{0,30})"
    r"(?:;([^:(.;]{0,40})?(?:\(([^)]{0,60})\))?(?::([^.;]{1,60}))?)?[.;]"
)
_SUFFIX = re.compile(r" (?:Jr|Sr|\d(?:st|nd|rd|th))\Z")


class _Parts(NamedTuple):
    authors: tuple[str, ...]
    title: str
    original: str
    place: re.Match[str] | None


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return driving.items(stream, encoding, start_after, _SHAPE, _record)


def _record(position: int, piece: driving.Piece, flaws: parsed.Flaws) -> parsed.ParsedRecord:
    text = " ".join(piece.text.split())
    text = text[found.end() :] if (found := _NUMBER.match(text)) else text
    parts = _parts(text)
    place = parts.place
    doi, pmid = _DOI.search(text), _PMID.search(text)
    return parsed.ParsedRecord(
        position=position,
        line=piece.line,
        raw=piece.text,
        title=parts.title,
        original_title=parts.original,
        authors=parts.authors,
        journal=place[1].strip() if place else "",
        year=int(place[2]) if place else None,
        volume=(place[4] or "").strip() if place else "",
        issue=(place[5] or "").strip() if place else "",
        pages=(place[6] or "").strip() if place else "",
        doi=cleaning.doi(doi[1]) if doi else "",
        pmid=pmid[1] if pmid else "",
        accession=pmid[1] if pmid else "",
        database="PubMed",
        flaws=tuple(flaws.values()),
    )


def _parts(text: str) -> _Parts:
    """Authors, title and place; what cannot be told apart stays in the title."""
    place = _PLACE.search(text)
    head = text[: place.start()] if place else text
    names, dot, rest = head.partition(". ")
    authors = _names(names) if dot else ()
    title = (rest if authors else head).strip()
    # "Original title [English title]." names both.
    if title.endswith("].") and not title.startswith("[") and " [" in title:
        original, _, english = title[:-2].rpartition(" [")
        return _Parts(authors, english.strip(), original.strip(), place)
    return _Parts(authors, title, "", place)


def _names(text: str) -> tuple[str, ...]:
    """The authors when every part of the text looks like one, or a group stands behind a semicolon."""
    people, *groups = text.split("; ")
    names = [name.strip() for name in people.split(",")]
    return (*names, *groups) if all(map(_is_name, names)) else ()


def _is_name(text: str) -> bool:
    """Whether it is written as PubMed writes people: a surname, then capitals without full stops."""
    surname, _, initials = _SUFFIX.sub("", text).rpartition(" ")
    letters = initials.replace("-", "")
    return bool(surname) and len(surname) < 60 and len(letters) <= 6 and letters.isalpha() and letters.isupper()


def _count(stream: BinaryIO, encoding: str) -> int:
    """How many paragraphs end with a PMID."""
    count, ending = 0, ""
    for text in lines.blocks(stream, encoding):
        for row in text.split("\n"):
            if row.strip():
                ending = f"{ending[-60:]} {row.strip()}"
            else:
                count += _CLOSED.search(ending) is not None
                ending = ""
    return count + (_CLOSED.search(ending) is not None)


FORMAT = layout.Format(
    name="pubmed-summary",
    label="PubMed summary text",
    begins=_BEGINS,
    count=_count,
    read=_read,
    ends=endings.SUMMARY,
    has_abstracts=False,
    is_unverified=True,
    advice=(
        "The summary text of PubMed was made for reading, so titles, authors and journals are guessed from the "
        "punctuation; look at the preview, or choose the format PubMed (.nbib) at the source."
    ),
    family="PubMed",
)
