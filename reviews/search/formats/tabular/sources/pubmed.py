"""PubMed's csv: no abstracts, and volume, issue and pages only inside the citation."""

import re

from reviews.search.formats.tabular import names, profile

# As in `J Am Med Inform Assoc. 2017 Mar 1;24(2):398-402.`.
_PLACE = re.compile(r"(?<=\. )(?:19|20)\d\d[^;.:]*;([^:();.]*)(?:\(([^()]*)\))?(?::([^.\s]+(?:, [^.\s]+)*))?")


def _make(row: profile.Cells) -> profile.Fields:
    place = _PLACE.search(row.peek("citation"))
    volume, issue, pages = (part or "" for part in place.groups()) if place else ("", "", "")
    pmid = row.pmid("pmid")
    return {
        "title": row.take("title"),
        "authors": names.pubmed(row.take("authors")),
        "journal": row.take("journal/book"),
        "year": row.year("publication year", "create date"),
        "volume": volume.strip(),
        "issue": issue.strip(),
        "pages": pages,
        "doi": row.doi("doi"),
        "pmid": pmid,
        "accession": pmid,
        "database": "PubMed",
    }


PROFILE = profile.Profile(
    name="pubmed-csv",
    label="PubMed csv",
    make=_make,
    required=profile.of("pmid", "title", "authors", "citation", "journal/book"),
    has_abstracts=False,
    family="PubMed",
)
