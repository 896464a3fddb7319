"""Lists of authors in one cell, in the ways in which tables join them."""

import re

from reviews.search.formats import chinese, cleaning
from reviews.search.formats.tabular import lists

_INITIALS = re.compile(r"(?:[A-Z]\.[ -]?(?:[a-z]\.-?)?)+(?: ?(?:Jr|Sr|I{2,3}|IV)\.?)?|[A-Z]{1,3}")
_WITH_INITIALS = re.compile(r".*\S (?:(?:\w{1,2}\.[ -]?)+|[^\W\d_a-z]{1,4})(?:,? (?:Jr|Sr|2nd|3rd|II|III|IV)\.?)?")
# Publish or Perish and Google Scholar: `A Muster, BC Beispiel`.
_INITIALS_FIRST = re.compile(r"[A-Z](?:[A-Z-]{0,3}|(?:\.[ -]?[A-Z])*\.?) [^\W\d_]\S.*")
_MORE = re.compile(r"[,\s]*(?:\.\.\.|…)\s*$")
_NUMBER = re.compile(r"\s*\(\d+\)\s*$")
_GARBLED = re.compile(r"^(?:[A-Z][a-z]?\.[ -]?)+,\s*(?=\S+.*,)")


def by_semicolons(value: str) -> tuple[str, ...]:
    """Names with `;` between them."""
    return tuple(cleaning.unique(name.strip() for name in value.split(";")))


def _are_full(parts: list[str]) -> bool:
    """Whether each of three or more parts is a whole name, as in `Anna Muster, Bernd Beispiel, Clara Vorlage`."""
    return len(parts) > 2 and all(" " in part for part in parts)


def pubmed(value: str) -> tuple[str, ...]:
    """`Quill O, Marsh BT.`: commas between the names, a full stop behind the last."""
    bare = value.removesuffix(".")
    return tuple(cleaning.unique(name.strip() for name in re.split(r"[,;]", bare)))


def scopus(value: str) -> tuple[str, ...]:
    """Scopus's `Quill O., Marsh B.T.` of 2021, `Quill O.; Marsh B.T.` of 2023, `O., Quill, Ottoline; …` of 2025."""
    if value.startswith("[No author name"):
        return ()
    if ";" in value:
        return tuple(cleaning.unique(_GARBLED.sub("", name.strip()) for name in value.split(";")))
    return western(value)


def full(value: str) -> tuple[str, ...]:
    """Scopus's `Quill, Ottoline (57200000000); …`, without the numbers."""
    return tuple(cleaning.unique(_NUMBER.sub("", name).strip() for name in value.split(";")))


def western(value: str) -> tuple[str, ...]:
    """Names with commas between them, and perhaps in them: `Quill O., Marsh B.` or `Quill, O., Marsh, B.`."""
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if len(parts) > 1 and len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        parts = [f"{family}, {first}" for family, first in zip(parts[::2], parts[1::2], strict=True)]
    return tuple(cleaning.unique(parts))


def any_way(value: str) -> tuple[str, ...]:
    """Names in a cell of which nobody knows who wrote it.

    Cut at line ends, `;`, `；` and `|`; at commas only where every part is a Chinese name or ends in initials, so
    that `Quill, Ottoline` stays one name; at " and " and "&" where names stand without commas.
    """
    if (items := lists.parted(value)) is not None:
        return items
    value = _MORE.sub("", value)
    if re.search(r"[;；|\n]", value):
        parts = re.split(r"\s*[;；|\n]+\s*", value)
        return tuple(cleaning.unique(name for part in parts for name in chinese.authors([part])))
    if chinese.has_han(value):
        return chinese.authors([value])
    if " and " in value:
        return tuple(cleaning.unique(name.strip(" ,") for name in re.split(r",? and ", value)))
    # PubMed ends the list with a full stop; in "Quill O., Marsh B." it belongs to the initial.
    bare = value if "." in value[:-1] else value.removesuffix(".")
    parts = [part.strip() for part in bare.split(",") if part.strip()]
    if len(parts) > 1 and (all(map(_INITIALS_FIRST.fullmatch, parts)) or _are_full(parts)):
        return tuple(cleaning.unique(parts))
    has_pairs = len(parts) > 1 and all(_INITIALS.fullmatch(part) for part in parts[1::2])
    if has_pairs or (len(parts) > 1 and all(_WITH_INITIALS.fullmatch(part) for part in parts)):
        return western(bare)
    return (value,) if value else ()
