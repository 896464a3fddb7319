"""What sources and imports are, and which of several records shows a reference best."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import TextChoices


class SourceKind(TextChoices):
    DATABASE = "database", "Database"
    REGISTER = "register", "Register"
    WEBSITE = "website", "Website"
    ORGANISATION = "organisation", "Organisation"
    CITATIONS = "citations", "Citation searching"


class FirstLanguage(TextChoices):
    """Which of a paper's two languages comes first, where its records have it in two."""

    ENGLISH = "english", "English first, the original language below it"
    ORIGINAL = "original", "The original language first, English below it"


class ImportState(TextChoices):
    WAITING = "waiting", "Waiting"
    STORING = "storing", "Being stored"
    STORED = "stored", "Stored"
    REFUSED = "refused", "Refused"
    UNDONE = "undone", "Undone"


class PreviewState(TextChoices):
    WAITING = "waiting", "Being read"
    READY = "ready", "Ready"
    REFUSED = "refused", "Refused"


UNFINISHED = frozenset({ImportState.WAITING, ImportState.STORING})
# Imports whose records count nowhere.
VOID = frozenset({ImportState.REFUSED, ImportState.UNDONE})


class JoinKind(TextChoices):
    FIRST = "first", "First record of the reference"
    DOI = "doi", "Same DOI"
    PMID = "pmid", "Same PMID"
    TITLE = "title", "Same title, year and first author"
    AUTOMATIC = "automatic", "Joined automatically: the same document"
    CONFIRMED = "confirmed", "Confirmed by a person as the same document"


class PairVerdict(TextChoices):
    JOINED = "joined", "Duplicate"
    DIFFERENT = "different", "Not a duplicate"


# What is recorded of a search run, in the order of the page.
FACTS: dict[str, str] = {
    "run_on": "Date of the search",
    "hits_reported": "Hits reported",
    "searched_by": "Who ran it",
    "strategy": "Strategy",
    "limits": "Limits",
    "filters": "Search filters",
    "updates": "Updates",
    "peer_review": "Peer review of the strategy",
    "prior_work": "Prior work",
    "other_methods": "Contacts and other methods",
}

# What a column of a table may be read as: field of a record, how a person calls it.
MAPPED: dict[str, str] = {
    "title": "Title",
    "original_title": "Title in another language",
    "authors": "Authors",
    "parallel_authors": "Authors in another language",
    "abstract": "Abstract",
    "year": "Year",
    "journal": "Journal",
    "volume": "Volume",
    "issue": "Issue",
    "pages": "Pages",
    "doi": "DOI",
    "pmid": "PMID",
    "accession": "Accession number",
    "issn": "ISSN",
    "language": "Language",
    "keywords": "Keywords",
    "url": "Link",
    "publication_type": "Type of publication",
    "database": "Database",
}

# Several columns may hold these together: the first and the last page, the parts of an abstract.
REPEATED = frozenset({"authors", "parallel_authors", "keywords", "issn", "pages", "abstract", "accession"})

# Records in one transaction: short enough that votes never wait long for it.
CHUNK = 500
# Records that are compared with the review's others at a time: one short transaction each.
COMPARED_AT_ONCE = 2000
# From so many references on a list is put together by joining whole tables. Of words and of filters PostgreSQL
# expects a handful of rows; when there are a hundred thousand, it would look up each of them.
MANY = 20_000
# Larger files are checked by their job, because a request has to answer within seconds.
CHECKED_AT_ONCE = 8 * 1024 * 1024
# The largest part of an upload that is taken in one request, and what the page sends at a time.
MOST_IN_PART = 8 * 1024 * 1024
SENT_AT_A_TIME = 2 * 1024 * 1024
# Uploads of one person in one review that were not imported.
MOST_UPLOADS = 20
# A time in milliseconds that a browser may name.
LATEST = 8_640_000_000_000_000
# Imports of more records are undone by a job.
UNDONE_AT_ONCE = 1000
MOST_HITS = 2_147_483_647
# More line numbers than these help nobody find a record.
LINES_NAMED = 10


class Missing(NamedTuple):
    """By how many records the files of a search run differ from its hits: too many (``is_over``) or too few."""

    records: int
    is_over: bool


def missing(hits_reported: int | None, records: int, refused: int) -> Missing | None:
    """How far the records in the files (refused ones included) are from the hits; None when equal or unknown."""
    if hits_reported is None or hits_reported == records + refused:
        return None
    difference = hits_reported - records - refused
    return Missing(abs(difference), difference < 0)


def kept_apart(lines: Sequence[int]) -> str:
    """The warning about records, beginning at ``lines`` of their file, whose DOI another document has too."""
    places = [str(line) for line in lines[:LINES_NAMED]]
    if rest := len(lines) - len(places):
        places.append(f"{rest:,} more")
    listed = " and ".join([", ".join(places[:-1]), places[-1]]) if places[1:] else places[0]
    what, were, where = ("1 record shares", "it was", "line")
    if lines[1:]:
        what, were, where = (f"{len(lines):,} records share", "they were", "lines")
    return (
        f"{what} a DOI with another document that may be a different one, as congress abstracts do; "
        f"{were} kept apart ({where} {listed})."
    )


def checked_sentence(joined: int, proposed: int) -> str:
    """What a search for duplicates came to."""
    found = f"{joined:,} duplicate{'' if joined == 1 else 's'} joined"
    return f"{found}, {proposed:,} pair{'' if proposed == 1 else 's'} to decide."


def decided_sentence(file_name: str, numbers: Sequence[int]) -> str:
    """Why an import cannot be undone: references ``numbers`` carry votes."""
    which = f"reference {numbers[0]}" if not numbers[1:] else f"{len(numbers):,} references, the first is {numbers[0]}"
    return (
        f"{file_name} cannot be undone any more: people have voted on what it brought ({which}), and no vote is ever "
        "lost. Exclude what does not belong in the review when you screen it."
    )
