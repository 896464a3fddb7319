"""What can be written: the fields of `parsed.ParsedRecord`, whoever holds them."""

from collections.abc import Sequence
from typing import Protocol

from reviews.search.formats import cleaning


class Citation(Protocol):
    """A record, or a reference put together from several. Empty strings and sequences mean that nobody said."""

    @property
    def title(self) -> str: ...
    @property
    def original_title(self) -> str: ...
    @property
    def abstract(self) -> str: ...
    @property
    def authors(self) -> Sequence[str]: ...
    @property
    def parallel_authors(self) -> Sequence[str]: ...
    @property
    def journal(self) -> str: ...
    @property
    def year(self) -> int | None: ...
    @property
    def volume(self) -> str: ...
    @property
    def issue(self) -> str: ...
    @property
    def pages(self) -> str: ...
    @property
    def doi(self) -> str: ...
    @property
    def pmid(self) -> str: ...
    @property
    def accession(self) -> str: ...
    @property
    def issn(self) -> Sequence[str]: ...
    @property
    def language(self) -> str: ...
    @property
    def keywords(self) -> Sequence[str]: ...
    @property
    def url(self) -> str: ...
    @property
    def publication_type(self) -> str: ...
    @property
    def database(self) -> str: ...


def line(value: str) -> str:
    """A value on one line: every run of white space is one space, control characters are gone."""
    return " ".join("".join(map(_printable, value)).split())


def paragraphs(value: str) -> list[str]:
    """The lines of a value, each as `line` makes it, without the blank ones."""
    rows = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [row for row in map(line, rows) if row]


def _printable(character: str) -> str:
    if character.isspace():
        return " "
    code = ord(character)
    return (
        "" if code < 0x20 or code == 0x7F or 0xD800 <= code <= 0xDFFF or code in (0xFEFF, 0xFFFE, 0xFFFF) else character
    )


def ends(pages: str) -> tuple[str, str]:
    """First and last page, where reading them gives the same pages again; else all of it as the first."""
    first, dash, last = pages.partition("-")
    first, last = first.strip(), last.strip()
    if dash and first and last and cleaning.pages(first, last) == pages:
        return first, last
    return pages, ""
