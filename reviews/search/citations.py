"""What people read of a reference: the fields of its records, each from the one that has it best."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol

from reviews.search import retraction
from reviews.search.retraction import Retraction


class Cited(Protocol):
    """A record as it is stored."""

    pk: int


@dataclass(frozen=True)
class Citation:
    """The fields that are shown; ``pk`` is the primary record's. They are named as a record's fields are.

    ``parallel_abstract`` is another record's, in another script than ``abstract``: no record has both.
    """

    pk: int
    title: str
    original_title: str
    abstract: str
    authors: list[str]
    parallel_authors: list[str]
    journal: str
    year: int | None
    volume: str
    issue: str
    pages: str
    doi: str
    pmid: str
    accession: str
    issn: list[str]
    language: str
    url: str
    publication_type: str
    database: str
    keywords: list[str]
    parallel_abstract: str = ""
    # A `Retraction` that another record says; empty where the fields above say all.
    marked: str = ""

    @property
    def retraction(self) -> Retraction | None:
        """Whether any record says that the document was retracted, or that it is the notice of a retraction."""
        if self.marked:
            return Retraction(self.marked)
        return retraction.said(self.title, self.original_title, self.publication_type)

    @property
    def retraction_label(self) -> str:
        return retraction.LABELS[self.retraction] if self.retraction else ""

    @property
    def source_url(self) -> str:
        """The record's page at its source, which people open where there is no DOI; no other kind of address."""
        return self.url if self.url.lower().startswith(("https://", "http://")) else ""


NAMES = tuple(field.name for field in fields(Citation) if field.name != "pk")


def compose(record: Cited, composed: Mapping[str, Mapping[str, Any]]) -> Citation:
    """``record``'s fields, but where ``composed`` holds what another record gave."""
    given: dict[str, Any] = {
        name: composed[name]["value"] if name in composed else getattr(record, name, "") for name in NAMES
    }
    return Citation(pk=record.pk, **given)
