"""XML of the WHO's register portal (ICTRP) and of EBSCO."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from reviews.search.formats import cleaning, endings, layout, parsed
from reviews.search.formats.structured import fragments, items, pieces

_TRIAL = re.compile(r"<(Trial|trial)(?=[\s>])")
_REC = re.compile(r"<(rec)(?=[\s>])")
_TRIAL_FIELDS = "TrialID Public_title Primary_sponsor Date_registration web_address Condition"
_HELD = frozenset(_TRIAL_FIELDS.split())
_INFO = "header/controlInfo"


def _trial(position: int, line: int, raw: str, tree: Any, flaws: tuple[parsed.Flaw, ...]) -> parsed.ParsedRecord:
    sponsor = fragments.first(tree, "Primary_sponsor", "Primary_Sponsor", "primary_sponsor")
    title = fragments.first(tree, "Public_title", "public_title")
    scientific = fragments.first(tree, "Scientific_title", "scientific_title")
    words = (word for value in fragments.every(tree, "Condition") for word in re.split(r";|<br>", value))
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=title or scientific,
        authors=(sponsor,) if sponsor else (),
        year=cleaning.year(
            [fragments.first(tree, name) for name in ("Date_registration", "Date_registration3", "Date_enrollement")]
        ),
        accession=fragments.first(tree, "TrialID", "trialid", "Main_ID"),
        keywords=tuple(cleaning.unique(word.strip() for word in words)),
        url=fragments.first(tree, "web_address", "url"),
        publication_type="Trial registration",
        database="ICTRP",
        tags=_plain(tree),
        flaws=flaws,
    )


def _plain(tree: Any) -> dict[str, tuple[str, ...]]:
    tags: dict[str, tuple[str, ...]] = {}
    for element in tree:
        if isinstance(element.tag, str) and element.tag not in _HELD and (value := fragments.paragraphs(element)):
            tags[element.tag] = (*tags.get(element.tag, ()), value)
    return tags


def _rec(position: int, line: int, raw: str, tree: Any, flaws: tuple[parsed.Flaw, ...]) -> parsed.ParsedRecord:
    header = tree.find("header")
    first = fragments.first(tree, f"{_INFO}/artinfo/ppf")
    count = fragments.first(tree, f"{_INFO}/artinfo/ppct")
    last = str(int(first) + int(count) - 1) if first.isdecimal() and count.isdecimal() and int(count) > 0 else ""
    numbers = {kind: fragments.first(tree, f"{_INFO}/artinfo/ui[@type='{kind}']") for kind in ("doi", "pmid")}
    return parsed.ParsedRecord(
        position=position,
        line=line,
        raw=raw,
        title=fragments.first(tree, f"{_INFO}/artinfo/tig/atl", f"{_INFO}/bkinfo/btl", f"{_INFO}/artinfo//atl"),
        abstract=fragments.paragraphs(tree.find(f"{_INFO}/artinfo/ab")),
        authors=tuple(
            cleaning.unique(
                fragments.every(tree, f"{_INFO}/artinfo/aug/au") or fragments.every(tree, f"{_INFO}/bkinfo/aug/au")
            )
        ),
        journal=fragments.first(tree, f"{_INFO}/jinfo/jtl"),
        year=cleaning.year([str(date.get("year", "")) for date in tree.iterfind(f"{_INFO}//dt")]),
        volume=fragments.first(tree, f"{_INFO}/pubinfo/vid"),
        issue=fragments.first(tree, f"{_INFO}/pubinfo/iid"),
        pages=cleaning.pages(first, last),
        doi=cleaning.doi(numbers["doi"]),
        pmid=cleaning.pmid(numbers["pmid"]),
        accession="" if header is None else str(header.get("uiTerm", "")),
        issn=cleaning.issns(fragments.every(tree, f"{_INFO}/jinfo/issn")),
        language=fragments.first(tree, f"{_INFO}/language"),
        keywords=tuple(
            cleaning.unique(
                fragments.every(tree, f"{_INFO}/artinfo/sug/subj") + fragments.every(tree, f"{_INFO}/artinfo/keyword")
            )
        ),
        url=fragments.first(tree, "pdfLink", "plink"),
        publication_type="; ".join(
            cleaning.unique(
                fragments.every(tree, f"{_INFO}/artinfo/pubtype") or fragments.every(tree, f"{_INFO}/artinfo/doctype")
            )
        ),
        database="" if header is None else str(header.get("longDbName", "") or header.get("shortDbName", "")),
        flaws=flaws,
    )


def _format(name: str, label: str, begins: str, start: re.Pattern[str], make: items.Make, family: str) -> layout.Format:
    def read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
        return items.read(stream, encoding, start_after, start, make)

    def count(stream: BinaryIO, encoding: str) -> int:
        return pieces.count(stream, encoding, re.compile(start.pattern.replace("(?=", "(?:")))

    return layout.Format(
        name=name, label=label, begins=re.compile(begins), read=read, count=count, ends=endings.XML, family=family
    )


FORMATS = (
    _format("ictrp-xml", "WHO ICTRP XML", r"<Trials_downloaded_from_ICTRP", _TRIAL, _trial, "Trial registers"),
    _format("ebsco-xml", "EBSCO XML", r"<rec\s+resultID=|<records>\s*<rec[\s>]", _REC, _rec, "EBSCO"),
)
