"""What entries and values are, when two of them differ, and which numbers cannot be. Pure."""

import math
import re
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


SLOTS = (1, 2)
NUMBER = re.compile(r"[+\-−–]?\d+(?:[.,·]\d+)?(?:[eE][+\-−]?\d+)?")


@dataclass(frozen=True)
class Reading:
    """A number as reported and what it means; ``problem`` is a sentence when it cannot be."""

    reported: str
    number: float | None
    problem: str = ""


def read(field: str, reported: str) -> Reading:
    """Read what an extractor typed. Decimal comma and true minus signs are understood.

    Refused: text, infinities, an SD that is not positive, an n that is no whole number of at least 2
    (one participant has no standard deviation).
    """
    text = reported.strip().replace("\u00a0", "").replace(" ", "")
    if not text:
        return Reading("", None)
    if not NUMBER.fullmatch(text):
        return Reading(reported, None, f"“{reported}” is not a number. Write it like 12.5.")
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


def is_same(first: float | None, second: float | None) -> bool:
    """Whether two extractors read the same number; 5.1 and 5.10 are the same."""
    return first is not None and first == second


def state(submitted: int, has_consensus: bool) -> StudyState:
    if has_consensus:
        return StudyState.DONE
    if submitted >= len(SLOTS):
        return StudyState.COMPARE
    return StudyState.WAITING if submitted else StudyState.OPEN
