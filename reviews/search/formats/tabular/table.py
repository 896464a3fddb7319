"""Rows to records: find the header, then read every row behind it."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from reviews.search.formats import cleaning, parsed
from reviews.search.formats.tabular import cells, profile, rows

_SECOND_HEADER = "a second header row, skipped: two exports glued together"
_BEFORE_HEADER = "a line in front of the header row, left out"
_SHORT = "a row with fewer cells than the header; the missing ones are taken as empty"
_DATES = "a cell for pages, volume or issue that a spreadsheet turned into a date, kept aside"
_MAYBE_DATES = ("pages", "volume", "issue")
_PREAMBLE = 50


@dataclass(frozen=True, slots=True)
class Header:
    """A header row that was recognised: who wrote the table, its columns as written and folded, its width."""

    source: profile.Profile
    written: list[str]
    names: list[str]

    @property
    def width(self) -> int:
        """How many columns have a place in every row."""
        return len(self.names)


Recognise = Callable[[list[str]], Header | None]


def header(source: profile.Profile, row: list[str]) -> Header:
    """The header that a row is, without empty cells at its end."""
    written = [cell.replace("\ufeff", "").strip() for cell in row[: cells.width(row)]]
    return Header(source, list(profile.unique(written)), profile.columns(written))


def items(
    found: Iterable[rows.Row], recognise: Recognise, start_after: int, before: tuple[parsed.Flaw, ...] = ()
) -> Iterator[parsed.Item]:
    """Yield a record or a refusal for every row behind the header; another header only changes the columns.

    Every sheet of a workbook has its own header. `before` are flaws of the file, told with its first record.
    Raises `parsed.FormatError` when no row is a header.
    """
    known: Header | None = None
    flaws: parsed.Flaws = {flaw.text: flaw for flaw in before}
    position, sheet, has_header = 0, "", False
    for row in found:
        if row.sheet != sheet:
            known, sheet = None, row.sheet
        if other := recognise(row.cells):
            if known:
                parsed.note(flaws, _SECOND_HEADER, row.line)
            known, has_header = other, True
        elif not known:
            parsed.note(flaws, _BEFORE_HEADER, row.line)
            if flaws[_BEFORE_HEADER].times > _PREAMBLE:
                break
        elif cells.width(row.cells) or row.problem:
            position += 1
            if position > start_after:
                yield _item(position, row, known, tuple(flaws.values()))
            flaws = {}
    if not has_header:
        raise parsed.FormatError(
            "The table has no header row with columns that are known; choose the meaning of its columns, or "
            "export the references again."
        )


def _item(position: int, row: rows.Row, known: Header, flaws: tuple[parsed.Flaw, ...]) -> parsed.Item:
    count = cells.width(row.cells)
    if reason := _refusal(row, count, known.width):
        where = f"sheet {row.sheet}, row" if row.sheet else "line"
        is_cut = row.has_no_end and (bool(row.problem) or count < known.width)
        tail = ": the file looks cut off." if is_cut else "; mend that row and upload the file again."
        text = f"Record {position} at {where} {row.line} {reason}{tail}"
        return parsed.Refused(position, row.line, row.raw, text, is_incomplete=is_cut)
    notes: parsed.Flaws = {flaw.text: flaw for flaw in flaws}
    for note in row.notes:
        parsed.note(notes, note, row.line)
    if len(row.cells) < known.width and not row.sheet:
        parsed.note(notes, _SHORT, row.line)
    record = _record(position, row, known, notes)
    return parsed.judged(record)


def _refusal(row: rows.Row, count: int, width: int) -> str:
    if row.problem:
        return row.problem
    if count > width:
        return f"has {count} cells where the header has {width}: a separator inside a cell has no quotes around it"
    # A workbook's rows have no fixed width, and a table saved by a spreadsheet lacks its last, empty cells.
    has_few = len(row.cells) * 2 < width or (row.has_no_end and len(row.cells) < width)
    if has_few and not row.sheet:
        return f"has only {len(row.cells)} of the header's {width} cells"
    return ""


def _record(position: int, row: rows.Row, known: Header, notes: parsed.Flaws) -> parsed.ParsedRecord:
    values = profile.Cells(known.names, row.cells, is_exact=known.source.is_exact)
    made = known.source.make(values)
    written = dict(zip(known.names, known.written, strict=True))
    tags = {written[name]: (value,) for name, value in values.rest()}
    for name in _MAYBE_DATES:
        value = made.get(name)
        if isinstance(value, str) and profile.is_date(value):
            tags[name] = (value,)
            made[name] = ""
            parsed.note(notes, _DATES, row.line)
    blank = parsed.ParsedRecord(position=position, line=row.line, raw=row.raw, tags=tags, flaws=tuple(notes.values()))
    return dataclasses.replace(blank, **made)  # type: ignore[arg-type]


def year_of_serial(value: str) -> int | None:
    """The year of a date that a spreadsheet wrote as its number of days since 1899-12-30."""
    if len(value) == 5 and value.isascii() and value.isdecimal() and 20_000 <= int(value) <= 60_000:
        return 1899 + int((int(value) + 364) / 365.2425)
    return None


def pages(start: str, end: str, article: str = "") -> str:
    """A page range, else the article number."""
    return cleaning.pages(start, end) or article
