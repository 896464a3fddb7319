"""From RefWorks tags to fields: CNKI, Wanfang and VIP each use a few of them in their own way."""

import re

from reviews.search.formats import chinese, cleaning, parsed, tagged

_HELD_TAGS = "RT A1 T1 OT JF JO YR VO IS SP OP K1 AB LA LK URL UL DO"
_HELD = frozenset(_HELD_TAGS.split())
_PUBMED = re.compile(r"pubmed|medline", re.IGNORECASE)
_REPEATED = "the English names of the record before, repeated by Wanfang and left out"


def record(entry: tagged.Entry, before: tuple[str, ...]) -> parsed.ParsedRecord:
    """Build a record; `before` holds the names in Latin letters of the record in front of it."""
    title, second = chinese.text(entry.first("T1")), chinese.text(entry.first("OT"))
    kind = chinese.kind(*entry.all("CL"), entry.first("RT"))
    links = entry.all("LK", "URL", "UL")
    database = _database(entry, links)
    flaws = {flaw.text: flaw for flaw in entry.flaws}
    authors, parallel = _authors(entry, title, database, before, flaws)
    numbers = entry.all("AN")
    return parsed.ParsedRecord(
        position=entry.position,
        line=entry.line,
        raw=entry.raw,
        title=title,
        original_title=second,
        abstract=chinese.text(entry.first("AB")),
        authors=authors,
        parallel_authors=parallel,
        journal=_journal(entry, kind),
        year=chinese.year(entry.all("YR", "FD")),
        volume=entry.first("VO"),
        issue=entry.first("IS"),
        pages=cleaning.pages(entry.first("SP"), entry.first("OP")),
        doi=chinese.doi(entry.all("DO"), links),
        pmid=_pmid(entry, database),
        accession=chinese.accession(numbers, links),
        issn=cleaning.issns(entry.all("SN")),
        language=chinese.language(entry.all("LA"), title),
        keywords=chinese.keywords(entry.all("K1"), by_spaces=database == "VIP"),
        url=next(filter(None, links), ""),
        publication_type=kind,
        database=database,
        tags=entry.others(_HELD),
        flaws=tuple(flaws.values()),
    )


def _database(entry: tagged.Entry, links: list[str]) -> str:
    named = chinese.database(entry.all("DS", "DB"))
    if not named and any("wanfangdata" in link for link in links):
        return "Wanfang"
    return named


def _authors(
    entry: tagged.Entry, title: str, database: str, before: tuple[str, ...], flaws: parsed.Flaws
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The authors and their names in Latin letters, which Wanfang puts into the same list."""
    names = chinese.authors(entry.all("A1"))
    parts = chinese.by_script(names)
    if database != "Wanfang" or not parts.chinese or not chinese.has_han(title):
        return names, ()
    if parts.latin and parts.latin == before:
        parsed.note(flaws, _REPEATED, entry.line)
        return parts.chinese, ()
    return parts.chinese, parts.latin


def _journal(entry: tagged.Entry, kind: str) -> str:
    if "thesis" in kind.lower():
        return entry.first("JF", "JO", "PB", "T2")
    return entry.first("JF", "JO", "T2")


def _pmid(entry: tagged.Entry, database: str) -> str:
    numbers = entry.all("PMID") + (entry.all("AN") if _PUBMED.search(database) else [])
    return next(filter(None, map(cleaning.pmid, numbers)), "")
