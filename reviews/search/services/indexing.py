"""Store what records are found by, as a step of storing them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from reviews.core import bulk
from reviews.search.lookup import kinds, languages, sounds, words
from reviews.search.models import RecordIndex, RecordWords
from reviews.search.services.duplicates import citing

_INDEX = (
    *("record", "review", "year", "title_key", "languages", "publication_kind", "has_abstract", "has_doi"),
    *("title_words", "author_key"),
)


class Entry(NamedTuple):
    """What a record is found by: the values of its index, and its words as a vector."""

    values: tuple[Any, ...]
    words: str


def entry(record: citing.Source) -> Entry:
    """Of what a reader found, or of a row of the table, also as a migration sees it."""
    title = words.indexed((record.title, record.original_title))
    values = (
        record.year,
        words.sort_key(sounds.syllables(record.title or record.original_title)),
        list(languages.named(record.language) or languages.of_script(record.title or record.original_title)),
        kinds.of(record.publication_type),
        bool(record.abstract),
        bool(record.doi),
        words.vector(title),
        words.sort_key(sounds.name_key(record.authors[0])) if record.authors else "",
    )
    named = (*record.authors, *record.parallel_authors, record.journal, *record.keywords)
    others = words.indexed((*named, record.doi, record.pmid, record.accession, record.abstract))
    sounding = {*sounds.of_titles((record.title, record.original_title))}
    sounding |= {*sounds.of_names((*record.authors, *record.parallel_authors))}
    return Entry(values, words.vector(f"{title} {others} {' '.join(sorted(sounding))}"))


def store(review_id: int, ids: Sequence[int], entries: Sequence[Entry]) -> None:
    """Index records that have just been stored under the primary keys ``ids``."""
    found = list(zip(ids, entries, strict=True))
    bulk.store(RecordIndex, _INDEX, ((pk, review_id, *one.values) for pk, one in found))
    bulk.store(RecordWords, ("record", "words"), ((pk, one.words) for pk, one in found))
