"""From BibTeX fields to a record's: names of fields differ by source, and Web of Science capitalises them."""

import re

from reviews.search.formats import cleaning, parsed
from reviews.search.formats.bibtex import entries, latex

_EID = re.compile(r"[?&]eid=(2-s2\.0-\d+)")
_EBSCO = re.compile(r"ebscohost\.com/.*?[?&]AN=([^&\s]+)", re.IGNORECASE)
_WOS = re.compile(r"(?:WOS|ISI|MEDLINE|BCI|CCC|SCIELO|ZOOREC|INSPEC|BIOABS|DIIDW|KJD|RSCI|CSCD|CABI|FSTA):\S+")
_PMID = re.compile(r"\bPMID:?\s*(\d{1,9})\b")
# Scopus: "English title; [Título original]".
_OTHER_TITLE = re.compile(r";\s{1,9}\[([^\[\]]{1,999})\]\s{0,9}$")
_WRAPPED = re.compile(r"[ \t]*\n\s*")
_PROTECTED = re.compile(r"\{;\}|&(?:amp|lt|gt|quot|#\d{1,6});")
_KEPT = "\ue010"
_DASH = re.compile(r"\s*(?:--+|[-–—])\s*")
_DEPTH = re.compile(r"\\.|[{}]|\s+and\s+", re.DOTALL)
_KINDS = {
    "article": "Journal article",
    "book": "Book",
    "inbook": "Book chapter",
    "incollection": "Book chapter",
    "inproceedings": "Conference paper",
    "conference": "Conference paper",
    "proceedings": "Conference proceedings",
    "phdthesis": "Thesis",
    "mastersthesis": "Thesis",
    "thesis": "Thesis",
    "techreport": "Report",
    "report": "Report",
    "misc": "Generic",
    "unpublished": "Unpublished",
    "online": "Web page",
    "patent": "Patent",
}
_HELD_NAMES = (
    "title abstract author year volume number issue pages doi pmid pubmed_id pubmed-id keywords author_keywords "
    "keywords-plus language langid url unique-id accession accession-number database origtitle "
    "parallel-author journal journaltitle source"
)
_HELD = frozenset(_HELD_NAMES.split())


def record(
    position: int, line: int, raw: str, entry: entries.Entry, flaws: tuple[parsed.Flaw, ...]
) -> parsed.ParsedRecord:
    """Build a record from an entry."""
    values = entry.values
    title, url = _text(values, "title"), _plain(values, "url")
    journal = _text(values, "journal", "journaltitle") or (_text(values, "booktitle") if title else "")
    if not journal and "thesis" in entry.kind:
        journal = _text(values, "school", "institution", "publisher")
    other = _OTHER_TITLE.search(title)
    accession = _accession(entry, url)
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=title or _text(values, "booktitle"),
        original_title=_text(values, "origtitle") or (other[1] if other else ""),
        abstract=_abstract(values),
        authors=_names(values, "author") or _names(values, "editor"),
        parallel_authors=_names(values, "parallel-author"),
        journal=journal,
        year=cleaning.year(_text(values, name) for name in ("year", "date", "earlyaccessdate", "da")),
        volume=_text(values, "volume"),
        issue=_text(values, "number", "issue"),
        pages=_pages(values),
        doi=cleaning.doi(_plain(values, "doi")) or (cleaning.doi(url) if "doi.org/10." in url else ""),
        pmid=_pmid(values, url),
        accession=accession,
        issn=cleaning.issns(_text(values, name) for name in ("issn", "eissn")),
        language="; ".join(cleaning.unique(part.strip() for part in _text(values, "language", "langid").split(";"))),
        keywords=_keywords(values),
        url=url,
        publication_type=_text(values, "type", "document_type") or _KINDS.get(entry.kind, entry.kind),
        database=_database(values, accession, url),
        tags=_tags(entry, journal),
        flaws=flaws,
    )


def _text(values: entries.Values, *names: str) -> str:
    """The first filled field, on one line."""
    for name in names:
        for value in values.get(name, ()):
            if plain := latex.decode(_flat(value)).strip():
                return plain
    return ""


def _plain(values: entries.Values, name: str) -> str:
    """A link or number: Scopus wraps nothing, Web of Science may wrap anywhere."""
    for value in values.get(name, ()):
        if plain := latex.decode(_WRAPPED.sub("", value) if "\n" in value else value).strip():
            return plain
    return ""


def _flat(value: str) -> str:
    return (_WRAPPED.sub(" ", value) if "\n" in value else value).strip()


def _abstract(values: entries.Values) -> str:
    for name in ("abstract", "abstractnote"):
        for value in values.get(name, ()):
            # Web of Science indents lines that go on, Zotero begins a paragraph at the margin.
            flat = re.sub(r"[ \t]*\n[ \t]+", " ", value.strip())
            rows = (latex.decode(row).strip() for row in flat.split("\n"))
            if plain := "\n".join(filter(None, rows)):
                return plain
    return ""


def _names(values: entries.Values, name: str) -> tuple[str, ...]:
    people = (person for value in values.get(name, ()) for person in _people(_flat(value)))
    plain = (latex.decode(person).strip() for person in people)
    return tuple(cleaning.unique(person for person in plain if person != "others"))


def _people(value: str) -> list[str]:
    """The names between "and"s that no brace encloses."""
    depth, begin, found = 0, 0, []
    for mark in _DEPTH.finditer(value):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
        elif depth <= 0 and not mark[0].startswith("\\"):
            found.append(value[begin : mark.start()])
            begin = mark.end()
    return [*found, value[begin:]]


def _pages(values: entries.Values) -> str:
    pages = _DASH.sub("-", _text(values, "pages"))
    return pages or _text(values, "article-number", "art_number", "articleno", "eid")


def _pmid(values: entries.Values, url: str) -> str:
    own = cleaning.pmid(_text(values, "pmid", "pubmed_id", "pubmed-id"))
    noted = _PMID.search(f"{_text(values, 'note')} {_text(values, 'annote')}")
    return own or (noted[1] if noted else "") or cleaning.linked_pmid(url)


def _keywords(values: entries.Values) -> tuple[str, ...]:
    names = ("author_keywords", "keywords", "keywords-plus")
    found = (_flat(value) for name in names for value in values.get(name, ()))
    return tuple(cleaning.unique(latex.decode(word).strip() for value in found for word in _words(value)))


def _words(value: str) -> list[str]:
    # "\\&amp;" ends with a semicolon that separates nothing, and so does one in braces.
    bare = _PROTECTED.sub(lambda mark: mark[0].replace(";", _KEPT), value)
    parts = bare.split(";") if ";" in bare else bare.split(",")
    return [part.replace(_KEPT, ";") for part in parts]


def _accession(entry: entries.Entry, url: str) -> str:
    stated = _text(entry.values, "unique-id", "accession", "accession-number")
    if stated:
        return stated
    for pattern in (_EID, _EBSCO):
        if found := pattern.search(url):
            return found[1]
    return entry.key if _WOS.fullmatch(entry.key) else ""


def _database(values: entries.Values, accession: str, url: str) -> str:
    if named := _text(values, "database", "source"):
        return named
    if accession.startswith(("WOS:", "ISI:")):
        return "Web of Science"
    if accession.startswith("2-s2.0-"):
        return "Scopus"
    return "EBSCOhost" if _EBSCO.search(url) else ""


def _tags(entry: entries.Entry, journal: str) -> dict[str, tuple[str, ...]]:
    tags: dict[str, tuple[str, ...]] = {"key": (entry.key,)} if entry.key else {}
    for name in entry.values:
        if name in _HELD:
            continue
        plain = (latex.decode(_flat(value)).strip() for value in entry.values[name])
        if kept := tuple(value for value in plain if value and value != journal):
            tags[name] = kept
    return tags
