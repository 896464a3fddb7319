"""CSL-JSON, as Zotero, Pandoc, Crossref and citation processors write it.

Source: https://github.com/citation-style-language/schema (csl-data.json)
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from reviews.search.formats import cleaning, endings, layout, parsed
from reviews.search.formats.structured import json_items

_BEGINS = re.compile(r'\A\s*(?:\[|\{\s*"items"\s*:\s*\[|(?=\{))')
_IS_CSL = re.compile(
    r'\A\s*[\[{](?=.*?"(?:container-title|issued|citation-key|title-short|date-parts)"\s*:)(?=.*?"title"\s*:)',
    re.DOTALL,
)
TYPES: Mapping[str, str] = {
    "article-journal": "Journal article",
    "journal-article": "Journal article",
    "article": "Preprint",
    "book": "Book",
    "chapter": "Book chapter",
    "paper-conference": "Conference paper",
    "thesis": "Thesis",
    "report": "Report",
    "webpage": "Web page",
    "article-magazine": "Magazine article",
    "article-newspaper": "Newspaper article",
    "patent": "Patent",
    "standard": "Standard",
    "dataset": "Data set",
    "document": "Generic",
}
_NAMES = (
    "title abstract author container-title issued volume issue page page-first DOI PMID ISSN language keyword URL type "
    "source original-title archive_location"
)
_HELD = frozenset(_NAMES.split())


def _make(
    position: int, line: int, raw: str, item: Mapping[str, Any], flaws: tuple[parsed.Flaw, ...]
) -> parsed.ParsedRecord:
    kind = json_items.text(item, "type")
    keywords = (word.strip() for value in json_items.texts(item, "keyword") for word in _words(value))
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=json_items.text(item, "title"),
        original_title=json_items.text(item, "original-title"),
        abstract=json_items.text(item, "abstract"),
        authors=tuple(cleaning.unique(map(_name, json_items.every(item, "author")))),
        journal=json_items.text(item, "container-title")
        or (json_items.text(item, "publisher") if kind == "thesis" else ""),
        year=cleaning.year(_dates(item)),
        volume=json_items.text(item, "volume"),
        issue=json_items.text(item, "issue"),
        pages=json_items.text(item, "page") or json_items.text(item, "page-first"),
        doi=cleaning.doi(json_items.text(item, "DOI")),
        pmid=cleaning.pmid(json_items.text(item, "PMID")),
        accession=json_items.text(item, "archive_location"),
        issn=cleaning.issns(json_items.texts(item, "ISSN")),
        language=json_items.text(item, "language"),
        keywords=tuple(cleaning.unique(keywords)),
        url=json_items.text(item, "URL"),
        publication_type=TYPES.get(kind, kind),
        database=json_items.text(item, "source"),
        tags=json_items.tags(item, _HELD),
        flaws=flaws,
    )


def _words(value: str) -> list[str]:
    # A semicolon says that commas belong to the words.
    return value.split(";" if ";" in value else ",")


def _name(person: object) -> str:
    particle = json_items.text(person, "non-dropping-particle")
    family = " ".join(filter(None, (particle, json_items.text(person, "family"))))
    given = " ".join(filter(None, (json_items.text(person, "given"), json_items.text(person, "dropping-particle"))))
    name = f"{family}, {given}" if family and given else family or given
    suffix = json_items.text(person, "suffix")
    whole = (
        f"{name} {suffix}".strip() if name else json_items.text(person, "literal") or json_items.text(person, "name")
    )
    return whole or json_items.text(person)


def _dates(item: Mapping[str, Any]) -> Iterator[str]:
    for name in ("issued", "published", "published-print", "published-online"):
        for parts in json_items.every(item, name, "date-parts"):
            yield json_items.text(parts)
        yield json_items.text(item, name, "raw")
        yield json_items.text(item, name, "literal")
        yield json_items.text(item, name)


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return json_items.read(stream, encoding, start_after, _BEGINS, _make)


def _count(stream: BinaryIO, encoding: str) -> int:
    return json_items.count(stream, encoding, _BEGINS)


FORMAT = layout.Format(
    name="csl-json",
    label="CSL-JSON",
    begins=_IS_CSL,
    read=_read,
    count=_count,
    ends=endings.JSON,
    family="Reference managers",
)
