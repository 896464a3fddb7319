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
_SEPARATOR = re.compile(r"(?<!\\);")


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
    if "\\" not in value:
        return tuple(cleaning.unique(part.strip() for part in value.split(";")))
    parts = re.findall(r"(?:[^;\\]|\\.)+|(?<=;)(?=;)", value, re.DOTALL)
    return tuple(cleaning.unique(re.sub(r"\\(.)", r"\1", part.strip(), flags=re.DOTALL) for part in parts))


def _make(row: profile.Cells) -> profile.Fields:
    made: profile.Fields = {}
    for column, field in COLUMNS.items():
        name = column.casefold()
        value = restored(row.take(name))
        if column in LONG:
            value += "".join(restored(row.take(f"{name} ({part})")) for part in range(2, PARTS + 1))
        made[field] = parted(value) if field in LISTS else value
    made["year"] = cleaning.year([str(made["year"])])
    return made


PROFILE = profile.Profile(
    name="tandem-table",
    label="Tandem csv",
    make=_make,
    required=frozenset(column.casefold() for column in COLUMNS),
    family="Reference managers",
)
