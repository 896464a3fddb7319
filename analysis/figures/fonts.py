"""Measuring and wrapping text, so that no rendering has to hope that it fits.

Widths come from the faces that print uses and pages serve. Screens that are still waiting for them, or need another for
a script they lack, use the reader's fonts, which are narrower than the allowance made for them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from matplotlib.ft2font import FT2Font, LoadFlags

from analysis.figures import typeface

CAP_HEIGHT = 0.72
_BREAK_AFTER = "-/–—_;"
_JOINERS = ("=", "<")


@cache
def _faces(bold: bool) -> tuple[FT2Font, ...]:
    """In the order in which a character is looked for."""
    regular, heavy, wide = typeface.paths()
    return tuple(FT2Font(str(path)) for path in (heavy if bold else regular, wide))


@cache
def _advance(character: str, bold: bool) -> float:
    """A character's width in em; one em for a wide one that no face has."""
    for face in _faces(bold):
        if face.get_char_index(ord(character)):
            glyph = face.load_char(ord(character), LoadFlags.NO_SCALE)
            return float(glyph.horiAdvance) / face.units_per_EM
    return 1.0


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of one line, in the unit of `size`."""
    return size * sum(_advance(character, bold) for character in text)


def missing(text: str) -> str:
    """The characters no face can draw, each once."""
    lacking = (
        character
        for character in dict.fromkeys(text)
        if not character.isspace() and not any(face.get_char_index(ord(character)) for face in _faces(False))
    )
    return "".join(lacking)


def wrap(text: str, limit: float, size: float, bold: bool = False) -> tuple[str, ...]:
    """The text in lines no wider than `limit`: broken at spaces, after hyphens and between ideographs, and inside a
    word only when the word alone is too wide. Nothing is left out but the spaces at the breaks."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_line(paragraph, limit, size, bold))
    return tuple(lines)


def _wrap_line(text: str, limit: float, size: float, bold: bool) -> Iterator[str]:
    line = ""
    for piece in pieces(text):
        if width((line + piece).rstrip(), size, bold) <= limit:
            line += piece
            continue
        if line.strip():
            yield line.strip()
        line = piece.lstrip()
        while width(line.rstrip(), size, bold) > limit and len(line) > 1:
            head = _longest_start(line, limit, size, bold)
            yield line[:head]
            line = line[head:]
    yield line.strip()


def _longest_start(text: str, limit: float, size: float, bold: bool) -> int:
    used = 0.0
    for position, character in enumerate(text):
        used += size * _advance(character, bold)
        if used > limit:
            return max(position, 1)
    return len(text)


def pieces(text: str) -> Iterator[str]:
    """The text cut wherever a line may end: never beside "=" or "<", never inside square brackets."""
    start, depth = 0, 0
    for position, character in enumerate(text, start=1):
        depth += (character == "[") - (character == "]")
        if depth <= 0 and _may_end(text, position):
            yield text[start:position]
            start = position
    if start < len(text):
        yield text[start:]


def _may_end(text: str, position: int) -> bool:
    last, following = text[position - 1], text[position : position + 1]
    if last == " ":
        return following not in _JOINERS and text[position - 2 : position - 1] not in _JOINERS
    return last in _BREAK_AFTER or _is_ideograph(last)


def has_ideographs(text: str) -> bool:
    """Whether any of it is as wide as it is high."""
    return any(_is_ideograph(character) for character in text)


def _is_ideograph(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
