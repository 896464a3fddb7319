"""What a synthesis specifies, what a run freezes, and how two frozen inputs differ. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import TextChoices

from analysis import profiles
from reviews.protocols.rules import ArmRole, Direction


class Measure(TextChoices):
    SMD = "SMD", "Standardised mean difference (Hedges g)"
    MD = "MD", "Mean difference"


class Model(TextChoices):
    RANDOM = "random", "Random effects"
    COMMON = "common", "Common effect"


class Tau2Method(TextChoices):
    DL = "DL", "DerSimonian-Laird"
    REML = "REML", "Restricted maximum likelihood (REML)"


class Convention(TextChoices):
    REVMAN5 = "revman5", "RevMan 5"
    METAFOR = "metafor", "metafor"


# A new synthesis begins as the engine does for everybody.
DEFAULT_CONVENTION = Convention(profiles.DEFAULT)
DEFAULT_TAU2 = Tau2Method(profiles.profile(profiles.DEFAULT).random["tau2_method"])


class Format(TextChoices):
    """What a run can be downloaded as; the value ends the file's name."""

    SVG = "svg", "SVG figure"
    PNG = "png", "PNG figure, 300 dpi"
    PDF = "pdf", "PDF figure"
    CSV = "csv", "CSV table"
    R = "R", "R script"
    JSON = "json", "JSON, everything"


MEDIA_TYPES: Mapping[str, str] = {
    Format.SVG: "image/svg+xml",
    Format.PNG: "image/png",
    Format.PDF: "application/pdf",
    Format.CSV: "text/csv; charset=utf-8",
    Format.R: "text/plain; charset=utf-8",
    Format.JSON: "application/json",
}

EXPLANATIONS: Mapping[str, str] = {
    Measure.SMD: "The studies measured the outcome with different instruments: each difference is divided by the "
    "standard deviation, so that 0.2 is small, 0.5 moderate and 0.8 large.",
    Measure.MD: "All studies used the same instrument: the result is in its own points.",
    Model.RANDOM: "The true effect may differ from study to study, by population or by how the treatment was given; "
    "the diamond is the mean of these effects. What most reviews of behavioural treatments use.",
    Model.COMMON: "All studies estimate one and the same effect and differ by chance alone.",
    Tau2Method.DL: "How far the effects differ between studies, as RevMan 5 estimates it.",
    Tau2Method.REML: "Less biased with few studies; the default of RevMan since 2024 and of metafor.",
    Convention.REVMAN5: "Prints what RevMan 5 prints, to the digit. No prediction interval.",
    Convention.METAFOR: "Prints what the R package metafor prints; with random effects a prediction interval is added.",
}

COMPUTE = "reviews.synthesis.tasks.compute_run"
FIELDS = ("n1", "mean1", "sd1", "n2", "mean2", "sd2")
FIELD_WORDS: Mapping[str, str] = {"n": "n", "mean": "mean", "sd": "SD"}


@dataclass(frozen=True)
class Row:
    """One study as pooled; ``value_ids`` leads from each of ``FIELDS`` to the adjudicated value it came from."""

    study_id: int
    label: str
    n1: int
    mean1: float
    sd1: float
    n2: int
    mean2: float
    sd2: float
    level: str
    value_ids: Mapping[str, int]


def row(study_id: int, label: str, level: str, numbers: Mapping[str, tuple[int, float]]) -> Row:
    """A row from (value id, number) for each of ``FIELDS``."""
    cells = {name: number for name, (_, number) in numbers.items()}
    sizes = {name: int(cells.pop(name)) for name in ("n1", "n2")}
    value_ids = {name: value_id for name, (value_id, _) in numbers.items()}
    return Row(study_id=study_id, label=label, level=level, value_ids=value_ids, **sizes, **cells)  # type: ignore[arg-type]


def in_order(rows: Iterable[Row], levels: Sequence[str]) -> tuple[Row, ...]:
    """The rows as they come, subgroup by subgroup in the protocol's order of levels."""
    ranks = {level: rank for rank, level in enumerate(levels)}
    return tuple(sorted(rows, key=lambda row: ranks.get(row.level, len(ranks))))


@dataclass(frozen=True)
class Texts:
    """The words of the figure, frozen with the numbers; ``notice`` is the review's note on synthetic data."""

    title: str
    outcome: str
    instrument: str
    direction: str
    group_1: str
    group_2: str
    subgroup_by: str
    notice: str


@dataclass(frozen=True)
class Inputs:
    """Everything a run is computed from, apart from its options."""

    rows: tuple[Row, ...]
    texts: Texts

    def to_dict(self) -> dict[str, Any]:
        return {"rows": [asdict(row) for row in self.rows], "texts": asdict(self.texts)}


def inputs(data: Mapping[str, Any]) -> Inputs:
    """Inputs from their JSON; the inverse of :meth:`Inputs.to_dict`."""
    return Inputs(tuple(Row(**row) for row in data["rows"]), Texts(**data["texts"]))


def group_names(arm_1: str, time_1: str, arm_2: str, time_2: str, names: Mapping[str, str]) -> tuple[str, str]:
    """What the two groups are called: by arm, and by time point where the arm alone would not tell them apart.

    ``names`` holds the name of an arm's role in all pooled studies, where they agree on one.
    """
    first, second = (names.get(arm) or str(ArmRole(arm).label) for arm in (arm_1, arm_2))
    if time_1 == time_2:
        return first, second
    return f"{first}, {time_1}", f"{second}, {time_2}"


def favours(texts: Texts) -> tuple[str, str]:
    """The words under the axis, left and right of no effect: the effect is group 1 minus group 2."""
    first, second = f"Favours {texts.group_1}", f"Favours {texts.group_2}"
    return (first, second) if texts.direction == Direction.LOWER else (second, first)


def common_names(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Role -> name, for every role whose arms all carry the same name."""
    found: dict[str, set[str]] = {}
    for role, name in names:
        found.setdefault(role, set()).add(name)
    return {role: next(iter(seen)) for role, seen in found.items() if len(seen) == 1}


def without_level(rows: Sequence[Row]) -> str:
    """The sentence that refuses subgroups which some studies do not have, or an empty string."""
    labels = [f"“{row.label}”" for row in rows if not row.level]
    if not labels:
        return ""
    have = "has" if len(labels) == 1 else "have"
    return f"{', '.join(labels)} {have} no subgroup in the consensus yet. Add it there, then run the synthesis again."


def differences(old: Inputs, new: Inputs) -> list[str]:
    """What has changed between two inputs, a sentence each; empty when nothing did."""
    before = {row.study_id: row for row in old.rows}
    after = {row.study_id: row for row in new.rows}
    found = [f"{row.label} is new." for key, row in after.items() if key not in before]
    found += [f"{row.label} is no longer there." for key, row in before.items() if key not in after]
    for key in before.keys() & after.keys():
        found += _changes(before[key], after[key])
    if old.texts != new.texts:
        names = [name for name, text in asdict(old.texts).items() if text != getattr(new.texts, name)]
        found.append(f"The words of the figure have changed: {', '.join(_TEXT_WORDS[name] for name in names)}.")
    if not found and old.rows != new.rows:
        found.append("The studies stand in another order.")
    return sorted(found)


_TEXT_WORDS: Mapping[str, str] = {
    "title": "title",
    "outcome": "name of the outcome",
    "instrument": "instrument",
    "direction": "direction of benefit",
    "group_1": "name of group 1",
    "group_2": "name of group 2",
    "subgroup_by": "name of the subgroups",
    "notice": "note on the data",
}


def _changes(old: Row, new: Row) -> list[str]:
    found = []
    if old.label != new.label:
        found.append(f"{old.label} is now called {new.label}.")
    if old.level != new.level:
        found.append(f"{new.label}: the subgroup was {old.level or 'not given'}, now {new.level or 'not given'}.")
    for field in FIELDS:
        before, after = getattr(old, field), getattr(new, field)
        words = f"{new.label}: {FIELD_WORDS[field[:-1]]} of group {field[-1]}"
        if before != after:
            found.append(f"{words} was {before:.10g}, now {after:.10g}.")
        elif old.value_ids.get(field) != new.value_ids.get(field):
            found.append(f"{words} was entered again, with the same number.")
    return found
