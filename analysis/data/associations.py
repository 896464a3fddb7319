"""Studies with a correlation, an explained variance or a reliability coefficient."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.data import checks

SMALLEST_SAMPLE = 4

_CORRELATION = (
    checks.Field("r", "correlation", above=-1, below=1),
    checks.size("n", "participants", SMALLEST_SAMPLE),
)
_PREDICTORS = checks.Field("predictors", "predictors in the regression", whole=True, unit="predictors", least=1)
_PARTIAL = (
    checks.Field("r", "partial or semi-partial correlation", above=-1, below=1),
    checks.size("n", "participants", SMALLEST_SAMPLE),
    _PREDICTORS,
    checks.Field("r2", "R² of the whole regression", least=0, below=1, optional=True),
)
_DETERMINATION = (
    checks.Field("r2", "R² of the regression", above=0, below=1),
    checks.size("n", "participants", SMALLEST_SAMPLE),
    _PREDICTORS,
)
_ALPHA = (
    checks.Field("alpha", "Cronbach's alpha", below=1),
    checks.Field("items", "items of the scale", whole=True, unit="items", least=2),
    checks.size("n", "participants", 3),
)


@dataclass(frozen=True, slots=True)
class CorrelationStudy:
    """A correlation between -1 and 1 among `n` participants. Raises InputError naming the study and the field."""

    key: str
    label: str
    r: float
    n: int
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _CORRELATION)


@dataclass(frozen=True, slots=True)
class PartialCorrelationStudy:
    """A partial correlation (or a semi-partial one, which needs `r2`) from a regression with some predictors.

    `predictors` counts all of them, the one of interest included. Raises InputError naming the study and the field.
    """

    key: str
    label: str
    r: float
    n: int
    predictors: int
    r2: float | None = None
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _PARTIAL)
        _require_degrees(self, _PARTIAL, self.n, self.predictors)


@dataclass(frozen=True, slots=True)
class DeterminationStudy:
    """R² of a regression with some predictors among `n` participants. Raises InputError."""

    key: str
    label: str
    r2: float
    n: int
    predictors: int
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _DETERMINATION)
        _require_degrees(self, _DETERMINATION, self.n, self.predictors)


@dataclass(frozen=True, slots=True)
class ReliabilityStudy:
    """Cronbach's alpha of a scale with some items among `n` participants. Raises InputError."""

    key: str
    label: str
    alpha: float
    items: int
    n: int
    subgroup: str | None = None

    def __post_init__(self) -> None:
        checks.check(self, _ALPHA)


def _require_degrees(study: checks.Study, fields: tuple[checks.Field, ...], n: int, predictors: int) -> None:
    if n - predictors <= 2:
        fault = f"is {n}, but with {predictors} predictors at least {predictors + 3} participants are needed"
        raise checks.refusal(study, fields, "n", fault)
