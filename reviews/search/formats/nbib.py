"""MEDLINE/nbib: PubMed's .nbib and "PubMed" .txt exports, and ERIC's.

A tag of up to four letters padded to four, a hyphen, a space, the value; continuations are indented by six
spaces. A record begins at `PMID-` (ERIC: `OWN - ERIC`) and is followed by a blank line, which the last
record lacks in PubMed's own files. PubMed writes SO at the end of every record.
Source: https://www.nlm.nih.gov/bsd/mms/medlineelements.html
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import cleaning, layout, lines, parsed

# ERIC has no PMID; a PubMed record that lost its PMID line still begins with OWN behind a blank line.
_START = re.compile(r"\n(?:PMID {0,2}-(?=[ \n]|\Z)|OWN {1,2}- ERIC\b|(?<=\n\n)OWN {1,2}- )")
_BEGINS = re.compile(r"^(?:PMID {0,2}- ?\d|OWN {1,2}- [A-Z])", re.MULTILINE)
_COUNTS = re.compile(r"^PMID {0,2}-[ \n]", re.MULTILINE)
# A field with its continuations and the blank lines in it, or a line that is neither.
_FIELD = re.compile(
    r"^(?:([A-Z][A-Z0-9]{1,3}) {0,3}-(?: |(?=\n|\Z))(.*(?:\n+[ \t].*)*)|(\S.*(?:\n[ \t].*)*))", re.MULTILINE
)
_BLANK = re.compile(r"\s*")
_TAGGED = re.compile(r"^[A-Z][A-Z0-9 ]{3}- ", re.MULTILINE)
# Files joined without a line end in between: the next record begins behind the last one's closing line.
_GLUED = re.compile(r"(?<=[^\s\ufeff])\ufeff?(?=PMID- \d{1,9}\nOWN - )")
_FOREIGN = re.compile(r"\nTY  - [A-Z]{3,}")
_TAIL = {"PST": ("\nPST - ", "\nPST- "), "SO": ("\nSO  - ", "\nSO - ")}

# "v9 n1 p1-9 2020".
_ERIC_SOURCE = re.compile(r"(?:\bv(?P<volume>[\w-]+))?(?:\s+n(?P<issue>[\w/-]+))?(?:\s+p(?P<pages>[\w.,-]+))?(?=\s|$)")
# A line that lost its indent is read on only where running text can continue.
_PROSE = frozenset({"TI", "BTI", "TT", "AB", "OAB", "AD", "CI", "COIS", "SO"})
_HELD = frozenset({"TI", "BTI", "TT", "AB", "FAU", "AU", "CN", "JT", "DP", "VI", "IP", "PG", "PMID", "LA", "OT", "PT"})

_STRAY = "a line without a tag, kept with the record"
_JOINED = "a line without a tag or indent, read as part of the text before it"
_NO_SOURCE = "no source line (SO), with which PubMed ends every record: the file may be cut off"

Values = dict[str, list[str]]


class _Seen:
    """What the records before the last one end with: the measure of whether the last one is whole."""

    def __init__(self) -> None:
        self.records = 0
        self.tails = dict.fromkeys(_TAIL, 0)

    def add(self, text: str) -> None:
        self.records += 1
        for tag in _TAIL:
            self.tails[tag] += _has(text, tag)

    def missing(self, text: str) -> list[str]:
        """The closing tags that every other record has and this text has not."""
        always = [tag for tag, count in self.tails.items() if self.records and count == self.records]
        return [tag for tag in always if not _has(text, tag)]


def _has(text: str, tag: str) -> bool:
    # From the end, where these tags stand.
    return any(text.rfind(start) >= 0 for start in _TAIL[tag])


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    chunks = lines.split(lines.blocks(stream, encoding), _START)
    before = next(chunks)
    flaws = lines.stray(before, _STRAY, _BLANK)
    has_beginning = len(_TAGGED.findall(before.text)) < 2
    if not has_beginning and start_after < 1:
        yield lines.without_beginning(before)
    seen = _Seen()
    pieces = (piece for chunk in chunks for piece in _unglued(chunk))
    for position, chunk in enumerate(pieces, start=1 if has_beginning else 2):
        if position > start_after:
            yield _item(position, chunk, seen, flaws if position == 1 else ())
        seen.add(chunk.text)


def _unglued(chunk: lines.Chunk) -> Iterator[lines.Chunk]:
    text, line, begin = chunk.text, chunk.line, 0
    if text.find("PMID- ", 1) >= 0:
        for found in _GLUED.finditer(text):
            yield lines.Chunk(line, text[begin : found.start()] + "\n", True, False)
            line += text.count("\n", begin, found.start())
            begin = found.end()
    yield chunk._replace(line=line, text=text[begin:]) if begin else chunk


def _item(position: int, chunk: lines.Chunk, seen: _Seen, flaws: tuple[parsed.Flaw, ...]) -> parsed.Item:
    raw = chunk.text.rstrip()
    if "\nTY  - " in chunk.text and (foreign := _FOREIGN.search(chunk.text)):
        line = chunk.line + chunk.text.count("\n", 0, foreign.start() + 1)
        raise parsed.FormatError(
            f"Line {line} begins a RIS record inside a MEDLINE/nbib file; upload the two exports as two files."
        )
    values, found = _fields(chunk.text, chunk.line)
    if chunk.is_last and (reason := _cut(chunk.text, values, seen)):
        reason = f"Record {position} begins at line {chunk.line} and {reason}: the file looks cut off."
        return parsed.Refused(position, chunk.line, raw, reason, is_incomplete=True)
    if chunk.is_last and "SO" not in values and "PMID" in values and "BTI" not in values:
        parsed.note(found, _NO_SOURCE, chunk.line)
    record = _record(position, chunk.line, raw, values, flaws + tuple(found.values()))
    return parsed.judged(record)


def _fields(text: str, line: int) -> tuple[Values, parsed.Flaws]:
    values: Values = {}
    for tag, value, other in _FIELD.findall(text):
        if other:
            return _mended_fields(text, line)
        bare = _unwrapped(value) if "\n" in value else value.strip()
        if tag in values:
            values[tag].append(bare)
        else:
            values[tag] = [bare]
    return values, {}


def _unwrapped(value: str) -> str:
    usual = value.replace(" \n      ", " ").replace("\n      ", " ")
    if "\n" not in usual:
        return usual.strip()
    return " ".join(filter(None, map(str.strip, usual.split("\n"))))


def _mended_fields(text: str, line: int) -> tuple[Values, parsed.Flaws]:
    """The slower way, for a record with lines that are no field."""
    found: list[tuple[str, list[str]]] = []
    flaws: parsed.Flaws = {}
    at, counted = line, 0
    for match in _FIELD.finditer(text):
        tag, value, other = match[1], match[2], match[3]
        at += text.count("\n", counted, match.start())
        counted = match.start()
        if tag:
            found.append((tag, [value]))
        elif found and found[-1][0] in _PROSE:
            found[-1][1].append(other)
            parsed.note(flaws, _JOINED, at)
        else:
            found.append((parsed.STRAY, [other]))
            parsed.note(flaws, _STRAY, at)
    values: Values = {}
    for tag, parts in found:
        values.setdefault(tag, []).append(_unwrapped("\n".join(parts)))
    return values, flaws


def _cut(text: str, values: Values, seen: _Seen) -> str:
    """Why the file's last record looks cut off; empty when it is whole."""
    if text[len(text.rstrip()) :].count("\n") > 1:
        return ""
    is_book, is_eric = "BTI" in values, _database(values) == "ERIC"
    if is_eric or (is_book and (text.endswith("\n") or text.rstrip().endswith("]"))):
        # Neither closes with SO.
        return ""
    if missing := seen.missing(text):
        return f"has no {missing[-1]} line, which every other record has"
    if text.endswith("\n"):
        return ""
    last = _TAGGED.findall("\n" + text)[-1:]
    if last != ["SO  - "]:
        is_pubmed = "PMID" in values or seen.tails["SO"] > 0
        return "stops in the middle of a line" if is_pubmed else ""
    return "" if _is_whole_source(values["SO"][-1], _doi(values)) else "stops in the middle of its SO line"


def _is_whole_source(source: str, doi: str) -> bool:
    # PubMed ends SO with a full stop and repeats the DOI in it.
    return source.endswith(".") and not ("doi:" in source and doi and doi not in source)


def _record(position: int, line: int, raw: str, values: Values, flaws: tuple[parsed.Flaw, ...]) -> parsed.ParsedRecord:
    title, original = _titles(values)
    source = _ERIC_SOURCE.search(_first(values, "SO")) if "PMID" not in values else None
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=title,
        original_title=original,
        abstract=_first(values, "AB", "OAB"),
        authors=tuple(cleaning.unique(_people(values) + values.get("CN", []))),
        journal=_first(values, "JT", "TA") or (_first(values, "BTI") if "TI" in values else ""),
        year=cleaning.year(date for tag in ("DP", "CTDT", "DRDT", "EDAT", "CRDT") for date in values.get(tag, ())),
        volume=_first(values, "VI") or (source["volume"] or "" if source else ""),
        issue=_first(values, "IP") or (source["issue"] or "" if source else ""),
        pages=_first(values, "PG") or (source["pages"] or "" if source else ""),
        doi=_doi(values),
        pmid=cleaning.pmid(_first(values, "PMID")),
        accession=_first(values, "PMID", "AN") or _eric(values),
        issn=cleaning.issns(values.get("IS", ())),
        language="; ".join(cleaning.unique(values.get("LA", ()))),
        keywords=tuple(cleaning.unique(word.lstrip("*") for word in values.get("OT", ()))),
        publication_type="; ".join(cleaning.unique(values.get("PT", ()))),
        database=_database(values),
        tags={tag: tuple(found) for tag, found in values.items() if tag not in _HELD},
        flaws=flaws,
    )


def _first(values: Values, *tags: str) -> str:
    for tag in tags:
        for value in values.get(tag, ()):
            if value:
                return value
    return ""


def _people(values: Values) -> list[str]:
    """The authors; of a book without any, its editors."""
    return next(filter(None, (values.get(tag, []) for tag in ("FAU", "AU", "FED", "ED"))), [])


def _titles(values: Values) -> tuple[str, str]:
    title, original = _first(values, "TI", "BTI"), _first(values, "TT")
    if original and title.strip("[]. ").lower() in ("", "not available"):
        return original, original
    return title, original


def _doi(values: Values) -> str:
    numbers = values.get("LID", []) + values.get("AID", [])
    marked = [number for number in numbers if number.endswith("[doi]")]
    plain = [number for number in numbers if not number.endswith("]")]
    return next(filter(None, map(cleaning.doi, marked + plain)), "")


def _eric(values: Values) -> str:
    plain = (number for number in values.get("OID", []) + values.get("AID", []) if not number.endswith("]"))
    return next(plain, "") if "PMID" not in values else ""


def _database(values: Values) -> str:
    if _first(values, "OWN").startswith("ERIC"):
        return "ERIC"
    return "PubMed" if "PMID" in values else ""


FORMAT = layout.Format(name="nbib", label="MEDLINE/nbib", begins=_BEGINS, counts=_COUNTS, read=_read)
