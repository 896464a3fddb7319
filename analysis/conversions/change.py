"""Standard deviations of changes from baseline, and the correlation behind them: Handbook, section 6.5.2.8."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.conversions import converted


def correlation(sd_baseline: ArrayLike, sd_final: ArrayLike, sd_change: ArrayLike) -> converted.Converted:
    """r = (SDb² + SDf² - SDc²)/(2·SDb·SDf) of a study that reports all three.

    Raises InputError when the three cannot belong together (|r| above 1).
    """
    before, after = converted.positive(sd_baseline, "SD at baseline"), converted.positive(sd_final, "final SD")
    change = converted.positive(sd_change, "SD of the change")
    value = (before**2 + after**2 - change**2) / (2 * before * after)
    return converted.Converted(converted.correlation(value, "correlation that these SDs imply"), "r from three SDs")


def sd_of_change(sd_baseline: ArrayLike, sd_final: ArrayLike, r: ArrayLike) -> converted.Converted:
    """SDc = √(SDb² + SDf² - 2r·SDb·SDf), with a correlation taken from elsewhere."""
    before, after = converted.positive(sd_baseline, "SD at baseline"), converted.positive(sd_final, "final SD")
    r = converted.correlation(r)
    value = np.sqrt(np.maximum(before**2 + after**2 - 2 * r * before * after, 0.0))
    assumed = ("the correlation taken from elsewhere holds here; repeat the analysis with others",)
    return converted.Converted(value, "SD of the change from a correlation", assumed)
