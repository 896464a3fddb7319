"""From raw data to effect sizes: one module per family of outcomes.

A family's module offers `estimate(data, options) -> Effects` and a function per measure that takes and
returns arrays of any shape, so that a thousand re-analyses are one call.
"""

from __future__ import annotations

from typing import NamedTuple

from analysis.pooling import batch


class Effects(NamedTuple):
    """Effect sizes and their sampling variances, same shape; ratios on the log scale."""

    estimate: batch.Floats
    variance: batch.Floats
