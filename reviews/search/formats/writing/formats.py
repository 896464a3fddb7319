"""The formats in which references can be exported."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from reviews.search.formats import parsed
from reviews.search.formats.writing import bibtex, citation, csl_json, endnote_xml, ris, tables

Writer = Callable[[Iterable[citation.Citation]], Iterator[bytes]]


class Format(NamedTuple):
    """One export format: its name, its label, the file's suffix and media type, and the writer."""

    name: str
    label: str
    suffix: str
    media_type: str
    write: Writer


FORMATS: tuple[Format, ...] = (
    Format("ris", "RIS", ".ris", "application/x-research-info-systems", ris.write),
    Format("bibtex", "BibTeX", ".bib", "application/x-bibtex", bibtex.write),
    Format("endnote-xml", "EndNote XML", ".xml", "application/xml", endnote_xml.write),
    Format("csl-json", "CSL-JSON", ".json", "application/vnd.citationstyles.csl+json", csl_json.write),
    Format("csv", "csv", ".csv", "text/csv; charset=utf-8", tables.write_csv),
    Format(
        "xlsx",
        "Excel workbook",
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        tables.write_xlsx,
    ),
)


def named(name: str) -> Format:
    """The format of that name. Raises `parsed.FormatError`."""
    for item in FORMATS:
        if item.name == name:
            return item
    raise parsed.FormatError(
        f"References cannot be exported as {name!r}; choose one of: {', '.join(item.name for item in FORMATS)}."
    )


def write(name: str, records: Iterable[citation.Citation]) -> Iterator[bytes]:
    """Yield the bytes of a file in the format of that name, in the order of the records."""
    return named(name).write(records)
