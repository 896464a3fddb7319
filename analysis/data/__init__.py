"""What goes into an analysis: one frozen row per study, checked when it is made, and the set of them."""

from analysis.data.associations import CorrelationStudy, DeterminationStudy, PartialCorrelationStudy, ReliabilityStudy
from analysis.data.checks import Study
from analysis.data.continuous import ChangeStudy, ContinuousData, ContinuousStudy, MeanStudy, PairedStudy
from analysis.data.counts import BinaryStudy, MatchedStudy, ProportionStudy, RateStudy, SingleRateStudy
from analysis.data.given import GenericStudy, HazardStudy
from analysis.data.study_set import StudySet, rows

__all__ = [
    "BinaryStudy",
    "ChangeStudy",
    "ContinuousData",
    "ContinuousStudy",
    "CorrelationStudy",
    "DeterminationStudy",
    "GenericStudy",
    "HazardStudy",
    "MatchedStudy",
    "MeanStudy",
    "PairedStudy",
    "PartialCorrelationStudy",
    "ProportionStudy",
    "RateStudy",
    "ReliabilityStudy",
    "SingleRateStudy",
    "Study",
    "StudySet",
    "rows",
]
