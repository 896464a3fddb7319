"""One BibTeX entry: its type, key and fields, by counting braces; a value whose braces do not match is ended where
the next field's line begins."""

import re
from typing import NamedTuple

from reviews.search.formats import parsed

Values = dict[str, list[str]]

_HEAD = re.compile(r"[\s\ufeff]*@[ \t]*([A-Za-z]+)[ \t]*([{(])[ \t]*")
_KEY = re.compile(r"\s*([^,={}\"\n]*?)\s*(?:,|(?=[\n})]|\Z))")
_NAME = re.compile(r"\s*,?\s*([A-Za-z_@][^\s={},\"#()]*(?:[ \t\u00a0]\w+)?)\s*=\s*")
_NO_KEY = re.compile(r"\s*[A-Za-z_-]+\s*=\s*[{\"\w]")
_END = re.compile(r"[\s,]*[})]")
# A backslash takes the next character with it, also when Web of Science wrapped the line between the two.
_BRACES = re.compile(r"\\(?:\n\s*)?.|[{}]", re.DOTALL)
_QUOTE = re.compile(r"\\.|[{}\"]", re.DOTALL)
_BARE = re.compile(r"[^\s,{}#\"]+")
_BEHIND = re.compile(r"\s*(?:#|,?\s*(?:[A-Za-z_][^\s={},\"#()]*(?:[ \t\u00a0]\w+)?\s*=|[})]\s*|\Z)|,\s*\Z)")
# The line of the next field, or the end of the entry.
_NEXT_FIELD = re.compile(r"[}\"]\s*,?[ \t]*\n\s*(?:[A-Za-z_][\w-]*(?:[ \t\u00a0]\w+)?\s*=\s*[{\"\w]|[})]\s*(?:\Z|\n))")
_JOINED = re.compile(r"\s*#\s*")
_MISMATCH = "braces that do not match, the value ended where the next field begins"
_JUNK = "text that is no field, left out"
_OPEN = "no closing brace"


class Entry(NamedTuple):
    """An entry; `end` is the place behind its closing brace, `has_end` whether it has one."""

    kind: str
    key: str
    values: Values
    end: int
    has_end: bool
    flaws: parsed.Flaws


def read(text: str, line: int, strings: dict[str, str]) -> Entry:
    """Read the entry that the text begins with; `strings` are the file's own abbreviations."""
    head = _HEAD.match(text)
    if not head:
        return Entry("", "", {}, 0, False, {})
    values: Values = {}
    flaws: parsed.Flaws = {}
    at, key = head.end(), ""
    if not _NO_KEY.match(text, at) and (found := _KEY.match(text, at)):
        key, at = found[1], found.end()
    while True:
        name = _NAME.match(text, at)
        if name:
            value, at = _value(text, name.end(), line, strings, flaws)
            values.setdefault(name[1].lower(), []).append(value)
            continue
        if end := _END.match(text, at):
            return Entry(head[1].lower(), key, values, end.end(), True, flaws)
        skipped = _NEXT_FIELD.search(text, at)
        if text[at:].strip(" \t\n,"):
            parsed.note(flaws, _JUNK, line + text.count("\n", 0, at))
        if not skipped:
            parsed.note(flaws, _OPEN, line)
            return Entry(head[1].lower(), key, values, len(text), False, flaws)
        at = skipped.start() + 1


def _value(text: str, at: int, line: int, strings: dict[str, str], flaws: parsed.Flaws) -> tuple[str, int]:
    """The value that begins there, its parts joined, and the place behind it."""
    parts: list[str] = []
    while True:
        part, end = _part(text, at, strings)
        if end < 0 or not _BEHIND.match(text, end):
            part, end = _rescued(text, at, line, flaws)
        parts.append(part)
        behind = _JOINED.match(text, end)
        if not behind:
            return "".join(parts), end
        at = behind.end()


def _part(text: str, at: int, strings: dict[str, str]) -> tuple[str, int]:
    first = text[at : at + 1]
    if first in ("{", '"'):
        end = _closing(text, at, first)
        return (text[at + 1 : end], end + 1) if end >= 0 else ("", -1)
    bare = _BARE.match(text, at)
    if not bare:
        return "", at
    return strings.get(bare[0].lower(), bare[0]), bare.end()


def _closing(text: str, at: int, first: str) -> int:
    """Where the brace or quote that opens there is closed; -1 if nowhere."""
    depth = 0
    if first == "{" and (end := text.find("}", at)) >= 0 and _is_plain(text, at + 1, end):
        return end
    for found in (_QUOTE if first == '"' else _BRACES).finditer(text, at + 1):
        mark = found[0]
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth < 0:
                return found.start() if first == "{" else -1
        elif mark == '"' and depth == 0:
            return found.start()
    return -1


def _is_plain(text: str, begin: int, end: int) -> bool:
    return text.find("{", begin, end) < 0 and text.find("\\", begin, end) < 0


def _rescued(text: str, at: int, line: int, flaws: parsed.Flaws) -> tuple[str, int]:
    parsed.note(flaws, _MISMATCH, line + text.count("\n", 0, at))
    found = _NEXT_FIELD.search(text, at + 1)
    begin = at + (text[at : at + 1] in ("{", '"'))
    if found:
        return text[begin : found.start()], found.start() + 1
    return text[begin:].rstrip(), len(text)
