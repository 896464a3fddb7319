"""Web of Science tagged text (.txt, .ciw, .isi), its other collections, and what CiteSpace writes like it.

`FN` and `VR` head the file, `PT J` begins a record, `ER` ends it, `EF` ends the file. A tag has two characters
and a space; continuations are indented by three spaces. Source of the tags:
https://images.webofknowledge.com/images/help/WOS/hs_wos_fieldtags.html
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import cleaning, driving, endings, layout, parsed

_SHAPE = driving.Shape(
    start=re.compile(r"\nPT [A-Z][A-Za-z]*[ \t]*(?=\n|\Z)"),
    tag=re.compile(r"^(?!FN |VR |EF)[A-Z][A-Z0-9] \S", re.MULTILINE),
    content=re.compile(r"^(?:AU|AF|TI|SO|AB|UT|DI) \S", re.MULTILINE),
    # A file without a last line end has another file's head glued to it.
    end=re.compile(r"\nER(?:[ \t]*(?=\n|\Z)|(?=\ufeff|FN |PT [A-Z]\n|EF\s*\Z))"),
    between=re.compile(r"(?:\ufeff?FN .*|VR [\d.]+|EF|)"),
)
_BEGINS = re.compile(r"^(?:FN [^\n]{2,80}\nVR \d|PT [A-Z][A-Za-z]*[ \t]*\n[A-Z][A-Z0-9](?: |\n))", re.MULTILINE)
_COUNTS = re.compile(r"^PT [A-Z][A-Za-z]*[ \t]*$", re.MULTILINE)
_TAG = re.compile(r"([A-Z][A-Z0-9])(?:[ \t](.*)|[ \t]*)")

# Each line of these is an item of its own; the lines of all others are one text.
_LISTS = frozenset({"AU", "AF", "BA", "BF", "BE", "ED", "CA", "GP", "CR", "C1", "Z2", "EM"})
_PROSE = frozenset({"TI", "AB", "SO", "X1", "Y1", "Z1", "X4", "Y4", "Z4", "DE", "ID", "FX", "CR", "C1", "RP", "SE"})
_HELD = frozenset(
    {"PT", "TI", "AB", "AU", "AF", "SO", "PY", "VL", "IS", "BP", "EP", "DI", "PM", "DE", "ID", "LA", "DT", "ER"}
)
_COLLECTIONS = {
    "WOS": "Web of Science",
    "ISI": "Web of Science",
    "ZOOREC": "Zoological Record",
    "BCI": "BIOSIS",
    "BIOSIS": "BIOSIS",
    "MEDLINE": "MEDLINE",
    "CABI": "CAB Abstracts",
    "FSTA": "FSTA",
    "INSPEC": "Inspec",
    "KJD": "KCI-Korean Journal Database",
    "RSCI": "Russian Science Citation Index",
    "SCIELO": "SciELO",
    "CSCD": "Chinese Science Citation Database",
    "DIIDW": "Derwent Innovations Index",
    "PPRN": "Preprint Citation Index",
    "DRCI": "Data Citation Index",
    "PQDT": "ProQuest Dissertations & Theses",
    "CNKI": "CNKI",
}
_HAN_AUTHOR = re.compile(r"[\u3400-\u9fff·]+[,，]")


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    return driving.items(stream, encoding, start_after, _SHAPE, _record)


def _fields(piece: driving.Piece, flaws: parsed.Flaws) -> driving.Values:
    values: driving.Values = {}
    tag = ""
    for line, row in piece.numbered():
        if row.startswith("   ") and tag:
            _continue(values, tag, row.strip())
        elif found := _TAG.fullmatch(row):
            tag = found[1]
            values.setdefault(tag, []).append((found[2] or "").strip())
        elif row.strip():
            _keep(values, tag, row.strip(), line, flaws)
    return values


def _continue(values: driving.Values, tag: str, more: str) -> None:
    if tag in _LISTS:
        values[tag].append(more)
    elif more:
        values[tag][-1] = f"{values[tag][-1]} {more}".lstrip()


def _keep(values: driving.Values, tag: str, row: str, line: int, flaws: parsed.Flaws) -> None:
    if tag in _PROSE:
        parsed.note(flaws, driving.JOINED, line)
        _continue(values, tag, row)
    elif not _SHAPE.between.fullmatch(row.removeprefix("ER")):
        parsed.note(flaws, driving.STRAY, line)
        values.setdefault(parsed.STRAY, []).append(row)


def _record(position: int, piece: driving.Piece, flaws: parsed.Flaws) -> parsed.ParsedRecord:
    values = _fields(piece, flaws)
    number = driving.first(values, "UT")
    return parsed.ParsedRecord(
        position=position,
        line=piece.line,
        raw=piece.text,
        title=driving.first(values, "TI"),
        original_title=driving.first(values, "Z1", "X1", "Y1", "FT"),
        abstract=cleaning.without_latex(driving.first(values, "AB", "Z4", "X4", "Y4")),
        authors=_authors(values),
        parallel_authors=tuple(cleaning.unique(driving.every(values, "Z2"))),
        journal=driving.first(values, "SO"),
        year=cleaning.year(driving.every(values, "PY", "EY", "PD")),
        volume=driving.first(values, "VL"),
        issue=driving.first(values, "IS"),
        pages=_pages(values),
        doi=next(filter(None, map(cleaning.doi, driving.every(values, "DI", "D2"))), ""),
        pmid=cleaning.pmid(driving.first(values, "PM")),
        # CiteSpace gives every record of CNKI the number CNKI:0, which names none of them.
        accession="" if number.endswith(":0") else number or driving.first(values, "AN"),
        issn=cleaning.issns(driving.every(values, "SN", "EI")),
        language=driving.first(values, "LA"),
        keywords=tuple(_keywords(driving.every(values, "DE", "ID"))),
        publication_type=driving.first(values, "DT"),
        database=_COLLECTIONS.get(number.partition(":")[0], ""),
        tags=driving.rest(values, _HELD),
        flaws=tuple(flaws.values()),
    )


def _authors(values: driving.Values) -> tuple[str, ...]:
    people = next(filter(None, (driving.every(values, tag) for tag in ("AF", "AU", "BF", "BA", "BE", "ED", "GP"))), [])
    names = (name.rstrip(",，") if _HAN_AUTHOR.fullmatch(name) else name for name in people)
    return tuple(cleaning.unique([*names, *driving.every(values, "CA")]))


def _pages(values: driving.Values) -> str:
    begin, end = driving.first(values, "BP"), driving.first(values, "EP")
    return cleaning.pages(begin, end) or driving.first(values, "AR", "PS")


def _keywords(values: list[str]) -> list[str]:
    return cleaning.unique(word.strip() for value in values for word in value.split(";"))


FORMAT = layout.Format(
    name="wos",
    label="Web of Science tagged text",
    begins=_BEGINS,
    counts=_COUNTS,
    read=_read,
    ends=endings.WEB_OF_SCIENCE,
    family="Web of Science",
    aliases=("ciw", "isi"),
)
