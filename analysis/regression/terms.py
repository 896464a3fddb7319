"""What a meta-regression is built from: numeric terms, factors, and products of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from analysis import errors


@dataclass(frozen=True, slots=True)
class Numeric:
    """A moderator that enters as a number, in its own unit.

    column  the name of the moderator
    centre  subtracted from every value, so that the intercept is the effect at this value
    """

    column: str
    centre: float = 0.0

    @property
    def name(self) -> str:
        """The term as shown to readers."""
        return self.column if self.centre == 0 else f"{self.column} − {self.centre:g}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The moderators it needs."""
        return (self.column,)


@dataclass(frozen=True, slots=True)
class Factor:
    """A moderator with levels, in treatment coding: one column per level other than the reference.

    column     the name of the moderator; its values are compared as text
    reference  the level the others are compared with; the first level when empty
    levels     the levels in order; the sorted values found in the data when empty
    """

    column: str
    reference: str = ""
    levels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.levels)) != len(self.levels):
            raise errors.OptionError(f"The levels of factor “{self.column}” hold one name twice.", option="levels")
        if self.reference and self.levels and self.reference not in self.levels:
            allowed = ", ".join(f"“{level}”" for level in self.levels)
            raise errors.OptionError(
                f"The reference “{self.reference}” of factor “{self.column}” is none of its levels; choose one of "
                f"{allowed}.",
                option="reference",
            )

    @property
    def name(self) -> str:
        """The term as shown to readers."""
        return self.column

    @property
    def columns(self) -> tuple[str, ...]:
        """The moderators it needs."""
        return (self.column,)


@dataclass(frozen=True, slots=True)
class Interaction:
    """The product of two or more terms: every product of a column of one with a column of another."""

    parts: tuple[Numeric | Factor, ...]

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            raise errors.OptionError("An interaction needs at least two terms.", option="parts")

    @property
    def name(self) -> str:
        """The term as shown to readers."""
        return " × ".join(part.name for part in self.parts)

    @property
    def columns(self) -> tuple[str, ...]:
        """The moderators it needs."""
        return tuple(part.column for part in self.parts)


Term: TypeAlias = Numeric | Factor | Interaction
