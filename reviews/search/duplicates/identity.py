"""Identifiers: what may prove that two records are one document, and what only looks like it."""

import functools
import re
from collections.abc import Iterable
from urllib.parse import unquote

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"<>]+")
_DOI_TAIL = re.compile(r"(?:\[(?:doi|pii)\]|[.,;)\]}]+|/(?:abstract|full|pdf|epdf|meta)|\.[gts]\d{3})$")
_PMID = re.compile(r"(?:pmid|pubmed|medline)?[:\s]*([1-9]\d{3,8})", re.IGNORECASE)
_REGISTRY = re.compile(
    r"\b(NCT\d{8}|ChiCTR[-A-Z]{0,6}\d{8,10}|ISRCTN\s?\d{8}|ACTRN\s?\d{14}|EUCTR\s?\d{4}-\d{6}-\d{2}|DRKS\d{8}|"
    r"CTRI/\d{4}/\d{2,3}/\d{6}|JPRN-\w{3,20}|UMIN\d{9}|KCT\d{7}|IRCT\d{6,16}\w{0,4}|RBR-\w{6,8}|NTR\d{2,5}|TCTR\d{11})",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"\d{4}|RBR-|NTR")
_COCHRANE = re.compile(r"\bCD(\d{6})(?:\.pub(\d{1,2}))?", re.IGNORECASE)
_ACCESSION = re.compile(r"[a-z]{0,8}[:\-_.]?[a-z0-9.\-_:]{0,30}\d[a-z0-9.\-_:]{0,30}", re.IGNORECASE)
_FEWEST_DIGITS = 6
# "GB/T 7714-2015", "CN 101 234 567 A": numbers of standards and patents.
_GAP = re.compile(r"(?:(?<=[a-z])[ /]|(?<=\d) )(?=\d)|(?<=[a-z])/(?=[a-z] ?\d)|(?<=\d) (?=[a-z]\d?$)")
_ISSN = re.compile(r"(\d{4})-?(\d{3}[\dx])", re.IGNORECASE)


def doi(value: str) -> str:
    """The bare DOI in small letters, without what databases hang onto it; empty when there is none."""
    if not value:
        return ""
    if "%" in value:
        value = unquote(value)
    found = _DOI.search(value[:500])
    if not found:
        return ""
    bare = found[0].lower()
    shorter = _DOI_TAIL.sub("", bare)
    while shorter != bare:
        # A bracket that the DOI opened itself belongs to it.
        if bare.endswith(")") and bare.count("(") >= bare.count(")") and shorter == bare[:-1]:
            break
        bare, shorter = shorter, _DOI_TAIL.sub("", shorter)
    return bare


def pmid(value: str) -> int:
    """A PMID as a number; 0 when the text is none."""
    found = _PMID.fullmatch(value.strip()) if value else None
    return int(found[1]) if found else 0


def accession(value: str) -> str:
    """A database's own number where it can name one record: never "CNKI:0", a short number or a sentence."""
    value = _GAP.sub("", value.strip().lower())
    if not value or not _ACCESSION.fullmatch(value) or sum(map(str.isdecimal, value)) < _FEWEST_DIGITS:
        return ""
    # A PMID in the accession field of one database and a number of another must not meet by chance.
    return "" if len(set(filter(str.isdecimal, value))) == 1 else value


def registry(*values: str) -> str:
    """The one registry number (NCT, ChiCTR, ISRCTN and others) the texts name; empty when none or several."""
    values = tuple(value for value in values if value and _LONG_NUMBER.search(value))
    found = {re.sub(r"\s", "", name).upper() for value in values for name in _REGISTRY.findall(value)}
    return found.pop() if len(found) == 1 else ""


def cochrane(*values: str) -> tuple[int, int]:
    """The number and the version of a Cochrane review: a DOI ending in "CD004746.pub2" gives (4746, 2).

    The DOI of version 1 has no suffix; elsewhere the bare number leaves the version open (0).
    """
    number = version = 0
    for value in values:
        if value and (found := _COCHRANE.search(value)):
            number = int(found[1])
            version = max(version, int(found[2] or ("14651858" in value)))
    return number, version


@functools.lru_cache(maxsize=20_000)
def _issns(value: str) -> list[str]:
    return [(found[0] + found[1]).upper() for found in _ISSN.findall(value)]


def issns(values: Iterable[str]) -> list[str]:
    """The ISSNs in the texts as eight characters each, sorted, each once."""
    return sorted({issn for value in values for issn in _issns(value)})
