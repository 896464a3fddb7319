"""EndNote XML, as EndNote, Zotero and Mendeley write it.

EndNote wraps every text in one or more `style` elements, the others do not; a whole library is one line; line
breaks inside a text are carriage returns.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from reviews.search.formats import cleaning, endings, layout, parsed
from reviews.search.formats.structured import fragments, items, pieces

_START = re.compile(r"<(record)(?=[\s>])")
_BEGINS = re.compile(r"<xml>\s*<records>|<records>\s*<record[\s>]")
_HELD_NAMES = (
    "titles contributors periodical pages volume number issue keywords dates abstract language "
    "electronic-resource-num accession-num urls isbn ref-type remote-database-name remote-database-provider "
    "source-app database rec-number foreign-keys"
)
_HELD = frozenset(_HELD_NAMES.split())
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_PMID = re.compile(r"\bPMID:?\s*(\d{1,9})\b")
_SEVERAL = re.compile(r"[\n;]+")


def _make(position: int, line: int, raw: str, tree: Any, flaws: tuple[parsed.Flaw, ...]) -> parsed.ParsedRecord:
    urls = [fragments.text(found) for found in tree.iterfind("urls//url")]
    accession = fragments.first(tree, "accession-num")
    database = fragments.first(tree, "remote-database-name", "remote-database-provider")
    second = fragments.first(tree, "titles/secondary-title")
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=fragments.first(tree, "titles/title", "titles/short-title"),
        original_title=fragments.first(tree, "titles/translated-title", "titles/original-title"),
        abstract=fragments.paragraphs(tree.find("abstract")),
        authors=tuple(cleaning.unique(_authors(tree))),
        journal=second or fragments.first(tree, "periodical/full-title", "titles/alt-title", "periodical/abbr-1"),
        year=cleaning.year(fragments.every(tree, "dates/year") + fragments.every(tree, "dates/pub-dates/date")),
        volume=fragments.first(tree, "volume"),
        issue=fragments.first(tree, "number", "issue"),
        pages=fragments.first(tree, "pages"),
        doi=_doi(tree, urls),
        pmid=_pmid(tree, accession, database, urls),
        accession=accession,
        issn=cleaning.issns([fragments.paragraphs(found) for found in tree.iterfind("isbn")]),
        language=fragments.first(tree, "language"),
        keywords=tuple(cleaning.unique(_keywords(tree))),
        url=next(filter(None, urls), ""),
        publication_type=_type(tree),
        database=database,
        tags=_tags(tree),
        flaws=flaws,
    )


def _authors(tree: Any) -> list[str]:
    return fragments.every(tree, "contributors/authors/author") or fragments.every(tree, "contributors/author")


def _keywords(tree: Any) -> Iterator[str]:
    for found in tree.iterfind("keywords/keyword"):
        # Old libraries hold all keywords in one element, on lines of their own.
        yield from (word.strip() for word in _SEVERAL.split(fragments.paragraphs(found)))


def _doi(tree: Any, urls: list[str]) -> str:
    links = (url for url in urls if "doi.org/10." in url)
    return next(filter(None, map(cleaning.doi, (*fragments.every(tree, "electronic-resource-num"), *links))), "")


def _pmid(tree: Any, accession: str, database: str, urls: list[str]) -> str:
    if _PUBMED.search(database) and (number := cleaning.pmid(accession)):
        return number
    if found := _PMID.search(f"{accession} {fragments.first(tree, 'notes')}"):
        return found[1]
    return next(filter(None, map(cleaning.linked_pmid, urls)), "")


def _type(tree: Any) -> str:
    kind = tree.find("ref-type")
    return "" if kind is None else str(kind.get("name", "")) or fragments.text(kind)


def _tags(tree: Any) -> dict[str, tuple[str, ...]]:
    tags: dict[str, tuple[str, ...]] = {}
    for element in tree:
        if isinstance(element.tag, str) and element.tag not in _HELD and (value := fragments.paragraphs(element)):
            tags[element.tag] = (*tags.get(element.tag, ()), value)
    for element in tree.iterfind("contributors/*"):
        if element.tag != "authors" and (names := fragments.every(element, "author")):
            tags[element.tag] = tuple(names)
    for name in ("titles/short-title", "titles/tertiary-title", "titles/alt-title", "periodical/abbr-1"):
        if value := fragments.first(tree, name):
            tags[name.rpartition("/")[2]] = (value,)
    isbn = fragments.first(tree, "isbn")
    return {**tags, "isbn": (isbn,)} if isbn else tags


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return items.read(stream, encoding, start_after, _START, _make)


def _count(stream: BinaryIO, encoding: str) -> int:
    return pieces.count(stream, encoding, re.compile(r"<record[\s>]"))


FORMAT = layout.Format(
    name="endnote-xml",
    label="EndNote XML",
    begins=_BEGINS,
    read=_read,
    ends=endings.XML,
    count=_count,
    family="Reference managers",
)
