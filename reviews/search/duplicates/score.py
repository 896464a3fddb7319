"""A calibrated chance that two records are one document: logistic regression over their features."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from reviews.search.duplicates import features, sameness
from reviews.search.duplicates.features import DIFFERENT, SAME, UNKNOWN, Bools, Features, Floats
from reviews.search.duplicates.prepare import Flag

# What an agreement that settles the question is worth at least.
SETTLED = 0.95
# What a record at the same place in another script is worth: enough to be proposed, too little to be joined.
COUNTERPART = 0.6
# What equal titles of poor records, and a preprint beside an article, are worth at least: a look.
LIKELY = 0.2
WEIGHTS = Path(__file__).with_name("weights.json")


@functools.cache
def weights() -> Mapping[str, float]:
    """The trained weight of each column of :func:`design`."""
    found: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return found


def chance(found: Features, trained: Mapping[str, float] | None = None) -> Floats:
    """The chance, 0 to 1, that each pair is one document; shape (pairs,).

    1 / (1 + exp(-x·w)), with x the columns of :func:`design`. Calibrated on labelled sets of Latin script.
    """
    chosen = weights() if trained is None else trained
    total = np.zeros(len(found), np.float64)
    for name, column in design(found).items():
        total += chosen[name] * column
    chances = (1 / (1 + np.exp(-np.clip(total, -40, 40)))).astype(np.float32)
    likely = sameness.is_preprinted(found) | sameness.is_sparse_twin(found)
    chances = np.where(likely, np.maximum(chances, LIKELY), chances)
    chances = np.where(_is_settled(found), np.maximum(chances, SETTLED), chances)
    return np.where(_is_counterpart(found), np.maximum(chances, COUNTERPART), chances).astype(np.float32)


def _is_counterpart(found: Features) -> Bools:
    """A Chinese record and an English one at one place: titles, journals and abstracts cannot agree, so the model is
    blind. Same year, and same start page or same issue and authors, with the ISSN or the romanised authors."""
    here = found.is_other_script & (found.years == 0) & (found.volume != DIFFERENT) & (found.issue != DIFFERENT)
    page = (found.page == SAME) & ((found.issn == SAME) | (found.authors > 0.8))
    issue = (found.page == UNKNOWN) & (found.issue == SAME) & (found.issn == SAME) & (found.authors > 0.9)
    title = found.is_parallel & (found.title > 0.9) & (found.page != DIFFERENT) & ~(found.authors < 0.5)
    return np.asarray((here & (page | issue)) | (found.is_other_script & (found.years == 0) & title), bool)


def _is_settled(found: Features) -> Bools:
    """Agreements that never failed on the sets for tuning, so that a model with few examples of them cannot doubt them:
    DOI and title; place, title and names; place, names and abstract; everything a record without a page can say."""
    near = (found.years == 0) | (found.years == 1)
    place = (found.page == SAME) & ((found.volume == SAME) | (found.years == 0))
    doi = (found.doi == SAME) & (found.title > 0.9) & (found.page != DIFFERENT)
    title = place & (found.title > 0.95) & (found.authors > 0.7)
    subtitle = place & near & (found.title > 0.8) & (found.title_words > 0.95) & (found.authors > 0.8)
    abstract = place & near & (found.title > 0.7) & (found.abstract > 0.95) & (found.authors > 0.8)
    text = (found.title > 0.99) & (found.length > 50) & (found.authors > 0.95) & (found.journal > 0.95)
    translated = found.is_other_script & (found.doi == SAME) & (found.page == SAME) & (found.authors > 0.8)
    return np.asarray(
        sameness.of(found) | doi | translated | title | subtitle | abstract | (text & (found.years == 0)), bool
    )


def design(found: Features) -> dict[str, Floats]:
    """The columns of the model by name, each of shape (pairs,)."""
    columns: dict[str, Floats] = {"constant": np.ones(len(found), np.float32)}
    columns |= _title(found) | _people(found) | _identifiers(found) | _place(found) | _kinds(found)
    return {name: np.asarray(column, np.float32) for name, column in columns.items()}


def _title(found: Features) -> dict[str, Floats]:
    letters, words = np.nan_to_num(found.title, nan=0.8), np.nan_to_num(found.title_words, nan=0.8)
    columns = {
        "title missing": np.isnan(found.title),
        "title same": letters == 1,
        "title over .5": np.maximum(0, letters - 0.5) * 2,
        "title over .8": np.maximum(0, letters - 0.8) * 5,
        "title over .9": np.maximum(0, letters - 0.9) * 10,
        "title words": words,
        "title words over .9": np.maximum(0, words - 0.9) * 10,
        "title parallel": found.is_parallel,
        "title other script": found.is_other_script,
        "title word swapped": found.swapped,
        "title numbers more": found.numbers == features.NUMBERS_MORE,
        "title numbers differ": found.numbers == features.NUMBERS_DIFFER,
        "title length": np.log1p(found.length),
    }
    return {name: np.asarray(column, np.float32) for name, column in columns.items()}


def _people(found: Features) -> dict[str, Floats]:
    part, whole = np.nan_to_num(found.authors, nan=0.5), np.nan_to_num(found.authors_all, nan=0.5)
    journal, abstract = np.nan_to_num(found.journal, nan=0.6), np.nan_to_num(found.abstract, nan=0.6)
    columns = {
        "authors missing": np.isnan(found.authors),
        "authors": part,
        "authors over .8": np.maximum(0, part - 0.8) * 5,
        "authors all over .8": np.maximum(0, whole - 0.8) * 5,
        "journal missing": np.isnan(found.journal),
        "journal": journal,
        "journal over .8": np.maximum(0, journal - 0.8) * 5,
        "abstract missing": np.isnan(found.abstract),
        "abstract over .5": np.maximum(0, abstract - 0.5) * 2,
        "abstract over .85": np.maximum(0, abstract - 0.85) * 6,
        "abstract other": abstract < 0.45,
    }
    for name in ("first", "issn"):
        columns |= _agreement(found, name)
    return {name: np.asarray(column, np.float32) for name, column in columns.items()}


def _agreement(found: Features, name: str) -> dict[str, Bools]:
    column = getattr(found, name)
    return {f"{name} same": column == SAME, f"{name} differs": column == DIFFERENT}


def _identifiers(found: Features) -> dict[str, Floats]:
    columns: dict[str, Bools] = {}
    for name in ("doi", "pmid", "registry"):
        columns |= _agreement(found, name)
    columns["doi and title same"] = (found.doi == SAME) & (found.title > 0.95)
    columns["doi same, title not"] = (found.doi == SAME) & (found.title < 0.8) & (found.title_words < 0.9)
    columns["accession same"] = found.accession == SAME
    columns["cochrane version"] = (found.cochrane == SAME) & (found.version == DIFFERENT)
    return {name: np.asarray(column, np.float32) for name, column in columns.items()}


def _place(found: Features) -> dict[str, Floats]:
    columns: dict[str, Bools] = {}
    for name in ("page", "end", "volume", "issue"):
        columns |= _agreement(found, name)
    same_place = (found.page == SAME) & (found.volume == SAME)
    columns |= {
        "page overlap": found.page_overlap & (found.page == DIFFERENT),
        "year same": found.years == 0,
        "year next": found.years == 1,
        "year differs": found.years > 1,
        "place same": same_place,
        "title and page same": (found.title == 1) & (found.page == SAME),
        "title and year same": (found.title == 1) & (found.years == 0),
        "title same, page differs": (found.title == 1) & (found.page == DIFFERENT),
        "title and authors alike": (found.title > 0.9) & (found.authors > 0.9),
        "title alike, volume and page differ": (found.page == DIFFERENT) & (found.volume == DIFFERENT),
    }
    return {name: np.asarray(column, np.float32) for name, column in columns.items()}


def _kinds(found: Features) -> dict[str, Floats]:
    either, both = found.one_flags | found.other_flags, found.one_flags & found.other_flags
    differ = found.one_flags ^ found.other_flags
    generic = (either & Flag.GENERIC) > 0
    columns = {
        "erratum differs": (differ & Flag.ERRATUM) > 0,
        "comment differs": (differ & Flag.COMMENT) > 0,
        "protocol differs": (differ & Flag.PROTOCOL) > 0,
        "supplement either": (either & Flag.SUPPLEMENT) > 0,
        "supplement both": (both & Flag.SUPPLEMENT) > 0,
        "generic": generic,
        "generic, page not same": generic & (found.page != SAME),
    }
    return {name: np.asarray(column, np.float32) for name, column in columns.items()}
