"""A study's suggested label. Pure."""

from collections.abc import Collection, Sequence


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
