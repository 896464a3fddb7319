"""BibTeX's `crossref`: an entry takes what it lacks from another one, which usually stands behind it."""

import re
from typing import BinaryIO

from reviews.search.formats import lines
from reviews.search.formats.bibtex import entries

# Key of an entry to its text.
Parents = dict[str, str]

_CROSSREF = re.compile(r"\b(?:crossref|xdata)\s*=\s*[{\"]?\s*([^\s{},\"]{1,300})", re.IGNORECASE)
_KEY = re.compile(r"\s*@[ \t]*[A-Za-z]+[ \t]*[{(]\s*([^\s,={}\"]{1,300})\s*,")
_MOST = 20_000
# What is the parent's own, and no field of a paper in it.
_OWN = frozenset({"title", "doi", "pages", "abstract", "author", "url", "keywords", "crossref", "key", "pmid", "note"})


def parents(stream: BinaryIO, encoding: str, start: re.Pattern[str]) -> Parents:
    """The entries to which others refer; empty, and the file looked through once, where none does."""
    wanted: set[str] = set()
    for text in lines.blocks(stream, encoding):
        if len(wanted) < _MOST:
            wanted.update(found.casefold() for found in _CROSSREF.findall(text))
    if not wanted:
        return {}
    known: Parents = {}
    for chunk in lines.split(lines.blocks(stream, encoding), start):
        found = _KEY.match(chunk.text) if chunk.is_record else None
        if found and found[1].casefold() in wanted:
            known.setdefault(found[1].casefold(), chunk.text)
    return known


def completed(entry: entries.Entry, known: Parents, strings: dict[str, str]) -> entries.Entry:
    """The entry with the fields of the one it refers to; the parent's title is what it appeared in."""
    keys = entry.values.get("crossref") or entry.values.get("xdata") or []
    text = known.get(keys[0].strip().casefold()) if keys else None
    if not text:
        return entry
    parent = entries.read(text, 1, strings)
    values = {name: found for name, found in parent.values.items() if name not in _OWN}
    place = parent.values.get("booktitle") or parent.values.get("title")
    if place:
        values["booktitle"] = place
    return entry._replace(values={**values, **entry.values})
