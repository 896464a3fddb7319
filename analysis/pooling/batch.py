"""The form in which kernels take data: many meta-analyses at once, padded to the same number of studies."""

from __future__ import annotations

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

        Whatever stands in a masked place, NaN included, is ignored.
        """
        counted = np.asarray(True if mask is None else mask, dtype=np.bool_)
        wide_y, wide_v, wide_mask = np.broadcast_arrays(
            np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64), counted
        )
        return cls(np.where(wide_mask, wide_y, 0.0), np.where(wide_mask, wide_v, 1.0), wide_mask.copy())

    @property
    def k(self) -> Floats:
        """How many studies count, shape (...)."""
        counted: Floats = self.mask.sum(axis=-1, dtype=np.float64)
        return counted

    def weights(self, tau2: ArrayLike = 0.0) -> Floats:
        """Inverse-variance weights 1/(v + tau²), 0 outside the mask; `tau2` has shape (...)."""
        between = np.asarray(tau2, dtype=np.float64)[..., np.newaxis]
        return np.where(self.mask, 1.0 / (self.v + between), 0.0)
