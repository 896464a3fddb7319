"""What entries and values are, when two of them differ, and which numbers cannot be. Pure."""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices


class EntryKind(TextChoices):
    EXTRACTION = "extraction", "Extraction"
    CONSENSUS = "consensus", "Consensus"


class Field(TextChoices):
    MEAN = "mean", "Mean"
    SD = "sd", "SD"
    N = "n", "n"


class StudyState(TextChoices):
    OPEN = "open", "Open for extraction"
    WAITING = "waiting", "Waiting for the second extractor"
    COMPARE = "compare", "Ready for consensus"
    DONE = "done", "Consensus made"


class Choice(TextChoices):
    """Whose value the adjudicator takes."""

    A = "a", "A"
    B = "b", "B"
    OTHER = "other", "Other"


class Step(TextChoices):
    """What a seat can do next with a study."""

    START = "start", "Start extracting"
    CONTINUE = "continue", "Continue"
    COMPARE = "compare", "Make the consensus"
    LOOK = "look", "Look"


SLOTS = (1, 2)
PLACE_MAX, REPORTED_MAX = 200, 60
NOT_REPORTED = frozenset({"nr", "not reported", "-", "–"})
# Whether the comma sets off thousands or decimals cannot be told from the number.
AMBIGUOUS = re.compile(r"[+\-−–]?[1-9]\d{0,2},\d{3}")
# After a sign, and between groups of three digits; anywhere else a blank may stand for a lost decimal point.
GAP = re.compile(r"(?<=^[+\-−–])\s+|(?<=\d)\s(?=\d{3}(?!\d))")
NUMBER = re.compile(r"[+\-−–]?\d+(?:[.,·]\d+)?(?:[eE][+\-−]?\d+)?")


@dataclass(frozen=True)
class Reading:
    """A number as reported and what it means; ``problem`` is a sentence when it cannot be."""

    reported: str
    number: float | None
    problem: str = ""


def read(field: str, reported: str) -> Reading:
    """Read what an extractor typed. Decimal comma and true minus signs are understood.

    Refused: text, infinities, a comma that may set off thousands or decimals, an SD that is not positive, an n
    that is no whole number of at least 2 (one participant has no standard deviation).
    """
    text = GAP.sub("", reported.strip())
    if not text:
        return Reading("", None)
    if not NUMBER.fullmatch(text):
        return Reading(reported, None, f"“{reported}” is not a number. Write it like 12.5.")
    if AMBIGUOUS.fullmatch(text):
        whole, decimal = text.replace(",", ""), text.replace(",", ".")
        return Reading(reported, None, f"“{reported}” can be read in two ways. Write {whole} or {decimal}.")
    number = float(re.sub("[−–]", "-", text).replace(",", ".").replace("·", "."))
    return Reading(reported.strip(), number, _problem(field, number, reported.strip()))


def _problem(field: str, number: float, shown: str) -> str:
    if not math.isfinite(number) or abs(number) > 1e12:
        return f"{shown} is too large to be true. Check the report."
    if field == Field.SD and number <= 0:
        return f"An SD of {shown} cannot be: it has to be above 0. Check whether it is another figure."
    if field == Field.N and (number != int(number) or number < 2):
        return f"n = {shown} cannot be: it has to be a whole number of at least 2 participants."
    return ""


@dataclass(frozen=True)
class ValueInput:
    """One number as an extractor typed it; an empty ``reported`` takes an earlier one back."""

    arm_id: int
    time_point_id: int
    field: str
    reported: str
    place: str = ""

    @property
    def name(self) -> str:
        return value_name(self.field, self.arm_id, self.time_point_id)


@dataclass(frozen=True)
class TraitInput:
    """The level of a characteristic that an extractor chose; an empty one takes an earlier one back."""

    characteristic_id: int
    level: str
    place: str = ""


@dataclass(frozen=True)
class ConsensusValue:
    """The adjudicator's decision on one number: A's, B's, or another one with its own text and place."""

    arm_id: int
    time_point_id: int
    field: str
    choice: str
    reported: str = ""
    place: str = ""

    @property
    def name(self) -> str:
        return value_name(self.field, self.arm_id, self.time_point_id)


@dataclass(frozen=True)
class ConsensusTrait:
    characteristic_id: int
    choice: str
    level: str = ""
    place: str = ""


def value_name(field: str, arm_id: int, time_point_id: int) -> str:
    """The name of a number in forms, in refusals and in the API."""
    return f"{field}-{arm_id}-{time_point_id}"


def place_name(arm_id: int, time_point_id: int) -> str:
    return value_name("place", arm_id, time_point_id)


def trait_name(characteristic_id: int) -> str:
    return f"trait-{characteristic_id}"


def trait_place_name(characteristic_id: int) -> str:
    return f"trait-place-{characteristic_id}"


def is_not_reported(text: str) -> bool:
    """How an adjudicator says that neither extractor is right because the report has no such figure."""
    return text.strip().casefold() in NOT_REPORTED


def lacking(fields: Collection[str]) -> str:
    """Mean, SD and n come together or not at all: the names of those that lack, or an empty string."""
    absent = [Field(field).label for field in Field.values if field not in fields]
    return " and ".join(absent) if fields and absent else ""


def is_same(first: float | None, second: float | None) -> bool:
    """Whether two extractors read the same number; 5.1 and 5.10 are the same."""
    return first is not None and first == second


def state(submitted: int, has_consensus: bool) -> StudyState:
    if has_consensus:
        return StudyState.DONE
    if submitted >= len(SLOTS):
        return StudyState.COMPARE
    return StudyState.WAITING if submitted else StudyState.OPEN


def next_step(
    state: StudyState, *, is_extractor: bool, has_open_entry: bool, may_claim: bool, may_adjudicate: bool
) -> Step:
    """What a seat can do next with a study. ``may_claim`` holds when a place is free for it."""
    if has_open_entry:
        return Step.CONTINUE
    if may_claim and not is_extractor:
        return Step.START
    if state == StudyState.COMPARE and may_adjudicate and not is_extractor:
        return Step.COMPARE
    return Step.LOOK


def suggested_label(authors: Sequence[str], year: int | None, taken: Collection[str] = ()) -> str:
    """“FirstAuthor Year”, with a letter when that label is taken: “Miller 2021b”.

    Family names are taken from “Miller, Anna”, “Miller AB” and “Anna Miller”; names in Chinese stay whole.
    """
    family = _family_name(authors[0]) if authors else "Study"
    label = f"{family} {year}" if year else family
    used = {one.casefold() for one in taken}
    letters = ("", *"abcdefghijklmnopqrstuvwxyz")
    return next((label + letter for letter in letters if (label + letter).casefold() not in used), label)


def _family_name(author: str) -> str:
    if "," in author:
        return author.split(",")[0].strip()
    *before, last = author.split() or ["Study"]
    has_initials = last.isupper() and len(last.replace(".", "")) <= 3
    return " ".join(before) if before and has_initials else last
