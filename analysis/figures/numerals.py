"""Numbers as text. Every figure rounds here and nowhere else; the minus sign is U+2212.

A number that rounds to nought has no sign. The upper limit of an interval below nought gets the decimals it needs:
"[−0.30, −0.004]" excludes no effect, "[−0.30, 0.00]" does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

MINUS = "−"
MOST_DECIMALS = 6


def fixed(value: float, decimals: int) -> str:
    """A number with so many decimals."""
    text = f"{abs(value):.{decimals}f}"
    return MINUS + text if value < 0 and text.strip("0.") else text


def count(value: int) -> str:
    """A whole number, without separators, as journals print it."""
    return fixed(value, 0)


def interval(estimate: float, low: float, high: float, decimals: int) -> str:
    """ "−0.42 [−0.71, −0.14]", RevMan's form."""
    return f"{fixed(estimate, decimals)} {limits(low, high, decimals)}"


def limits(low: float, high: float, decimals: int) -> str:
    """ "[−0.71, −0.14]"."""
    return f"[{fixed(low, decimals)}, {_upper(high, decimals)}]"


def _upper(high: float, decimals: int) -> str:
    """The upper limit, with as many decimals as show that it lies below nought."""
    if high < 0 and math.isfinite(high) and not fixed(-high, decimals).strip("0."):
        needed = -math.floor(math.log10(-high))
        return fixed(high, needed if needed <= MOST_DECIMALS else decimals)
    return fixed(high, decimals)


def percent(value: float, decimals: int = 0) -> str:
    """A number already in per cent."""
    return f"{fixed(value, decimals)}%"


def p_value(p: float) -> str:
    """ "P < 0.0001", "P = 0.003", "P = 0.034", "P = 0.47": RevMan's steps, with a third decimal near 0.05."""
    for bound in (0.00001, 0.0001):
        if p < bound:
            return f"P < {bound:.{round(-math.log10(bound))}f}"
    for bound, decimals in ((0.00095, 4), (0.0995, 3)):
        if p < bound:
            return f"P = {p:.{decimals}f}"
    return f"P = {p:.2f}"


def variance(value: float) -> str:
    """tau²: two decimals, more when it is small, so that a small one does not read as nought."""
    if value == 0 or value >= 0.095:
        return fixed(value, 2)
    return fixed(value, min(MOST_DECIMALS, 1 - math.floor(math.log10(value))))


def decimals_for(values: Iterable[float], *, least: int = 0, most: int = 2) -> int:
    """The fewest decimals that show every value of a column as it was entered, within bounds."""
    needed = max((_decimals(value) for value in values), default=least)
    return max(least, min(most, needed))


def _decimals(value: float) -> int:
    _, _, fraction = f"{value:.{MOST_DECIMALS}f}".rstrip("0").partition(".")
    return len(fraction)
