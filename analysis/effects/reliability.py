"""Cronbach's alpha. Arrays of any broadcastable shapes: alpha, number of items, number of people.

Sources: Bonett 2010, Psychol Methods 15:368-385; Hakstian and Whalen 1976, Psychometrika 41:219-231; Bonett 2002, J
Educ Behav Stat 27:335-340.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.effects import core


@core.quietly
def alpha(alpha: ArrayLike, items: ArrayLike, n: ArrayLike) -> core.Effects:
    """α, variance 2 m (1 - α)²/((m - 1)(n - 2)) with m items."""
    value, m, size = core.floats(alpha, items, n)
    return core.settled(value, 2 * m * (1 - value) ** 2 / ((m - 1) * (size - 2)))


@core.quietly
def cube_root(alpha: ArrayLike, items: ArrayLike, n: ArrayLike) -> core.Effects:
    """1 - (1 - α)^(1/3) (Hakstian and Whalen), variance 18 m (n - 1)(1 - α)^(2/3)/((m - 1)(9n - 11)²)."""
    value, m, size = core.floats(alpha, items, n)
    root = np.cbrt(1 - value)
    return core.settled(1 - root, 18 * m * (size - 1) * root**2 / ((m - 1) * (9 * size - 11) ** 2))


@core.quietly
def log_complement(alpha: ArrayLike, items: ArrayLike, n: ArrayLike) -> core.Effects:
    """-log(1 - α) (Bonett), variance 2 m/((m - 1)(n - 2))."""
    value, m, size = core.floats(alpha, items, n)
    return core.settled(-np.log1p(-value), 2 * m / ((m - 1) * (size - 2)))
