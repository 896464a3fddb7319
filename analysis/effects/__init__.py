"""From raw data to effect sizes: one module per family of outcomes.

A family's module has a function per measure that takes and returns arrays of any shape, so that a thousand
re-analyses are one call. `catalogue` lists the measures, `conventions` the formulas of each program, and `estimate`
computes any measure from a set of studies.
"""

from __future__ import annotations

from analysis.effects.core import Effects
from analysis.effects.dispatch import estimate

__all__ = ["Effects", "estimate"]
