"""The words by which a record is found: folded, and Chinese, Japanese and Korean cut into pairs of characters.

Scripts without word breaks cannot be cut into words without a dictionary. Every two neighbouring characters are a word
instead, so that any two or more characters are found wherever they stand; the last one stands alone too.
"""

import re
from collections.abc import Iterable
from itertools import chain, repeat
from operator import add

from reviews.search.duplicates import text

RUN = re.compile(f"{text.WIDE.pattern}+")
# PostgreSQL keeps at most 1 MB of words for a row; a longer text is found by its beginning.
_LONGEST = 50_000
_SORTED_BY = 80
# PostgreSQL takes no word of more than 2,046 bytes.
LONGEST = 500
# It counts places up to here; what stands behind stands there.
_PLACES = tuple(f":{place}" for place in range(1, 1 << 14))


def indexed(parts: Iterable[str]) -> str:
    """All words of `parts` with a space between them, as the index holds them."""
    folded = text.words(" ".join(part[:_LONGEST] for part in parts if part)[:_LONGEST])
    return folded if folded.isascii() else RUN.sub(_pairs, folded)


def vector(words: str) -> str:
    """Words of `indexed` as PostgreSQL's `tsvector`, each with its place: letters and digits need no quotes."""
    found = words.split()
    if found and len(max(found, key=len)) > LONGEST:
        found = [word[:LONGEST] for word in found]
    return " ".join(map(add, found, chain(_PLACES, repeat(_PLACES[-1]))))


def pairs(run: str) -> list[str]:
    """Every two neighbouring characters of a run, and the last one."""
    return [run[at : at + 2] for at in range(len(run))]


def _pairs(found: re.Match[str]) -> str:
    return f" {' '.join(pairs(found[0]))} "


def sort_key(title: str) -> str:
    """By what a title is sorted: its words without accents and signs."""
    return text.words(title[:500])[:_SORTED_BY]
