"""The labelled sets for duplicates, read in place: records as the engine takes them, and their true clusters."""

import csv
import gzip
import sys
from pathlib import Path
from typing import NamedTuple

from reviews.search.duplicates.record import Record

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "dedupe"
csv.field_size_limit(sys.maxsize)


class Labelled(NamedTuple):
    """A set: `clusters[i]` names the publication of `records[i]`."""

    name: str
    records: list[Record]
    clusters: list[str]


def names(folder: Path = FOLDER, part: str = "") -> list[str]:
    """The sets there are, such as "tune/stroke"; `part` is "tune" or "report"."""
    found = sorted(path.parent.relative_to(folder) for path in folder.glob("*/*/records.csv.gz"))
    return [name.as_posix() for name in found if name.as_posix().startswith(part)]


def read(name: str, folder: Path = FOLDER) -> Labelled:
    with gzip.open(folder / name / "clusters.csv.gz", "rt", encoding="utf-8", newline="") as file:
        clusters = {row["record_id"]: row["cluster_id"] for row in csv.DictReader(file)}
    with gzip.open(folder / name / "records.csv.gz", "rt", encoding="utf-8", newline="") as file:
        records = [_record(row) for row in csv.DictReader(file)]
    return Labelled(name, records, [clusters[str(one.id)] for one in records])


def _record(row: dict[str, str]) -> Record:
    year = row["year"].strip()
    return Record(
        id=row["record_id"],
        title=row["title"],
        authors=(row["authors"],) if row["authors"] else (),
        year=int(year) if year.isdecimal() else None,
        journal=row["journal"] or row["booktitle"],
        volume=row["volume"],
        issue=row["issue"],
        pages=row["pages"],
        doi=row["doi"],
        pmid=row["pmid"],
        accession=row["accession"],
        issn=(row["issn_isbn"],) if row["issn_isbn"] else (),
        abstract=row["abstract"],
        language=row["language"],
        publication_type=row["entry_type"],
        database=row["source_db"],
    )
