"""Store what records are found by, as a step of storing them."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django.db import connection

from reviews.search.lookup import kinds, languages, words

_INDEX = """
INSERT INTO search_recordindex (record_id, review_id, year, title_key, languages, publication_kind, has_abstract,
                                has_doi, title_words)
SELECT record_id, review_id, year, title_key, string_to_array(languages, chr(10)), publication_kind, has_abstract,
       has_doi, to_tsvector('simple', title)
FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::text[], %s::text[], %s::text[], %s::bool[], %s::bool[],
            %s::text[])
  AS new (record_id, review_id, year, title_key, languages, publication_kind, has_abstract, has_doi, title)
"""
_WORDS = """
INSERT INTO search_recordwords (record_id, words)
SELECT record_id, to_tsvector('simple', words) FROM unnest(%s::bigint[], %s::text[]) AS new (record_id, words)
"""


class Indexable(Protocol):
    """A row of ``search_record``, also as migrations see it."""

    pk: int
    review_id: int
    title: str
    original_title: str
    abstract: str
    authors: Sequence[str]
    parallel_authors: Sequence[str]
    journal: str
    year: int | None
    doi: str
    pmid: str
    accession: str
    language: str
    publication_type: str
    keywords: Sequence[str]


def index(records: Sequence[Indexable]) -> None:
    """Two statements, for records that have just been stored."""
    titles = [words.indexed((record.title, record.original_title)) for record in records]
    _insert(_INDEX, (_row(record, title) for record, title in zip(records, titles, strict=True)))
    _insert(_WORDS, ((record.pk, _words(record, title)) for record, title in zip(records, titles, strict=True)))


def _insert(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(statement, columns)


def _row(record: Indexable, title: str) -> tuple[Any, ...]:
    return (
        record.pk,
        record.review_id,
        record.year,
        words.sort_key(record.title or record.original_title),
        "\n".join(languages.named(record.language)),
        kinds.of(record.publication_type),
        bool(record.abstract),
        bool(record.doi),
        title,
    )


def _words(record: Indexable, title: str) -> str:
    named = (*record.authors, *record.parallel_authors, record.journal, *record.keywords)
    return f"{title} {words.indexed((*named, record.doi, record.pmid, record.accession, record.abstract))}"
