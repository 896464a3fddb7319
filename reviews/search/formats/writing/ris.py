"""RIS: one tag a line, CRLF, UTF-8; a line break inside an abstract stays one.

Fields that RIS has no tag for: PMID in `PMID` (and read back from there), the title in the other language in `TT`.
"""

import re
from collections.abc import Iterable, Iterator

from reviews.search.formats.writing import citation

_KINDS = {
    "journal article": "JOUR",
    "article": "JOUR",
    "review": "JOUR",
    "book": "BOOK",
    "book chapter": "CHAP",
    "conference paper": "CONF",
    "proceedings paper": "CONF",
    "meeting abstract": "ABST",
    "abstract": "ABST",
    "thesis": "THES",
    "report": "RPRT",
    "web page": "ELEC",
    "newspaper article": "NEWS",
    "magazine article": "MGZN",
    "patent": "PAT",
    "unpublished": "UNPB",
    "in press": "INPR",
    "generic": "GEN",
}
# What a reader would take for the next tag.
_LIKE_A_TAG = re.compile(
    r"\s*[A-Za-z][A-Za-z0-9]{0,3}\s{0,3}-|(?:Record #|Provider:|Content:|Database:|\d+\.$|<\d+\.|Link to the Ovid)"
)


def write(records: Iterable[citation.Citation]) -> Iterator[bytes]:
    """Yield one record's lines after the other."""
    for record in records:
        kind = "THES" if citation.is_thesis(record) else _KINDS.get(record.publication_type.casefold(), "JOUR")
        rows = [f"TY  - {kind}"]
        for tag, value in _fields(record):
            if value:
                rows.append(f"{tag}  - {value}")
        rows += ["ER  - ", "", ""]
        yield "\r\n".join(rows).encode("utf-8", "replace")


def _fields(record: citation.Citation) -> Iterator[tuple[str, str]]:
    first, last = citation.ends(citation.line(record.pages))
    yield "TI", citation.line(record.title)
    yield "TT", citation.line(record.original_title)
    for author in record.authors:
        yield "AU", citation.line(author)
    for author in record.parallel_authors:
        yield "A4", citation.line(author)
    yield "PY", str(record.year or "")
    yield "PB" if citation.is_thesis(record) else "JF", citation.line(record.journal)
    yield "VL", citation.line(record.volume)
    yield "IS", citation.line(record.issue)
    yield "SP", first
    yield "EP", last
    yield "DO", citation.line(record.doi)
    yield "PMID", citation.line(record.pmid)
    yield "AN", citation.line(record.accession)
    for number in record.issn:
        yield "SN", citation.line(number)
    yield "AB", _abstract(record.abstract)
    yield "AB", _abstract(citation.other_abstract(record))
    for keyword in record.keywords:
        # Readers of RIS take a semicolon for the end of a keyword.
        yield "KW", citation.line(keyword).replace(";", ",")
    for language in record.language.split(";"):
        yield "LA", citation.line(language)
    yield "UR", citation.line(record.url)
    yield "M3", citation.line(record.publication_type)
    yield "DB", citation.line(record.database)


def _abstract(value: str) -> str:
    text = ""
    for row in citation.paragraphs(value):
        separator = " " if _LIKE_A_TAG.match(row) else "\r\n"
        text = f"{text}{separator}{row}" if text else row
    return text
