"""Journal names compared as abbreviations of one another."""

import functools
from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz

from reviews.search.duplicates.table import Ints


def likeness(names: Sequence[str], left: Ints, right: Ints) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Likeness of the journals of many pairs, shape (pairs,), 0 to 1; NaN where one is missing.

    Few names make up most pairs, so each pair of names is compared once.
    """
    pairs = [(names[a], names[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)]
    return np.array([compared(a, b) if a <= b else compared(b, a) for a, b in pairs], np.float32)


@functools.lru_cache(maxsize=200_000)
def compared(one: str, other: str) -> float:
    """Likeness of two folded names: 1 when one abbreviates the other word by word or by its initials."""
    if not one or not other:
        return float("nan")
    if one == other:
        return 1.0
    shorter, longer = sorted((one.split(), other.split()), key=len)
    best = max(_prefixes(shorter, longer), _prefixes(longer, shorter) if len(shorter) == len(longer) else 0.0)
    if len(shorter) == 1 and len(longer) > 1 and shorter[0] == "".join(word[0] for word in longer):
        best = 1.0
    return max(best, fuzz.token_set_ratio(one, other) / 100 - 0.1)


def _prefixes(shorter: list[str], longer: list[str]) -> float:
    """The share of the shorter name's words that begin, in order, the longer name's words."""
    place = matched = 0
    for word in shorter:
        for later in range(place, len(longer)):
            target = longer[later]
            if target.startswith(word) or (word.startswith(target) and len(target) > 2):
                place, matched = later + 1, matched + 1
                break
    return matched / len(shorter)
