"""Studies drawn for the tests of the regression kernels."""

import numpy as np

from analysis.pooling import batch


def drawn(rows=12, k=12, seed=5, tau2=0.1, share=0.8):
    """Many sets with one design: effects, a design of intercept, year and a yes-or-no, and a mask."""
    draw = np.random.default_rng(seed)
    v = draw.uniform(0.02, 0.5, (rows, k))
    x = np.column_stack([np.ones(k), draw.integers(1980, 2020, k), draw.permutation(np.arange(k) % 2)]).astype(float)
    y = 0.02 * (x[:, 1] - 2000) + draw.normal(0, 1, (rows, k)) * np.sqrt(v + tau2)
    return batch.Batch.of(y, v, draw.random((rows, k)) < share), x


def one(k=12, seed=5, tau2=0.1):
    """One set in which every study counts."""
    studies, x = drawn(1, k, seed, tau2, share=2)
    return batch.Batch.of(studies.y[0], studies.v[0]), x
