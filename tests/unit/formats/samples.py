"""The real exports beside a developer's checkout, read in place; tests that need them skip without them."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "formats" / "samples"
READ = ("MEDLINE", "RIS")


def table(name: str, delimiter: str = "\t") -> list[dict[str, str]]:
    path = FOLDER / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


def rows() -> Iterator[tuple[str, str, int]]:
    """File, format and true number of records of every export that is there."""
    for row in table("INDEX.tsv"):
        if (FOLDER / row["file"]).is_file():
            yield row["file"], row["format"], int(row["true_records"])


def expected() -> dict[str, dict[str, dict[str, str]]]:
    """File to "first" and "last" to what the table says of that record."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in table("EXPECTED.tsv"):
        found.setdefault(row["file"], {})[row["record"]] = row
    return found


def readable() -> list[tuple[str, int]]:
    return [(name, count) for name, form, count in rows() if form.startswith(READ)]


def foreign() -> list[str]:
    return [name for name, form, _ in rows() if not form.startswith(READ)]


def need() -> None:
    if not FOLDER.is_dir():
        pytest.skip("../shared is not here: this test reads real exports in place")
