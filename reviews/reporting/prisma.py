"""The PRISMA flow as the CSV that the R package and web page PRISMA2020 read.

Layout of the package's own template, version 1.1.4 (Haddaway and others, Campbell Systematic Reviews 2022; 18:
e1230): a row per number, found by its key in the column ``data``; lists are "Name, 12; Other name, 3".
"""

import csv
import io
from collections.abc import Iterator, Mapping

from analysis.figures.flow import FlowCounts

HEAD = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")
NONE = "NA"
DBR, OTHER = " (databases and registers)", " (other)"
REASONS = ": [separate reasons and numbers using ; e.g. Reason1, xxx; Reason2, xxx; Reason3, xxx]"
NEW_BY_DBR = "Identification of new studies via databases and registers"
NEW_BY_OTHER = "Identification of new studies via other methods"
PREVIOUS = "in previous version of review"

# data, node, box, description, boxtext, tooltips, url
TEMPLATE: tuple[tuple[str, ...], ...] = (
    (NONE, "node4", "prevstud", "Grey title box; Previous studies", "Previous studies", "=", "prevstud.html"),
    ("previous_studies", "node5", "box1", f"Studies included {PREVIOUS}", "=", "=", "previous_studies.html"),
    ("previous_reports", NONE, "box1", f"Reports of studies included {PREVIOUS}", "=", NONE, "previous_reports.html"),
    (NONE, "node6", "newstud", f"Yellow title box; {NEW_BY_DBR}", NEW_BY_DBR, "=", "newstud.html"),
    ("database_results", "node7", "box2", "Records identified from: Databases", "Databases",
     "Records identified from: Databases and Registers", "database_results.html"),
    ("database_specific_results", NONE, "box2", "Records identified from: specific databases", "Specific Databases",
     NONE, "database_results.html"),
    ("register_results", NONE, "box2", "Records identified from: Registers", "Registers", NONE, NONE),
    ("register_specific_results", NONE, "box2", "Records identified from: specific registers", "Specific Registers",
     NONE, "database_results.html"),
    (NONE, "node16", "othstud", f"Grey title box; {NEW_BY_OTHER}", NEW_BY_OTHER, "=", "othstud.html"),
    ("website_results", "node17", "box11", "Records identified from: Websites", "Websites",
     "Records identified from: Websites, Organisations and Citation Searching", "website_results.html"),
    ("organisation_results", "", "box11", "Records identified from: Organisations", "Organisations", NONE, NONE),
    ("citations_results", NONE, "box11", "Records identified from: Citation searching", "Citation searching", NONE,
     NONE),
    ("duplicates", "node8", "box3", "Duplicate records", "=", "=", "duplicates.html"),
    ("excluded_automatic", NONE, "box3", "Records marked as ineligible by automation tools", "=", NONE, NONE),
    ("excluded_other", NONE, "box3", "Records removed for other reasons", "=", NONE, NONE),
    ("records_screened", "node9", "box4", f"Records screened{DBR}", "Records screened", "=", "records_screened.html"),
    ("records_excluded", "node10", "box5", f"Records excluded{DBR}", "Records excluded", "=",
     "records_excluded.html"),
    ("dbr_sought_reports", "node11", "box6", f"Reports sought for retrieval{DBR}", "Reports sought for retrieval",
     "=", "dbr_sought_reports.html"),
    ("dbr_notretrieved_reports", "node12", "box7", f"Reports not retrieved{DBR}", "Reports not retrieved", "=",
     "dbr_notretrieved_reports.html"),
    ("other_sought_reports", "node18", "box12", f"Reports sought for retrieval{OTHER}",
     "Reports sought for retrieval", "=", "other_sought_reports.html"),
    ("other_notretrieved_reports", "node19", "box13", f"Reports not retrieved{OTHER}", "Reports not retrieved", "=",
     "other_notretrieved_reports.html"),
    ("dbr_assessed", "node13", "box8", f"Reports assessed for eligibility{DBR}", "Reports assessed for eligibility",
     "=", "dbr_assessed.html"),
    ("dbr_excluded", "node14", "box9", f"Reports excluded{DBR}{REASONS}", "Reports excluded",
     f"Reports excluded{DBR}", "dbrexcludedrecords.html"),
    ("other_assessed", "node20", "box14", f"Reports assessed for eligibility{OTHER}",
     "Reports assessed for eligibility", "=", "other_assessed.html"),
    ("other_excluded", "node21", "box15", f"Reports excluded{OTHER}{REASONS}", "Reports excluded",
     f"Reports excluded{OTHER}", "other_excluded.html"),
    ("new_studies", "node15", "box10", "New studies included in review", "=", "=", "new_studies.html"),
    ("new_reports", NONE, "box10", "Reports of new included studies", "=", NONE, NONE),
    ("total_studies", "node22", "box16", "Total studies included in review", "=", "=", "total_studies.html"),
    ("total_reports", NONE, "box16", "Reports of total included studies", "=", NONE, NONE),
    ("identification", "node1", "identification", "Blue identification box", "Identification", "=",
     "identification.html"),
    ("screening", "node2", "screening", "Blue screening box", "Screening", "=", "screening.html"),
    ("included", "node3", "included", "Blue included box", "Included", "=", "included.html"),
    ("total_studies_ma", "node23", "box17", "Total studies included in meta-analysis", "=", "=",
     "total_studies_meta_analysis.html"),
    ("total_reports_ma", NONE, "box17", "Reports of total included studies in meta-analysis", "=", NONE, NONE),
)  # fmt: skip


def to_csv(counts: FlowCounts, notice: str = "", pooled: tuple[int, int] | None = None) -> str:
    """The flow in the PRISMA2020 layout. Commas and semicolons in names give way: there they separate.

    What the review does not use stays empty: an earlier version, other methods, and meta-analysis as long as nothing is
    ``pooled`` (studies, their reports). A 0 is a count.

    ``notice`` becomes a last row under the key "notice", which the package does not ask for.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(HEAD)
    numbers = dict(_numbers(counts, pooled))
    for row in TEMPLATE:
        writer.writerow((*_spelt_out(row), numbers.get(row[0], "")))
    if notice:
        writer.writerow(("notice", NONE, NONE, notice.lstrip("=+-@ "), NONE, NONE, NONE, ""))
    return target.getvalue()


def _spelt_out(row: tuple[str, ...]) -> Iterator[str]:
    """In the template "=" stands for the description: most texts are written there twice or three times."""
    description = row[3]
    for text in row:
        yield description if text == "=" else text


def _numbers(counts: FlowCounts, pooled: tuple[int, int] | None) -> Iterator[tuple[str, str]]:
    c = counts
    if pooled is not None:
        yield "total_studies_ma", str(pooled[0])
        yield "total_reports_ma", str(pooled[1])
    yield "database_results", str(sum(number for _, number in c.databases))
    yield "database_specific_results", _list(c.databases)
    yield "register_results", str(sum(number for _, number in c.registers))
    yield "register_specific_results", _list(c.registers)
    yield "dbr_excluded", _list(c.reasons)
    yield "new_studies", str(c.included_studies)
    yield "total_studies", str(c.included_studies)
    yield "new_reports", str(c.included_reports)
    yield "total_reports", str(c.included_reports)
    for key, field in PLAIN.items():
        yield key, str(getattr(c, field))
    if c.has_other_methods:
        yield "other_excluded", _list(c.other_reasons)
        for key, field in OTHER_METHODS.items():
            yield key, str(getattr(c, field))


PLAIN: Mapping[str, str] = {
    "duplicates": "duplicates",
    "excluded_automatic": "automation",
    "excluded_other": "other_removed",
    "records_screened": "screened",
    "records_excluded": "excluded",
    "dbr_sought_reports": "sought",
    "dbr_notretrieved_reports": "not_retrieved",
    "dbr_assessed": "assessed",
}
OTHER_METHODS: Mapping[str, str] = {
    "website_results": "websites",
    "organisation_results": "organisations",
    "citations_results": "citations",
    "other_sought_reports": "other_sought",
    "other_notretrieved_reports": "other_not_retrieved",
    "other_assessed": "other_assessed",
}


def _list(named: tuple[tuple[str, int], ...]) -> str:
    if not named:
        return "0"
    return "; ".join(f"{_name(name)}, {number}" for name, number in named)


def _name(name: str) -> str:
    words = name.replace(",", " ").replace(";", " ").replace("，", " ").replace("；", " ")
    # A spreadsheet runs what begins like this as a formula.
    return " ".join(words.split()).lstrip("=+-@ ") or "Unnamed"
