"""Studies drawn for the tests of small-study effects."""

import numpy as np
from hypothesis import strategies as st

from analysis.pooling import batch

# Effects on a grid of thousandths: distances that tie in one order of adding do so in every other.
STUDIES = st.lists(
    st.tuples(st.integers(-3000, 3000).map(lambda x: x / 1000), st.floats(0.01, 2)),
    min_size=3,
    max_size=12,
    unique_by=(lambda each: each[0], lambda each: round(each[1], 4)),
)


def one(rows):
    y, v = np.array(rows).T
    return batch.Batch.of(y, v)


def drawn(rows=15, k=9, seed=7, share=0.8):
    """Many analyses with masked places; each has at least four studies."""
    draw = np.random.default_rng(seed)
    v = draw.uniform(0.02, 1.0, (rows, k))
    y = 0.8 * np.sqrt(v) + draw.normal(0, 1, (rows, k)) * np.sqrt(v + 0.05)
    mask = draw.random((rows, k)) < share
    mask[:, :4] = True
    return batch.Batch.of(y, v, mask)


def row(studies, i):
    """One analysis of a batch, without its masked places."""
    mask = studies.mask[i]
    return batch.Batch.of(studies.y[i][mask], studies.v[i][mask])


def flipped(studies):
    return batch.Batch.of(-studies.y, studies.v, studies.mask)


def shuffled(studies, seed=1):
    order = np.random.default_rng(seed).permutation(studies.y.shape[-1])
    return batch.Batch.of(studies.y[..., order], studies.v[..., order], studies.mask[..., order]), order


def cells(rows=8, k=10, seed=3):
    """Events and totals in two groups, some of them 0."""
    draw = np.random.default_rng(seed)
    n1, n2 = draw.integers(8, 120, (2, rows, k))
    return draw.binomial(n1, 0.12), n1, draw.binomial(n2, 0.2), n2
