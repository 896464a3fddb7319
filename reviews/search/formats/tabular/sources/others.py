"""Tables whose columns each hold one field as it is: search engines, screening tools, reference managers.

A source is known by its header; a column that no field names stays with the record under its own name.
"""

import re
from collections.abc import Callable, Mapping

from reviews.search.formats import cleaning
from reviews.search.formats.tabular import generic, profile

# Field to its columns by their folded names.
Columns = Mapping[str, tuple[str, ...]]
# Two fields that a first and a last page may stand in.
_PAGES = ("start page", "end page")
_GLUED_NAMES = re.compile(r"(?<=[a-zà-ž.])(?=[A-ZÀ-Ž][a-zà-ž.])")
_OPENALEX = re.compile(r"\bW\d{4,12}\b")


def _springer_authors(value: str) -> tuple[str, ...]:
    """`Anna MusterBernd Beispiel`: Springer writes nothing between two names."""
    return tuple(cleaning.unique(part.strip(" ,;") for part in _GLUED_NAMES.split(value)))


def _openalex_number(value: str) -> str:
    found = _OPENALEX.search(value)
    return found[0] if found else value


Special = Mapping[str, Callable[[str], object]]


def _maker(columns: Columns, database: str, special: Special) -> profile.Make:
    def make(row: profile.Cells) -> profile.Fields:
        made = {field: generic.value(field, row, named) for field, named in columns.items() if field not in special}
        made |= {field: read(row.take(*columns[field])) for field, read in special.items()}
        if database:
            made["database"] = database
        return made

    return make


def _source(
    name: str,
    label: str,
    columns: Columns,
    required: frozenset[str],
    *,
    database: str = "",
    any_of: frozenset[str] = frozenset(),
    family: str = "Search engines",
    special: Special | None = None,
    has_abstracts: bool = True,
) -> profile.Profile:
    return profile.Profile(
        name=name,
        label=label,
        make=_maker(columns, database, special or {}),
        required=required,
        any_of=any_of,
        has_abstracts=has_abstracts,
        family=family,
    )


COVIDENCE = _source(
    "covidence-csv",
    "Covidence csv",
    {
        "title": ("title",),
        "authors": ("authors",),
        "abstract": ("abstract",),
        "year": ("published year",),
        "journal": ("journal",),
        "volume": ("volume",),
        "issue": ("issue",),
        "pages": ("pages",),
        "doi": ("doi",),
        "accession": ("accession number",),
    },
    profile.of("title", "covidence #"),
    family="Screening tools",
)
DIMENSIONS = _source(
    "dimensions-csv",
    "Dimensions csv",
    {
        "title": ("title",),
        "authors": ("authors",),
        "abstract": ("abstract",),
        "journal": ("source title", "source title/anthology title", "anthology title"),
        "year": ("pubyear", "publication date"),
        "volume": ("volume",),
        "issue": ("issue",),
        "pages": ("pagination",),
        "doi": ("doi",),
        "pmid": ("pmid",),
        "accession": ("publication id",),
        "keywords": ("mesh terms",),
        "publication_type": ("publication type",),
        "url": ("dimensions url", "source linkout"),
    },
    profile.of("publication id", "title", "pubyear"),
    database="Dimensions",
)
PUBLISH_OR_PERISH = _source(
    "publish-or-perish-csv",
    "Publish or Perish csv",
    {
        "title": ("title",),
        "authors": ("authors",),
        "abstract": ("abstract",),
        "journal": ("source",),
        "year": ("year",),
        "volume": ("volume",),
        "issue": ("issue",),
        "pages": ("startpage", "endpage"),
        "doi": ("doi",),
        "issn": ("issn",),
        "url": ("articleurl",),
        "publication_type": ("type",),
    },
    profile.of("cites", "authors", "title", "gsrank"),
)
OPENALEX = _source(
    "openalex-csv",
    "OpenAlex csv",
    {
        "title": ("title", "display_name"),
        "authors": (
            "authorships.author.display_name",
            "authorships.raw_author_name",
            "author_names",
            "authors",
            "authorships",
        ),
        "abstract": ("abstract",),
        "journal": (
            "primary_location.source.display_name",
            "primary_location.display_name",
            "host_venue.display_name",
            "source",
        ),
        "year": ("publication_year", "publication_date"),
        "volume": ("biblio.volume", "volume"),
        "issue": ("biblio.issue", "issue"),
        "pages": ("biblio.first_page", "biblio.last_page"),
        "doi": ("doi", "ids.doi"),
        "pmid": ("ids.pmid", "pmid"),
        "issn": ("primary_location.source.issn_l", "primary_location.source.issn"),
        "language": ("language",),
        "keywords": ("keywords.display_name",),
        "publication_type": ("type",),
        "accession": ("id", "ids.openalex", "openalex_id"),
    },
    profile.of("publication_year", "doi"),
    any_of=profile.of(
        "ids.openalex", "authorships.author.display_name", "openalex_id", "primary_location.display_name"
    ),
    database="OpenAlex",
    special={"accession": _openalex_number},
)
LENS = _source(
    "lens-csv",
    "The Lens csv",
    {
        "title": ("title",),
        "authors": ("author/s",),
        "abstract": ("abstract",),
        "journal": ("source title",),
        "year": ("publication year", "date published"),
        "volume": ("volume",),
        "issue": ("issue number",),
        "pages": _PAGES,
        "doi": ("doi",),
        "pmid": ("pmid",),
        "issn": ("issns",),
        "keywords": ("keywords", "mesh terms"),
        "publication_type": ("publication type",),
        "url": ("external url", "source urls"),
        "accession": ("lens id",),
    },
    profile.of("lens id", "title"),
    database="The Lens",
)
SPRINGER = _source(
    "springer-csv",
    "SpringerLink csv",
    {
        "title": ("item title",),
        "authors": ("authors",),
        "journal": ("publication title", "book series title"),
        "year": ("publication year",),
        "volume": ("journal volume",),
        "issue": ("journal issue",),
        "doi": ("item doi",),
        "url": ("url",),
        "publication_type": ("content type",),
    },
    profile.of("item title", "item doi"),
    database="SpringerLink",
    special={"authors": _springer_authors},
    has_abstracts=False,
)
REFWORKS = _source(
    "refworks-tsv",
    "RefWorks table",
    {
        "title": ("title primary", "title, primary"),
        "authors": ("authors, primary",),
        "abstract": ("abstract",),
        "journal": ("periodical full", "periodical abbrev"),
        "year": ("pub year", "pub date free from", "pub date free form"),
        "volume": ("volume",),
        "issue": ("issue",),
        "pages": ("start page", "other pages"),
        "keywords": ("keywords", "descriptors"),
        "issn": ("issn/isbn",),
        "doi": ("doi", "digital object identifier"),
        "accession": ("accession number",),
        "language": ("language",),
        "url": ("links", "url"),
        "database": ("database",),
        "publication_type": ("reference type",),
    },
    profile.of("reference type", "authors, primary"),
    family="Reference managers",
)
COLANDR = _source(
    "colandr-csv",
    "colandr csv",
    {
        "title": ("citation_title",),
        "authors": ("citation_authors",),
        "abstract": ("citation_abstract",),
        "journal": ("citation_journal_name",),
        "year": ("citation_pub_year",),
        "volume": ("citation_journal_volume",),
        "keywords": ("citation_keywords",),
        "doi": ("citation_doi",),
    },
    profile.of("citation_title"),
    any_of=profile.of("study_id", "citation_abstract", "citation_id"),
    family="Screening tools",
)
DISTILLERSR = _source(
    "distillersr-csv",
    "DistillerSR csv",
    {
        "title": ("title",),
        "authors": ("author", "authors", "author(s)"),
        "abstract": ("abstract",),
        "journal": ("journal", "source", "secondary title"),
        "year": ("year", "date", "publication year"),
        "volume": ("volume",),
        "issue": ("issue", "number"),
        "pages": ("pages", "start page"),
        "doi": ("doi",),
        "pmid": ("pmid", "pubmed id"),
        "keywords": ("keywords",),
        "accession": ("accession number",),
        "url": ("url", "urls"),
        "publication_type": ("reference type",),
    },
    profile.of("refid", "title"),
    family="Screening tools",
)
ICTRP = _source(
    "ictrp-csv",
    "WHO ICTRP csv",
    {
        "title": ("public title", "public_title", "scientific title", "scientific_title"),
        "authors": ("primary sponsor", "primary_sponsor"),
        "year": ("date registration", "date_registration", "date registration3"),
        "accession": ("trialid", "trial id"),
        "keywords": ("condition",),
        "url": ("web address", "web_address"),
    },
    profile.of("trialid"),
    any_of=profile.of("public title", "public_title", "scientific title", "scientific_title"),
    database="ICTRP",
    family="Trial registers",
    special={"title": str, "authors": lambda value: (value,) if value else ()},
)
PROFILES = (
    COVIDENCE,
    DIMENSIONS,
    PUBLISH_OR_PERISH,
    OPENALEX,
    LENS,
    SPRINGER,
    REFWORKS,
    COLANDR,
    DISTILLERSR,
    ICTRP,
)
