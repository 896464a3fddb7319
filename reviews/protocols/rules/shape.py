"""What a protocol says: frozen content, parsed from and written to JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import TextChoices


class OutcomeType(TextChoices):
    CONTINUOUS = "continuous", "Continuous (mean, SD, n)"


class Direction(TextChoices):
    LOWER = "lower", "Lower is better"
    HIGHER = "higher", "Higher is better"


class SettledBy(TextChoices):
    """Who settles what two people judged differently, in screening and in extraction."""

    ADJUDICATOR = "adjudicator", "An adjudicator"
    LEAD = "lead", "The lead"
    DISCUSSION = "discussion", "The people who differ, by discussion"


class ArmRole(TextChoices):
    INTERVENTION = "intervention", "Intervention"
    COMPARATOR = "comparator", "Comparator"


@dataclass(frozen=True)
class Question:
    """PICO, in the team's own words."""

    population: str = ""
    intervention: str = ""
    comparator: str = ""
    outcomes: str = ""


@dataclass(frozen=True)
class Reason:
    """A reason to exclude at full text; the order in the protocol is the rank, most important first."""

    key: str
    text: str


@dataclass(frozen=True)
class TimePoint:
    key: str
    name: str


@dataclass(frozen=True)
class Outcome:
    key: str
    name: str
    type: str = OutcomeType.CONTINUOUS
    direction: str = Direction.LOWER
    measure: str = ""
    time_points: tuple[TimePoint, ...] = ()

    @property
    def type_label(self) -> str:
        return OutcomeType(self.type).label

    @property
    def direction_label(self) -> str:
        return Direction(self.direction).label


@dataclass(frozen=True)
class Characteristic:
    """A feature of studies, planned for subgroups, with its levels."""

    key: str
    name: str
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScreeningRule:
    """``lead_settles_own``: the lead may settle also what the lead voted on. ``hides_earlier_votes``: whoever may still
    vote on a report at full text does not see what others said of it by title and abstract."""

    votes_needed: int = 2
    settled_by: str = SettledBy.ADJUDICATOR
    lead_settles_own: bool = False
    hides_earlier_votes: bool = False

    @property
    def settled_by_label(self) -> str:
        return SettledBy(self.settled_by).label


@dataclass(frozen=True)
class ExtractionRule:
    """Who makes the consensus of two entries. ``lead_settles_own``: also the lead who made one of them."""

    settled_by: str = SettledBy.ADJUDICATOR
    lead_settles_own: bool = False

    @property
    def settled_by_label(self) -> str:
        return SettledBy(self.settled_by).label


@dataclass(frozen=True)
class Content:
    """One state of a protocol."""

    title: str = ""
    registration: str = ""
    question: Question = field(default_factory=Question)
    inclusion: tuple[str, ...] = ()
    exclusion: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    characteristics: tuple[Characteristic, ...] = ()
    screening: ScreeningRule = field(default_factory=ScreeningRule)
    extraction: ExtractionRule = field(default_factory=ExtractionRule)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def content(data: Mapping[str, Any]) -> Content:
    """Content from its JSON; the inverse of :meth:`Content.to_dict`.

    A protocol from before extraction had a rule lets those make the consensus who settle conflicts of screening.
    """
    screening = ScreeningRule(**data.get("screening", {}))
    extraction = {"settled_by": screening.settled_by, **data.get("extraction", {})}
    return Content(
        title=data.get("title", ""),
        registration=data.get("registration", ""),
        question=Question(**data.get("question", {})),
        inclusion=tuple(data.get("inclusion", ())),
        exclusion=tuple(data.get("exclusion", ())),
        databases=tuple(data.get("databases", ())),
        reasons=tuple(Reason(**reason) for reason in data.get("reasons", ())),
        outcomes=tuple(_outcome(outcome) for outcome in data.get("outcomes", ())),
        characteristics=tuple(
            Characteristic(item["key"], item["name"], tuple(item["levels"])) for item in data.get("characteristics", ())
        ),
        screening=screening,
        extraction=ExtractionRule(**extraction),
    )


def completed(data: Mapping[str, Any], draft: Content | None) -> dict[str, Any]:
    """JSON whose rules may lack what protocols did not have at first: there the draft decides, if there is one."""
    if draft is None:
        return dict(data)
    whole = draft.to_dict()
    return {**data, **{name: {**whole[name], **data.get(name, {})} for name in ("screening", "extraction")}}


def _outcome(data: Mapping[str, Any]) -> Outcome:
    points = tuple(TimePoint(**point) for point in data.get("time_points", ()))
    return Outcome(**{**data, "time_points": points})
