"""The table that Tandem itself writes (csv, xlsx), so that what was exported comes back as it was.

A cell that a spreadsheet would take for a formula is written with an apostrophe in front (CSV injection, see
https://owasp.org/www-community/attacks/CSV_Injection), and one apostrophe is taken off in reading. Lists are
joined by "; ", and a semicolon inside an item has a backslash in front.
"""

import re
from collections.abc import Iterable, Mapping

from reviews.search.formats import cleaning
from reviews.search.formats.tabular import profile

# Column, field.
COLUMNS: Mapping[str, str] = {
    "Title": "title",
    "Original title": "original_title",
    "Authors": "authors",
    "Authors (other language)": "parallel_authors",
    "Journal": "journal",
    "Year": "year",
    "Volume": "volume",
    "Issue": "issue",
    "Pages": "pages",
    "DOI": "doi",
    "PMID": "pmid",
    "Accession number": "accession",
    "ISSN": "issn",
    "Abstract": "abstract",
    "Keywords": "keywords",
    "Language": "language",
    "URL": "url",
    "Publication type": "publication_type",
    "Database": "database",
}
LISTS = frozenset({"authors", "parallel_authors", "issn", "keywords"})
# A workbook's cell holds 32,767 characters; what is longer goes on in columns named "Abstract (2)" and so on.
LONG = ("Authors", "Abstract")
PARTS = 5

_RISKY = re.compile(r"'*\s*[=+\-@\t\r\n＝＋－＠]")
_PART = re.compile(r"(?:[^;\\]|\\.)+", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def neutral(value: str) -> str:
    """The value as no spreadsheet takes it for a formula."""
    return f"'{value}" if _RISKY.match(value) else value


def restored(value: str) -> str:
    """What `neutral` made the value of."""
    return value[1:] if value.startswith("'") and _RISKY.match(value) else value


def joined(values: Iterable[str]) -> str:
    """A list in one cell."""
    return "; ".join(value.replace("\\", "\\\\").replace(";", "\\;") for value in values)


def parted(value: str) -> tuple[str, ...]:
    """The list in a cell that `joined` wrote."""
    parts = _PART.findall(value)
    return tuple(bare for part in parts if (bare := _ESCAPED.sub(r"\1", part.strip())))


def _make(row: profile.Cells) -> profile.Fields:
    made: profile.Fields = {}
    for column, field in COLUMNS.items():
        name = column.casefold()
        value = restored(row.take(name))
        if column in LONG:
            value += "".join(restored(row.take(f"{name} ({part})")) for part in range(2, PARTS + 1))
        made[field] = parted(value) if field in LISTS else value
    year = str(made["year"])
    made["year"] = int(year) if len(year) == 4 and year.isascii() and year.isdecimal() else cleaning.year([year])
    return made


PROFILE = profile.Profile(
    name="tandem-table",
    label="Tandem csv",
    make=_make,
    required=frozenset(column.casefold() for column in COLUMNS),
    family="Reference managers",
    is_exact=True,
)
