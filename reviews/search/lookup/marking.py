"""Texts cut at the words that were looked for."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from reviews.search.duplicates import text
from reviews.search.lookup import words
from reviews.search.lookup.asked import Marks

_WORD = re.compile(r"[^\W_]+")
_BEFORE, _AFTER = 70, 150


class Part(NamedTuple):
    text: str
    is_marked: bool


def marked(value: str, marks: Marks) -> list[Part]:
    """`value` in parts, which together are `value` again."""
    parts, at = [], 0
    for start, end in _joined(value, marks):
        if start > at:
            parts.append(Part(value[at:start], False))
        parts.append(Part(value[start:end], True))
        at = end
    return [*parts, Part(value[at:], False)] if at < len(value) else parts


def excerpt(value: str, marks: Marks) -> list[Part]:
    """The surroundings of the first word found, marked; nothing where none is found."""
    first = next(_found(value, marks), None)
    if first is None:
        return []
    start, end = max(0, first[0] - _BEFORE), min(len(value), first[1] + _AFTER)
    # Not in the middle of a word, unless the script has none.
    start = value.find(" ", start, first[0]) + 1 or start if start else 0
    end = max(value.rfind(" ", first[1], end), 0) or end if end < len(value) else end
    cut = f"{'… ' if start else ''}{value[start:end].strip()}{' …' if end < len(value) else ''}"
    return marked(cut, marks)


def _joined(value: str, marks: Marks) -> Iterator[tuple[int, int]]:
    """The places in their order, those that overlap made one."""
    last: tuple[int, int] | None = None
    for start, end in sorted(_found(value, marks)):
        if last and start <= last[1]:
            last = (last[0], max(end, last[1]))
            continue
        if last:
            yield last
        last = (start, end)
    if last:
        yield last


def _found(value: str, marks: Marks) -> Iterator[tuple[int, int]]:
    for word in _WORD.finditer(value):
        if words.RUN.search(word[0]):
            yield from _runs(word[0], word.start(), marks)
        elif marks.has(text.words(word[0])):
            yield word.span()


def _runs(word: str, at: int, marks: Marks) -> Iterator[tuple[int, int]]:
    folded = text.words(word)
    # Folding keeps the length of what is Chinese; where it does not, places would be wrong.
    if len(folded) != len(word):
        return
    for run in marks.runs:
        for found in re.finditer(re.escape(run), folded):
            yield at + found.start(), at + found.end()
    for latin in re.finditer("[a-z0-9]+", folded):
        if marks.has(latin[0]):
            yield at + latin.start(), at + latin.end()
