"""What an estimator of tau² returns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.pooling import batch


class Tau2(NamedTuple):
    """tau² of shape (...), and whether the search settled. NaN where no study counts, 0 for one study."""

    value: batch.Floats
    is_converged: batch.Bools


def closed(raw: batch.Floats, k: batch.Floats) -> Tau2:
    """An estimate by a closed form: negative values become 0; 0 for one study, NaN for none."""
    several = np.maximum(raw, 0.0)
    value = np.where(k > 1, several, np.where(k == 1, 0.0, np.nan))
    return Tau2(value, ~np.isnan(value) | (k == 0))


def solved(rows: batch.Rows, value: batch.Floats, settled: batch.Bools, shape: tuple[int, ...]) -> Tau2:
    """An estimate by search, from the units of `rows` to those of the data and to the batch's shape."""
    with np.errstate(over="ignore", invalid="ignore"):
        restored = rows.restored(value)
    few = rows.k < 2
    if few.any():
        restored = np.where(few, np.where(rows.k == 1, 0.0, np.nan), restored)
        settled = settled | few
    return Tau2(restored.reshape(shape), settled.reshape(shape))
