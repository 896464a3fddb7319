"""People counted twice: a group that stands in two rows of an analysis, and what combining the rows gives.

A trial with three groups in two rows enters its control group twice, which makes the pooled estimate too precise.
The Cochrane Handbook (23.3.4) combines the groups that are compared with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis import data, errors
from analysis.conversions import arms

# Fields of a group, by kind of study: the control group's first.
_GROUPS: tuple[tuple[type, tuple[str, ...], tuple[str, ...]], ...] = (
    (data.BinaryStudy, ("events2", "n2"), ("events1", "n1")),
    (data.ContinuousStudy, ("n2", "mean2", "sd2"), ("n1", "mean1", "sd1")),
    (data.RateStudy, ("events2", "time2"), ("events1", "time1")),
)
# So many coincidences are expected at most, where the labels do not say that rows belong together.
EXPECTED = 0.05


@dataclass(frozen=True, slots=True)
class Shared:
    """Rows with one group in common: where, whether it is the control group, and the rows combined where possible."""

    places: tuple[int, ...]
    is_control: bool
    shown: str
    combined: Any | None
    combined_shown: str


def find(given: data.StudySet[Any]) -> tuple[Shared, ...]:
    """Each set of rows that share a control group, or else their first group."""
    kinds = [kind for kind in _GROUPS if isinstance(given.studies[0], kind[0])]
    if not kinds:
        return ()
    _, control, first = kinds[0]
    found = [*_alike(given.studies, control, first, is_control=True)]
    taken = {place for shared in found for place in shared.places}
    found += [
        shared
        for shared in _alike(given.studies, first, control, is_control=False)
        if not taken.intersection(shared.places)
    ]
    return tuple(found)


def without_double_counting(given: data.StudySet[Any], found: Sequence[Shared]) -> tuple[Any, ...] | None:
    """The studies with shared rows combined; None where some cannot be."""
    if any(shared.combined is None for shared in found):
        return None
    studies: list[Any] = list(given.studies)
    for shared in found:
        studies[shared.places[0]] = shared.combined
    left_out = {place for shared in found for place in shared.places[1:]}
    return tuple(study for place, study in enumerate(studies) if place not in left_out)


def _alike(
    studies: Sequence[Any], fields: tuple[str, ...], others: tuple[str, ...], *, is_control: bool
) -> Iterator[Shared]:
    places: dict[tuple[float, ...], list[int]] = {}
    for place, study in enumerate(studies):
        places.setdefault(tuple(getattr(study, field) for field in fields), []).append(place)
    pairs = len(studies) * (len(studies) - 1) / 2
    for numbers, rows in places.items():
        if len(rows) > 1 and (_are_labelled_alike(studies, rows) or _expected(numbers, fields, pairs) < EXPECTED):
            chosen = [studies[place] for place in rows]
            combined = _combined(chosen, fields, others)
            yield Shared(
                tuple(rows), is_control, _shown(chosen[0], fields), combined,
                f"{_shown(combined, others)} against {_shown(combined, fields)}" if combined and is_control else "",
            )  # fmt: skip


def _are_labelled_alike(studies: Sequence[Any], rows: Sequence[int]) -> bool:
    """Whether labels agree up to their first number: “Ada 2020a” and “Ada 2020b”, “Trial 1, low dose” and “high”."""
    stems = {_STEM.match(studies[place].label.casefold()) for place in rows}
    texts = {match.group() if match else None for match in stems}
    return len(texts) == 1 and None not in texts


_STEM = re.compile(r"\D*\d+")


def _expected(numbers: Sequence[float], fields: tuple[str, ...], pairs: float) -> float:
    """About how many pairs of rows would agree in these numbers by chance."""
    if "mean2" in fields or "mean1" in fields:
        return 0.0
    events, size = numbers
    rarer = min(events, size - events) if fields[1].startswith("n") else events
    return pairs / (max(size, 1.0) * (rarer + 1)) if rarer > 1 else pairs


def _combined(rows: Sequence[Any], shared: tuple[str, ...], others: tuple[str, ...]) -> Any | None:
    """One row for several that share a group: their other groups put together. None across subgroups and kinds."""
    if len({row.subgroup for row in rows}) > 1 or len({type(row) for row in rows}) > 1:
        return None
    distinct = tuple(dict.fromkeys(tuple(getattr(row, field) for field in others) for row in rows))
    if "mean1" in others or "mean2" in others:
        sizes, means, sds = zip(*distinct, strict=True)
        group = arms.combine(sizes, means, sds).group
        values: tuple[float, ...] = (int(group.n), float(group.mean), float(group.sd))
    else:
        values = tuple(np.sum(distinct, axis=0).tolist())
    label = " + ".join(row.label for row in rows)
    try:
        return replace(rows[0], label=label, **dict(zip(others, values, strict=True)))
    except errors.InputError:
        return None


def _shown(study: Any, fields: tuple[str, ...]) -> str:
    if study is None:
        return ""
    values = [getattr(study, field) for field in fields]
    if len(values) == 3:
        return f"mean {values[1]:.6g}, SD {values[2]:.6g}, n = {values[0]}"
    return f"{values[0]:g}/{values[1]:g}"
