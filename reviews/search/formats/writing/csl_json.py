"""CSL-JSON: a list of items, one a line; names of persons are parted at the comma."""

import json
from collections.abc import Iterable, Iterator, Sequence

from reviews.search.formats.structured import csl_json
from reviews.search.formats.writing import citation

_KINDS = {label.casefold(): name for name, label in reversed(list(csl_json.TYPES.items()))}


def write(records: Iterable[citation.Citation]) -> Iterator[bytes]:
    """Yield one item after the other."""
    before = "[\n"
    for number, record in enumerate(records, start=1):
        item = {name: value for name, value in _fields(record, number) if value}
        yield (before + json.dumps(item, ensure_ascii=False)).encode("utf-8", "replace")
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def _fields(record: citation.Citation, number: int) -> Iterator[tuple[str, object]]:
    kind = record.publication_type.casefold()
    is_thesis = citation.is_thesis(record)
    yield "id", f"ref{number}"
    yield "type", "thesis" if is_thesis else _KINDS.get(kind, "article-journal")
    yield "title", citation.line(record.title)
    yield "original-title", citation.line(record.original_title)
    yield "author", [_name(citation.line(person)) for person in record.authors]
    yield "publisher" if is_thesis else "container-title", citation.line(record.journal)
    yield "issued", {"date-parts": [[record.year]]} if record.year else None
    yield "volume", citation.line(record.volume)
    yield "issue", citation.line(record.issue)
    yield "page", citation.line(record.pages)
    yield "DOI", citation.line(record.doi)
    yield "PMID", citation.line(record.pmid)
    yield "archive_location", citation.line(record.accession)
    yield "ISSN", ", ".join(map(citation.line, record.issn))
    yield "abstract", citation.text(record.abstract)
    yield "parallel-abstract", citation.other_abstract(record)
    yield "keyword", _keywords(record.keywords)
    yield "language", citation.line(record.language)
    yield "URL", citation.line(record.url)
    yield "source", citation.line(record.database)


def _keywords(words: Sequence[str]) -> str:
    joined = "; ".join(citation.line(word).replace(";", ",") for word in words)
    # A semicolon says that commas belong to the words.
    return f"{joined};" if len(words) == 1 and "," in joined else joined


def _name(person: str) -> dict[str, str]:
    family, comma, given = person.partition(",")
    if comma and family.strip() and given.strip():
        return {"family": family.strip(), "given": given.strip()}
    return {"literal": person}
