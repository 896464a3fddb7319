"""Rules that no score overrules, each with the reason a person reads.

A veto takes a pair from the automatic joins. `Veto.is_contradiction` marks those that also keep two records out of
one group when a third record would link them.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from reviews.search.duplicates import features, opposing, sameness
from reviews.search.duplicates.features import DIFFERENT, SAME, UNKNOWN, Bools, Features
from reviews.search.duplicates.prepare import Flag


class Veto(NamedTuple):
    """`name` is stored, `reason` shown; `least` is the score from which the pair is still worth a person's look.

    `test` gives the truth for each pair, an array of shape (pairs,).
    """

    name: str
    reason: str
    test: Callable[[Features], object]
    least: float
    is_contradiction: bool


def _proven(found: Features) -> Bools:
    """A PMID, or a DOI with the same start page or nearly the same title."""
    doi = (found.doi == SAME) & ((found.page == SAME) | (found.title > 0.9))
    return np.asarray((found.pmid == SAME) | doi, bool)


def _title_missing(found: Features) -> object:
    return np.isnan(found.title)


def _numbers(found: Features) -> object:
    return (found.numbers == features.NUMBERS_DIFFER) & ~((found.page == SAME) & (found.title > 0.95))


def _swapped(found: Features) -> object:
    """Each title has a word that the other lacks, however short the edit, and they do not stand in one place."""
    place = (found.page == SAME) & (found.volume != DIFFERENT) & (found.authors > 0.8)
    swapped = (found.swapped & ~place) | ((found.opposed == opposing.OTHER) & ~(place & ~(found.abstract < 0.6)))
    return swapped & ~_proven(found)


def _reversed(found: Features) -> object:
    """The titles say opposite things. Two papers on one page are no rarity: only all of the place, or a number of
    the paper's own, says that one of the titles is mistaken."""
    supplement = ((found.one_flags | found.other_flags) & Flag.SUPPLEMENT) > 0
    doi = (found.doi == SAME) & (found.page != DIFFERENT)
    place = (found.page == SAME) & (found.end != DIFFERENT) & (found.volume == SAME) & (found.abstract > 0.9)
    return (found.opposed == opposing.REVERSED) & ~(found.pmid == SAME) & ~((doi | place) & ~supplement)


def _kind(found: Features, flag: int) -> Bools:
    return np.asarray(((found.one_flags ^ found.other_flags) & flag) > 0, bool)


def _erratum(found: Features) -> object:
    return _kind(found, Flag.ERRATUM)


def _comment(found: Features) -> object:
    return _kind(found, Flag.COMMENT) & ~((found.page == SAME) & (found.title > 0.8))


def _protocol(found: Features) -> object:
    return _kind(found, Flag.PROTOCOL) & ~((found.page == SAME) & (found.title > 0.8))


def _registry_entry(found: Features) -> object:
    return _kind(found, Flag.REGISTRY) | _kind(found, Flag.THESIS) | _kind(found, Flag.PREPRINT)


def _registry_numbers(found: Features) -> object:
    return found.registry == DIFFERENT


def _pmids(found: Features) -> object:
    return found.pmid == DIFFERENT


def _dois(found: Features) -> object:
    same_place = (found.page == SAME) & (found.volume == SAME) & (found.issue != DIFFERENT) & (found.title > 0.9)
    return (found.doi == DIFFERENT) & ~same_place


def _pages(found: Features) -> object:
    """Start pages that differ, but for one title where one page lies within the other's range or where issue or
    abstract say what the volume says. One volume alone excuses nothing, and another issue only by the same abstract."""
    supplement = ((found.one_flags | found.other_flags) & Flag.SUPPLEMENT) > 0
    one_volume = (found.volume == SAME) & ((found.issue == SAME) | (found.abstract > 0.9))
    one_issue = (found.issue != DIFFERENT) | (found.abstract > 0.95)
    excused = (found.title > 0.97) & (found.page_overlap | one_volume) & one_issue & ~supplement
    return (found.page == DIFFERENT) & ~(excused & (found.authors > 0.8)) & ~_proven(found)


def _meeting(found: Features) -> object:
    """One in a supplement, or called a meeting abstract, and the other not, without one place in common."""
    differ = _kind(found, Flag.CONFERENCE) | _kind(found, Flag.SUPPLEMENT)
    place = (found.page == SAME) & (found.volume != DIFFERENT)
    silent = (found.page == UNKNOWN) & (found.volume == SAME) & (found.years == 0)
    same_text = (found.title > 0.97) & (found.authors > 0.8) & ~(found.abstract < 0.8)
    same_page = (found.page == SAME) & (found.abstract > 0.9)
    return differ & ~place & ~((silent | same_page) & same_text) & ~_proven(found)


def _generic(found: Features) -> object:
    short = ((found.one_flags | found.other_flags) & Flag.GENERIC) > 0
    place = (found.page == SAME) & ((found.volume == SAME) | (found.years == 0))
    elsewhere = (found.issue == DIFFERENT) | (found.doi == DIFFERENT)
    same_text = (found.abstract > 0.95) & (found.volume == SAME) & (found.title > 0.97)
    return short & ~((place | same_text) & ~elsewhere) & ~_proven(found) & ~sameness.of(found)


def _issues(found: Features) -> object:
    """Different issues, and no page to say that one of the two is mistaken."""
    long = (found.length >= 60) & (found.volume == SAME) & (found.doi != DIFFERENT) & (found.authors_all > 0.9)
    same_text = (found.title > 0.97) & ((found.abstract > 0.9) | (long & np.isnan(found.abstract)))
    return (found.issue == DIFFERENT) & (found.page == UNKNOWN) & ~same_text & ~_proven(found)


def _authors(found: Features) -> object:
    return (found.authors < 0.5) & ~((found.pmid == SAME) | ((found.doi == SAME) & (found.title > 0.9)))


def _years(found: Features) -> object:
    place = (found.page == SAME) & (found.volume == SAME)
    far = (found.years > 1) & ~place
    next_elsewhere = (found.years == 1) & (found.page == DIFFERENT)
    return (far | next_elsewhere) & ~_proven(found)


def _translated(found: Features) -> object:
    """Titles that are not alike, though everything else agrees: a translation, or another document."""
    unlike = (found.title < 0.7) & (found.title_words < 0.9)
    other_script = found.is_other_script & (found.doi == SAME) & (found.page == SAME)
    return unlike & ~((found.pmid == SAME) & (found.page != DIFFERENT)) & ~other_script


def _scripts(found: Features) -> object:
    proven = (found.pmid == SAME) | ((found.doi == SAME) & (found.page != DIFFERENT))
    return found.is_other_script & ~proven


def _abstracts(found: Features) -> object:
    return (found.abstract < 0.45) & (found.page != SAME) & ~_proven(found)


def _unplaced(found: Features) -> object:
    """Nothing but a title and names: no identifier, and no page or volume on both sides."""
    silent = (found.page == UNKNOWN) & (found.volume == UNKNOWN) & (found.doi == UNKNOWN) & (found.pmid == UNKNOWN)
    same_text = (found.title > 0.97) & (found.authors > 0.8) & (found.first == SAME) & (found.journal > 0.8)
    silent = silent & ~sameness.of(found)
    return silent & ~(same_text & (found.years == 0) & (found.length > 30) & ~(found.abstract < 0.8))


def _versions(found: Features) -> object:
    """A later version of a Cochrane review has another DOI and year, which say nothing more."""
    later = (found.version == UNKNOWN) & (found.years > 0)
    return (found.cochrane == SAME) & ((found.version == DIFFERENT) | later) & (found.title > 0.8)


SHORT_TITLE = "short title"

ALL = (
    Veto("title missing", "One of them has no title.", _title_missing, 0.05, False),
    Veto("numbers", "The numbers in the titles differ, as in parts, phases or doses.", _numbers, 0.05, True),
    Veto("words", "Each title has a word that the other lacks.", _swapped, 0.05, False),
    Veto("erratum", "One is an erratum, a correction or a retraction, the other is not.", _erratum, 0.05, True),
    Veto("comment", "One is a comment, reply or letter about a paper, the other is not.", _comment, 0.05, True),
    Veto("protocol", "One is a protocol, the other is not.", _protocol, 0.05, True),
    Veto("kind", "One is a register entry, a thesis or a preprint, the other is not.", _registry_entry, 0.05, True),
    Veto("register number", "Their trial register numbers differ.", _registry_numbers, 0.05, True),
    Veto("pmid", "Their PMIDs differ.", _pmids, 0.05, True),
    Veto("doi", "Their DOIs differ and they do not stand on the same page.", _dois, 0.05, True),
    Veto("pages", "They begin on different pages.", _pages, 0.05, False),
    Veto("meeting", "One is a meeting abstract or stands in a supplement, the other does not.", _meeting, 0.05, True),
    Veto(SHORT_TITLE, "The title is too short or too common to name one document.", _generic, 0.05, False),
    Veto("issue", "They stand in different issues, and no page is known of both.", _issues, 0.05, False),
    Veto("authors", "They have no author in common.", _authors, 0.05, True),
    Veto("years", "The years differ, and nothing else places them together.", _years, 0.05, True),
    Veto("titles", "The titles are not alike: a translation, or another document.", _translated, 0.05, False),
    Veto("languages", "The titles are in different scripts and no identifier proves the link.", _scripts, 0.05, False),
    Veto("abstracts", "The abstracts are not alike.", _abstracts, 0.05, False),
    Veto("no place", "Neither page, volume nor identifier is known of both.", _unplaced, 0.05, False),
    Veto("opposite", "One word makes the titles say the opposite of each other.", _reversed, 0.05, True),
    Veto("version", "They are two versions of one Cochrane review.", _versions, 0.0, False),
)


# What differs between two versions of one Cochrane review, or a preprint and its article, by their nature.
_IMPLIED = frozenset({"doi", "pmid", "years", "issue", "pages", "abstracts", "authors", "no place"})


def of(found: Features) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Which vetoes each pair meets, as bits in the order of `ALL`; shape (pairs,)."""
    bits = np.zeros(len(found), np.int64)
    for place, veto in enumerate(ALL):
        bits |= np.asarray(veto.test(found), np.int64) << place
    version = np.int64(1 << [veto.name for veto in ALL].index("version"))
    implied = sum(1 << place for place, veto in enumerate(ALL) if veto.name in _IMPLIED)
    return np.where((bits & version > 0) | sameness.is_preprinted(found), bits & ~implied, bits)


def named(bits: int) -> tuple[Veto, ...]:
    """The vetoes of one pair."""
    return tuple(veto for place, veto in enumerate(ALL) if bits >> place & 1)


# These pairs are shown to a person whatever their score.
ALWAYS_SHOWN = sum(1 << place for place, veto in enumerate(ALL) if veto.least == 0)
CONTRADICTIONS = sum(1 << place for place, veto in enumerate(ALL) if veto.is_contradiction)
