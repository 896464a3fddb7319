"""Data for the tests of pooling: hypothesis strategies and drawn batches."""

import numpy as np
from hypothesis import strategies as st

from analysis.pooling import batch

EFFECTS = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.001, 2)), min_size=2, max_size=12)


def columns(rows):
    y, v = np.array(rows).T
    return y, v


def drawn(rows=40, k=8, seed=3):
    draw = np.random.default_rng(seed)
    y, v = draw.normal(0, 0.5, (rows, k)), draw.uniform(0.01, 0.5, (rows, k))
    return y, v, draw.random((rows, k)) < 0.7


def masked(rows=40, k=8, seed=3):
    return batch.Batch.of(*drawn(rows, k, seed))


def counts(rows=30, k=7, seed=5):
    """Two-by-two counts with some zero cells: events1, n1, events2, n2."""
    draw = np.random.default_rng(seed)
    n1, n2 = draw.integers(5, 60, (2, rows, k))
    return draw.binomial(n1, 0.15), n1, draw.binomial(n2, 0.25), n2
