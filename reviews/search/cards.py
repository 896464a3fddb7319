"""Imports and records as the pages show them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.defaultfilters import date, filesizeformat

from reviews.search import rules
from reviews.search.citations import Citation
from reviews.search.duplicates import identity, text
from reviews.search.formats import decoding, registry
from reviews.search.models import Import, Preview, Record, Reference, SearchRun

FILL = (("title", "title"), ("abstract", "abstract"), ("doi", "DOI"), ("year", "year"))

# Every database writes authors, journals and keywords in its own way; only these say that documents differ.
COMPARED: dict[str, Callable[[str], str]] = {
    "Title": lambda value: text.words(value).replace(" ", ""),
    "Year": str,
    "Volume": str,
    "DOI": identity.doi,
    "PMID": lambda value: str(identity.pmid(value)),
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
    original_title: str
    authors: str
    parallel_authors: str
    journal: str
    year: int | None
    abstract: str
    parallel_abstract: str
    doi: str
    pmid: str
    source_url: str
    database: str
    retraction: str


def card(record: Citation) -> Card:
    return Card(
        pk=record.pk,
        title=record.title,
        original_title=record.original_title,
        authors="; ".join(record.authors),
        parallel_authors="; ".join(record.parallel_authors),
        journal=record.journal,
        year=record.year,
        abstract=record.abstract,
        parallel_abstract=record.parallel_abstract,
        doi=record.doi,
        pmid=record.pmid,
        source_url=record.source_url,
        database=record.database,
        retraction=record.retraction_label,
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


LABELS = {
    "doi": "DOI",
    "pmid": "PMID",
    "issn": "ISSN",
    "url": "link",
    "original_title": "title in the other language",
    "parallel_authors": "names in the other language",
    "parallel_abstract": "abstract in the other language",
    "marked": "that it was retracted, or is a notice",
}


def origins(reference: Reference) -> list[tuple[int, str]]:
    """Which fields reviewers read from records other than the primary one: record, and the words that say so."""
    names: dict[int, list[str]] = {}
    for field, given in reference.composed.items():
        names.setdefault(given["record"], []).append(LABELS.get(field, field.replace("_", " ")))
    return [(record, f"shown: {', '.join(sorted(fields))}") for record, fields in names.items()]


def shares(fill: dict[str, float]) -> list[tuple[str, int]]:
    """How many per cent of the readable records have each field, rounded down: 100 means every one."""
    return [(label, int(100 * fill[name])) for name, label in FILL] if fill else []


def facts(row: Import) -> list[tuple[str, str]]:
    """What the file is."""
    found = [
        ("Format", registry.named(row.format).label),
        ("Encoding", decoding.label(row.encoding)),
        ("Size", filesizeformat(row.size)),
        ("SHA-256", row.sha256),
    ]
    if row.mapping:
        read_as = [f"{column} → {rules.MAPPED.get(field, field)}" for column, field in row.mapping.items()]
        found.append(("Columns", "; ".join(read_as)))
    return found


@dataclass(frozen=True)
class ColumnCard:
    """A column of a table: what it is read as (empty: kept, but no field), and its first values."""

    name: str
    read_as: str
    examples: str


def columns(preview: Preview) -> list[ColumnCard]:
    mapping = preview.found.get("mapping", {})
    return [
        ColumnCard(one["name"], rules.MAPPED.get(mapping.get(one["name"], ""), ""), " · ".join(one["examples"]))
        for one in preview.found.get("columns", [])
    ]


def run_facts(run: SearchRun) -> list[tuple[str, str, str]]:
    """What is recorded of a search as PRISMA-S asks for it: label, text (empty: not given), and its name."""
    shown = {
        "run_on": date(run.run_on, "j F Y"),
        "hits_reported": "" if run.hits_reported is None else f"{run.hits_reported:,}",
        "searched_by": run.searched_by or str(run.ran_by),
    }
    where = [("Source", run.source.name, "source"), ("Platform", run.source.platform, "platform")]
    return where + [(label, shown.get(name, getattr(run, name)), name) for name, label in rules.FACTS.items()]


def most() -> str:
    """How large a file may be."""
    return f"{settings.MOST_UPLOADED // 1_000_000:,} MB"


def offer(complete: int) -> str:
    records = "1 complete record" if complete == 1 else f"{complete} complete records"
    return f"Import the {records}, and list the incomplete one as refused"
