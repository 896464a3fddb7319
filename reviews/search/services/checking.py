"""Whether a file can be imported, found out before anything of it is stored."""

from typing import BinaryIO

from reviews.core.refusals import BadInput
from reviews.search.formats import parsed, reading
from reviews.search.models import Import


class IncompleteFile(BadInput):
    """The file is cut off; its ``complete`` records can be imported when the person says so."""

    def __init__(self, message: str, *, complete: int, line: int) -> None:
        super().__init__(message, {"file": message})
        self.complete = complete
        self.line = line


def check(stream: BinaryIO, file_name: str, *, takes_incomplete: bool) -> parsed.Inspection:
    """Read the whole file once, or refuse it with a sentence (:class:`BadInput`)."""
    found = _inspect(stream, file_name)
    if not found.readable:
        message = f"{file_name} holds no record that can be imported. {found.refused[0].reason}"
        raise BadInput(message, {"file": message})
    if found.incomplete and not takes_incomplete:
        first = found.incomplete[0]
        message = (
            f"{file_name} is not complete. {first.reason} Export it again, or import only the complete records "
            f"({found.readable} of {found.starts})."
        )
        raise IncompleteFile(message, complete=found.readable, line=first.line)
    return found


def _inspect(stream: BinaryIO, file_name: str) -> parsed.Inspection:
    try:
        return reading.inspect(stream, file_name)
    except parsed.FormatError as error:
        raise BadInput(str(error), {"file": str(error)}) from error


def note(row: Import, found: parsed.Inspection) -> None:
    """Write on the import what the check found; the caller saves it."""
    row.format, row.encoding, row.starts = found.format, found.encoding, found.starts
    row.warnings = list(found.warnings)
    fill = found.fill
    row.fill = {"title": fill.title, "abstract": fill.abstract, "doi": fill.doi, "year": fill.year}
