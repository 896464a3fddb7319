"""Whether a file can be imported, found out before anything of it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from reviews.core.refusals import BadInput
from reviews.search import rules
from reviews.search.formats import decoding, parsed, reading, registry
from reviews.search.models import Import


@dataclass(frozen=True)
class Choice:
    """How a person wants a file to be read; what is empty is recognised from the content."""

    format: str = ""
    encoding: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)


RECOGNISED = Choice()


class IncompleteFile(BadInput):
    """The file is cut off; its ``complete`` records can be imported when the person says so."""

    def __init__(self, message: str, *, complete: int, line: int) -> None:
        super().__init__(message, {"file": message})
        self.complete = complete
        self.line = line


def check(
    stream: BinaryIO, file_name: str, *, takes_incomplete: bool, choice: Choice = RECOGNISED
) -> parsed.Inspection:
    """Read the whole file once, or refuse it with a sentence (:class:`BadInput`)."""
    found = look(stream, file_name, choice)
    if found.incomplete and not takes_incomplete:
        first = found.incomplete[0]
        raise IncompleteFile(
            incomplete_sentence(file_name, first.reason, found.readable, found.starts),
            complete=found.readable,
            line=first.line,
        )
    return found


def look(stream: BinaryIO, file_name: str, choice: Choice) -> parsed.Inspection:
    """What the file holds, cut off or not; :class:`BadInput` when nothing of it can be imported."""
    try:
        found = reading.inspect(
            stream,
            file_name,
            format=choice.format or None,
            encoding=choice.encoding or None,
            mapping=choice.mapping or None,
        )
    except parsed.FormatError as error:
        raise BadInput(str(error), {"file": str(error)}) from error
    if not found.readable:
        message = f"{file_name} holds no record that can be imported. {found.refused[0].reason}"
        raise BadInput(message, {"file": message})
    return found


def table(stream: BinaryIO, file_name: str, choice: Choice) -> parsed.Inspection | None:
    """A table none of whose records can be read until somebody says what its columns mean; None if it is no table."""
    name, encoding = recognise(stream, file_name, choice)
    chosen = registry.named(name)
    if chosen.columns is None:
        return None
    return parsed.Inspection(
        filename=file_name,
        format=name,
        format_label=chosen.label,
        encoding=encoding,
        encoding_label=decoding.label(encoding),
        starts=0,
        readable=0,
        refused_count=0,
        refused=(),
        incomplete=(),
        fill=parsed.Fill(0, 0, 0, 0),
        preview=(),
        warnings=(),
        columns=chosen.columns(stream, encoding),
    )


def incomplete_sentence(file_name: str, reason: str, readable: int, starts: int) -> str:
    return (
        f"{file_name} is not complete. {reason} Export it again, or import only the complete records "
        f"({readable} of {starts})."
    )


def check_choice(choice: Choice) -> None:
    """Refuse a format, encoding or field that does not exist."""
    try:
        if choice.format:
            registry.named(choice.format)
        if choice.encoding:
            decoding.chosen(choice.encoding)
    except parsed.FormatError as error:
        raise BadInput(str(error), {"encoding" if choice.encoding else "format": str(error)}) from error
    if wrong := sorted(set(choice.mapping.values()) - set(rules.MAPPED)):
        message = f"No column can be read as {wrong[0]!r}."
        raise BadInput(message, {"mapping": message})


def recognise(stream: BinaryIO, file_name: str, choice: Choice) -> tuple[str, str]:
    """Format and encoding of a file, without reading its records; :class:`BadInput` when it is no export."""
    try:
        found, codec = reading.recognise(
            stream, file_name, format=choice.format or None, encoding=choice.encoding or None
        )
    except parsed.FormatError as error:
        raise BadInput(str(error), {"file": str(error)}) from error
    return found.name, codec


def mapping(found: parsed.Inspection, choice: Choice) -> dict[str, str]:
    """The mapping a table was read with: the one chosen, or the one its header suggests."""
    return dict(choice.mapping) or {column.name: column.field for column in found.columns if column.field}


def note(row: Import, found: parsed.Inspection, choice: Choice = RECOGNISED) -> None:
    """Write on the import what the check found; the caller saves it."""
    row.format, row.encoding, row.starts = found.format, found.encoding, found.starts
    row.mapping = mapping(found, choice)
    row.warnings = list(found.warnings)
    row.fill = shares(found.fill)


def shares(fill: parsed.Fill) -> dict[str, float]:
    return {"title": fill.title, "abstract": fill.abstract, "doi": fill.doi, "year": fill.year}
