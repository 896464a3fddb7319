"""What comes out of an analysis: frozen values that can be stored as JSON and read back unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from analysis import canonical, data, errors, options

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader of a result should know: `code` for programs, `text` one sentence for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class StudyResult:
    """One study's effect, with its share of the overall pooled estimate in per cent."""

    study: data.ContinuousStudy
    effect: float
    variance: float
    se: float
    ci_low: float
    ci_high: float
    weight: float

    @property
    def key(self) -> str:
        return self.study.key

    @property
    def label(self) -> str:
        return self.study.label

    @property
    def subgroup(self) -> str | None:
        return self.study.subgroup


@dataclass(frozen=True, slots=True)
class Pool:
    """One pooled estimate: overall (`name` is empty) or of a subgroup.

    `n1` and `n2` count participants; `i2` and `weight`, the share of the overall estimate, are per cent. None stands
    for what is not defined: tau² under the common-effect model or with one study; I², H² and Q's p-value with one
    study; the prediction interval where none was asked for or there are too few studies.
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
            "studies": [asdict(row) for row in self.studies],
            "overall": asdict(self.overall),
            "subgroups": [asdict(pool) for pool in self.subgroups],
            "between": asdict(self.between) if self.between else None,
            "notices": [asdict(notice) for notice in self.notices],
            "options": self.options.to_dict(),
            "engine_version": self.engine_version,
            "digest": self.digest,
        }

    def to_json(self) -> str:
        """The canonical text of `to_dict`: the same analysis gives the same bytes."""
        return canonical.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Analysis:
        """The analysis that `to_dict` wrote.

        Raises InputError for another schema, and when inputs or options no longer match the stored digest.
        """
        if stored.get("schema") != SCHEMA:
            raise errors.InputError(
                f"This result has schema {stored.get('schema')}, but this engine reads schema {SCHEMA}; "
                "run the analysis again."
            )
        analysis = cls(
            studies=tuple(_study_result(row) for row in stored["studies"]),
            overall=Pool(**stored["overall"]),
            subgroups=tuple(Pool(**pool) for pool in stored["subgroups"]),
            between=BetweenTest(**stored["between"]) if stored["between"] else None,
            notices=tuple(Notice(**notice) for notice in stored["notices"]),
            options=options.Options.from_dict(stored["options"]),
            engine_version=stored["engine_version"],
            digest=stored["digest"],
        )
        if inputs_digest([row.study for row in analysis.studies], analysis.options) != analysis.digest:
            raise errors.InputError(
                "The stored inputs or options of this result were changed after it was computed; "
                "run the analysis again."
            )
        return analysis


def inputs_digest(studies: list[data.ContinuousStudy], choices: options.Options) -> str:
    """The digest of everything that determines the numbers of an analysis apart from the engine's version."""
    return canonical.digest({"studies": [asdict(study) for study in studies], "options": choices.to_dict()})


def _study_result(row: Mapping[str, Any]) -> StudyResult:
    values = dict(row)
    return StudyResult(study=data.ContinuousStudy(**values.pop("study")), **values)
