"""How a number is read as reports print it, which ones cannot be, and when two readings are the same. Pure."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass

from reviews.extraction.rules.kinds import Field

NOT_REPORTED = frozenset({"nr", "not reported", "-", "–"})
# Whether the comma sets off thousands or decimals cannot be told from the number.
AMBIGUOUS = re.compile(r"[+\-−–]?[1-9]\d{0,2},\d{3}")
# After a sign, and between groups of three digits; anywhere else a blank may stand for a lost decimal point.
GAP = re.compile(r"(?<=^[+\-−–])\s+|(?<=\d)\s(?=\d{3}(?!\d))")
NUMBER = re.compile(r"[+\-−–]?(?:\d+(?:[.,·]\d+)?|[.·]\d+)(?:[eE][+\-−]?\d+)?")


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
