"""Blocking keys: records that share none of them are never compared.

A record has up to 34 keys, each a positive 64-bit number that already holds its kind, so that one indexed column of
numbers finds the candidates of a new record. The numbers are the same on every machine and in every run.
"""

from binascii import crc32, crc_hqx
from collections.abc import Iterator
from typing import Final, NamedTuple

from reviews.search.duplicates import spelling
from reviews.search.duplicates.prepare import Prepared


class Kind:
    """What a key is made of. Numbers are stored: never give one to another meaning."""

    DOI: Final = 1
    PMID: Final = 2
    ACCESSION: Final = 3
    REGISTRY: Final = 4
    COCHRANE: Final = 5
    TITLE_START: Final = 6
    TITLE_END: Final = 7
    TITLE_MIDDLE: Final = 8
    LONGEST_WORDS: Final = 9
    FIRST_WORDS_YEAR: Final = 10
    AUTHOR_YEAR_PAGE: Final = 11
    AUTHOR_VOLUME_PAGE: Final = 12
    JOURNAL_VOLUME_PAGE: Final = 13
    YEAR_VOLUME_ISSUE_PAGE: Final = 14
    AUTHOR_TITLE: Final = 15
    ABSTRACT: Final = 16
    ISSN_YEAR_PAGE: Final = 17
    HAN_AUTHORS_YEAR: Final = 18
    AUTHORS_YEAR_JOURNAL: Final = 19


class Key(NamedTuple):
    kind: int
    hash: int


def of(one: Prepared) -> list[Key]:
    """The keys of a record, each once; none for a record of which nothing is known."""
    return [Key(number >> 48, number) for number in hashes(one)]


def hashes(one: Prepared) -> list[int]:
    """The numbers of the keys of a record, each once: kind in the upper bits, 48 bits of checksums below.

    A chance collision costs one comparison and joins nothing.
    """
    return list(dict.fromkeys([_hash(kind, value.encode()) for kind, value in _parts(one)]))


def _hash(kind: int, value: bytes) -> int:
    return kind << 48 | crc_hqx(value, 0) << 32 | crc32(value)


def _parts(one: Prepared) -> Iterator[tuple[int, str]]:
    yield from _identifiers(one)
    for title in (one.title, one.other_title):
        if title:
            yield from _title(title, one)
            if (other := spelling.folded(title)) != title:
                yield from _title(other, one)
    if one.page_number or one.page_end:
        yield from _place(one)
    if len(one.abstract) > 120:
        yield Kind.ABSTRACT, one.abstract[40:90]
    if one.han and one.year:
        yield Kind.HAN_AUTHORS_YEAR, f"{' '.join(one.han.split()[:2])}|{one.year}"
    if one.latin and one.year and one.journal:
        yield Kind.AUTHORS_YEAR_JOURNAL, f"{' '.join(sorted(one.latin.split()[:3]))}|{one.year}|{one.journal[:3]}"
        # Given names written out stand among the surnames; the first surname stands there either way.
        yield Kind.AUTHORS_YEAR_JOURNAL, f"{one.first}|{one.year}|{one.journal[:3]}"


def _identifiers(one: Prepared) -> Iterator[tuple[int, str]]:
    if one.doi:
        yield Kind.DOI, one.doi
    if one.pmid:
        yield Kind.PMID, str(one.pmid)
    if one.accession:
        yield Kind.ACCESSION, one.accession
    if one.registry:
        yield Kind.REGISTRY, one.registry
    if one.cochrane:
        yield Kind.COCHRANE, str(one.cochrane)


def _title(title: str, one: Prepared) -> Iterator[tuple[int, str]]:
    squeezed = title.replace(" ", "")
    size = 32 if squeezed.isascii() else 10
    yield Kind.TITLE_START, squeezed[:size]
    # "…: a systematic review and meta-analysis" ends too many titles for a shorter end to say anything.
    end = size + size // 2
    if len(squeezed) > end:
        yield Kind.TITLE_END, squeezed[-end:]
    if len(squeezed) > size:
        middle = len(squeezed) // 2
        yield Kind.TITLE_MIDDLE, squeezed[middle - size // 3 : middle + size // 3]
    words = title.split()
    if len(words) > 3:
        yield Kind.LONGEST_WORDS, " ".join(sorted(sorted(sorted(set(words)), key=len)[-4:]))
        if one.year:
            yield Kind.FIRST_WORDS_YEAR, f"{' '.join(words[:4])}|{one.year}"
    if one.first:
        yield Kind.AUTHOR_TITLE, f"{one.first}|{squeezed[: size // 2 - 2]}"


def _place(one: Prepared) -> Iterator[tuple[int, str]]:
    page = one.page_number or 1
    if one.first and one.year:
        yield Kind.AUTHOR_YEAR_PAGE, f"{one.first}|{one.year}|{page}"
    if one.volume:
        if one.first:
            yield Kind.AUTHOR_VOLUME_PAGE, f"{one.first}|{one.volume}|{page}"
        if one.journal:
            yield Kind.JOURNAL_VOLUME_PAGE, f"{one.journal[:3]}|{one.volume}|{page}"
        if one.year:
            yield Kind.YEAR_VOLUME_ISSUE_PAGE, f"{one.year}|{one.volume}|{one.issue}|{page}"
    if one.year:
        for issn in one.issn.split():
            yield Kind.ISSN_YEAR_PAGE, f"{issn}|{one.year}|{page}"
