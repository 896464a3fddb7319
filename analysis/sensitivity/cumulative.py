"""Cumulative meta-analysis: the pooled estimate as the studies come in, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis import data, errors, options
from analysis.pooling import batch
from analysis.sensitivity import effects_of, plain, pooled, subsets


def estimate(
    studies: batch.Batch, model: pooled.Model | None = None, *, order: ArrayLike | None = None
) -> pooled.Estimates:
    """The estimates of the first study, of the first two, and so on: shapes (..., k) for studies of shape (..., k).

    `order` says which study enters when, as places from 0, shape (k,); without it they enter as they stand. A study
    that does not count leaves the estimate as it was; before the first that does everything is NaN.

    Raises OptionError for an unknown method or interval, or an order that does not name every study once.
    """
    k = studies.mask.shape[-1]
    members = subsets.growing(k)
    if order is not None:
        members = members[:, np.argsort(_checked(order, k), kind="stable")]
    return pooled.pool(studies, members, model or pooled.Model())


def order_by(keys: Sequence[Any] | ArrayLike) -> NDArray[np.intp]:
    """The order in which studies enter by a key each, such as the year: smallest first, equal ones as they stand.

    Raises InputError where a key is missing (None or NaN).
    """
    listed = list(np.asarray(keys, dtype=object))
    for place, key in enumerate(listed):
        if key is None or key != key:
            raise errors.InputError(
                f"Study {place + 1} has no value to sort by; give every study one, or state the order yourself."
            )
    try:
        order = sorted(range(len(listed)), key=listed.__getitem__)
    except TypeError:
        raise errors.InputError(
            "The values to sort the studies by are of different kinds; give numbers throughout, or words throughout."
        ) from None
    return np.array(order, dtype=np.intp)


def of_studies(
    given: data.StudySet[Any], choices: options.Options, *, keys: Sequence[Any] | None = None
) -> plain.Labelled[pooled.Estimates]:
    """The same for studies and options, Mantel-Haenszel included; labels are in the order in which studies enter.

    `keys` sorts them, one value a study; without it they enter in the order of the data.

    Raises InputError naming the study without a key, or when the number of keys is not that of the studies.
    """
    studies, model = effects_of.prepare(given, choices)
    order = np.arange(len(given))
    if keys is not None:
        if len(keys) != len(given):
            raise errors.InputError(f"There are {len(given)} studies and {len(keys)} values to sort them by.")
        for study, key in zip(given.studies, keys, strict=True):
            if key is None or key != key:
                raise errors.InputError(
                    f"Study “{study.label}” has no value to sort by; give it one, or sort by something else.",
                    study=study.label,
                )
        order = order_by(keys)
    labels = tuple(given.labels[place] for place in order)
    return plain.Labelled("cumulative", labels, estimate(studies, model, order=order), choices)


def _checked(order: ArrayLike, k: int) -> NDArray[np.intp]:
    places = np.asarray(order)
    if places.shape != (k,) or not np.array_equal(np.sort(places), np.arange(k)):
        raise errors.OptionError(
            f"Option order must name each of the {k} studies once, by its place from 0 to {k - 1}.", option="order"
        )
    return places.astype(np.intp)
