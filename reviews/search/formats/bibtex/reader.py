"""The format: a stream of entries, each cut at the line-start `@word{` of the next."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reviews.search.formats import endings, layout, lines, parsed, scrubbing
from reviews.search.formats.bibtex import crossing, entries, fields

_OTHER = r"(?:[Ss](?:tring|TRING)|[Pp](?:reamble|REAMBLE)|[Cc](?:omment|OMMENT))"
_OPENING = r"@[ \t]*(?:[A-Za-z]+[ \t]*[{(](?=[^={}\"\n]{0,300}(?:,|\n|\Z))|" + _OTHER + r"[ \t]*[{(])"
_KINDS = "article|book|inbook|incollection|inproceedings|conference|proceedings|misc|phdthesis|mastersthesis|techreport"
# The other ways: entries glued together without a line end, be it in the middle of a value.
_GLUED = rf"@(?i:{_KINDS})[{{(] ?[^={{}}\"\n]{{1,300}},(?=[ \t]*\n)"
_START = re.compile(rf"(?:\n[ \t]*|\}}[ \t\ufeff]*){_OPENING}|[^\n]{_GLUED}")
_BEGINS = re.compile(rf"^[ \t]*(?!@[ \t]*{_OTHER})@[A-Za-z]+[ \t]*[{{(][^={{}}\"\n]{{0,300}}(?:,|$)", re.MULTILINE)
_ANY = re.compile(rf"^[ \t]*@[ \t]*{_OTHER}[ \t]*[{{(]|{_BEGINS.pattern}", re.MULTILINE)
_IS_OTHER = re.compile(rf"\s*@[ \t]*{_OTHER}[ \t]*[{{(]")
_STRING = re.compile(
    r"\s*@[ \t]*string[ \t]*[{(]\s*([^\s={}\"#,]+)\s*=\s*(?:\"([^\"]*)\"|\{((?:[^{}]|\{[^{}]*\})*)\})", re.IGNORECASE
)
_PREAMBLE = re.compile(r"(?:\s*(?:Scopus|EXPORT DATE: .*|%.*|Encoding: .*))*\s*")
_BETWEEN = "text between the entries, left out"
_MOST_STRINGS = 20_000


def _read(stream: BinaryIO, encoding: str, start_after: int) -> Iterator[parsed.Item]:
    strings: dict[str, str] = {}
    flaws: parsed.Flaws = {}
    position = 0
    parents = crossing.parents(stream, encoding, _START)
    for chunk in lines.split(lines.blocks(stream, encoding), _START):
        if not chunk.is_record:
            _look(chunk.text, chunk.line, flaws)
        elif _IS_OTHER.match(chunk.text):
            if (found := _STRING.match(chunk.text)) and len(strings) < _MOST_STRINGS:
                strings[found[1].lower()] = _cleaned(found[2] or found[3] or "", chunk.line, flaws)
        else:
            position += 1
            if position > start_after:
                yield _item(position, chunk, strings, flaws, parents)
            flaws = {}


def _cleaned(text: str, line: int, flaws: parsed.Flaws) -> str:
    bare = scrubbing.clean(text)
    if bare != text.strip():
        parsed.note(flaws, scrubbing.FLAW, line)
    return bare


def _look(text: str, line: int, flaws: parsed.Flaws) -> None:
    """Note text outside the entries that no known program writes there."""
    if text.strip() and not _PREAMBLE.fullmatch(text[:10_000]):
        parsed.note(flaws, _BETWEEN, line + text[: len(text) - len(text.lstrip())].count("\n"))


def _item(
    position: int, chunk: lines.Chunk, strings: dict[str, str], before: parsed.Flaws, parents: crossing.Parents
) -> parsed.Item:
    entry = entries.read(chunk.text, chunk.line, strings)
    if parents:
        entry = crossing.completed(entry, parents, strings)
    raw = chunk.text[: entry.end].strip("\n") if entry.has_end else chunk.text.rstrip()
    if chunk.is_last and not entry.has_end:
        reason = f"Record {position} begins at line {chunk.line} and has no closing brace: the file looks cut off."
        return parsed.Refused(position, chunk.line, raw, reason, is_incomplete=True)
    flaws = {**before, **entry.flaws}
    if entry.has_end:
        _look(chunk.text[entry.end :], chunk.line + chunk.text.count("\n", 0, entry.end), flaws)
    record = fields.record(position, chunk.line, raw, entry, tuple(flaws.values()))
    return parsed.judged(record)


FORMAT = layout.Format(
    name="bibtex",
    label="BibTeX",
    begins=_ANY,
    counts=_BEGINS,
    read=_read,
    ends=endings.BIBTEX,
    family="Reference managers",
)
