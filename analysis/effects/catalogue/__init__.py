"""Every measure: its names, its scale, what it needs, and the function that computes it.

Names are those of metafor's escalc where it has the measure, so that a line of R and a line of ours read alike.
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis import data, errors
from analysis.effects.catalogue import counts, means, others
from analysis.effects.catalogue.entry import Measure

__all__ = ["COUNTS", "MEASURES", "STUDIES", "Measure", "measure", "of_family"]

STUDIES: Mapping[str, type] = {
    "binary": data.BinaryStudy,
    "matched": data.MatchedStudy,
    "rates": data.RateStudy,
    "single_rates": data.SingleRateStudy,
    "proportions": data.ProportionStudy,
    "continuous": data.ContinuousStudy,
    "means": data.MeanStudy,
    "paired": data.PairedStudy,
    "correlations": data.CorrelationStudy,
    "partial_correlations": data.PartialCorrelationStudy,
    "determination": data.DeterminationStudy,
    "reliability": data.ReliabilityStudy,
    "hazard": data.HazardStudy,
    "generic": data.GenericStudy,
}
COUNTS = frozenset({"binary", "matched", "rates", "single_rates", "proportions"})
_GROUPS = (
    counts.BINARY,
    counts.MATCHED,
    means.CONTINUOUS,
    means.PAIRED,
    means.MEANS,
    counts.RATES,
    counts.PROPORTIONS,
    others.CORRELATIONS,
    others.OTHERS,
)
MEASURES: Mapping[str, Measure] = {item.name: item for group in _GROUPS for item in group}


def measure(name: str) -> Measure:
    """A measure by its name. Raises OptionError naming what exists."""
    if name not in MEASURES:
        raise errors.OptionError(
            f"There is no measure “{name}”; the measures are {', '.join(MEASURES)}.", option="measure"
        )
    return MEASURES[name]


def of_family(family: str) -> tuple[Measure, ...]:
    """The measures that take one kind of study, in the order of the catalogue."""
    return tuple(item for item in MEASURES.values() if item.family == family)
