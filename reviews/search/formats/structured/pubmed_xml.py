"""PubMed XML: `PubmedArticle` and `PubmedBookArticle`.

Identifiers are taken from the article's own list only: its references carry lists of the same names.
Source: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from reviews.search.formats import cleaning, endings, layout, parsed
from reviews.search.formats.structured import fragments, items, pieces

_START = re.compile(r"<(Pubmed(?:Book)?Article)(?=[\s>])")
_BEGINS = re.compile(r"<Pubmed(?:Book)?Article(?:Set)?[\s>/]|<!DOCTYPE PubmedArticleSet")
_NOT_AVAILABLE = frozenset({"", "not available"})
_TAGS = {
    "MH": "MedlineCitation/MeshHeadingList/MeshHeading",
    "GR": "MedlineCitation/Article/GrantList/Grant",
    "SI": "MedlineCitation/Article/DataBankList/DataBank/AccessionNumberList/AccessionNumber",
    "AD": "MedlineCitation/Article/AuthorList/Author/AffiliationInfo/Affiliation",
    "CIN": "MedlineCitation/CommentsCorrectionsList/CommentsCorrections/PMID",
    "CI": "MedlineCitation/Article/Abstract/CopyrightInformation",
    "TA": "MedlineCitation/MedlineJournalInfo/MedlineTA",
    "PL": "MedlineCitation/MedlineJournalInfo/Country",
    "OAB": "MedlineCitation/OtherAbstract/AbstractText",
    "PST": "PubmedData/PublicationStatus",
}


def _make(position: int, line: int, raw: str, tree: Any, flaws: tuple[parsed.Flaw, ...]) -> parsed.ParsedRecord:
    citation = tree.find("BookDocument") if tree.tag == "PubmedBookArticle" else tree.find("MedlineCitation")
    citation = tree if citation is None else citation
    article = citation.find("Article")
    article = citation if article is None else article
    pmid = cleaning.pmid(fragments.first(citation, "PMID"))
    title, original = _titles(article)
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=title,
        original_title=original,
        abstract=_abstract(article, citation),
        authors=_authors(article),
        journal=fragments.first(article, "Journal/Title", "Journal/ISOAbbreviation", "Book/BookTitle"),
        year=_year(article),
        volume=fragments.first(article, "Journal/JournalIssue/Volume", "Book/Volume"),
        issue=fragments.first(article, "Journal/JournalIssue/Issue"),
        pages=_pages(article),
        doi=_doi(tree, article),
        pmid=pmid,
        accession=pmid,
        issn=cleaning.issns(
            fragments.every(article, "Journal/ISSN") + fragments.every(citation, "MedlineJournalInfo/ISSNLinking")
        ),
        language="; ".join(cleaning.unique(fragments.every(article, "Language"))),
        keywords=tuple(cleaning.unique(fragments.every(citation, "KeywordList/Keyword"))),
        publication_type="; ".join(
            cleaning.unique(
                fragments.every(article, "PublicationTypeList/PublicationType")
                + fragments.every(article, "PublicationType")
            )
        ),
        database="PubMed",
        tags=_tags(tree),
        flaws=flaws,
    )


def _titles(article: Any) -> tuple[str, str]:
    title = fragments.first(article, "ArticleTitle", "Book/BookTitle")
    original = fragments.first(article, "VernacularTitle")
    if original and title.strip("[]. ").lower() in _NOT_AVAILABLE:
        return original, original
    return title, original


def _abstract(article: Any, citation: Any) -> str:
    parts = article.findall("Abstract/AbstractText") or citation.findall("OtherAbstract/AbstractText")
    return "\n".join(filter(None, map(_labelled, parts)))


def _labelled(part: Any) -> str:
    label, text = part.get("Label", "").strip(), fragments.text(part)
    return f"{label}: {text}" if label and text and label.upper() != "UNLABELLED" else text


def _authors(article: Any) -> tuple[str, ...]:
    lists = article.findall("AuthorList")
    chosen = [found for found in lists if found.get("Type", "authors") != "editors"] or lists
    return tuple(cleaning.unique(_name(author) for found in chosen for author in found.iterfind("Author")))


def _name(author: Any) -> str:
    family = fragments.first(author, "LastName")
    given = fragments.first(author, "ForeName", "Initials")
    suffix = fragments.first(author, "Suffix")
    name = f"{family}, {given}" if family and given else family or given
    return f"{name} {suffix}".strip() if name else fragments.first(author, "CollectiveName")


def _year(article: Any) -> int | None:
    paths = ("Journal/JournalIssue/PubDate", "Book/PubDate", "ArticleDate", "ContributionDate")
    return cleaning.year(fragments.first(article, f"{path}/Year", f"{path}/MedlineDate") for path in paths)


def _pages(article: Any) -> str:
    start, end = fragments.first(article, "Pagination/StartPage"), fragments.first(article, "Pagination/EndPage")
    plain = fragments.first(article, "Pagination/MedlinePgn") or cleaning.pages(start, end)
    return plain or fragments.first(article, "ELocationID[@EIdType='pii']")


def _doi(tree: Any, article: Any) -> str:
    own = "ArticleIdList/ArticleId[@IdType='doi']"
    numbers = fragments.every(tree, f"PubmedData/{own}") + fragments.every(tree, f"PubmedBookData/{own}")
    numbers += [fragments.text(found) for found in article.iterfind("ELocationID[@EIdType='doi']") if _is_valid(found)]
    numbers += fragments.every(tree, f"BookDocument/{own}")
    return next(filter(None, map(cleaning.doi, numbers)), "")


def _is_valid(element: Any) -> bool:
    return str(element.get("ValidYN", "Y")) != "N"


def _tags(tree: Any) -> dict[str, tuple[str, ...]]:
    tags = {tag: tuple(cleaning.unique(fragments.every(tree, path))) for tag, path in _TAGS.items()}
    tags["MH"] = tuple(cleaning.unique(map(_heading, tree.iterfind(_TAGS["MH"]))))
    for number in tree.iterfind("PubmedData/ArticleIdList/ArticleId"):
        if (kind := number.get("IdType", "")) not in ("pubmed", "doi", "") and (value := fragments.text(number)):
            tags[kind.upper()] = (*tags.get(kind.upper(), ()), value)
    return {tag: values for tag, values in tags.items() if values}


def _heading(element: Any) -> str:
    return "/".join(("*" if part.get("MajorTopicYN") == "Y" else "") + fragments.text(part) for part in element)


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return items.read(stream, encoding, start_after, _START, _make)


def _count(stream: BinaryIO, encoding: str) -> int:
    return pieces.count(stream, encoding, re.compile(r"<Pubmed(?:Book)?Article[\s>]"))


FORMAT = layout.Format(
    name="pubmed-xml", label="PubMed XML", begins=_BEGINS, read=_read, count=_count, ends=endings.XML, family="PubMed"
)
