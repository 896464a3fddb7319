"""ML and REML for many subsets of the same studies.

Where the likelihood of a subset can have its maxima is scanned at values of tau² that all subsets share. The sums
behind its slope are then products of two matrices, memberships (rows, k) and the studies' terms (k, values), and every
term is computed once instead of once a subset. What the scan brackets is refined for each subset on its own.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.pooling import batch, roots
from analysis.pooling.tau2 import likelihood, result

# The scan's steps: a factor of 1.36 where a few dozen values reach over the range, as `likelihood` has it.
FACTOR = 1.36
FEWEST, MOST = 24, 96
ROWS_AT_ONCE = 1 << 16
# Multiplications in a product of matrices up to which OpenBLAS works alone.
UNTHREADED, STUDIES_AT_ONCE = 1 << 18, 128


class Scan(NamedTuple):
    """The shared values of tau², shape (values,), and the studies' terms w, wy, w², w²y, w²y², (k, 5, values).

    All in units of 2^exponent, with y counted from the median. `broken` are studies that make an answer NaN.
    """

    points: batch.Floats
    terms: batch.Floats
    exponent: int
    broken: batch.Bools


def prepare(y: batch.Floats, v: batch.Floats, mask: batch.Bools) -> Scan:
    """The scan for any subsets of the studies, shape (k,)."""
    broken: batch.Bools = mask & ~(np.isfinite(y) & (v > 0))
    usable: batch.Bools = mask & ~broken
    if not usable.any():
        return Scan(np.zeros(1), np.zeros((y.size, 5, 1)), 0, broken)
    ranked = np.sort(y[usable])
    exponent = int(np.frexp(np.sqrt(v[usable].min()))[1])
    centred = np.ldexp(np.where(usable, y - ranked[ranked.size // 2], 0.0), -exponent)
    spread = np.ldexp(np.where(usable, v, np.inf), -2 * exponent)
    points = _points(float(np.ldexp(ranked[-1] - ranked[0], -exponent)), float(spread[usable].max()))
    terms = np.empty((y.size, 5, points.size))
    w = np.divide(1.0, spread[:, np.newaxis] + points, out=terms[:, 0])
    np.multiply(w, centred[:, np.newaxis], out=terms[:, 1])
    np.multiply(w, w, out=terms[:, 2])
    np.multiply(terms[:, 2], centred[:, np.newaxis], out=terms[:, 3])
    np.multiply(terms[:, 3], centred[:, np.newaxis], out=terms[:, 4])
    return Scan(points, terms, exponent, broken)


def _points(reach: float, widest: float) -> batch.Floats:
    """0 and a geometric scale up to a tau² above which no subset's likelihood rises.

    The variance of numbers within a range is at most half of its square; see `likelihood.upper_bound`.
    """
    s2 = 0.5 * reach**2
    bound = s2 + np.sqrt(s2 * widest)
    nearest = likelihood.NEAREST
    if not bound > nearest:
        return np.array([0.0, bound, bound])
    steps = int(np.clip(np.ceil(np.log(bound / nearest) / np.log(FACTOR)), FEWEST, MOST))
    points = np.zeros(steps + 2)
    points[1:] = nearest * (bound / nearest) ** np.linspace(0.0, 1.0, steps + 1)
    return points


def tau2(scan: Scan, studies: batch.Batch, *, is_restricted: bool) -> result.Tau2:
    """tau² of the subsets in `studies`, shape (rows, k), which hold nothing but studies of the scan."""
    rows = batch.Rows.of(studies)
    value, settled = np.zeros(rows.k.size), np.ones(rows.k.size, dtype=np.bool_)
    size = max(1, ROWS_AT_ONCE // (scan.points.size * 5))
    with np.errstate(all="ignore"):
        brackets = [
            _brackets(scan, studies.mask[start : start + size], start, is_restricted)
            for start in range(0, rows.k.size, size)
        ]
        if brackets:
            found = _Brackets(*(np.concatenate(parts) for parts in zip(*brackets, strict=True)))
            _refine(rows, scan, found, is_restricted, value, settled)
    if scan.broken.any():
        broken = (studies.mask & scan.broken).any(axis=-1)
        value, settled = np.where(broken, np.nan, value), settled & ~broken
    return result.solved(rows, value, settled, studies.mask.shape[:-1])


class _Brackets(NamedTuple):
    """Intervals of tau² that hold a maximum, each with its row; where the row falls from 0 on all three are 0."""

    row: NDArray[np.intp]
    low: batch.Floats
    high: batch.Floats
    start: batch.Floats


def _brackets(scan: Scan, mask: batch.Bools, first_row: int, is_restricted: bool) -> _Brackets:
    points = scan.points
    total, first, second, second_y, second_yy = _sums(scan, mask)
    mean = first / total
    slope = second_yy - mean * (2 * second_y - mean * second) - total
    if is_restricted:
        slope += second / total
    is_rising = slope > 0
    is_rising[:, -1] = False
    row, left = np.nonzero(is_rising[:, :-1] & ~is_rising[:, 1:])
    low, high = points[left], points[left + 1]
    # The slope divided by (Σw)² is nearly straight in tau².
    at_low, at_high = slope[row, left] / total[row, left] ** 2, slope[row, left + 1] / total[row, left + 1] ** 2
    start = (low * at_high - high * at_low) / (at_high - at_low)
    start = np.where((start >= low) & (start <= high), start, 0.5 * (low + high))
    # A row that falls from 0 on needs an entry of its own only where another maximum contests it.
    contested = np.zeros(len(mask), dtype=np.bool_)
    contested[row] = True
    at_zero = np.flatnonzero(contested & ~is_rising[:, 0])
    nought = np.zeros(at_zero.size)
    merged = (np.concatenate([nought, part]) for part in (low, high, start))
    return _Brackets(np.concatenate([at_zero, row]) + first_row, *merged)


def _sums(scan: Scan, mask: batch.Bools) -> batch.Floats:
    """Sums of the five terms over each subset, shape (5, rows, values).

    The product is taken in blocks that are too small for the linear algebra library to start threads, which would cost
    more than they bring.
    """
    rows, k = mask.shape
    terms = scan.terms.reshape(k, -1)
    block = max(1, UNTHREADED // max(min(k, STUDIES_AT_ONCE) * terms.shape[1], 1))
    count = -(-rows // block)
    padded = np.zeros((count * block, k))
    padded[:rows] = mask
    stacked = padded.reshape(count, block, k)
    sums = np.zeros((count, block, terms.shape[1]))
    for start in range(0, k, STUDIES_AT_ONCE):
        part = slice(start, start + STUDIES_AT_ONCE)
        sums += stacked[..., part] @ terms[part]
    return np.moveaxis(sums.reshape(count * block, 5, -1)[:rows], 1, 0)


def _refine(
    rows: batch.Rows, scan: Scan, found: _Brackets, is_restricted: bool, value: batch.Floats, settled: batch.Bools
) -> None:
    """Fill in the highest maximum of each row that has a bracket."""
    if found.row.size == 0:
        return
    is_all = found.row.size == rows.k.size and bool((found.row == np.arange(rows.k.size)).all())
    taken = (rows.y, rows.v) if is_all else (rows.y[found.row], rows.v[found.row])
    shift = 2 * (scan.exponent - rows.exponent[found.row])
    low, high, start = (np.ldexp(part, shift) for part in (found.low, found.high, found.start))
    step = functools.partial(likelihood.newton_step, is_restricted=is_restricted)
    refined = roots.newton(step, taken, low, high, start)
    order = np.arange(found.row.size)
    if np.bincount(found.row).max() > 1:
        # Where a row stands more than once, the last assignment is its highest maximum.
        order = np.argsort(likelihood.profile(*taken, refined.value, is_restricted), kind="stable")
    value[found.row[order]], settled[found.row[order]] = refined.value[order], refined.is_converged[order]
