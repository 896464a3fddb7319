"""What can be written: the fields of `parsed.ParsedRecord`, whoever holds them."""

import re
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


_BREAKS = re.compile(r"[ \t\x0b\x0c]*(?:\r\n|[\r\n\x0b\x0c\t])[ \t\r\n\x0b\x0c]*")
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")


def is_thesis(record: Citation) -> bool:
    """Whether the record is a thesis of any kind; its "journal" is then the university."""
    kind = record.publication_type.casefold()
    return "thesis" in kind or "dissertation" in kind or "学位" in kind


def line(value: str) -> str:
    """A value on one line: every line break and tab is a space, control characters are gone."""
    return _BREAKS.sub(" ", _UNWRITABLE.sub("", value)).strip()


def text(value: str) -> str:
    """A value with its line breaks made LF, without control characters."""
    bare = _UNWRITABLE.sub("", value).replace("\r\n", "\n").replace("\r", "\n")
    return bare.replace("\x0b", " ").replace("\x0c", " ").strip()


def paragraphs(value: str) -> list[str]:
    """The lines of a value, each as `line` makes it, without the blank ones."""
    return [row for row in map(line, text(value).split("\n")) if row]


def ends(pages: str) -> tuple[str, str]:
    """First and last page, where reading them gives the same pages again; else all of it as the first."""
    first, dash, last = pages.partition("-")
    first, last = first.strip(), last.strip()
    if dash and first and last and cleaning.pages(first, last) == pages:
        return first, last
    return pages, ""


def other_abstract(record: Citation) -> str:
    """The abstract in another language, which only a reference put together from several records has."""
    return text(getattr(record, "parallel_abstract", ""))
