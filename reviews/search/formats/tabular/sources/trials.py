"""ClinicalTrials.gov's csv: any subset of its 30 columns, and the names that they had until 2023."""

from reviews.search.formats.tabular import profile


def _make(row: profile.Cells) -> profile.Fields:
    sponsor = row.take("sponsor", "lead sponsor") or row.take("sponsor/collaborators").partition("|")[0]
    return {
        "title": row.take("study title", "title") or row.take("official title"),
        "authors": (sponsor,) if sponsor else (),
        "year": row.year("start date", "study first submitted", "first posted"),
        "accession": row.take("nct number"),
        "abstract": row.take("brief summary"),
        "keywords": row.words(r"\|", "conditions", "interventions"),
        "url": row.take("study url", "url"),
        "publication_type": "Trial registration",
        "database": "ClinicalTrials.gov",
    }


PROFILE = profile.Profile(
    name="ctgov-csv",
    label="ClinicalTrials.gov csv",
    make=_make,
    required=profile.of("nct number"),
    any_of=profile.of("study title", "title", "conditions", "study status", "status", "brief summary", "study url"),
    family="Trial registers",
)
