"""The studies of one analysis, whatever their kind."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from analysis import errors
from analysis.data import checks
from analysis.pooling import batch

StudyT = TypeVar("StudyT", bound=checks.Study)


@dataclass(frozen=True, slots=True)
class StudySet(Generic[StudyT]):
    """The studies of one analysis, in the order they are shown.

    Raises InputError when there are none, when they are of different kinds, when two share a key or a label (several
    results of one study depend on each other and need a multilevel model), or when only some have a subgroup.
    """

    studies: tuple[StudyT, ...]
    labels_may_repeat: ClassVar[bool] = False

    @classmethod
    def of(cls, studies: Iterable[StudyT]) -> Self:
        """The data set from any iterable of studies."""
        given: object = studies
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise errors.InputError(
                f"The studies are {type(given).__name__}; give a list of rows of the classes in analysis.data."
            )
        return cls(tuple(studies))

    def __post_init__(self) -> None:
        if not self.studies:
            raise errors.InputError("There are no studies to analyse; add at least one.")
        _require_studies(self.studies)
        _require_distinct_keys(self.studies)
        if not self.labels_may_repeat:
            _require_distinct_labels(self.studies)
        _require_all_or_no_subgroups(self.studies)

    def __len__(self) -> int:
        return len(self.studies)

    def column(self, name: str) -> batch.Floats:
        """One field of every study, shape (k,); NaN where an optional field is empty."""
        values = (getattr(study, name) for study in self.studies)
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    @property
    def labels(self) -> tuple[str, ...]:
        """What people read, study by study."""
        return tuple(study.label for study in self.studies)

    @property
    def subgroups(self) -> tuple[str, ...]:
        """The subgroups' names in order of first appearance; empty when the studies have none."""
        named = (study.subgroup for study in self.studies if study.subgroup is not None)
        return tuple(dict.fromkeys(named))

    def members(self, subgroup: str) -> batch.Bools:
        """Which studies belong to a subgroup, shape (k,)."""
        return np.array([study.subgroup == subgroup for study in self.studies], dtype=np.bool_)


def rows(labels: Sequence[str], columns: Mapping[str, ArrayLike]) -> tuple[dict[str, object], ...]:
    """One mapping a study from columns of equal length, with the label as the key too: what a file's table holds.

    Raises InputError naming the column whose length differs. A NaN stays, for the study to refuse by name.
    """
    listed = {name: np.atleast_1d(np.asarray(values)).tolist() for name, values in columns.items()}
    for name, values in listed.items():
        if len(values) != len(labels):
            raise errors.InputError(
                f"Column {name} has {len(values)} values, but there are {len(labels)} studies; give one value a study.",
                field=name,
            )
    names = tuple(listed)
    table = zip(*listed.values(), strict=True) if names else [()] * len(labels)
    return tuple(
        {"key": str(label), "label": str(label), **dict(zip(names, row, strict=True))}
        for label, row in zip(labels, table, strict=True)
    )


def _require_studies(studies: Sequence[object]) -> None:
    for place, study in enumerate(studies, 1):
        if not all(hasattr(study, name) for name in ("key", "label", "subgroup")):
            raise errors.InputError(
                f"Row {place} is no study but {type(study).__name__}; give rows of the classes in analysis.data."
            )


def _require_distinct_keys(studies: Sequence[checks.Study]) -> None:
    seen: dict[str, str] = {}
    for study in studies:
        if study.key in seen:
            raise errors.InputError(
                f"Studies “{seen[study.key]}” and “{study.label}” have the same key “{study.key}”; "
                "a study may enter an analysis once.",
                study=study.label,
                field="key",
            )
        seen[study.key] = study.label


def _require_distinct_labels(studies: Sequence[checks.Study]) -> None:
    seen: set[str] = set()
    for study in studies:
        # Composed and decomposed letters look the same to whoever reads them.
        label = unicodedata.normalize("NFC", study.label)
        if label in seen:
            raise errors.InputError(
                f"Two rows are labelled “{study.label}”. Several results of one study depend on each other, which only "
                "a multilevel model can take into account, and there is none yet: combine them, choose one, or give "
                "different studies different labels.",
                study=study.label,
                field="label",
            )
        seen.add(label)


def _require_all_or_no_subgroups(studies: Sequence[checks.Study]) -> None:
    spelt: dict[str, str] = {}
    for study in studies:
        if study.subgroup is not None:
            first = spelt.setdefault(unicodedata.normalize("NFC", study.subgroup), study.subgroup)
            if first != study.subgroup:
                raise errors.InputError(
                    f"Study “{study.label}”: subgroup “{study.subgroup}” looks like that of another study but is "
                    "made of other characters; write both in one way.",
                    study=study.label,
                    field="subgroup",
                )
    without = [study for study in studies if study.subgroup is None]
    if without and len(without) < len(studies):
        label = without[0].label
        raise errors.InputError(
            f"Study “{label}” has no subgroup although others have one; give it a subgroup or leave it out.",
            study=label,
            field="subgroup",
        )
