"""Pairs that are the same on every count they can be: what no rule about missing places or short titles keeps apart."""

import numpy as np

from reviews.search.duplicates.features import DIFFERENT, SAME, Bools, Features
from reviews.search.duplicates.prepare import Flag


def of(found: Features) -> Bools:
    """Identical records; one number of a database, a patent or a standard; one thesis."""
    agreeing = ~(found.authors < 0.5) & ~(found.abstract < 0.8)
    identical = found.whole == SAME
    number = (found.accession == SAME) & (found.title > 0.9) & (found.years <= 0)
    return np.asarray(agreeing & (identical | number | _is_one_thesis(found)), bool)


def _is_one_thesis(found: Features) -> Bools:
    """Author, year and university: one title of one person in one year."""
    both = (found.one_flags & found.other_flags & Flag.THESIS) > 0
    same = (found.title > 0.95) & (found.authors > 0.9) & (found.years == 0)
    return np.asarray(both & same & ~(found.journal < 0.8), bool)


def is_preprinted(found: Features) -> Bools:
    """A preprint and what may be its article: the same title and names, not long after."""
    differ = ((found.one_flags ^ found.other_flags) & Flag.PREPRINT) > 0
    return np.asarray(differ & (found.title > 0.85) & ~(found.authors < 0.6) & (found.years <= 3), bool)


def is_sparse_twin(found: Features) -> Bools:
    """Equal titles long enough to name a document, in records too poor to tell more."""
    generic = ((found.one_flags | found.other_flags) & Flag.GENERIC) > 0
    poor = np.isnan(found.authors)
    for said in (found.page, found.volume, found.doi, found.pmid):
        poor = poor & (said != DIFFERENT)
    return np.asarray((found.title > 0.97) & ~generic & poor & (found.years <= 0), bool)
