"""Leave-one-out: the pooled estimate without each study."""

from __future__ import annotations

from typing import Any

from analysis import data, options
from analysis.pooling import batch
from analysis.sensitivity import effects_of, plain, pooled, subsets


def estimate(studies: batch.Batch, model: pooled.Model | None = None) -> pooled.Estimates:
    """The estimates without study 1, without study 2, and so on: shapes (..., k) for studies of shape (..., k).

    Without a study that does not count nothing changes. Of two studies each estimate is the other's own; without the
    only study everything is NaN. All subsets of one set of studies are one batch, in chunks.

    Raises OptionError for an unknown method or interval.
    """
    return pooled.pool(studies, subsets.without_each(studies.mask.shape[-1]), model or pooled.Model())


def of_studies(given: data.StudySet[Any], choices: options.Options) -> plain.Labelled[pooled.Estimates]:
    """The same for studies and options, Mantel-Haenszel included; row by row without the study of that label."""
    studies, model = effects_of.prepare(given, choices)
    return plain.Labelled("leave_one_out", given.labels, estimate(studies, model), choices)
