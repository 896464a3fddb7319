"""Why two records are taken for one document or not, in sentences and field by field for the review page."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from reviews.search.duplicates import features, finding, score, table, vetoes
from reviews.search.duplicates.features import DIFFERENT, SAME, Features
from reviews.search.duplicates.record import Record


class Explanation(NamedTuple):
    """`score` is the chance, 0 to 1; `agree` and `differ` are sentences; `objections` the reasons of the vetoes.

    `fields` says "same", "alike", "different" or "missing" for each field of `Record` that was compared.
    """

    score: float
    agree: tuple[str, ...]
    differ: tuple[str, ...]
    objections: tuple[str, ...]
    fields: Mapping[str, str]


_NAMES = {
    "doi": "DOI",
    "pmid": "PMID",
    "accession": "accession number",
    "registry": "trial register number",
    "issn": "ISSN",
    "page": "start page",
    "volume": "volume",
    "issue": "issue",
}
_LIKENESS = {"title": "title", "authors": "authors", "journal": "journal", "abstract": "abstract"}
_ALIKE = {"title": 0.9, "authors": 0.8, "journal": 0.8, "abstract": 0.85}


def pair(one: Record, other: Record) -> Explanation:
    """Compare two records and say what agrees, what differs and what speaks against joining them."""
    rows = table.build([one, other])
    found = features.of(rows, np.array([0]), np.array([1]))
    fields = _fields(found)
    agree = [sentence for name, label in _LIKENESS.items() if (sentence := _agreeing(name, label, fields, found))]
    agree += [f"Same {label}." for name, label in _NAMES.items() if fields[name] == "same"]
    differ = [f"The {label} {_verb(name)}." for name, label in _LIKENESS.items() if fields[name] == "different"]
    differ += [f"Different {label}s." for name, label in _NAMES.items() if fields[name] == "different"]
    years = int(found.years[0])
    if years == 0:
        agree.append("Same year.")
    elif years > 0:
        differ.append(f"The years are {years} apart.")
    return Explanation(
        float(score.chance(found)[0]),
        tuple(agree),
        tuple(differ),
        tuple(veto.reason for veto in vetoes.named(int(vetoes.of(found)[0]))),
        {("pages" if name == "page" else name): said for name, said in fields.items() if name != "registry"},
    )


def reasons(names: Sequence[str]) -> tuple[str, ...]:
    """The sentences for the names of vetoes that `finding.Pair` carries."""
    known = {veto.name: veto.reason for veto in vetoes.ALL} | {finding.CHAIN: finding.CHAIN_REASON}
    known[finding.JOURNAL_AS_TITLE] = finding.JOURNAL_REASON
    return tuple(known[name] for name in names)


def _fields(found: Features) -> dict[str, str]:
    said = {}
    for name in _LIKENESS:
        likeness = float(getattr(found, name)[0])
        if np.isnan(likeness):
            said[name] = "missing"
        elif likeness == 1:
            said[name] = "same"
        else:
            said[name] = "alike" if likeness >= _ALIKE[name] else "different"
    for name in _NAMES:
        said[name] = {SAME: "same", DIFFERENT: "different"}.get(int(getattr(found, name)[0]), "missing")
    years = int(found.years[0])
    said["year"] = "missing" if years < 0 else "same" if years == 0 else "different"
    return said


def _agreeing(name: str, label: str, fields: Mapping[str, str], found: Features) -> str:
    if name == "title" and found.is_parallel[0] and fields[name] in {"same", "alike"}:
        return "A title in the other language of one agrees with a title of the other."
    if fields[name] == "same":
        return f"Same {label}."
    return f"{label.capitalize()} nearly the same." if fields[name] == "alike" else ""


def _verb(name: str) -> str:
    return "differ" if name == "authors" else "differs"
