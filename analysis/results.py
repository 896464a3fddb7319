"""What comes out of an analysis: frozen values that can be stored as JSON and read back unchanged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from analysis import canonical, data, errors, natural, options
from analysis.effects import catalogue

SCHEMA = 3
# Schema 1 held continuous outcomes only and fewer numbers of a pool, schema 2 no numbers on the natural scale; both are
# read for ever.
READABLE = (1, 2, 3)
# A standard error this small beside its estimate is what rounding left of 0.
NO_WIDTH = 1e-14
_KINDS: Mapping[str, type] = {kind.__name__: kind for kind in (*catalogue.STUDIES.values(), data.ChangeStudy)}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader of a result should know: `code` for programs, `text` one sentence for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class StudyResult:
    """One study's effect, with its share of the overall pooled estimate in per cent.

    Ratios are logarithms. A study that says nothing about the effect (no events in either group) is not estimable: its
    effect, variance and interval are None and its weight is 0.
    """

    study: Any
    effect: float | None
    variance: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    weight: float

    @property
    def key(self) -> str:
        return str(self.study.key)

    @property
    def label(self) -> str:
        return str(self.study.label)

    @property
    def subgroup(self) -> str | None:
        subgroup: str | None = self.study.subgroup
        return subgroup

    @property
    def is_estimable(self) -> bool:
        return self.effect is not None


@dataclass(frozen=True, slots=True)
class Pool:
    """One pooled estimate: overall (`name` is empty) or of a subgroup.

    `k` counts the studies that are estimable, `n1` and `n2` participants of all (0 where a kind of study has none);
    `i2` and `weight`, the share of the overall estimate, are per cent. `z` is the statistic of the test of no effect,
    Student's t when `df` is given; `prediction_df` are the degrees of freedom of the prediction interval, None for the
    normal distribution. None stands for what is not defined: tau² under the common-effect model or with one
    study; I², H² and Q's p-value with one study; an interval that was not asked for or needs more studies.
    """

    name: str
    k: int
    n1: int
    n2: int
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    z: float
    p: float
    q: float
    q_df: int
    q_p: float | None
    i2: float | None
    h2: float | None
    tau2: float | None
    prediction_low: float | None
    prediction_high: float | None
    weight: float
    df: float | None = None
    tau2_low: float | None = None
    tau2_high: float | None = None
    i2_low: float | None = None
    i2_high: float | None = None
    prediction_df: float | None = None

    @property
    def has_width(self) -> bool:
        """Whether there is a standard error beyond rounding; equal effects have none under Hartung and Knapp."""
        return self.se > NO_WIDTH * abs(self.estimate)


@dataclass(frozen=True, slots=True)
class BetweenTest:
    """The test for differences between subgroups: Q over their estimates, chi² with G - 1 df; I² per cent."""

    q: float
    df: int
    p: float
    i2: float


@dataclass(frozen=True, slots=True)
class Analysis:
    """One computation, complete: inputs, choices, results, notices, engine version and digest of the inputs."""

    studies: tuple[StudyResult, ...]
    overall: Pool
    subgroups: tuple[Pool, ...]
    between: BetweenTest | None
    notices: tuple[Notice, ...]
    options: options.Options
    engine_version: str
    digest: str

    def to_dict(self) -> dict[str, Any]:
        """The analysis as JSON-able values with a schema number."""
        return {
            "schema": SCHEMA,
            "kind": type(self.studies[0].study).__name__,
            "studies": [{**asdict(row), **self._natural(row)} for row in self.studies],
            "overall": {**_pool_values(self.overall), **self._natural(self.overall)},
            "subgroups": [{**_pool_values(pool), **self._natural(pool)} for pool in self.subgroups],
            "between": asdict(self.between) if self.between else None,
            "notices": [asdict(notice) for notice in self.notices],
            "options": self.options.to_dict(),
            "engine_version": self.engine_version,
            "digest": self.digest,
        }

    def _natural(self, found: StudyResult | Pool) -> dict[str, Any]:
        """The same numbers as people read them, where the analysis is on another scale."""
        values = natural.numbers(found, self.options.measure, self.size_of(found))
        return {NATURAL: values} if values else {}

    def size_of(self, found: StudyResult | Pool) -> float:
        """The size with which a result goes back to its natural scale, NaN where none is needed (`natural.size_of`)."""
        if isinstance(found, StudyResult):
            return natural.size_of([found.study], self.options.measure)
        members = [row.study for row in self.studies if row.is_estimable and found.name in ("", row.subgroup)]
        return natural.size_of(members, self.options.measure)

    def to_json(self) -> str:
        """Canonical JSON: the same analysis gives the same bytes."""
        return canonical.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Analysis:
        """The analysis that `to_dict` wrote, now or under an earlier schema.

        Raises InputError for a schema that is not known, and when inputs or options no longer match the stored digest.
        """
        if stored.get("schema") not in READABLE:
            known = ", ".join(map(str, READABLE))
            raise errors.InputError(
                f"This result has schema {stored.get('schema')}, but this engine reads schemas {known}; "
                "run the analysis again."
            )
        _require_unchanged(stored)
        kind = _KINDS[stored.get("kind", "ContinuousStudy")]
        return cls(
            studies=tuple(_study_result(row, kind) for row in stored["studies"]),
            overall=_pool(stored["overall"]),
            subgroups=tuple(_pool(pool) for pool in stored["subgroups"]),
            between=BetweenTest(**stored["between"]) if stored["between"] else None,
            notices=tuple(Notice(**notice) for notice in stored["notices"]),
            options=options.Options.from_dict(stored["options"]),
            engine_version=stored["engine_version"],
            digest=stored["digest"],
        )


def inputs_digest(studies: Iterable[Any], choices: options.Options) -> str:
    """The digest of everything that determines the numbers of an analysis apart from the engine's version."""
    return canonical.digest({"studies": [canonical.plain(study) for study in studies], "options": choices.to_dict()})


def _require_unchanged(stored: Mapping[str, Any]) -> None:
    content = {"studies": [row["study"] for row in stored["studies"]], "options": stored["options"]}
    if canonical.digest(content) != stored["digest"]:
        raise errors.InputError(
            "The stored inputs or options of this result were changed after it was computed; run the analysis again."
        )


NATURAL = "natural"
_ALWAYS_FLOATS = ("estimate", "se", "ci_low", "ci_high", "z", "p", "q")


def _pool_values(pool: Pool) -> dict[str, Any]:
    """The pool's values for JSON, which knows neither NaN nor infinity."""
    found = canonical.plain(pool)
    return {
        name: None if name in _ALWAYS_FLOATS and not math.isfinite(value) else value for name, value in found.items()
    }


def _pool(stored: Mapping[str, Any]) -> Pool:
    """The pool as it was; a statistic without a standard error under it was infinite."""
    undefined = {name: math.nan for name in _ALWAYS_FLOATS if stored[name] is None}
    if "z" in undefined and stored["se"] == 0 and stored["estimate"]:
        undefined["z"] = math.copysign(math.inf, stored["estimate"])
    return Pool(**{name: value for name, value in {**stored, **undefined}.items() if name != NATURAL})


def _study_result(row: Mapping[str, Any], kind: type) -> StudyResult:
    values = {name: value for name, value in row.items() if name != NATURAL}
    return StudyResult(study=kind(**values.pop("study")), **values)
