"""From RIS tags to fields: the same tag means different things at different sources.

T2 is the journal; at Embase and EBSCO it is another title where JF or JO names the journal and T2 no variant of it.
JA is the only journal at Cochrane; M3 is a type, a subject or a DOI; PMIDs stand in C2, C3, C5, AN or UR.
"""

import re
from collections.abc import Iterable
from enum import StrEnum, auto

from reviews.search.formats import chinese, cleaning, parsed

Values = dict[str, list[str]]

_HELD_TAGS = "TY TI T1 AB N2 AU A1 KW JF PY VL IS SP EP LA UR ER"
_HELD = frozenset(_HELD_TAGS.split())
_TYPES = {
    "ABST": "Abstract",
    "BOOK": "Book",
    "CHAP": "Book chapter",
    "CONF": "Conference paper",
    "CPAPER": "Conference paper",
    "CTLG": "Catalogue",
    "EJOUR": "Journal article",
    "ELEC": "Web page",
    "GEN": "Generic",
    "INPR": "In press",
    "JFULL": "Journal",
    "JOUR": "Journal article",
    "MGZN": "Magazine article",
    "NEWS": "Newspaper article",
    "PAT": "Patent",
    "RPRT": "Report",
    "SER": "Serial",
    "THES": "Thesis",
    "UNPB": "Unpublished",
}
_COPYRIGHT = re.compile(r"Copyright of .{0,300}? is the property of")
_HAN = re.compile("[\u3400-\u9fff]")
_EID = re.compile(r"[?&]eid=(2-s2\.0-\d+)")
_EBSCO_NUMBER = re.compile(r"Accession Number: ([^;\s]+)")
_JOURNALS = ("JF", "JO", "JA", "J2", "J1")
_WORD = re.compile(r"\w+")
_SMALL = "the of and for in on a an de la del der die das und et y e da do el les le des"
_SMALL_WORDS = frozenset(_SMALL.split())
_MARKED_PMID = re.compile(
    r"\A\s*(?:(?:PMID|PubMed(?: ID)?)[:\s]\s*(\d{1,9})|(\d{1,9})\s*[\[(](?:pmid|pubmed)[\])])", re.I
)
_COCHRANE_PMID = re.compile(r"\bPUBMED (\d{1,9})\b")


# Scopus: "English title; [Título original]".
_OTHER_TITLE = re.compile(r";\s{1,9}\[([^\[\]]{1,999})\]\s{0,9}$")


class Source(StrEnum):
    """Who wrote the record, as far as it changes what a tag means."""

    EMBASE = auto()
    EBSCO = auto()
    COCHRANE = auto()
    SCOPUS = auto()
    OVID = auto()
    PUBMED = auto()
    OTHER = auto()


def record(position: int, line: int, raw: str, values: Values, flaws: tuple[parsed.Flaw, ...]) -> parsed.ParsedRecord:
    """Build a record from tags and their values, whose continuation lines stand behind LF."""
    flat = {tag: [_joined(value) if "\n" in value else value for value in found] for tag, found in values.items()}
    source = _source(flat)
    title = _first(flat, "TI", "T1", "CT", "BT", "ST")
    journal, original = _journal(flat, source)
    original = original or _first(flat, "TT")
    if not original and title.endswith("]") and (second := _OTHER_TITLE.search(title)):
        original = second[1]
    abstracts = _abstracts(values)
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=title,
        original_title=original,
        abstract=abstracts[0] if abstracts else "",
        authors=_authors(flat.get("AU", []) + flat.get("A1", [])),
        journal=journal,
        year=cleaning.year(date for tag in ("PY", "Y1", "DA", "C6") for date in flat.get(tag, ())),
        volume=_first(flat, "VL", "VO"),
        issue=_first(flat, "IS") or (_first(flat, "CP") if source is Source.EBSCO else ""),
        pages=_pages(flat),
        doi=_doi(flat),
        pmid=_pmid(flat, source),
        accession=_accession(flat, source),
        issn=cleaning.issns(flat.get("SN", ())),
        language="; ".join(cleaning.unique(flat.get("LA", ()))),
        keywords=tuple(_keywords(values.get("KW", ()))),
        url=_first(flat, "UR", "LK", "L2", "L1"),
        publication_type=_type(flat, source),
        database=_database(flat, source),
        tags=_tags(flat, journal, original, abstracts[1:]),
        flaws=flaws,
    )


def _joined(value: str) -> str:
    return " ".join(filter(None, map(str.strip, value.split("\n"))))


def _first(flat: Values, *tags: str) -> str:
    for tag in tags:
        for value in flat.get(tag, ()):
            if value:
                return value
    return ""


def _source(flat: Values) -> Source:
    named = _first(flat, "DB", "DP").lower()
    url = _first(flat, "UR", "L2")
    if named.startswith("embase") or "embase.com/" in url or _first(flat, "U2")[:2].lstrip("L").isdigit():
        return Source.EMBASE
    if _first(flat, "DP") == "EBSCOhost" or "ebscohost.com/" in url:
        return Source.EBSCO
    if _first(flat, "AN").startswith("CN-") or "cochranelibrary.com/" in url:
        return Source.COCHRANE
    if named == "scopus" or "scopus.com/" in url:
        return Source.SCOPUS
    if "ovidsp" in url or "NL" in flat:
        return Source.OVID
    names = {name.lower() for tag in ("DB", "DP") for name in flat.get(tag, ())}
    return Source.PUBMED if names & {"nlm", "pubmed", "medline"} else Source.OTHER


def _authors(names: list[str]) -> tuple[str, ...]:
    """Each name once; several in one value are told apart by semicolons, Chinese names by commas too."""
    joined = "".join(names)
    if not joined.isascii() and _HAN.search(joined):
        return chinese.authors(names)
    # "&#233;" ends with a semicolon that separates nothing.
    if ";" in joined and "&" not in joined:
        names = [part.strip() for name in names for part in name.split(";")]
    return tuple(cleaning.unique(names))


def _journal(flat: Values, source: Source) -> tuple[str, str]:
    """The journal and, where T2 is no journal, the title in the other language."""
    journal = _first(flat, "JF", "JO")
    second = _first(flat, "T2")
    if journal:
        if not second or source not in (Source.EMBASE, Source.EBSCO):
            return journal, ""
        names = (name for tag in _JOURNALS for name in flat.get(tag, ()))
        return journal, "" if any(_is_variant(second, name) for name in names) else second
    if _first(flat, "TY").upper() == "THES" and not second:
        # The university.
        second = _first(flat, "PB")
    book = _first(flat, "BT") if _first(flat, "TI", "T1") else ""
    return second or _first(flat, "JA", "J2", "J1") or book, ""


def _is_variant(one: str, other: str) -> bool:
    """Whether one name of a journal is the other, shortened (`J. Clin. Nurs.`) or without its subtitle."""
    short, long = sorted((_name_words(one), _name_words(other)), key=lambda words: sum(map(len, words)))
    if not short:
        return False
    rest = iter(long)
    return all(any(word.startswith(part) for word in rest) for part in short)


def _name_words(name: str) -> list[str]:
    return [word for word in _WORD.findall(name.casefold()) if word not in _SMALL_WORDS]


def _abstracts(values: Values) -> list[str]:
    """Every abstract; a line that is indented goes on with the sentence, another begins a paragraph."""
    texts = (_paragraphs(part) for tag in ("AB", "N2") for part in values.get(tag, ()))
    return [text for text in cleaning.unique(texts) if not _COPYRIGHT.match(text)]


def _paragraphs(value: str) -> str:
    if "\n" not in value:
        return value
    rows = [row for row in value.split("\n") if row.strip()]
    return "".join((" " if row[0] in " \t" else "\n") + row.strip() for row in rows).strip()


def _keywords(values: Iterable[str]) -> list[str]:
    return cleaning.unique(word.strip() for value in values for word in _split_keywords(value))


def _split_keywords(value: str) -> list[str]:
    # "&amp;" ends with a semicolon that separates nothing.
    return value.split("\n") if "&" in value else value.replace(";", "\n").split("\n")


def _pages(flat: Values) -> str:
    start, end = _first(flat, "SP"), _first(flat, "EP", "LP")
    if start == "No" and end == "Specified":
        return ""
    return cleaning.pages(start, end) or _first(flat, "OP", "C7")


def _doi(flat: Values) -> str:
    # Links come last: a library's link resolver quotes the DOI among its parameters.
    numbers = (value for tag in ("DO", "DI", "L3", "M3") for value in flat.get(tag, ()))
    links = (value for tag in ("UR", "L2", "LK") for value in flat.get(tag, ()) if "doi.org/10." in value)
    return next(filter(None, map(cleaning.doi, (*numbers, *links))), "")


def _pmid(flat: Values, source: Source) -> str:
    own = {Source.EMBASE: "C5", Source.SCOPUS: "C2", Source.PUBMED: "AN"}.get(source, "PMID")
    for tag in (own, "PMID"):
        if number := cleaning.pmid(_first(flat, tag)):
            return number
    for value in flat.get("U1", ()):
        if found := _MARKED_PMID.match(value):
            return found[1] or found[2]
        if source is Source.PUBMED and (number := cleaning.pmid(value)):
            return number
    for value in flat.get("C3", ()):
        if found := _COCHRANE_PMID.search(value):
            return found[1]
    return next(filter(None, (cleaning.linked_pmid(url) for url in flat.get("UR", ()))), "")


def _accession(flat: Values, source: Source) -> str:
    if source is Source.EMBASE:
        return _first(flat, "U2", "AN")
    if source is Source.EBSCO and (found := _EBSCO_NUMBER.search(_first(flat, "N1"))):
        return found[1]
    if number := _first(flat, "AN"):
        return number.split(";")[0].strip()
    if source is Source.SCOPUS and (found := _EID.search(_first(flat, "UR"))):
        return found[1]
    # Elsewhere ID is the running number of somebody's library.
    return _first(flat, "ID") if source is Source.OVID else ""


def _type(flat: Values, source: Source) -> str:
    code = _first(flat, "TY").upper()
    has_types = source in (Source.EMBASE, Source.EBSCO, Source.COCHRANE, Source.SCOPUS)
    return (_first(flat, "M3") if has_types else "") or _first(flat, "PT") or _TYPES.get(code, code)


def _database(flat: Values, source: Source) -> str:
    if named := cleaning.unique(flat.get("DB", ())) or cleaning.unique(flat.get("DP", ())):
        return "; ".join(named)
    if _first(flat, "AN").startswith("WOS:"):
        return "Web of Science"
    return {Source.COCHRANE: "Cochrane Library", Source.EMBASE: "Embase"}.get(source, "")


def _tags(flat: Values, journal: str, original: str, abstracts: list[str]) -> dict[str, tuple[str, ...]]:
    held = {journal, original}
    tags = {tag: tuple(found) for tag, found in flat.items() if tag not in _HELD and not held.issuperset(found)}
    return {**tags, "AB": tuple(abstracts)} if abstracts else tags
