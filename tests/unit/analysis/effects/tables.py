"""Two-by-two tables and groups for the tests of effect sizes."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def arms(draw, least=0, most=400):
    """events1, n1, events2, n2 of a few studies, as arrays; zeros and full arms included."""
    k = draw(st.integers(1, 6))
    rows = []
    for _ in range(k):
        n1, n2 = draw(st.integers(max(1, 2 * least), most)), draw(st.integers(max(1, 2 * least), most))
        rows.append((draw(st.integers(least, n1 - least)), n1, draw(st.integers(least, n2 - least)), n2))
    return tuple(np.array(column, dtype=float) for column in zip(*rows, strict=True))


@st.composite
def groups(draw):
    """n1, mean1, sd1, n2, mean2, sd2 of a few studies, as arrays; means positive."""
    k = draw(st.integers(1, 6))
    size, mean, sd = st.integers(4, 5000), st.floats(0.5, 100), st.floats(0.1, 30)
    rows = [[draw(part) for part in (size, mean, sd, size, mean, sd)] for _ in range(k)]
    return tuple(np.array(column, dtype=float) for column in zip(*rows, strict=True))


def swapped(columns):
    """The same studies with the groups exchanged."""
    half = len(columns) // 2
    return (*columns[half:], *columns[:half])
