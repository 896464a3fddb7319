"""EndNote XML: a record a line, texts bare of `style` elements, line breaks of abstracts as carriage returns."""

from collections.abc import Iterable, Iterator
from xml.sax import saxutils

from reviews.search.formats.writing import citation

# EndNote's numbers of the types.
_KINDS = {
    "journal article": ("Journal Article", 17),
    "article": ("Journal Article", 17),
    "review": ("Journal Article", 17),
    "book": ("Book", 6),
    "book chapter": ("Book Section", 5),
    "conference paper": ("Conference Paper", 47),
    "proceedings paper": ("Conference Paper", 47),
    "report": ("Report", 27),
    "web page": ("Web Page", 12),
    "newspaper article": ("Newspaper Article", 23),
    "magazine article": ("Magazine Article", 19),
    "patent": ("Patent", 25),
    "generic": ("Generic", 13),
}
_THESIS = ("Thesis", 32)


def write(records: Iterable[citation.Citation]) -> Iterator[bytes]:
    """Yield one record after the other between the file's frame."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
    for number, record in enumerate(records, start=1):
        yield (_record(record, number) + "\n").encode("utf-8", "replace")
    yield b"</records></xml>\n"


def _record(record: citation.Citation, number: int) -> str:
    is_thesis = citation.is_thesis(record)
    name, code = _THESIS if is_thesis else _KINDS.get(record.publication_type.casefold(), _KINDS["article"])
    journal = citation.line(record.journal)
    titles = _element("title", record.title) + _element("secondary-title", record.journal)
    titles += _element("translated-title", record.original_title)
    parts = [
        _element("rec-number", str(number)),
        f'<ref-type name="{name}">{code}</ref-type>',
        _several("contributors", "authors", "author", record.authors, record.parallel_authors),
        f"<titles>{titles}</titles>" if titles else "",
        f"<periodical>{_element('full-title', journal)}</periodical>" if journal and not is_thesis else "",
        _element("publisher", journal) if is_thesis else "",
        _element("pages", record.pages),
        _element("volume", record.volume),
        _element("number", record.issue),
        _list("keywords", "keyword", record.keywords),
        f"<dates>{_element('year', str(record.year))}</dates>" if record.year else "",
        _element("isbn", "; ".join(record.issn)),
        _element("accession-num", record.accession or record.pmid),
        _element("electronic-resource-num", record.doi),
        _element("abstract", "\r".join(citation.paragraphs(record.abstract))),
        # EndNote has one abstract; the other language's is kept with it, as a note.
        _element("research-notes", "\r".join(citation.paragraphs(citation.other_abstract(record)))),
        _element("notes", f"PMID: {record.pmid}" if record.pmid and record.accession != record.pmid else ""),
        f"<urls><related-urls>{_element('url', record.url)}</related-urls></urls>" if record.url else "",
        _element("remote-database-name", record.database),
        _element("language", record.language),
    ]
    return f"<record>{''.join(parts)}</record>"


def _element(name: str, value: str) -> str:
    # A carriage return as such would be read as a line feed.
    lines = (saxutils.escape(citation.line(row)) for row in value.split("\r"))
    bare = "&#13;".join(lines)
    return f"<{name}>{bare}</{name}>" if bare else ""


def _list(name: str, item: str, values: Iterable[str]) -> str:
    inside = "".join(_element(item, value.replace(";", ",")) for value in values)
    return f"<{name}>{inside}</{name}>" if inside else ""


def _several(frame: str, name: str, item: str, values: Iterable[str], parallel: Iterable[str]) -> str:
    inside = _people(name, item, values) + _people("translated-authors", item, parallel)
    return f"<{frame}>{inside}</{frame}>" if inside else ""


def _people(name: str, item: str, values: Iterable[str]) -> str:
    inside = "".join(_element(item, value) for value in values)
    return f"<{name}>{inside}</{name}>" if inside else ""
