"""BibTeX: one field a line, UTF-8, LaTeX's own characters escaped, keys of author, year and number."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from reviews.search.duplicates import people
from reviews.search.formats import chinese
from reviews.search.formats.bibtex import latex
from reviews.search.formats.writing import citation

_KINDS = {
    "book": "book",
    "book chapter": "incollection",
    "conference paper": "inproceedings",
    "proceedings paper": "inproceedings",
    "thesis": "phdthesis",
    "report": "techreport",
    "web page": "misc",
    "generic": "misc",
    "trial registration": "misc",
}
# Where the name of what it appeared in, or was written at, stands.
_PLACES = {"inproceedings": "booktitle", "phdthesis": "publisher"}
_AND = re.compile(r"\s(?:and)\s", re.IGNORECASE)


def write(records: Iterable[citation.Citation]) -> Iterator[bytes]:
    """Yield one entry after the other."""
    for number, record in enumerate(records, start=1):
        kind = "phdthesis" if citation.is_thesis(record) else _KINDS.get(record.publication_type.casefold(), "article")
        rows = [f"@{kind}{{{_key(record, number)},"]
        rows += [f"  {name} = {{{value}}}," for name, value in _fields(record, kind) if value]
        rows += ["}", "", ""]
        yield "\n".join(rows).encode("utf-8", "replace")


def _key(record: citation.Citation, number: int) -> str:
    family = (record.authors[0] if record.authors else "anonymous").partition(",")[0].split(" ")[0]
    if chinese.has_han(family):
        family = people.pinyin_surname(family)
    plain = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode()
    return f"{re.sub('[^A-Za-z]', '', plain).lower() or 'ref'}{record.year or ''}_{number}"


def _fields(record: citation.Citation, kind: str) -> Iterator[tuple[str, str]]:
    yield "title", _line(record.title)
    yield "origtitle", _line(record.original_title)
    yield "author", _names(record.authors)
    yield "parallel-author", _names(record.parallel_authors)
    yield _PLACES.get(kind, "journal"), _line(record.journal)
    yield "year", str(record.year or "")
    yield "volume", _line(record.volume)
    yield "number", _line(record.issue)
    yield "pages", _line(record.pages)
    yield "doi", _line(record.doi)
    yield "pmid", _line(record.pmid)
    yield "accession-number", _line(record.accession)
    yield "issn", ", ".join(map(_line, record.issn))
    for name, abstract in (("abstract", record.abstract), ("parallel-abstract", citation.other_abstract(record))):
        yield name, "\n".join(latex.encode(row) for row in citation.paragraphs(abstract))
    yield "keywords", _keywords(record.keywords)
    yield "language", _line(record.language)
    yield "url", _line(record.url)
    yield "type", _line(record.publication_type)
    yield "database", _line(record.database)


def _line(value: str) -> str:
    return latex.encode(citation.line(value))


def _names(persons: Sequence[str]) -> str:
    # Braces keep "Smith and Sons" one name.
    names = (_line(person) for person in persons)
    return " and ".join(f"{{{name}}}" if _AND.search(name) else name for name in names)


def _keywords(words: Sequence[str]) -> str:
    # Braces keep a semicolon inside a word from separating two.
    joined = "; ".join(_line(word).replace(";", "{;}") for word in words)
    # A semicolon says that commas belong to the words.
    return f"{joined};" if len(words) == 1 and "," in joined else joined
