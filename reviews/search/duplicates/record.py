"""What the engine needs to know of a citation."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

Id: TypeAlias = int | str


class Record(NamedTuple):
    """One citation as a database gave it; empty means that the file does not say.

    `id` is unique among the records compared. `authors` holds one name each, or a whole list as one text (the
    separator does not matter). `original_title` and `parallel_authors` are the title and the names in the file's
    other language. `issn` holds ISSNs or ISBNs.
    """

    id: Id
    title: str = ""
    original_title: str = ""
    authors: Sequence[str] = ()
    parallel_authors: Sequence[str] = ()
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    accession: str = ""
    issn: Sequence[str] = ()
    abstract: str = ""
    language: str = ""
    publication_type: str = ""
    database: str = ""
