"""Pooled estimates of many subsets of the same studies, in batches of bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from analysis import choosing, errors
from analysis.pooling import batch, common, heterogeneity, intervals, random, tau2
from analysis.sensitivity import plain, shared_scan

COMMON = "EE"
METHODS = (COMMON, *tau2.METHODS)
CHUNK = 1 << 17
# Below this many subsets a shared scan gains nothing.
FEW = 4
LIKELIHOODS = ("ML", "REML")

Centre = Callable[[batch.Bools], common.Pooled]


class Estimates(NamedTuple):
    """A pooled estimate of every subset, shape (..., rows); NaN where something is not defined.

    k                    studies that count
    estimate, se         on the scale of the analysis
    df                   degrees of freedom of interval and test; infinite for the normal distribution
    low, high            confidence interval
    statistic, p         test that the effect is 0, two-sided
    tau2, is_converged   between-study variance, and whether the search for it settled
    q, q_p               Cochran's Q and its p
    i2, h2               I² in per cent, and H²
    factor               what the interval's method multiplied the variance of the estimate with, 1 where nothing
    """

    k: batch.Floats
    estimate: batch.Floats
    se: batch.Floats
    df: batch.Floats
    low: batch.Floats
    high: batch.Floats
    statistic: batch.Floats
    p: batch.Floats
    tau2: batch.Floats
    is_converged: batch.Bools
    q: batch.Floats
    q_p: batch.Floats
    i2: batch.Floats
    h2: batch.Floats
    factor: batch.Floats

    def to_dict(self) -> dict[str, Any]:
        """Every column as a list, None where not defined."""
        return plain.columns(self)


class Model(NamedTuple):
    """How subsets are pooled.

    method         estimator of tau², a name of `pooling.tau2`, or "EE" for the common effect
    interval       a name of `pooling.intervals`
    level          of the intervals, as a proportion
    i2_definition  "tau2" or "Q"; the common effect has "Q" alone
    centre         pools subsets (rows, k) in another way, by Mantel-Haenszel or Peto: the estimate of the common
                   effect; with random effects it only moves Q, and with it DerSimonian and Laird's tau²
    q_about_centre whether Q is taken about that centre
    counted_in_q   the studies, (k,), over which Q is taken then; None for all
    """

    method: str = "REML"
    interval: str = "z"
    level: float = 0.95
    i2_definition: str = "tau2"
    centre: Centre | None = None
    q_about_centre: bool = True
    counted_in_q: batch.Bools | None = None


def pool(studies: batch.Batch, members: batch.Bools, model: Model) -> Estimates:
    """The estimates of the subsets `members`, (rows, k), of each set of `studies`, (..., k): shape (..., rows).

    Raises OptionError for an unknown method or interval, or a centre with more than one set of studies.
    """
    choosing.require_option("tau2_method", model.method, METHODS)
    lead = studies.mask.shape[:-1]
    if model.centre is not None and lead:
        raise errors.OptionError("A centre pools the subsets of one set of studies; give arrays of shape (k,).")
    parts = [_of_part(part, scan, model) for part, scan in _parts(studies.flat(), members, model)]
    columns = (part[0] if len(part) == 1 else np.concatenate(part) for part in zip(*parts, strict=True))
    return Estimates(*(column.reshape(*lead, len(members)) for column in columns))


def _parts(
    flat: batch.Batch, members: batch.Bools, model: Model
) -> Iterator[tuple[batch.Batch, shared_scan.Scan | None]]:
    """The subsets of all sets in parts of bounded size, with the scan that they share."""
    sets, k = flat.mask.shape
    rows = len(members)
    scan = None
    if sets == 1 and rows >= FEW and model.method in LIKELIHOODS:
        with np.errstate(all="ignore"):
            scan = shared_scan.prepare(flat.y[0], flat.v[0], flat.mask[0])
    size = max(1, CHUNK // max(k, 1))
    for start in range(0, max(sets * rows, 1), size):
        place = np.arange(start, min(start + size, sets * rows))
        whose, which = np.divmod(place, max(rows, 1)) if sets > 1 else (np.zeros(1, dtype=np.intp), place)
        mask = flat.mask[whose] & members[which]
        yield batch.Batch(np.where(mask, flat.y[whose], 0.0), np.where(mask, flat.v[whose], 1.0), mask), scan


def _of_part(studies: batch.Batch, scan: shared_scan.Scan | None, model: Model) -> Estimates:
    centre = None if model.centre is None else model.centre(studies.mask)
    q, spreading = None, studies
    if model.counted_in_q is not None:
        spreading = batch.Batch.of(studies.y, studies.v, studies.mask & model.counted_in_q)
    if centre is not None and model.q_about_centre:
        q = heterogeneity.q_statistic(spreading, centre.estimate)
    between = _between(studies, scan, model.method, q)
    is_common = model.method == COMMON
    pooled = centre if centre is not None and is_common else random.pool(studies, between.value)
    found = intervals.infer(studies, pooled, between.value, method=model.interval, level=model.level)
    definition = "Q" if is_common else model.i2_definition
    spread = heterogeneity.describe(spreading, between.value, i2_definition=definition, q=q)
    return Estimates(
        studies.k, pooled.estimate, found.se, found.df, found.low, found.high, found.statistic, found.p,
        between.value, between.is_converged, spread.q, spread.p, spread.i2, spread.h2, found.factor,
    )  # fmt: skip


def _between(studies: batch.Batch, scan: shared_scan.Scan | None, method: str, q: batch.Floats | None) -> tau2.Tau2:
    if method == COMMON:
        return tau2.Tau2(np.zeros(studies.k.shape), np.ones(studies.k.shape, dtype=np.bool_))
    if scan is not None:
        return shared_scan.tau2(scan, studies, is_restricted=method == "REML")
    return tau2.estimate(studies, method, q=q if method == "DL" else None)
