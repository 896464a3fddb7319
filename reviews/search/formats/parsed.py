"""What a reader hands over: records, refusals, and the sentence for a file that cannot be read."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

# Key of `ParsedRecord.tags` for lines of a record that carry no tag and continue no text.
STRAY = "?"
NO_TITLE = "a reference without a title, kept"


class FormatError(ValueError):
    """A file that cannot be read at all. The message is one sentence for the person who uploaded it."""


class Flaw(NamedTuple):
    """Something odd about a record that was read all the same: what, the first line of it, how often."""

    text: str
    line: int
    times: int = 1


Flaws = dict[str, Flaw]


def note(flaws: Flaws, text: str, line: int) -> None:
    """Count a flaw, the first line kept: a record may hold a million bad lines."""
    known = flaws.get(text)
    flaws[text] = known._replace(times=known.times + 1) if known else Flaw(text, line)


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """One citation as it stood in a file.

    `position` counts the records of the file from 1, refused ones included; `line` is the record's first
    line, from 1; `raw` is its text with line ends made LF. Empty strings mean that the file does not say.
    `doi` is bare (`10.…/…`, case kept), `pmid` digits only, `tags` every tag that no field holds, `flaws` what
    was odd about it (they become the warnings of an inspection).
    """

    position: int
    line: int
    raw: str
    title: str = ""
    original_title: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    parallel_authors: tuple[str, ...] = ()
    journal: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    accession: str = ""
    issn: tuple[str, ...] = ()
    language: str = ""
    keywords: tuple[str, ...] = ()
    url: str = ""
    publication_type: str = ""
    database: str = ""
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that begins in the file and cannot be imported; `reason` is one sentence with its line.

    `is_incomplete` marks a record that the end (or the missing beginning) of the file cut in two.
    """

    position: int
    line: int
    raw: str
    reason: str
    is_incomplete: bool = False


Item = ParsedRecord | Refused


def is_identifiable(record: ParsedRecord) -> bool:
    """Whether anything says which document the record is about."""
    return bool(record.title or record.abstract or record.doi or record.pmid or record.accession) or _is_cited(record)


def _is_cited(record: ParsedRecord) -> bool:
    """Whether it can be found by its place, as the references that lists of citations hold without a title."""
    place = bool(record.journal) and bool(record.volume or record.pages)
    return sum((bool(record.authors), record.year is not None, place)) > 1


def judged(record: ParsedRecord) -> Item:
    """The record as it is kept, marked where it has no title, or the refusal of it."""
    if record.title:
        return record
    if not is_identifiable(record):
        return _refuse_empty(record)
    return dataclasses.replace(record, flaws=(*record.flaws, Flaw(NO_TITLE, record.line)))


def _refuse_empty(record: ParsedRecord) -> Refused:
    """The refusal of a record that is not identifiable."""
    reason = (
        f"Record {record.position} at line {record.line} has no title, abstract, DOI or other identifier, "
        "so nobody could screen it; delete it from the file or export it again."
    )
    return Refused(record.position, record.line, record.raw, reason)


@dataclass(frozen=True, slots=True)
class Fill:
    """Shares (0 to 1) of the readable records that have each field."""

    title: float
    abstract: float
    doi: float
    year: float


class Column(NamedTuple):
    """One column of a table whose meaning a person may choose.

    `examples` are its first filled cells, shortened; `field` is the name of the `ParsedRecord` field that the
    header suggests, empty when it suggests none.
    """

    name: str
    examples: tuple[str, ...]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one pass over a file found, before anything is stored.

    `starts` = `readable` + `refused_count` always. `refused` holds the first 200 with `raw` shortened;
    `incomplete` the cut-off ones among them. `warnings` are sentences; `preview` the first 3 records.
    `encoding` and `format` are the names to hand to `reading.read`. `columns` are there when the format is a
    table whose columns a person may map to fields; `has_abstracts` is False for formats that never carry
    any; `is_unverified` marks formats not yet proven on a real file, or that can only be read as guesses.
    """

    filename: str
    format: str
    format_label: str
    encoding: str
    starts: int
    readable: int
    refused_count: int
    refused: tuple[Refused, ...]
    incomplete: tuple[Refused, ...]
    fill: Fill
    preview: tuple[ParsedRecord, ...]
    warnings: tuple[str, ...]
    encoding_label: str = ""
    has_abstracts: bool = True
    is_unverified: bool = False
    columns: tuple[Column, ...] = ()
