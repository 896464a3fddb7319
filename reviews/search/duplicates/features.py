"""How two records agree and differ, for many pairs at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from rapidfuzz import distance, fuzz, process

from reviews.search.duplicates import journals, opposing
from reviews.search.duplicates.prepare import Flag
from reviews.search.duplicates.table import Ints, Table

Floats: TypeAlias = npt.NDArray[np.float32]
Bools: TypeAlias = npt.NDArray[np.bool_]
# What both sides say about one field.
UNKNOWN, SAME, DIFFERENT = 0, 1, 2
# What the numbers in two titles say.
NUMBERS_SAME, NUMBERS_MORE, NUMBERS_DIFFER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Features:
    """Arrays of shape (pairs,). Likenesses run from 0 to 1, NaN where one side is empty; `doi`, `pmid` and so on are
    UNKNOWN, SAME or DIFFERENT.

    `title` is the best likeness of letters over all titles of both; `title_words` of the shorter title's words in the
    longer one; `swapped` says that each title has a word that nothing in the other resembles, `opposed` what a short
    edit makes of the title (`opposing`). `years` is the distance in years, -1 when unknown.
    `one_flags` and `other_flags` are `prepare.Flag`.
    """

    title: Floats
    title_words: Floats
    is_parallel: Bools
    is_other_script: Bools
    swapped: Bools
    numbers: Ints
    opposed: Ints
    authors: Floats
    authors_all: Floats
    first: Ints
    journal: Floats
    abstract: Floats
    issn: Ints
    doi: Ints
    pmid: Ints
    accession: Ints
    whole: Ints
    registry: Ints
    cochrane: Ints
    version: Ints
    page: Ints
    end: Ints
    page_overlap: Bools
    volume: Ints
    issue: Ints
    years: Ints
    one_flags: Ints
    other_flags: Ints
    length: Ints

    def __len__(self) -> int:
        return len(self.title)


def of(table: Table, left: Ints, right: Ints) -> Features:
    """Compare the rows `left[i]` and `right[i]` of a table."""
    titles = _titles(table, left, right)
    authors, authors_all = _authors(table, left, right)
    page_same = _numbers(table.page, left, right)
    bare_same = _numbers(table.page_number, left, right)
    years = np.abs(table.year[left] - table.year[right])
    years[(table.year[left] == 0) | (table.year[right] == 0)] = -1
    return Features(
        *titles,
        authors=authors,
        authors_all=authors_all,
        first=_numbers(table.first, left, right),
        journal=journals.likeness(table.journal, left, right),
        abstract=_ratio(table.abstract, left, right),
        issn=_issn(table.issn, left, right),
        doi=_numbers(table.doi, left, right),
        pmid=_numbers(table.pmid, left, right),
        accession=_numbers(table.accession, left, right),
        whole=_numbers(table.whole, left, right),
        registry=_numbers(table.registry, left, right),
        cochrane=_numbers(table.cochrane, left, right),
        version=_numbers(table.version, left, right),
        page=np.where(bare_same == SAME, SAME, page_same),
        end=_ends(table, left, right),
        page_overlap=_overlap(table, left, right),
        volume=_numbers(table.volume, left, right),
        issue=_numbers(table.issue, left, right),
        years=years,
        one_flags=table.flags[left],
        other_flags=table.flags[right],
        length=np.minimum(_lengths(table.title, left), _lengths(table.title, right)),
    )


def _numbers(column: Ints, left: Ints, right: Ints) -> Ints:
    one, other = column[left], column[right]
    return np.where((one == 0) | (other == 0), UNKNOWN, np.where(one == other, SAME, DIFFERENT))


def _ends(table: Table, left: Ints, right: Ints) -> Ints:
    """What the last pages say; where a paper is paged from 1 (ahead of print) another last page says nothing."""
    found = _numbers(table.page_end, left, right)
    unplaced = (table.page_number[left] == 0) | (table.page_number[right] == 0)
    return np.where(unplaced, UNKNOWN, found)


def _lengths(column: Sequence[str], rows: Ints) -> Ints:
    return np.array([len(column[row]) for row in rows.tolist()], np.int64)


def _overlap(table: Table, left: Ints, right: Ints) -> Bools:
    """One start page lies within the other's range: an abstract cited by the page it stands on."""
    one, one_end = table.page_number[left], table.page_end[left]
    other, other_end = table.page_number[right], table.page_end[right]
    inside = ((one <= other) & (other <= one_end)) | ((other <= one) & (one <= other_end))
    return inside & (one > 0) & (other > 0)


def _picked(column: Sequence[str], rows: Ints) -> list[str]:
    return [column[row] for row in rows.tolist()]


def _ratio(column: Sequence[str], left: Ints, right: Ints) -> Floats:
    """Likeness of letters, NaN where a side is empty."""
    return _compared(_picked(column, left), _picked(column, right))


def _compared(one: list[str], other: list[str]) -> Floats:
    found = np.full(len(one), np.nan, np.float32)
    both = np.array([bool(a) and bool(b) for a, b in zip(one, other, strict=True)], bool)
    places = np.flatnonzero(both)
    if len(places):
        a, b = [one[place] for place in places.tolist()], [other[place] for place in places.tolist()]
        found[places] = process.cpdist(a, b, scorer=distance.Indel.normalized_similarity, dtype=np.float32)
    return found


def _titles(table: Table, left: Ints, right: Ints) -> tuple[Floats, Floats, Bools, Bools, Bools, Ints, Ints]:
    same = (table.title_sum[left] == table.title_sum[right]) & (table.title_sum[left] != 0)
    letters, words = np.ones(len(left), np.float32), np.ones(len(left), np.float32)
    swapped = np.zeros(len(left), bool)
    numbers, opposed = np.zeros(len(left), np.int64), np.zeros(len(left), np.int64)
    places = np.flatnonzero(~same)
    one, other = _picked(table.title, left[places]), _picked(table.title, right[places])
    letters[places] = _compared([a.replace(" ", "") for a in one], [b.replace(" ", "") for b in other])
    # Words run together in one database ("post operative") must not count as other words.
    tokens = process.cpdist(one, other, scorer=fuzz.token_set_ratio, dtype=np.float32) / 100
    words[places] = np.maximum(tokens, np.nan_to_num(letters[places]))
    likely = letters[places] > 0.6
    swapped[places[likely]] = [_is_swapped(one[p], other[p]) for p in np.flatnonzero(likely).tolist()]
    opposed[places[likely]] = [opposing.of(one[p], other[p]) for p in np.flatnonzero(likely).tolist()]
    numbers[places] = [
        _number_relation(table.numbers[a], table.numbers[b])
        for a, b in zip(left[places].tolist(), right[places].tolist(), strict=True)
    ]
    script = Flag.HAN | Flag.LATIN
    one_script, other_script = table.flags[left] & script, table.flags[right] & script
    is_other_script = ((one_script & other_script) == 0) | ((one_script ^ other_script) & Flag.HAN > 0)
    parallel = _parallel(table, (left, right), letters, words, is_other_script)
    numbers[parallel | is_other_script] = NUMBERS_SAME
    opposed[parallel | is_other_script] = opposing.ALIKE
    return letters, words, parallel, is_other_script, swapped & ~parallel, numbers, opposed


def _parallel(table: Table, rows: tuple[Ints, Ints], letters: Floats, words: Floats, scripts: Bools) -> Bools:
    """Where a title in the file's other language agrees better, take its likeness; which pairs those are.

    Two original titles alone say nothing where the titles are of one script and unlike: what a file calls an original
    title is often the name of a journal.
    """
    left, right = rows
    has_other = np.array([bool(title) for title in table.other_title], bool)
    places = np.flatnonzero(has_other[left] | has_other[right])
    better = np.zeros(len(left), bool)
    is_alone = (np.nan_to_num(letters[places]) < 0.5) & ~scripts[places]
    for ours, theirs in ((table.title, table.other_title), (table.other_title, table.title), (table.other_title,) * 2):
        one, other = _picked(ours, left[places]), _picked(theirs, right[places])
        found = _compared([a.replace(" ", "") for a in one], [b.replace(" ", "") for b in other])
        if ours is theirs:
            found[is_alone] = np.nan
        more = np.nan_to_num(found, nan=-1.0) > np.nan_to_num(letters[places], nan=-1.0)
        chosen = places[more]
        letters[chosen] = found[more]
        words[chosen] = np.maximum(np.nan_to_num(words[chosen]), found[more])
        better[chosen] = found[more] > 0.8
    return better


def _is_swapped(one: str, other: str) -> bool:
    mine, yours = _remains(one, other)
    # A slip of the keyboard, or one word written as two, leaves words that resemble each other.
    return bool(mine and yours) and distance.Indel.normalized_similarity("".join(mine), "".join(yours)) < 0.7


def _number_relation(one: str, other: str) -> int:
    if one == other:
        return NUMBERS_SAME
    if not one or not other:
        return NUMBERS_MORE
    mine, yours = _remains(one, other)
    if "".join(mine) == "".join(yours):
        return NUMBERS_SAME
    return NUMBERS_DIFFER if mine and yours else NUMBERS_MORE


def _remains(one: str, other: str) -> tuple[list[str], list[str]]:
    """The words of each that the other does not have, as often as it has them."""
    mine, yours = [], other.split()
    for word in one.split():
        if word in yours:
            yours.remove(word)
        else:
            mine.append(word)
    return mine, yours


def _authors(table: Table, left: Ints, right: Ints) -> tuple[Floats, Floats]:
    """Likeness of the shorter list within the longer, and of the whole lists; Chinese characters before pinyin."""
    one, other = _picked(table.latin, left), _picked(table.latin, right)
    one_han, other_han = _picked(table.han, left), _picked(table.han, right)
    for place, (a, b) in enumerate(zip(one_han, other_han, strict=True)):
        if a and b:
            one[place], other[place] = a, b
    known = np.array([bool(a) and bool(b) for a, b in zip(one, other, strict=True)], bool)
    part = np.asarray(process.cpdist(one, other, scorer=fuzz.token_set_ratio, dtype=np.float32) / 100, np.float32)
    whole = np.asarray(process.cpdist(one, other, scorer=fuzz.token_sort_ratio, dtype=np.float32) / 100, np.float32)
    part[~known] = whole[~known] = np.nan
    return part, whole


def _issn(column: Sequence[str], left: Ints, right: Ints) -> Ints:
    found = np.zeros(len(left), np.int64)
    for place, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        one, other = column[a], column[b]
        if one and other:
            found[place] = SAME if one == other or set(one.split()) & set(other.split()) else DIFFERENT
    return found
