"""Titles compared by their letters: may two of them name one document? Pure functions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import product

WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Titles under one DOI: of the labelled sets, the same document scores 0.9 or more, two abstracts of one
# congress supplement 0.6 or less.
_ALIKE = 0.65


class Likeness(Enum):
    """What titles say about two documents; ``UNKNOWN`` when one has none, or they share no script."""

    ALIKE = "alike"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Wording:
    """A normalised title (``matching.normalise_title``), never empty, with what comparing it takes."""

    title: str

    @cached_property
    def script(self) -> str:
        if self.title.isascii():
            return "latin"
        if len(WIDE.findall(self.title)) * 4 > len(self.title):
            return "wide"
        # After folding, a Latin title keeps hardly a letter outside ASCII; Cyrillic, Greek and Arabic keep all.
        return "other" if sum(not char.isascii() for char in self.title) * 2 > len(self.title) else "latin"

    @cached_property
    def trigrams(self) -> frozenset[str]:
        return frozenset(self.title[at : at + 3] for at in range(max(1, len(self.title) - 2)))

    def compared(self, other: "Wording") -> Likeness:
        if self.title == other.title:
            return Likeness.ALIKE
        if self.script != other.script:
            return Likeness.UNKNOWN
        shorter = min(len(self.trigrams), len(other.trigrams))
        is_alike = len(self.trigrams & other.trigrams) >= _ALIKE * shorter
        return Likeness.ALIKE if is_alike else Likeness.DIFFERENT


def likeness(ours: Iterable[Wording], theirs: Iterable[Wording]) -> Likeness:
    """Compare two documents with all the titles of each, in any order of them.

    One pair alike is enough, because a document may have a title in each of two languages; a pair that differs
    in one script outweighs pairs that cannot be compared.
    """
    found = Likeness.UNKNOWN
    for one, other in product(ours, theirs):
        said = one.compared(other)
        if said is Likeness.ALIKE:
            return said
        if said is Likeness.DIFFERENT:
            found = said
    return found
