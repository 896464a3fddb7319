"""From terms and the studies' moderators to the design matrix, with every refusal a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis import choosing, errors
from analysis.pooling import batch
from analysis.regression import coding, terms

INTERCEPT = "intercept"
MISSING = ("refuse", "leave_out")
REDUNDANT = ("refuse", "leave_out")
RANK_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A design matrix that is ready to be fitted.

    matrix         (k, p), NaN in the rows of studies that are left out
    names          of the p columns
    members        the terms, in order
    spans          per term the columns it owns
    codings        per moderator how its values become numbers, for predictions
    has_intercept  whether column 0 is the intercept
    counted        (k,) which studies have every moderator
    dropped        names of columns left out because others determine them
    """

    matrix: batch.Floats
    names: tuple[str, ...]
    members: tuple[terms.Term, ...]
    spans: tuple[tuple[int, ...], ...]
    codings: Mapping[terms.Term, coding.Coding]
    has_intercept: bool
    counted: batch.Bools
    dropped: tuple[str, ...] = ()

    @property
    def p(self) -> int:
        """How many coefficients the model has."""
        return len(self.names)

    def span(self, name: str) -> tuple[int, ...]:
        """The columns of the term with this name. Raises OptionError naming the terms there are."""
        for term, columns in zip(self.members, self.spans, strict=True):
            if term.name == name:
                return columns
        allowed = ", ".join(f"“{term.name}”" for term in self.members)
        raise errors.OptionError(f"There is no term “{name}”; the terms are {allowed}.", option="term")

    def rows(self, at: Mapping[str, Sequence[object]]) -> batch.Floats:
        """Rows of the design at other values of the moderators, shape (n, p): what a prediction needs.

        Raises InputError for a moderator that is missing, of another length, or at a level the model does not know.
        """
        columns = coding.read_columns(self.members, at)
        n = coding.length(columns)
        labels = tuple(f"prediction {i + 1}" for i in range(n))
        full = np.concatenate([np.ones((n, int(self.has_intercept))), *self._blocks(columns, labels)], axis=-1)
        missing = ~np.isfinite(full).all(axis=-1)
        if missing.any():
            place = labels[int(np.flatnonzero(missing)[0])]
            raise errors.InputError(f"In {place} a moderator has no value; give a number or a level.", study=place)
        kept = [i for i, name in enumerate(self._full_names()) if name not in self.dropped]
        return full[:, kept]

    def _blocks(self, columns: Mapping[str, Sequence[object]], labels: Sequence[str]) -> list[batch.Floats]:
        return [self.codings[term].block(columns, labels) for term in self.members]

    def _full_names(self) -> list[str]:
        first = [INTERCEPT] if self.has_intercept else []
        return first + [name for term in self.members for name in self.codings[term].names]


def build(
    chosen: Sequence[terms.Term],
    moderators: Mapping[str, Sequence[object]],
    *,
    studies: Sequence[str] | None = None,
    k: int | None = None,
    intercept: bool = True,
    counted: Sequence[bool] | batch.Bools | None = None,
    missing: str = "refuse",
    redundant: str = "refuse",
) -> Design:
    """The design of a meta-regression in treatment coding.

    Parameters
    ----------
    chosen      terms in order; none gives the intercept alone
    moderators  per moderator its value for each of the k studies; None, NaN and "" are missing
    studies     the study each effect comes from: several effects of one study are refused
    k           number of effects, needed only without moderators and studies
    intercept   whether the model has one; without it the first factor gets a column for every level
    counted     (k,) effects that take part (those that are estimable); the others do not decide about levels
    missing     "refuse", or "leave_out" the studies that lack a moderator
    redundant   "refuse", or "leave_out" columns that earlier columns determine (as R's lm does)

    Raises InputError: unknown moderator, unequal lengths, missing or unreadable value (study and field named), several
    effects of one study, a factor with one level, a term that the terms before it determine, too few studies.
    """
    choosing.require_option("missing", missing, MISSING)
    choosing.require_option("redundant", redundant, REDUNDANT)
    columns = coding.read_columns(chosen, moderators)
    number = _number_of_effects(columns, studies, k)
    labels = tuple(studies) if studies is not None else tuple(f"study {i + 1}" for i in range(number))
    taking_part = np.ones(number, dtype=np.bool_) if counted is None else np.asarray(counted, dtype=np.bool_)
    if studies is not None:
        _require_one_effect_each(labels, taking_part)
    present = taking_part & coding.present(columns, number)
    if missing == "refuse":
        coding.require_present(columns, labels, taking_part)
    codings = _codings(chosen, columns, present, intercept)
    blocks = [np.ones((number, int(intercept)))]
    blocks += [codings[term].block(columns, labels, present) for term in chosen]
    return _checked(blocks, tuple(chosen), codings, intercept, present, redundant)


def _number_of_effects(columns: Mapping[str, Sequence[object]], studies: Sequence[str] | None, k: int | None) -> int:
    lengths = {f"moderator “{name}”": len(values) for name, values in columns.items()}
    if studies is not None:
        lengths["the list of studies"] = len(studies)
    if k is not None:
        lengths["the effects"] = k
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {size}" for name, size in lengths.items())
        raise errors.InputError(f"Every study needs one value of each moderator, but the lengths differ: {told}.")
    if not lengths:
        raise errors.InputError("A design without moderators needs the number of effects.")
    return next(iter(lengths.values()))


def _require_one_effect_each(labels: Sequence[str], counted: batch.Bools) -> None:
    seen: set[str] = set()
    for label, takes_part in zip(labels, counted, strict=True):
        if takes_part and label in seen:
            raise errors.InputError(
                f"Study “{label}” contributes several effects; effects of one study depend on each other, which this "
                "model does not allow for: keep one effect per study, or combine them first.",
                study=label,
            )
        seen.add(label)


def _codings(
    chosen: Sequence[terms.Term], columns: Mapping[str, Sequence[object]], present: batch.Bools, intercept: bool
) -> dict[terms.Term, coding.Coding]:
    made: dict[terms.Term, coding.Coding] = {}
    has_baseline = intercept
    for term in chosen:
        if term in made:
            raise errors.InputError(f"The term “{term.name}” stands in the model twice; name it once.", field=term.name)
        made[term] = coding.of(term, columns, present, every_level=not has_baseline and isinstance(term, terms.Factor))
        has_baseline = has_baseline or isinstance(term, terms.Factor)
    return made


def _checked(
    blocks: list[batch.Floats],
    chosen: tuple[terms.Term, ...],
    codings: Mapping[terms.Term, coding.Coding],
    intercept: bool,
    present: batch.Bools,
    redundant: str,
) -> Design:
    full = np.concatenate(blocks, axis=-1)
    names = ([INTERCEPT] if intercept else []) + [name for term in chosen for name in codings[term].names]
    owners = [-1] * int(intercept) + [t for t, term in enumerate(chosen) for _ in codings[term].names]
    if not names:
        raise errors.InputError("The model has no intercept and no term; give at least one of them.")
    kept = independent_columns(full[present])
    lost = [i for i in range(len(names)) if i not in kept]
    if lost and (redundant == "refuse" or len(kept) == 0):
        _refuse_redundant(names, owners, chosen, lost[0], int(present.sum()))
    matrix = np.where(present[:, np.newaxis], full, np.nan)[:, kept]
    spans = tuple(tuple(i for i, c in enumerate(kept) if owners[c] == t) for t in range(len(chosen)))
    return Design(
        matrix, tuple(names[i] for i in kept), chosen, spans, codings, intercept and 0 in kept, present,
        tuple(names[i] for i in lost),
    )  # fmt: skip


def _refuse_redundant(
    names: Sequence[str], owners: Sequence[int], chosen: tuple[terms.Term, ...], column: int, k: int
) -> None:
    term = chosen[owners[column]].name if owners[column] >= 0 else INTERCEPT
    if k < len(names):
        raise errors.InputError(
            f"The model has {len(names)} coefficients but only {k} studies: term “{term}” cannot be estimated; "
            "leave terms out or join levels.",
            field=term,
        )
    raise errors.InputError(
        f"Term “{term}” cannot be estimated: its column “{names[column]}” is determined by the terms before it (or "
        "does not vary); leave it out or join levels.",
        field=term,
    )


def independent_columns(matrix: batch.Floats) -> list[int]:
    """The columns, in order, that the columns before them do not determine."""
    kept: list[int] = []
    basis: list[batch.Floats] = []
    for i in range(matrix.shape[1]):
        size = float(np.abs(matrix[:, i]).max(initial=0.0))
        if size == 0:
            continue
        column = matrix[:, i] / size
        norm = float(np.linalg.norm(column))
        for _ in range(2):
            for direction in basis:
                column = column - direction * float(direction @ column)
        rest = float(np.linalg.norm(column))
        if rest > RANK_TOLERANCE * norm:
            kept.append(i)
            basis.append(column / rest)
    return kept
