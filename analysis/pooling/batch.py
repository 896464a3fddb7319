"""The form in which kernels take data: many meta-analyses at once, padded to the same number of studies."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Effects `y`, variances `v` and `mask`, all of shape (..., k). Outside the mask y is 0 and v is 1."""

    y: Floats
    v: Floats
    mask: Bools

    @classmethod
    def of(cls, y: ArrayLike, v: ArrayLike, mask: ArrayLike | None = None) -> Batch:
        """A batch from anything that broadcasts to (..., k); without a mask every study counts.

        Whatever stands in a masked place, NaN included, is ignored. A study of infinite variance carries nothing
        and does not count either. A variance that is 0, negative or NaN makes every answer about its row NaN.
        """
        given_y, given_v = np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64)
        counted: Bools = given_v != np.inf
        if mask is not None:
            counted = counted & np.asarray(mask, dtype=np.bool_)
        if given_y.shape == given_v.shape == counted.shape:
            wide_y, wide_v, wide_mask = given_y, given_v, counted
        else:
            wide_y, wide_v, wide_mask = np.broadcast_arrays(given_y, given_v, counted)
        usable_v = np.where(wide_v > 0, wide_v, np.nan)
        return cls(np.where(wide_mask, wide_y, 0.0), np.where(wide_mask, usable_v, 1.0), wide_mask.copy())

    @property
    def k(self) -> Floats:
        """How many studies count, shape (...)."""
        counted: Floats = np.add.reduce(self.mask, axis=-1, dtype=np.float64)
        return counted

    def flat(self) -> Batch:
        """The same with one leading axis, shape (rows, k)."""
        shape = (math.prod(self.mask.shape[:-1]), self.mask.shape[-1])
        return Batch(self.y.reshape(shape), self.v.reshape(shape), self.mask.reshape(shape))

    def taken(self, rows: NDArray[np.intp] | slice) -> Batch:
        """Some of the rows along the first axis."""
        return Batch(self.y[rows], self.v[rows], self.mask[rows])

    def repeated(self, times: int = 1) -> Batch:
        """Each meta-analysis `times` over, as views of shape (..., times, k)."""
        shape = (*self.mask.shape[:-1], times, self.mask.shape[-1])
        y, v = (np.broadcast_to(part[..., np.newaxis, :], shape) for part in (self.y, self.v))
        return Batch(y, v, np.broadcast_to(self.mask[..., np.newaxis, :], shape))

    def weights(self, tau2: ArrayLike = 0.0) -> Floats:
        """Inverse-variance weights 1/(v + tau²), 0 outside the mask; `tau2` has shape (...)."""
        between = np.asarray(tau2, dtype=np.float64)[..., np.newaxis]
        return np.where(self.mask, 1.0 / (self.v + between), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A batch as the solvers want it: two axes, and data shifted and scaled so that no power of a weight overflows.

    `y` (rows, k) counts from the effect of the row's most precise study, 0 outside the mask; `v` (rows, k) is
    infinite outside the mask, so that weights are 0 there. Both are divided by a power of two near the smallest
    standard error of the row, which changes no digit; `restored` takes a tau² back. `k` has shape (rows,).
    """

    y: Floats
    v: Floats
    k: Floats
    exponent: NDArray[np.int32]

    @classmethod
    def of(cls, studies: Batch) -> Rows:
        """The rows of a batch, in order."""
        flat = studies.flat()
        mask, wide = flat.mask, flat.mask.shape[-1]
        k = np.add.reduce(mask, axis=-1, dtype=np.float64)
        if wide == 0:
            return cls(np.zeros(mask.shape), np.ones(mask.shape), k, np.zeros(k.size, dtype=np.int32))
        v, y = np.where(mask, flat.v, np.inf), flat.y
        best = v.argmin(axis=-1)
        every = np.arange(best.size)
        exponent = np.frexp(np.sqrt(v[every, best]))[1]
        down = -exponent[:, np.newaxis]
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            shifted = np.where(mask, y - y[every, best][:, np.newaxis], 0.0)
            return cls(np.ldexp(shifted, down), np.ldexp(v, 2 * down), k, exponent)

    def restored(self, tau2: Floats) -> Floats:
        """A variance in the data's own units, shape (rows,)."""
        return np.ldexp(tau2, 2 * self.exponent)

    def scaled(self, tau2: Floats) -> Floats:
        """A variance of the data in the units of these rows, shape (rows,)."""
        return np.ldexp(tau2, -2 * self.exponent)

    def part(self, rows: slice) -> Rows:
        """Some of the rows."""
        return Rows(self.y[rows], self.v[rows], self.k[rows], self.exponent[rows])

    def chunks(self, elements: int, points: int = 1) -> Iterator[tuple[slice, Rows]]:
        """Parts of at most `elements` numbers when every study is looked at in `points` places; at least one row."""
        size = max(1, elements // max(1, self.y.shape[-1] * points))
        if size >= self.k.size:
            yield slice(None), self
            return
        for start in range(0, self.k.size, size):
            yield slice(start, start + size), self.part(slice(start, start + size))
