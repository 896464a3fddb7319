"""RIS as the databases and reference managers really write it.

A two-letter tag, two spaces, a hyphen, a space, the value; `TY` begins a record and `ER` ends it. Accepted
besides: one space before the hyphen, small letters, indented lines, text between the records (`Record #1 of
81`, `1.`), tags behind ER or before TY, a missing ER or TY, R's `NA` for no value. What the tags of each source
mean is `ris_fields`' duty.
"""

import functools
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from reviews.search.formats import cleaning, endings, layout, lines, parsed, ris_fields

_TYPE = r"[ \t]*(?:TY|ty|Ty)(?:[ \t]{2,3}-|[ \t]?-[ \t]*(?:[A-Z]{3,6}\b|$))"
_START = re.compile(rf"\n{_TYPE}", re.MULTILINE)
_BEGINS = re.compile(rf"^{_TYPE}", re.MULTILINE)
_COUNTS = re.compile(r"^[ \t]*TY(?:[ \t]{2,3}-|[ \t]-[ \t][A-Z]{4})", re.MULTILINE)
# With one space the line must be bare: "ER - positive tumours" is a line of an abstract. Without a hyphen it
# must be the last: ER is a keyword too.
_END = re.compile(r"\n[ \t]*(?:ER|er|Er)(?:[ \t]{2,3}-[^\n]*|[ \t]?-[ \t]*(?=\n|\Z)|\s*\Z)")
_TAGGED = re.compile(r"^[A-Z][A-Z0-9]  -(?: |$)", re.MULTILINE)
_CONTENT = re.compile(r"^[ \t]*(?:T1|TI|A1|AU|N2|AB|DO)[ \t]{1,3}-", re.MULTILINE)
_USUAL_ENDS = ("\nER  -", "\nER -")
_MISSING = cleaning.MISSING
_TITLE = re.compile(r"^[ \t]*(?:T1|TI)[ \t]{1,3}-[ \t]*\S", re.MULTILINE)
_FOREIGN = re.compile(r"\nPMID- \d+\nOWN - ")
_CANONICAL = re.compile(r"[ \t]*([A-Za-z][A-Za-z0-9]|[A-Z]{3,4})[ \t]{2,3}-[ \t]*(.*)")
_TIGHT = re.compile(r"[ \t]*([A-Z][A-Z0-9])[ \t]?-(?:[ \t]+(.*)|$)")
_CUT_TAG = re.compile(r"[A-Z][A-Z0-9]?(?: {1,2}-?)?")
_BETWEEN = re.compile(
    r"(?:Record #\d+ of \d+|(?:Provider|Database|Content): .*|\d+\.|<\d+\. ?>"
    r"|Link to the Ovid Full Text or citation: .*)?"
)
_ANNOUNCED = re.compile(r"^Record #\d+ of (\d+)\s*$", re.MULTILINE)

# Fields of running text or lists, whose lines may go on without a tag.
_PROSE_TAGS = "AB N2 N1 TI T1 T2 T3 BT CT ST AD M1 M2 N3 RN FU FX KW C3 CA NT UR L1 L2 L4 PB SN"
_PROSE = frozenset(_PROSE_TAGS.split())
_KNOWN_TAGS = (
    "A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DI DO DP ED EP ER ET FD ID IS "
    "J1 J2 JA JF JO KW L1 L2 L3 L4 LA LB LK LP M1 M2 M3 N1 N2 NL NV OP PB PP PT PY RI RN RP SE SN SP ST T1 T2 "
    "T3 TA TI TT TY U1 U2 U3 U4 U5 UR VL VO Y1 Y2"
)
_KNOWN = frozenset(_KNOWN_TAGS.split())

_STRAY = "a line without a tag, kept with the record"
_NO_END = "no end-of-record line (ER)"
_NO_TYPE = "no type line (TY), read as a record because it follows an ER line"


class _Piece(NamedTuple):
    line: int
    text: str
    has_type: bool
    has_end: bool
    is_last: bool


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    chunks = _with_heads(lines.split(lines.blocks(stream, encoding), _START))
    before = next(chunks)
    flaws: tuple[parsed.Flaw, ...] = ()
    position = 0
    if len(_TAGGED.findall(before.text)) > 1:
        position = 1
        if start_after < 1:
            yield lines.without_beginning(before)
    else:
        flaws = lines.stray(before, _STRAY, _BETWEEN)
    others_end = False
    for piece in (piece for chunk in chunks for piece in _pieces(chunk)):
        position += 1
        if position > start_after:
            yield _item(position, piece, others_end, flaws)
        flaws = ()
        others_end = others_end or piece.has_end


def _with_heads(chunks: Iterator[lines.Chunk]) -> Iterator[lines.Chunk]:
    """Give every record the tags that stand before its TY and behind the ER of the record before it."""
    waiting = next(chunks)
    comes_first = False
    for chunk in chunks:
        at = _head(waiting, comes_first)
        if at >= 0 and _belongs(waiting.text[at:], chunk.text):
            comes_first = comes_first or not waiting.is_record
            line = waiting.line + waiting.text.count("\n", 0, at)
            chunk = chunk._replace(line=line, text=waiting.text[at:] + chunk.text)
            waiting = waiting._replace(text=waiting.text[:at])
        yield waiting
        waiting = chunk
    yield waiting


def _head(chunk: lines.Chunk, comes_first: bool) -> int:
    """Where the tags begin that no ER ends in this chunk; -1 if there are none, or only those that Ovid adds."""
    text = chunk.text
    if not chunk.is_record:
        found = _TAGGED.search(text)
        return -1 if not found or _END.search("\n" + text) else found.start()
    if text.rstrip().endswith(_USUAL_ENDS):
        return -1
    end = -1
    for mark in _END.finditer(text):
        end = mark.end()
    if end < 0 or not text[end:].strip():
        return -1
    if not comes_first and not _CONTENT.search(text, end):
        return -1
    found = _TAGGED.search(text, end)
    return found.start() if found else -1


def _belongs(head: str, text: str) -> bool:
    """Whether the two are one record: it ends with an ER, and has one title."""
    end = _END.search(text)
    return end is not None and not (_TITLE.search(head) and _TITLE.search(text, 0, end.start()))


def _pieces(chunk: lines.Chunk) -> Iterator[_Piece]:
    """Cut a chunk behind an ER when a record without TY follows; a few tags behind ER (Ovid) stay."""
    line, begin = chunk.line, 0
    has_type = True
    found = _END.search(chunk.text)
    while found and _CONTENT.search(chunk.text, found.end()):
        cut = found.end() + 1
        yield _Piece(line, chunk.text[begin:cut], has_type, True, False)
        line += chunk.text.count("\n", begin, cut)
        begin, has_type = cut, False
        found = _END.search(chunk.text, cut)
    yield _Piece(line, chunk.text[begin:], has_type, found is not None, chunk.is_last)


def _item(position: int, piece: _Piece, others_end: bool, flaws: tuple[parsed.Flaw, ...]) -> parsed.Item:
    if "\nPMID- " in piece.text and (foreign := _FOREIGN.search(piece.text)):
        line = piece.line + piece.text.count("\n", 0, foreign.start() + 1)
        raise parsed.FormatError(
            f"Line {line} begins a MEDLINE/nbib record inside a RIS file; upload the two exports as two files."
        )
    rows, line = _rows(piece)
    raw = "\n".join(rows).rstrip()
    if piece.is_last and not piece.has_end and _is_cut(piece.text, others_end or position == 1):
        reason = f"Record {position} begins at line {line} and has no end-of-record line (ER): the file looks cut off."
        return parsed.Refused(position, line, raw, reason, is_incomplete=True)
    values, found = _fields(rows[:-1] if rows[-1].strip().upper() == "ER" else rows, line)
    if not piece.has_end:
        parsed.note(found, _NO_END, line)
    if not piece.has_type:
        parsed.note(found, _NO_TYPE, line)
    record = ris_fields.record(position, line, raw, values, flaws + tuple(found.values()))
    return parsed.judged(record)


def _is_cut(text: str, should_end: bool) -> bool:
    """Whether the last record, which has no ER, stops in the middle of a line or before it has a title."""
    last = text.rpartition("\n")[2]
    if _CUT_TAG.fullmatch(last):
        return True
    return should_end and (bool(last.strip()) or not _TITLE.search(text))


def _rows(piece: _Piece) -> tuple[list[str], int]:
    """The lines of a piece and the number of the first, without what announces the next record."""
    rows = piece.text.split("\n")
    while rows and _BETWEEN.fullmatch(rows[-1].strip()):
        rows.pop()
    first = 0
    while not piece.has_type and first < len(rows) and _BETWEEN.fullmatch(rows[first].strip()):
        first += 1
    return rows[first:], piece.line + first


@functools.lru_cache(maxsize=1024)
def _tag(prefix: str) -> str:
    name = prefix.upper()
    return name if name in _KNOWN or (prefix == name and prefix.isalnum() and prefix[0].isalpha()) else ""


def _fields(rows: list[str], line: int) -> tuple[ris_fields.Values, parsed.Flaws]:
    """Tag to values, each with its continuation lines behind LF; and the lines that belong nowhere."""
    values: ris_fields.Values = {}
    flaws: parsed.Flaws = {}
    tag = ""
    more: list[str] = []
    is_tight = "  -" not in rows[0]
    for offset, row in enumerate(rows):
        if row[2:5] == "  -" and (name := _tag(row[:2])):
            value = row[5:].strip()
            if value in _MISSING:
                value = ""
        elif found := _loosely(row, tag, is_tight):
            name, value = found
        else:
            if tag in _PROSE:
                more.append(row)
            elif not _BETWEEN.fullmatch(row.strip()):
                values.setdefault(parsed.STRAY, []).append(row.strip())
                parsed.note(flaws, _STRAY, line + offset)
            continue
        if more:
            values[tag][-1] = "\n".join([values[tag][-1], *more])
            more = []
        tag = name
        if tag in values:
            values[tag].append(value)
        else:
            values[tag] = [value]
    if more:
        values[tag][-1] = "\n".join([values[tag][-1], *more])
    return values, flaws


def _loosely(row: str, tag: str, is_tight: bool) -> tuple[str, str] | None:
    if "-" not in row[2:9]:
        return None
    if (found := _CANONICAL.fullmatch(row)) and (len(found[1]) > 2 or _tag(found[1])):
        return found[1].upper(), found[2].strip()
    # In running text, "IS - the question" is a line of it unless the whole record is written that way.
    if (is_tight or tag not in _PROSE) and (found := _TIGHT.fullmatch(row)) and found[1] in _KNOWN:
        return found[1], (found[2] or "").strip()
    return None


def _announced(head: str) -> int | None:
    found = _ANNOUNCED.search(head)
    return int(found[1]) if found else None


FORMAT = layout.Format(
    name="ris", label="RIS", begins=_BEGINS, counts=_COUNTS, read=_read, announced=_announced, ends=endings.RIS
)
