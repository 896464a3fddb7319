"""The public face: look at a file, then read it."""

import io
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import decoding, detect, endings, layout, lines, parsed, registry, scrubbing, tallying

_HEAD = 1 << 16


def inspect(
    stream: BinaryIO,
    filename: str,
    *,
    format: str | None = None,
    encoding: str | None = None,
    mapping: layout.ColumnMap | None = None,
) -> parsed.Inspection:
    """Read a seekable binary stream and say what it holds; only counts and a preview stay in memory.

    `format` and `encoding` override what is detected; `mapping` (column name to field name) overrides what the
    header of a table suggests. Raises `parsed.FormatError` with a sentence for the person who uploaded the file.
    """
    chosen, codec, head = _recognised(stream, filename, format, encoding)
    tally = tallying.Tally()
    for item in _items(stream, chosen, codec, 0, mapping):
        tally.add(item)
    tally.check(chosen.total(stream, codec), chosen.label, filename)
    warnings = _guessed(codec, encoding) + tally.warnings(chosen, head)
    if not tally.is_cut and not chosen.is_ended(stream, codec):
        warnings += (endings.sentence(chosen.label),)
    columns = chosen.columns(stream, codec) if chosen.columns else ()
    return tally.inspection(filename, chosen, codec, warnings, columns)


def read(
    stream: BinaryIO,
    format: str,
    encoding: str,
    *,
    start_after: int = 0,
    mapping: layout.ColumnMap | None = None,
) -> Iterator[parsed.Item]:
    """Yield the records of a seekable binary stream in file order, refused ones included.

    Positions depend on the bytes alone, so `start_after=n` resumes behind position n. `mapping` as in
    `inspect`. Raises `parsed.FormatError` with a sentence.
    """
    chosen = registry.named(format)
    codec = decoding.BINARY if chosen.is_binary else decoding.chosen(encoding)
    return _items(stream, chosen, codec, start_after, mapping)


def recognise(
    stream: BinaryIO, filename: str, *, format: str | None = None, encoding: str | None = None
) -> tuple[layout.Format, str]:
    """The format and the encoding of a file, without reading its records; `format` and `encoding` override.

    Raises `parsed.FormatError` with a sentence when it is no export.
    """
    chosen, codec, _ = _recognised(stream, filename, format, encoding)
    return chosen, codec


def _items(
    stream: BinaryIO, chosen: layout.Format, codec: str, start_after: int, mapping: layout.ColumnMap | None
) -> Iterator[parsed.Item]:
    if mapping and chosen.read_mapped:
        items = chosen.read_mapped(stream, codec, start_after, mapping)
    else:
        items = chosen.read(stream, codec, start_after)
    return map(scrubbing.scrubbed, items)


def _recognised(
    stream: BinaryIO, filename: str, format: str | None, encoding: str | None
) -> tuple[layout.Format, str, str]:
    """The format, the encoding and the head of the text (empty for a workbook)."""
    stream.seek(0)
    head = stream.read(_HEAD)
    if not head.strip():
        raise parsed.FormatError(f"{filename} is empty. Export the references again and upload that file.")
    named = registry.named(format) if format else None
    binary = named if named and named.is_binary else detect.binary(stream)
    if binary and (not named or binary is named):
        _must_open(binary, stream, filename)
        return binary, decoding.BINARY, ""
    _refuse_other_kinds(head, filename)
    codec = decoding.chosen(encoding) if encoding else decoding.encoding(stream)
    text = "".join(lines.blocks(io.BytesIO(head), codec))
    return named or detect.detect(text, filename), codec, text


def _must_open(chosen: layout.Format, stream: BinaryIO, filename: str) -> None:
    if chosen.opens and not chosen.opens(stream):
        raise parsed.FormatError(f"{filename} is no {chosen.label} file; choose another format or upload another file.")


def _refuse_other_kinds(head: bytes, filename: str) -> None:
    if kind := decoding.other_kind(head):
        raise parsed.FormatError(
            f"{filename} is {kind}, not an export of references. "
            f"Export the references in one of the formats that Tandem reads ({registry.READS}) and upload that file."
        )


def _guessed(codec: str, override: str | None) -> tuple[str, ...]:
    if override or codec in ("utf-8", "utf-16-le", "utf-16-be", decoding.BINARY):
        return ()
    return (
        f"The file is not in UTF-8 and was read as {decoding.LABELS[codec]}; "
        "look at the preview, and choose another encoding if letters are wrong.",
    )
