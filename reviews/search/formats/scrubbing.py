"""Characters that no field may hold: control characters, NUL and halves of surrogate pairs.

They come from damaged files, and from escapes in JSON, XML and workbooks. A database refuses some of them and
a spreadsheet or XML export breaks on the others. VT and FF separate words in old exports, so they become a space.
"""

import dataclasses
import re
from collections.abc import Iterable

from reviews.search.formats import parsed

_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What even the raw text cannot keep.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# The same as bytes: to look for a set of bytes takes a tenth of the time.
_CONTROLS = bytes((*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F))
# Only an escape can put into a field what is not in the raw text.
_ESCAPES = ("&", "\\", "%", "_")
_TABS = re.compile(r"[ \t]*\t[ \t]*")
_SPACE = re.compile("[\x0b\x0c]")
FLAW = "control characters, taken out of the fields"

_TEXTS = (
    *("title", "original_title", "abstract", "journal", "volume", "issue", "pages", "doi", "pmid", "accession"),
    *("language", "url", "publication_type", "database"),
)
_LISTS = ("authors", "parallel_authors", "keywords")


def scrubbed(item: parsed.Item) -> parsed.Item:
    """The item without such characters; a record that had some gets a flaw."""
    if isinstance(item, parsed.Refused):
        raw = item.raw
        return dataclasses.replace(item, raw=_UNSTORABLE.sub("\ufffd", raw)) if _UNSTORABLE.search(raw) else item
    if "\t" in item.title:
        item = dataclasses.replace(item, title=_TABS.sub(" ", item.title).strip())
    raw = item.raw
    has_escapes = any(mark in raw for mark in _ESCAPES)
    return _mended(item) if _is_bad(raw) or (has_escapes and _is_bad("".join(_values(item)))) else item


def _is_bad(text: str) -> bool:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return True
    return len(data.translate(None, _CONTROLS)) < len(data)


def _values(record: parsed.ParsedRecord) -> Iterable[str]:
    yield record.title
    yield record.original_title
    yield record.abstract
    yield record.journal
    yield record.url
    yield record.accession
    yield record.pages
    yield from record.authors
    yield from record.parallel_authors
    yield from record.keywords
    for values in record.tags.values():
        yield from values


def _mended(record: parsed.ParsedRecord) -> parsed.ParsedRecord:
    changed: dict[str, object] = {name: clean(getattr(record, name)) for name in _TEXTS}
    changed |= {name: tuple(filter(None, map(clean, getattr(record, name)))) for name in _LISTS}
    changed["tags"] = {clean(tag): tuple(map(clean, values)) for tag, values in record.tags.items()}
    changed["raw"] = _UNSTORABLE.sub("\ufffd", record.raw)
    changed["flaws"] = (*record.flaws, parsed.Flaw(FLAW, record.line))
    return dataclasses.replace(record, **changed)  # type: ignore[arg-type]


def clean(text: str) -> str:
    """The text without such characters."""
    return _BAD.sub("", _SPACE.sub(" ", text)).strip() if _BAD.search(text) else text
