"""An xlsx file is a zip archive of XML: whether it is safe to open, looked at before anything is unpacked.

Refused: bombs (too large, too dense, too many parts), XML with a document type or entities, archives with a
password or with other data in front.
"""

import re
import zipfile
import zlib
from typing import BinaryIO, NamedTuple

from reviews.search.formats import parsed

LARGEST = 1_000_000_000
LARGEST_TEXTS = 200_000_000
# Repetitive sheets shrink a hundredfold; a bomb a thousandfold.
DENSEST = 250
_SMALL = 1_000_000
_MOST_PARTS = 5000
_BLOCK = 1 << 20
_OVERLAP = 200
_MOST_MERGES = 100_000

_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\0!\0(?:D\0O\0C\0T|E\0N\0T)|\0<\0!\0(?:D\0O\0C\0T|E\0N\0T)")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})"')
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError, KeyError)


class Merge(NamedTuple):
    """A merged range: its column (from 0), its first and last row (from 1), whether it spans columns."""

    column: int
    first: int
    last: int
    is_wide: bool


class Contents(NamedTuple):
    """What the sheets hold besides plain cells; `merges` by the part's path."""

    has_formulas: bool
    merges: dict[str, list[Merge]]


def is_workbook(stream: BinaryIO) -> bool:
    """Whether the stream is an xlsx (or xlsm) workbook, be it a damaged one."""
    stream.seek(0)
    head = stream.read(1 << 16)
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(stream) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    except BROKEN:
        return b"xl/" in head or b"[Content_Types].xml" in head


def inspected(stream: BinaryIO) -> Contents:
    """Check the archive and tell what its sheets hold. Raises `parsed.FormatError`."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _check(parts)
            sheets = [part for part in parts if re.fullmatch(r"/?xl/worksheets/[^/]+\.xml", part.filename)]
            for part in parts:
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    _check_declarations(archive, part)
            scanned = {part.filename.lstrip("/"): _scanned(archive, part) for part in sheets}
    except parsed.FormatError:
        raise
    except BROKEN as error:
        raise parsed.FormatError(
            "The workbook is damaged or cut off; open it in a spreadsheet program, save it again as xlsx or csv, "
            "and upload that file."
        ) from error
    return Contents(
        any(has_formulas for has_formulas, _ in scanned.values()), {name: found for name, (_, found) in scanned.items()}
    )


def _check(parts: list[zipfile.ZipInfo]) -> None:
    total = sum(part.file_size for part in parts)
    dense = any(part.file_size > _SMALL and part.file_size > DENSEST * max(part.compress_size, 1) for part in parts)
    texts = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if total > LARGEST or dense or texts > LARGEST_TEXTS or len(parts) > _MOST_PARTS:
        raise parsed.FormatError(
            f"The workbook would unpack to {total:,} bytes in {len(parts):,} parts, far more than a table of "
            "references needs, and is not opened; save the sheet as csv and upload that file."
        )
    if any(part.flag_bits & 1 for part in parts):
        raise parsed.FormatError("The workbook has a password; save it without one and upload that file.")
    if parts and min(part.header_offset for part in parts) > 0:
        raise parsed.FormatError(
            "Other data stand in front of the workbook, as if two files were glued together; upload them as two files."
        )


def _check_declarations(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as opened:
        if _DECLARED.search(opened.read(1 << 16)):
            raise parsed.FormatError(
                f"The part {part.filename} of the workbook declares a document type or entities, which no "
                "spreadsheet program writes, and is not opened; save the sheet as csv and upload that file."
            )


def _scanned(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[bool, list[Merge]]:
    has_formulas = False
    merges: dict[Merge, None] = {}
    with archive.open(part) as opened:
        rest = b""
        while block := opened.read(_BLOCK):
            rest += block
            has_formulas = has_formulas or _FORMULA.search(rest) is not None
            for found in _MERGED.finditer(rest):
                left, first, right, last = found.groups()
                merges[Merge(_column(left), int(first), int(last), left != right)] = None
            rest = rest[-_OVERLAP:]
            if len(merges) > _MOST_MERGES:
                raise parsed.FormatError(
                    f"The workbook has over {_MOST_MERGES:,} merged cells; unmerge them, or save the sheet as csv, "
                    "and upload that file."
                )
    return has_formulas, list(merges)


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1
