"""Embase.com's csv: whatever columns the user chose; the old default has the journal only inside `Source`."""

import re

from reviews.search.formats import cleaning
from reviews.search.formats.tabular import names, profile

# As in `Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 2014`.
_SOURCE = re.compile(r"(?P<journal>.*?)\s*\((?P<year>(?:19|20)\d\d)\)(?P<place>.*)", re.DOTALL)
_PLACE = re.compile(r"\s*(?P<volume>[^:()]*?)\s*(?::\s*(?P<issue>[^()]*?)\s*)?(?:\((?P<pages>[^()]*)\))?\s*(?:\.|$)")
_ARTICLE = re.compile(r"Article Number:\s*([^.\s]+)")
_OUTSIDE_BRACKETS = r",(?![^()]*\))"


def _source(text: str) -> dict[str, str]:
    """Journal, year, volume, issue and pages of a source cell; empty when it is written another way."""
    found = _SOURCE.match(text)
    if not found:
        return {}
    behind = found["place"].partition("Date of Publication")[0]
    article = _ARTICLE.search(behind)
    place = _PLACE.match(_ARTICLE.sub("", behind))
    parts = {name: value or "" for name, value in place.groupdict().items()} if place else {}
    if article:
        parts["pages"] = parts.get("pages") or article[1]
    return {"journal": found["journal"], "year": found["year"], **parts}


def _titles(row: profile.Cells) -> tuple[str, str]:
    original = row.take("original title", "original (non-english) title")
    title = row.take("title")
    return (title, original) if title else (original, "")


def _make(row: profile.Cells) -> profile.Fields:
    inside = _source(row.peek("source"))
    title, original = _titles(row)
    year = row.year("publication year", "date of publication")
    return {
        "title": title,
        "original_title": original,
        "authors": names.western(row.take("author names")) if ";" not in row.peek("author names") else _split(row),
        "journal": row.take("source title", "journal") or inside.get("journal", ""),
        "year": year if year is not None else cleaning.year([inside.get("year", "")]),
        "volume": row.take("volume") or inside.get("volume", ""),
        "issue": row.take("issue") or inside.get("issue", ""),
        "pages": cleaning.pages(row.take("first page"), row.take("last page"))
        or row.take("page range", "article number")
        or inside.get("pages", ""),
        "doi": row.doi("doi"),
        "pmid": row.pmid("medline pmid"),
        "accession": row.take("pui", "embase accession id"),
        "abstract": row.take("abstract") or row.take("original abstract"),
        "keywords": row.words(_OUTSIDE_BRACKETS, *_keyword_columns(row)),
        "language": "; ".join(row.words(r"[,;]", "language of article", "language")),
        "url": row.take("full text link", "embase link", "open url link"),
        "publication_type": row.take("publication type", "source type"),
        "issn": row.issns("issn"),
        "database": "Embase",
    }


def _split(row: profile.Cells) -> tuple[str, ...]:
    return names.by_semicolons(row.take("author names"))


def _keyword_columns(row: profile.Cells) -> tuple[str, ...]:
    return ("author keywords",) if row.peek("author keywords") else ("keywords",)


PROFILE = profile.Profile(
    name="embase-csv",
    label="Embase csv",
    make=_make,
    required=profile.of("title", "author names"),
    family="Embase",
)
