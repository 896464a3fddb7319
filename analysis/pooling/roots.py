"""Roots of many monotone or bracketed functions at once, by Newton's method that cannot leave its bracket."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from analysis.pooling import batch

MAX_STEPS = 100
# A step of Newton's method this small, relative to the value, leaves an error of about its square.
LAST_STEP = 1e-9
NARROW = 1e-14
FLOOR = 1e-18

Step = Callable[..., tuple[batch.Floats, batch.Floats]]


class Roots(NamedTuple):
    """The roots, shape (rows,), and whether each search settled."""

    value: batch.Floats
    is_converged: batch.Bools


def newton(
    step: Step,
    data: tuple[batch.Floats, ...],
    low: batch.Floats,
    high: batch.Floats,
    start: batch.Floats,
    *,
    max_steps: int | None = None,
) -> Roots:
    """Where a function falls through 0 between `low` ≥ 0 and `high`, to about 1e-13 of the root.

    `step(x, *data)` returns, for each row, the function's value (only its sign is used: positive when the root is
    to the right) and the step that Newton's method takes from x. Where that step is not finite or leaves the bracket
    the bracket is halved. `data` are arrays with the rows as first axis; rows that have settled drop out of the work.
    """
    value, settled = np.array(start, dtype=np.float64), np.zeros(low.shape, dtype=np.bool_)
    todo: slice | np.ndarray[tuple[int], np.dtype[np.intp]] = slice(None)
    now = value
    for _ in range(MAX_STEPS if max_steps is None else max_steps):
        height, move = step(now, *data)
        is_left = height > 0
        low, high = np.where(is_left, now, low), np.where(is_left, high, now)
        moved = now + move
        is_newton = (moved >= low) & (moved <= high)
        if is_newton.all():
            done = np.abs(moved - now) <= LAST_STEP * moved + FLOOR
        else:
            moved = np.where(height == 0, now, np.where(is_newton, moved, 0.5 * (low + high)))
            last = np.where(is_newton, LAST_STEP, 0.0) * moved + FLOOR
            done = (np.abs(moved - now) <= last) | (high - low <= NARROW * moved)
        value[todo], settled[todo], now = moved, done, moved
        left = np.count_nonzero(done)
        if left == done.size:
            break
        if left > done.size // 4:
            rest = np.flatnonzero(~done)
            todo = rest if isinstance(todo, slice) else todo[rest]
            now, low, high = moved[rest], low[rest], high[rest]
            data = tuple(part[rest] for part in data)
    return Roots(value, settled)
