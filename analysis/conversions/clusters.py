"""Cluster-randomised trials made comparable with others: Handbook, section 23.1.4."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.conversions import converted


def design_effect(cluster_size: ArrayLike, icc: ArrayLike) -> converted.Converted:
    """DE = 1 + (M - 1)·ICC, with M the mean cluster size and ICC the intracluster correlation."""
    value = 1 + (converted.size(cluster_size, "mean cluster size", 1) - 1) * converted.share(
        icc, "intracluster correlation", open_ends=False
    )
    assumed = ("clusters are about equally large", "the intracluster correlation taken from elsewhere holds here")
    return converted.Converted(value, "design effect 1 + (M - 1)·ICC", assumed)


def effective(count: ArrayLike, effect: ArrayLike) -> converted.Converted:
    """Participants or events divided by the design effect. Of a continuous outcome only the size shrinks."""
    value = converted.finite(count, "count") / converted.size(effect, "design effect", 1)
    return converted.Converted(value, "effective number = number/design effect")


def se_inflated(se: ArrayLike, effect: ArrayLike) -> converted.Converted:
    """SE·√DE, of an analysis that ignored the clusters."""
    value = converted.positive(se, "standard error") * np.sqrt(converted.size(effect, "design effect", 1))
    return converted.Converted(value, "SE·√(design effect)", ("the analysis took no account of the clusters",))
