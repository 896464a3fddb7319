"""Studies for the tests of sensitivity analyses."""

import numpy as np

from analysis import data
from analysis.pooling import batch


def studies(k=9, seed=4, tau=0.4):
    draw = np.random.default_rng(seed)
    v = draw.uniform(0.02, 0.6, k)
    return batch.Batch.of(0.3 + draw.normal(0, np.sqrt(v + tau**2)), v)


def binary(k=6, seed=2, has_zeros=True):
    draw = np.random.default_rng(seed)
    rows = []
    for place in range(k):
        n1, n2 = draw.integers(20, 90, 2)
        events1, events2 = draw.binomial(n1, 0.2), draw.binomial(n2, 0.35)
        if has_zeros and place == 1:
            events1 = 0
        if has_zeros and place == 3:
            events1 = events2 = 0
        rows.append(
            data.BinaryStudy(
                key=str(place),
                label=f"Study {place}",
                events1=int(events1),
                n1=int(n1),
                events2=int(events2),
                n2=int(n2),
                subgroup="early" if place < k // 2 else "late",
            )
        )
    return data.StudySet.of(rows)


def continuous(k=5, seed=3):
    draw = np.random.default_rng(seed)
    return data.StudySet.of(
        data.ContinuousStudy(
            key=str(place),
            label=f"Study {place}",
            n1=int(draw.integers(10, 60)),
            mean1=float(draw.normal(10, 2)),
            sd1=float(draw.uniform(2, 4)),
            n2=int(draw.integers(10, 60)),
            mean2=float(draw.normal(12, 2)),
            sd2=float(draw.uniform(2, 4)),
        )
        for place in range(k)
    )
