"""JSON of search engines and of EPPI-Reviewer: OpenAlex, Semantic Scholar, EPPI.

Sources: https://docs.openalex.org/api-entities/works/work-object, https://api.semanticscholar.org/api-docs/graph
"""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from reviews.search.formats import cleaning, endings, layout, parsed
from reviews.search.formats.structured import json_items
from reviews.search.formats.tabular import names

_LIST = re.compile(r'\A\s*(?:\[|(?:\{.*?"(?:results|data)"\s*:\s*\[)|(?=\{))', re.DOTALL)
_EPPI_LIST = re.compile(r'"References"\s*:\s*\[')
_WORK = re.compile(r"W\d{4,12}\b")
_LONGEST_ABSTRACT = 20_000
_OPENALEX_NAMES = (
    "id doi title display_name publication_year publication_date ids language primary_location type authorships biblio "
    "abstract_inverted_index keywords"
)
_SCHOLAR_NAMES = "paperId title abstract year venue journal authors externalIds url publicationTypes publicationDate"
_EPPI_NAMES = "Title ParentTitle Authors Abstract Year Pages Volume Issue DOI URL TypeName Keywords ItemId"


def _openalex(
    position: int, line: int, raw: str, work: Mapping[str, Any], flaws: tuple[parsed.Flaw, ...]
) -> parsed.ParsedRecord:
    people = (
        json_items.text(one, "author", "display_name") or json_items.text(one, "raw_author_name")
        for one in json_items.every(work, "authorships")
    )
    link = json_items.text(work, "ids", "pmid")
    number = _WORK.search(json_items.text(work, "id"))
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=json_items.text(work, "title") or json_items.text(work, "display_name"),
        abstract=_abstract(json_items.at(work, "abstract_inverted_index")),
        authors=tuple(cleaning.unique(people)),
        journal=json_items.text(work, "primary_location", "source", "display_name"),
        year=cleaning.year([json_items.text(work, "publication_year"), json_items.text(work, "publication_date")]),
        volume=json_items.text(work, "biblio", "volume"),
        issue=json_items.text(work, "biblio", "issue"),
        pages=cleaning.pages(
            json_items.text(work, "biblio", "first_page"), json_items.text(work, "biblio", "last_page")
        ),
        doi=cleaning.doi(json_items.text(work, "doi")),
        pmid=cleaning.linked_pmid(link) or cleaning.pmid(link),
        accession=number[0] if number else "",
        issn=cleaning.issns(json_items.texts(work, "primary_location", "source", "issn")),
        language=json_items.text(work, "language"),
        keywords=tuple(
            cleaning.unique(json_items.text(one, "display_name") for one in json_items.every(work, "keywords"))
        ),
        url=json_items.text(work, "primary_location", "landing_page_url"),
        publication_type=json_items.text(work, "type"),
        database="OpenAlex",
        tags=json_items.tags(work, frozenset(_OPENALEX_NAMES.split())),
        flaws=flaws,
    )


def _abstract(index: object) -> str:
    """The text of an index from words to their places."""
    places: dict[int, str] = {}
    for word, found in index.items() if isinstance(index, Mapping) else ():
        for place in found if isinstance(found, list) else ():
            if isinstance(place, int) and len(places) < _LONGEST_ABSTRACT:
                places[place] = str(word)
    return " ".join(places[place] for place in sorted(places))


def _scholar(
    position: int, line: int, raw: str, paper: Mapping[str, Any], flaws: tuple[parsed.Flaw, ...]
) -> parsed.ParsedRecord:
    people = (json_items.text(one, "name") for one in json_items.every(paper, "authors"))
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=json_items.text(paper, "title"),
        abstract=json_items.text(paper, "abstract"),
        authors=tuple(cleaning.unique(people)),
        journal=json_items.text(paper, "journal", "name") or json_items.text(paper, "venue"),
        year=cleaning.year([json_items.text(paper, "year"), json_items.text(paper, "publicationDate")]),
        volume=json_items.text(paper, "journal", "volume"),
        pages=" ".join(json_items.text(paper, "journal", "pages").split()),
        doi=cleaning.doi(json_items.text(paper, "externalIds", "DOI")),
        pmid=cleaning.pmid(json_items.text(paper, "externalIds", "PubMed")),
        accession=json_items.text(paper, "paperId"),
        url=json_items.text(paper, "url"),
        publication_type="; ".join(json_items.texts(paper, "publicationTypes")),
        database="Semantic Scholar",
        tags=json_items.tags(paper, frozenset(_SCHOLAR_NAMES.split())),
        flaws=flaws,
    )


def _eppi(
    position: int, line: int, raw: str, item: Mapping[str, Any], flaws: tuple[parsed.Flaw, ...]
) -> parsed.ParsedRecord:
    words = (word.strip() for value in json_items.texts(item, "Keywords") for word in re.split(r"[;\r\n]", value))
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=json_items.text(item, "Title"),
        abstract=json_items.text(item, "Abstract"),
        authors=names.by_semicolons(json_items.text(item, "Authors")),
        journal=json_items.text(item, "ParentTitle"),
        year=cleaning.year([json_items.text(item, "Year")]),
        volume=json_items.text(item, "Volume"),
        issue=json_items.text(item, "Issue"),
        pages=json_items.text(item, "Pages"),
        doi=cleaning.doi(json_items.text(item, "DOI")),
        accession=json_items.text(item, "ItemId"),
        keywords=tuple(cleaning.unique(words)),
        url=json_items.text(item, "URL"),
        publication_type=json_items.text(item, "TypeName"),
        tags=json_items.tags(item, frozenset(_EPPI_NAMES.split())),
        flaws=flaws,
    )


def _format(
    name: str, label: str, is_it: str, begins: re.Pattern[str], make: json_items.Make, family: str
) -> layout.Format:
    def read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
        return json_items.read(stream, encoding, start_after, begins, make)

    return layout.Format(
        name=name,
        label=label,
        begins=re.compile(rf"\A\s*[\[{{](?=.*?{is_it})", re.DOTALL),
        read=read,
        count=functools.partial(json_items.count, begins=begins),
        ends=endings.JSON,
        family=family,
    )


FORMATS = (
    _format(
        "eppi-json",
        "EPPI-Reviewer JSON",
        r'"(?:CodeSets|References)"\s*:\s*\[(?=.*?"(?:SetId|AttributeId|ItemId|ParentTitle)")',
        _EPPI_LIST,
        _eppi,
        "Screening tools",
    ),
    _format("openalex-json", "OpenAlex JSON", r'"https://openalex\.org/W\d', _LIST, _openalex, "Search engines"),
    _format("semantic-scholar-json", "Semantic Scholar JSON", r'"paperId"\s*:', _LIST, _scholar, "Search engines"),
)
