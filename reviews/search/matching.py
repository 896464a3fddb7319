"""When two records are the same document: exact keys, vetoes and grouping. Pure functions."""

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple, Protocol


class Citation(Protocol):
    """What matching needs of a record: a parsed one, or a row of the table."""

    @property
    def title(self) -> str: ...
    @property
    def year(self) -> int | None: ...
    @property
    def authors(self) -> Sequence[str]: ...
    @property
    def doi(self) -> str: ...
    @property
    def pmid(self) -> str: ...


class MatchKey(NamedTuple):
    """An exact key: records with an equal key are the same document unless they contradict each other.

    `kind` is "doi", "pmid" or "title"; `value` is at most 255 characters long.
    """

    kind: str
    value: str


def normalise_title(title: str) -> str: raise NotImplementedError
def normalise_doi(doi: str) -> str: raise NotImplementedError
def normalise_pmid(pmid: str) -> str: raise NotImplementedError
def first_author_key(author: str) -> str: raise NotImplementedError
def match_keys(record: Citation) -> tuple[MatchKey, ...]: raise NotImplementedError
def contradicts(a: Sequence[MatchKey], b: Sequence[MatchKey]) -> bool: raise NotImplementedError
def components(items: Sequence[tuple[int, tuple[MatchKey, ...]]]) -> list[tuple[int, ...]]: raise NotImplementedError
