"""Zotero's csv: 87 columns; a PMID stands in `Extra`."""

import re

from reviews.search.formats import cleaning
from reviews.search.formats.tabular import names, profile

_PMID = re.compile(r"\bPMID:\s*(\d{1,9})\b")
_TYPES = {
    "journalArticle": "Journal article",
    "book": "Book",
    "bookSection": "Book chapter",
    "conferencePaper": "Conference paper",
    "thesis": "Thesis",
    "report": "Report",
    "webpage": "Web page",
    "preprint": "Preprint",
    "newspaperArticle": "Newspaper article",
    "magazineArticle": "Magazine article",
    "patent": "Patent",
}


def _make(row: profile.Cells) -> profile.Fields:
    pmid = _PMID.search(row.peek("extra"))
    kind = row.take("item type")
    return {
        "title": row.take("title"),
        "authors": names.by_semicolons(row.take("author")),
        "journal": row.take("publication title") or row.take("conference name") or row.peek("journal abbreviation"),
        "year": row.year("publication year", "date"),
        "volume": row.take("volume"),
        "issue": row.take("issue"),
        "pages": row.take("pages"),
        "doi": row.doi("doi") or cleaning.doi(row.peek("extra")),
        "pmid": pmid[1] if pmid else cleaning.linked_pmid(row.peek("url")),
        "abstract": row.take("abstract note"),
        "keywords": row.words(r";", "manual tags", "automatic tags"),
        "language": row.take("language"),
        "url": row.take("url"),
        "publication_type": _TYPES.get(kind, kind),
        "issn": row.issns("issn"),
        "database": row.take("library catalog"),
    }


PROFILE = profile.Profile(
    name="zotero-csv",
    label="Zotero csv",
    make=_make,
    required=profile.of("key", "item type", "title", "author"),
    family="Reference managers",
)
