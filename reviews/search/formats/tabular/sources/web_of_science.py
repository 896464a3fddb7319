"""Web of Science's tables: two-letter headers (tab-delimited), or long English ones (xls, and tab-delimited)."""

from reviews.search.formats import cleaning
from reviews.search.formats.tabular import names, profile


def _authors(row: profile.Cells) -> tuple[str, ...]:
    people = row.take("af", "author full names") or row.take("au", "authors")
    people = people or row.take("bf", "book author full names") or row.take("ba", "book authors")
    people = people or row.take("be", "book editors")
    groups = row.take("ca", "group authors") or ("" if people else row.take("gp", "book group authors"))
    return tuple(cleaning.unique(names.by_semicolons(people) + names.by_semicolons(groups)))


def _make(row: profile.Cells) -> profile.Fields:
    pages = cleaning.pages(row.take("bp", "start page"), row.take("ep", "end page"))
    link = row.peek("doi link") + row.peek("web of science record")
    if not link.strip("0"):
        # Hyperlinks that a spreadsheet keeps as the number 0.
        row.take("doi link")
        row.take("web of science record")
    return {
        "title": row.take("ti", "article title"),
        "authors": _authors(row),
        "journal": row.take("so", "source title"),
        "year": row.year("py", "publication year", "ey", "ea", "early access date", "publication date"),
        "volume": row.take("vl", "volume"),
        "issue": row.take("is", "issue"),
        "pages": pages or row.take("ar", "article number"),
        "doi": row.doi("di", "doi", "d2", "book doi"),
        "pmid": row.pmid("pm", "pubmed id"),
        "accession": row.take("ut", "ut (unique wos id)", "ut (unique id)"),
        "abstract": row.take("ab", "abstract"),
        "keywords": row.words(r";", "de", "author keywords", "id", "keywords plus"),
        "language": row.take("la", "language"),
        "publication_type": row.take("dt", "document type"),
        "issn": row.issns("sn", "issn", "ei", "eissn"),
        "database": "Web of Science",
    }


PROFILE = profile.Profile(
    name="wos-table",
    label="Web of Science tab-delimited",
    make=_make,
    required=profile.of("pt", "au", "ti", "so"),
    family="Web of Science",
)
LONG = profile.Profile(
    name="wos-long-table",
    label="Web of Science tab-delimited (long headers)",
    make=_make,
    required=profile.of("article title", "source title", "authors"),
    family="Web of Science",
)
