"""Scopus's csv: 30 to 45 columns by choice, and three ways of writing authors."""

import re

from reviews.search.formats.tabular import names, profile, table

_EID = re.compile(r"[?&]eid=(2-s2\.0-\d+)")
_OTHER_TITLE = re.compile(r";\s{1,9}\[([^\[\]]{1,999})\]\s{0,9}$")


def _authors(row: profile.Cells) -> tuple[str, ...]:
    if full := row.take("author full names"):
        return names.full(full)
    return names.scopus(row.take("authors"))


def _make(row: profile.Cells) -> profile.Fields:
    title, link = row.take("title"), row.take("link")
    other = _OTHER_TITLE.search(title)
    eid = _EID.search(link)
    pages = table.pages(row.take("page start"), row.take("page end"))
    return {
        "title": title,
        "original_title": other[1] if other else "",
        "authors": _authors(row),
        "journal": row.take("source title"),
        "year": row.year("year"),
        "volume": row.take("volume"),
        "issue": row.take("issue"),
        "pages": pages or row.take("art. no.", "article number"),
        "doi": row.doi("doi"),
        "pmid": row.pmid("pubmed id"),
        "accession": row.take("eid") or (eid[1] if eid else ""),
        "abstract": "" if row.peek("abstract").startswith("[No abstract") else row.take("abstract"),
        "keywords": row.words(r";", "author keywords", "index keywords"),
        "language": "; ".join(row.words(r";", "language of original document")),
        "url": link,
        "publication_type": row.take("document type"),
        "issn": row.issns("issn"),
        "database": "Scopus",
    }


PROFILE = profile.Profile(
    name="scopus-csv",
    label="Scopus csv",
    make=_make,
    required=profile.of("authors", "title", "source title"),
    any_of=profile.of("eid", "link", "cited by", "document type", "art. no.", "page start", "abbreviated source title"),
    family="Scopus",
)
