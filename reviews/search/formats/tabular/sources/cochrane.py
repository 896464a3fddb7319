"""Cochrane's csv: CENTRAL (20 columns, identifiers with a prefix) and reviews (13 columns)."""

from reviews.search.formats.tabular import names, profile

_IDS = ("central id", "cochrane review id", "cochrane id")


def _make(row: profile.Cells) -> profile.Fields:
    return {
        "title": row.take("title"),
        "authors": names.by_semicolons(row.take("author(s)", "authors")),
        "journal": row.take("source"),
        "year": row.year("year"),
        "volume": row.take("volume"),
        "issue": row.take("issue"),
        "pages": row.take("pages"),
        "doi": row.doi("doi"),
        "pmid": row.pmid("pubmed id"),
        "accession": row.take(*_IDS),
        "abstract": row.take("abstract").removeprefix("Abstract - "),
        "keywords": row.words(r";", "keywords"),
        "url": row.take("url"),
        "publication_type": row.take("publication type"),
        "issn": row.issns("issn"),
        "database": row.take("database name") or "Cochrane Library",
    }


PROFILE = profile.Profile(
    name="cochrane-csv",
    label="Cochrane csv",
    make=_make,
    required=profile.of("title", "source"),
    any_of=profile.of(*_IDS),
    family="Cochrane Library",
)
