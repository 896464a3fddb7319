"""Imports and records as the pages show them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat

from reviews.search import matching
from reviews.search.formats import decoding, registry
from reviews.search.models import Import, Record

FILL = (("title", "title"), ("abstract", "abstract"), ("doi", "DOI"), ("year", "year"))

# Every database writes authors, journals and keywords in its own way; only these say that documents differ.
COMPARED: dict[str, Callable[[str], str]] = {
    "Title": matching.normalise_title,
    "Year": str,
    "Volume": str,
    "DOI": matching.normalise_doi,
    "PMID": matching.normalise_pmid,
}

FIELDS: tuple[tuple[str, Callable[[Record], str]], ...] = (
    ("Title", lambda record: record.title),
    ("Original title", lambda record: record.original_title),
    ("Authors", lambda record: "; ".join(record.authors)),
    ("Journal", lambda record: record.journal),
    ("Year", lambda record: str(record.year or "")),
    ("Volume", lambda record: record.volume),
    ("Issue", lambda record: record.issue),
    ("Pages", lambda record: record.pages),
    ("DOI", lambda record: record.doi),
    ("PMID", lambda record: record.pmid),
    ("Accession", lambda record: record.accession),
    ("Type", lambda record: record.publication_type),
    ("Language", lambda record: record.language),
    ("Keywords", lambda record: "; ".join(record.keywords)),
    ("Abstract", lambda record: record.abstract),
)


@dataclass(frozen=True)
class Card:
    """A reference as its card shows it; ``pk`` is the record's, ``authors`` one line."""

    pk: int
    title: str
    authors: str
    journal: str
    year: int | None
    abstract: str
    doi: str
    pmid: str


def card(record: Record) -> Card:
    return Card(
        pk=record.pk,
        title=record.title,
        authors="; ".join(record.authors),
        journal=record.journal,
        year=record.year,
        abstract=record.abstract,
        doi=record.doi,
        pmid=record.pmid,
    )


@dataclass(frozen=True)
class Row:
    """One field of all records of a reference; ``is_different`` when it speaks against their being the same."""

    label: str
    values: tuple[str, ...]
    is_different: bool


def side_by_side(records: Sequence[Record]) -> list[Row]:
    """The fields that any of the records has."""
    rows = []
    for label, value in FIELDS:
        values = tuple(value(record) for record in records)
        if any(values):
            compare = COMPARED.get(label)
            said = {compare(value) for value in values if value} if compare else set()
            rows.append(Row(label, values, len(said) > 1))
    return rows


def fill(row: Import) -> list[tuple[str, int]]:
    """How many per cent of the readable records have each field, rounded down: 100 means every one."""
    return [(label, int(100 * row.fill[name])) for name, label in FILL] if row.fill else []


def facts(row: Import) -> list[tuple[str, str]]:
    """What the file is."""
    return [
        ("Format", registry.named(row.format).label),
        ("Encoding", decoding.LABELS.get(row.encoding, row.encoding)),
        ("Size", filesizeformat(row.size)),
        ("SHA-256", row.sha256),
    ]


def offer(complete: int) -> str:
    records = "1 complete record" if complete == 1 else f"{complete} complete records"
    return f"Import the {records}, and list the incomplete one as refused"
