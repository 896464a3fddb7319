"""A number as people and spreadsheets write it: decimal point or comma, true minus sign, no nought before the point."""

from __future__ import annotations

import re

from analysis import errors

_NUMBER = re.compile(r"[+\-−–]?(?:[0-9]+(?:[.,·][0-9]*)?|[.,·][0-9]+)(?:[eE][+\-−–]?[0-9]+)?")
# Whether the comma sets off thousands or decimals cannot be told from the number.
_AMBIGUOUS = re.compile(r"[+\-−–]?[1-9][0-9]{0,2},[0-9]{3}")
# A blank after a sign, and between groups of three digits.
_GAP = re.compile(r"(?<=^[+\-−–])\s+|(?<=[0-9])\s(?=[0-9]{3}(?![0-9]))")
_POINTS = str.maketrans({",": ".", "·": ".", "−": "-", "–": "-"})


def read(text: str) -> float:
    """The number. Raises InputError with a sentence for what is none, or could be read in two ways."""
    plain = _GAP.sub("", text.strip())
    if plain.lstrip("+-−–").casefold() in ("nan", "inf", "infinity"):
        raise errors.InputError(f"“{text}” is not a finite number; enter the number.")
    if not _NUMBER.fullmatch(plain):
        hint = "write digits with a decimal point"
        if any(character.isdigit() and not character.isascii() for character in plain):
            hint = "write it with the digits 0 to 9"
        raise errors.InputError(f"“{text}” is not a number; {hint}.")
    if _AMBIGUOUS.fullmatch(plain):
        raise errors.InputError(
            f"“{text}” can be read in two ways; write {plain.replace(',', '')} or {plain.replace(',', '.')}."
        )
    return float(plain.translate(_POINTS))
