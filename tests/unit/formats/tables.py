"""Invented tables about invented trials: a header and rows as cells, joined as each source joins them."""

import csv
import io
from collections.abc import Sequence

import openpyxl

_PUBMED = "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI"
PUBMED = _PUBMED.split(",")
_WOS = "PT AU AF CA TI SO LA DT DE ID AB SN EI PY VL IS BP EP AR DI EY UT PM"
WOS = _WOS.split()
SCOPUS = [
    *("Authors", "Title", "Year", "Source title", "Volume", "Issue", "Art. No.", "Page start", "Page end", "DOI"),
    *("Link", "Abstract", "Author Keywords", "Index Keywords", "ISSN", "PubMed ID", "Language of Original Document"),
    *("Document Type", "EID"),
]


def pubmed_row(number: int, **changed: str) -> list[str]:
    """One row of PubMed's csv; a keyword replaces a column's cell."""
    cells = {
        "PMID": f"9900{number:04}",
        "Title": f'Whistling kettles, sleep and "steam": invented trial {number}',
        "Authors": "Quill O, Marsh BT.",
        "Citation": f"J Imag Trials. 2021 Mar 3;7({number}):{number}1-{number}9. doi: 10.5555/kettle.{number}.",
        "First Author": "Quill O",
        "Journal/Book": "J Imag Trials",
        "Publication Year": "2021",
        "Create Date": "2021/03/04",
        "DOI": f"10.5555/kettle.{number}",
    }
    cells.update(changed)
    return [cells.get(name, "") for name in PUBMED]


def row(header: Sequence[str], **cells: str) -> list[str]:
    """A row for a header; the keywords' underscores stand for spaces."""
    named = {name.replace("_", " ").casefold(): value for name, value in cells.items()}
    return [named.get(name.casefold(), "") for name in header]


def text(header: Sequence[str], *rows: Sequence[str], delimiter: str = ",") -> str:
    """The table as text, with quotes where they are needed."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    return stream.getvalue()


def pubmed(count: int) -> str:
    return text(PUBMED, *(pubmed_row(number) for number in range(1, count + 1)))


def workbook(*rows: Sequence[object], title: str = "Sheet", more: Sequence[Sequence[object]] = ()) -> bytes:
    """An xlsx workbook with one sheet, or two."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for cells in rows:
        sheet.append(cells)
    if more:
        other = book.create_sheet("Other")
        for cells in more:
            other.append(cells)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
