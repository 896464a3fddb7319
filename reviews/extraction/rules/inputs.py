"""What people send: numbers, levels and decisions, each with the row it replaces. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class ValueInput:
    """One number as an extractor typed it; an empty ``reported`` takes an earlier one back.

    None, of ``reported`` or ``place``, says nothing of it: it stays. ``replaces`` is the value that stood there when
    the page was made, None if there was none.
    """

    arm_id: int
    time_point_id: int
    field: str
    reported: str | None
    place: str | None = ""
    replaces: int | None = None

    @property
    def name(self) -> str:
        return value_name(self.field, self.arm_id, self.time_point_id)

    @property
    def place_name(self) -> str:
        return place_name(self.arm_id, self.time_point_id)


@dataclass(frozen=True)
class TraitInput:
    """The level of a characteristic that an extractor chose; an empty one takes an earlier one back, None leaves it."""

    characteristic_id: int
    level: str | None
    place: str | None = ""
    replaces: int | None = None

    @property
    def name(self) -> str:
        return trait_name(self.characteristic_id)

    @property
    def place_name(self) -> str:
        return trait_place_name(self.characteristic_id)


@dataclass(frozen=True)
class ConsensusValue:
    """A decision on one number: A's, B's, or another one with its own text and place.

    ``replaces`` is the value of the consensus that stood there when it was decided, None if there was none.
    """

    arm_id: int
    time_point_id: int
    field: str
    choice: str
    reported: str = ""
    place: str = ""
    replaces: int | None = None

    @property
    def name(self) -> str:
        return value_name(self.field, self.arm_id, self.time_point_id)


@dataclass(frozen=True)
class ConsensusTrait:
    characteristic_id: int
    choice: str
    level: str = ""
    place: str = ""
    replaces: int | None = None

    @property
    def name(self) -> str:
        return trait_name(self.characteristic_id)


def proposed(
    values: Sequence[ConsensusValue], traits: Sequence[ConsensusTrait], rests_on: Sequence[int]
) -> dict[str, Any]:
    """Decisions as a proposal keeps them; ``rests_on`` are the two submissions that it is about."""
    return {
        "values": [asdict(value) for value in values],
        "traits": [asdict(trait) for trait in traits],
        "rests_on": list(rests_on),
    }


def decisions(content: Mapping[str, Any]) -> tuple[list[ConsensusValue], list[ConsensusTrait]]:
    """The inverse of :func:`proposed`."""
    return (
        [ConsensusValue(**value) for value in content["values"]],
        [ConsensusTrait(**trait) for trait in content["traits"]],
    )


def value_name(field: str, arm_id: int, time_point_id: int) -> str:
    """The name of a number in forms and in refusals."""
    return f"{field}-{arm_id}-{time_point_id}"


def place_name(arm_id: int, time_point_id: int) -> str:
    return value_name("place", arm_id, time_point_id)


def trait_name(characteristic_id: int) -> str:
    return f"trait-{characteristic_id}"


def trait_place_name(characteristic_id: int) -> str:
    return f"trait-place-{characteristic_id}"
